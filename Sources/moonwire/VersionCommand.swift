internal import ArgumentParser
internal import BotHost

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the versions of Moonwire and of the Lua library it found.")

    func run() {
        print("moonwire \(MoonwireVersion.current)")
        for (library, version) in MoonwireVersion.libraries { print("\(library) \(version)") }
    }
}
