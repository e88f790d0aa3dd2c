import JSON

@testable import Simulator

/// Runs `body` against a simulator of its own and stops it afterwards.
func withSimulator(
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in }, _ body: (SimulatorServer) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configuration.pace.identifyWindow = .zero
    // Long enough for the slowest machine: what a test wants to see expire it shortens itself.
    configuration.pace.interactionDeadline = .seconds(600)
    configuration.pace.commandWindow = .seconds(600)
    configuration.pace.memberRequestWindow = .seconds(600)
    configuration.pace.sessionLifetime = .seconds(600)
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
