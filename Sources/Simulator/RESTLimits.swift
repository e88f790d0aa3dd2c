/// How many requests the simulated REST API takes before it answers 429.
package struct RESTLimits: Sendable {
    /// One bucket's allowance.
    package struct Allowance: Sendable {
        package var requests: Int
        package var window: Duration

        package init(_ requests: Int, per window: Duration) {
            self.requests = requests
            self.window = window
        }
    }

    /// Create Message, for each channel.
    package var createMessage = Allowance(5, per: .seconds(5))
    /// Adding and removing reactions, for each channel.
    package var reactions = Allowance(1, per: .milliseconds(250))
    /// Every other route, for each route and top-level resource.
    package var others = Allowance(10, per: .seconds(2))
    /// All routes together except interaction answers.
    package var global = Allowance(50, per: .seconds(1))

    package init() {}

    /// No limit is ever reached.
    package static var unlimited: RESTLimits {
        var limits = RESTLimits()
        let plenty = Allowance(1_000_000, per: .seconds(1))
        limits.createMessage = plenty
        limits.reactions = plenty
        limits.others = plenty
        limits.global = plenty
        return limits
    }
}
