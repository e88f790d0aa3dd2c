// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-host",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "moonwire", path: "../..")],
    targets: [.executableTarget(name: "swift-host", dependencies: [.product(name: "MoonwireClient", package: "moonwire")])],
    swiftLanguageModes: [.v6]
)
