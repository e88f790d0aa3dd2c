import JSON

@testable import Simulator

/// Runs `body` against a simulator of its own and stops it afterwards.
func withSimulator(
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in }, _ body: (SimulatorServer) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configuration.pace.identifyWindow = .zero
    configuration.restLimits = .unlimited
    configure(&configuration)
    let server = try await SimulatorServer.start(configuration)
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
