import Configuration

func fuzzConfiguration(_ bytes: UnsafeRawBufferPointer) {
    do throws(ConfigurationError) {
        let settings = try ConfigurationFile.parse(Array(bytes), file: "moonwire.toml")
        let limits = settings.limits
        promise((4...4096).contains(limits.memoryMegabytes) && (1...4096).contains(limits.queueMegabytes))
        promise((1...60_000).contains(limits.cpuWarnMilliseconds) && (1...60_000).contains(limits.cpuStopMilliseconds))
        promise((settings.packs + settings.discord.intents).allSatisfy { !$0.isEmpty })
        switch settings.discord.shards {
        case .automatic: break
        case .count(let count): promise((1...100_000).contains(count))
        case .range(let range, let count): promise(range.lowerBound >= 0 && range.upperBound < count && count <= 100_000)
        }
    } catch {
        promise(error.description.hasPrefix("moonwire.toml:"), "an error that does not say where")
        promise(!error.description.unicodeScalars.contains { $0.properties.generalCategory == .control }, "an error of several lines")
    }
}
