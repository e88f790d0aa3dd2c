extension SimulatorServer {
    /// Inflicts a fault on all connections, or on those of one shard, after `events` more dispatches were written to each.
    package func inflict(_ fault: Fault, shard: Int? = nil, after events: Int = 0) async throws(SimulatorFailure) {
        try await onLoop { simulation in simulation.gateway.inflict(fault, shard: shard, after: events) }
    }

    /// Changes how the gateway behaves from now on.
    package func behave(_ behaviour: Behaviour) async throws(SimulatorFailure) {
        try await onLoop { simulation in simulation.gateway.behaviour = behaviour }
    }

    /// Meets the next `count` requests whose path contains `path` with a fault. Several orders are worked off one after another.
    package func spoil(next count: Int = 1, path: String = "", with fault: RESTFault) async throws(SimulatorFailure) {
        try await onLoop { simulation in simulation.rest.spoil(next: count, path: path, with: fault) }
    }
}
