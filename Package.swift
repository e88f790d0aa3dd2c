// swift-tools-version: 6.2
import PackageDescription

// docs/architecture.md says what each target promises; a test checks that it imports nothing else.
let package = Package(
    name: "moonwire",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "moonwire", targets: ["moonwire"]),
        .executable(name: "moonwire-simulator", targets: ["moonwire-simulator"]),
        .library(name: "MoonwireClient", targets: ["MoonwireClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"]), .brew(["lua"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .target(name: "CTOML"),
        .target(name: "CLuaShims", dependencies: ["CLua"], cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]),

        // Pure vocabulary and protocol machines.
        .target(name: "JSON"),
        .target(name: "Discord"),
        .target(name: "WebSocketProtocol"),
        .target(name: "GatewayProtocol", dependencies: ["Discord", "JSON"]),

        // Loop, network, Lua.
        .target(name: "Reactor", dependencies: [.target(name: "CLinux", condition: .when(platforms: [.linux]))]),
        .target(name: "TLS", dependencies: ["Reactor", "COpenSSL"]),
        .target(name: "WebSocketDeflate", dependencies: ["WebSocketProtocol", "CZlib"]),
        .target(
            name: "Gateway",
            dependencies: ["Reactor", "TLS", "WebSocketProtocol", "GatewayProtocol", "Discord", "JSON", "CZlib", "CZstd"]),
        .target(name: "REST", dependencies: ["Reactor", "Discord", "JSON", "CCurl", "COpenSSL"]),
        .target(name: "LuaEngine", dependencies: ["CLuaShims"]),

        // The gateway and REST for programs in Swift.
        .target(name: "MoonwireClient", dependencies: ["Reactor", "TLS", "Gateway", "GatewayProtocol", "REST", "Discord", "JSON"]),

        // The bot.
        .target(name: "Configuration", dependencies: ["CTOML", "Discord"]),
        .target(
            name: "BotHost",
            dependencies: [
                "Reactor", "TLS", "Gateway", "GatewayProtocol", "REST", "LuaEngine", "Discord", "JSON", "Configuration", "Logging",
            ],
            resources: ["bot", "objects", "tasks", "carry"].map { .embedInCode("Lua/\($0).lua") }),
        .executableTarget(name: "moonwire", dependencies: ["BotHost", "Configuration", "Logging", "ArgumentParser"]),

        // The stand-in for Discord, on another WebSocket and another TLS than ours.
        .target(name: "Certificates", dependencies: ["COpenSSL"]),
        .target(
            name: "Simulator",
            dependencies: [
                "Discord", "JSON", "Certificates", "CZlib", "CZstd", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOSSL",
            ]),
        .executableTarget(name: "moonwire-simulator", dependencies: ["Simulator", "Discord", "JSON", "ArgumentParser"]),

        // Proof.
        .executableTarget(name: "lua-benchmark", dependencies: ["LuaEngine", "CLuaShims"], path: "Benchmarks/LuaBenchmark"),
        .target(name: "CReceiveFloor", dependencies: ["COpenSSL", "CZlib", "CZstd"], path: "Benchmarks/CReceiveFloor"),
        .executableTarget(
            name: "receive-benchmark", dependencies: ["Gateway", "GatewayProtocol", "Reactor", "TLS", "Discord", "CReceiveFloor"],
            path: "Benchmarks/ReceiveBenchmark"),
        .executableTarget(
            name: "stream-server", dependencies: ["Certificates", "Reactor", "COpenSSL", "CZlib", "CZstd"], path: "Benchmarks/StreamServer"),
        .executableTarget(name: "autobahn-testee", dependencies: ["Reactor", "WebSocketProtocol", "WebSocketDeflate"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "WebSocketProtocol", "WebSocketDeflate", "Discord", "JSON", "GatewayProtocol", "Gateway", "REST", "Configuration", "LuaEngine", "CLuaShims",
                "CZlib", "CZstd",
            ]),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "DiscordTests", dependencies: ["Discord"]),
        .testTarget(name: "WebSocketProtocolTests", dependencies: ["WebSocketProtocol", "TestSupport"]),
        .testTarget(name: "WebSocketDeflateTests", dependencies: ["WebSocketProtocol", "WebSocketDeflate"]),
        .testTarget(name: "GatewayProtocolTests", dependencies: ["GatewayProtocol", "Discord", "JSON"]),
        .testTarget(name: "ReactorTests", dependencies: ["Reactor", "TestSupport"]),
        .testTarget(name: "TLSTests", dependencies: ["TLS", "Certificates", "Reactor", "COpenSSL", "TestSupport"]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "Reactor", "TLS", "Certificates", "WebSocketProtocol", "WebSocketDeflate", "GatewayProtocol", "Discord", "JSON", "CZlib",
                "CZstd", "TestSupport",
            ],
            exclude: ["Peers"]),
        .testTarget(name: "RESTTests", dependencies: ["REST", "Reactor", "Discord", "JSON", "CCurl", "TestSupport"], exclude: ["server.py", "h2server.py", "scripted.py"]),
        .testTarget(name: "CLuaShimsTests", dependencies: ["CLuaShims"]),
        .testTarget(name: "LuaEngineTests", dependencies: ["LuaEngine", "CLuaShims"]),
        .testTarget(name: "MoonwireClientTests", dependencies: ["MoonwireClient", "Discord", "JSON", "Simulator", "TestSupport"]),
        .testTarget(name: "FleetTests", dependencies: ["Gateway", "GatewayProtocol", "Reactor", "TLS", "Discord", "JSON", "Simulator"]),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"]),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"]),
        .testTarget(
            name: "BotHostTests",
            dependencies: [
                "BotHost", "Configuration", "Discord", "GatewayProtocol", "JSON", "Logging", "LuaEngine", "REST", "Reactor", "Simulator", "TestSupport",
            ]),
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "Simulator", "moonwire-simulator", "Discord", "JSON", "CZlib", "CZstd", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOTLS",
                "NIOSSL",
            ]),
        .testTarget(name: "CommandLineTests", dependencies: ["moonwire", "moonwire-simulator", "Simulator", "Discord", "JSON", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Products of other packages, by the name under which targets above depend on them.
let external = [
    "ArgumentParser": "swift-argument-parser", "Logging": "swift-log", "NIOCore": "swift-nio", "NIOPosix": "swift-nio", "NIOHTTP1": "swift-nio",
    "NIOWebSocket": "swift-nio", "NIOTLS": "swift-nio", "NIOSSL": "swift-nio-ssl",
]

// A build with sanitizers or for libFuzzer needs a part of the package only: MOONWIRE_TARGETS names the targets, which come with what they use.
if let wanted = Context.environment["MOONWIRE_TARGETS"]?.split(separator: " ").map(String.init) {
    // Not otherwise: it links only where scripts/fuzz adds libFuzzer.
    package.targets += [.systemLibrary(name: "CFuzzer"), .executableTarget(name: "moonwire-fuzz", dependencies: ["FuzzTargets", "CFuzzer"])]
    var kept: Set<String> = []
    var left = wanted
    while let name = left.popLast() {
        guard kept.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else { continue }
        left += target.dependencies.compactMap {
            switch $0 {
            case .byNameItem(let name, _), .targetItem(let name, _): name
            default: nil
            }
        }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products = []
    if kept.isDisjoint(with: external.keys) { package.dependencies = [] }
}

// One place for what every Swift target is compiled with: upcoming rules now, and a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
    target.dependencies = target.dependencies.map { dependency in
        guard case .byNameItem(let name, _) = dependency, let package = external[name] else { return dependency }
        return .product(name: name, package: package)
    }
}
