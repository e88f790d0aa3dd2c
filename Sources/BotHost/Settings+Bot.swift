internal import Configuration
internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import LuaEngine
internal import REST
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// How the settings of `moonwire.toml` become those of the parts below.

extension Intents {
    /// What the handlers need, and what the configuration asks for besides.
    init(_ events: Set<EventName>, extra: [String]) {
        self.init(for: events)
        for name in extra { Intents(name: name).map { formUnion($0) } }
    }
}

extension LuaLimits {
    init(_ settings: LimitSettings) {
        self.init()
        memory = settings.memoryMegabytes << 20
        cpuWarning = .milliseconds(settings.cpuWarnMilliseconds)
        cpuStop = .milliseconds(settings.cpuStopMilliseconds)
        stringBytes = settings.stringMegabytes << 20
        sourceBytes = settings.sourceKilobytes << 10
        coroutines = settings.coroutines
        // Waiting runs, and those that the host itself starts while all of them wait.
        runs = settings.runs + 16
    }
}

extension GatewayConfiguration {
    init(_ settings: DiscordSettings, token: BotToken, intents: Intents) {
        self.init(token: token, intents: intents)
        encoding = PayloadEncoding(settings.encoding)
        compression = switch settings.compress {
        case .automatic: .zstdStream
        case .zlib: .zlibStream
        case .zstd: .zstdStream
        case .payload: .payload
        case .none: .none
        }
        layout = switch settings.shards {
        case .automatic: .automatic
        case .count(let count): .all(count: count)
        case .range(let range, let count): .range(range, of: count)
        }
    }
}

extension ProxySettings {
    static var ofEnvironment: Self { Self { name in getenv(name).map { String(cString: $0) } } }
}

extension LuaErrorValue {
    /// A failed request as scripts see it: `code`, `status`, `message`, `route`, `retry_after`.
    init(_ error: RESTError) {
        let code: Code = if let code = error.code { .number(Int64(code.rawValue)) } else { .word("\(error.kind)") }
        self.init(
            message: error.description, code: code, status: error.status, route: error.route.isEmpty ? nil : error.route,
            retryAfter: error.retryAfter.map { $0 / .seconds(1) })
    }
}

extension BotFailure {
    init(_ error: RESTError) {
        switch error.kind {
        case .unauthorized:
            self.init(.refusedByDiscord, GatewayFailure.tokenRefused.description)
        case .configuration:
            self.init(.configuration, error.message)
        default:
            self.init(.failure, error.description)
        }
    }

    init(_ failure: GatewayFailure) {
        let status: ExitStatus = switch failure {
        case .tokenRefused, .intentsDisallowed, .refused, .identifyRefused: .refusedByDiscord
        case .identifyBudgetSpent: .identifyBudgetSpent
        case .invalidGatewayURL, .invalidLayout: .configuration
        }
        self.init(status, failure.description)
    }
}

extension PayloadEncoding {
    init(_ setting: DiscordSettings.Encoding) {
        switch setting {
        case .json: self = .json
        case .etf: self = .etf
        }
    }
}
