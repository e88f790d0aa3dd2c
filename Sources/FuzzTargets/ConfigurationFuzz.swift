import Configuration

func fuzzConfiguration(_ bytes: UnsafeRawBufferPointer) {
    do throws(ConfigurationError) {
        let settings = try ConfigurationFile.parse(Array(bytes), file: "moonwire.toml")
        let limits = settings.limits
        precondition((4...4096).contains(limits.memoryMegabytes) && (1...4096).contains(limits.queueMegabytes))
        precondition((1...60_000).contains(limits.cpuWarnMilliseconds) && (1...60_000).contains(limits.cpuStopMilliseconds))
        precondition((settings.packs + settings.discord.intents).allSatisfy { !$0.isEmpty })
        switch settings.discord.shards {
        case .automatic: break
        case .count(let count): precondition((1...100_000).contains(count))
        case .range(let range, let count): precondition(range.lowerBound >= 0 && range.upperBound < count && count <= 100_000)
        }
    } catch {
        precondition(error.description.hasPrefix("moonwire.toml:"), "an error that does not say where")
        precondition(!error.description.unicodeScalars.contains { $0.value < 0x20 }, "an error of several lines")
    }
}
