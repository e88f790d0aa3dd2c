import CLuaShims

extension shim_limits {
    init(_ limits: LuaLimits) {
        self.init()
        memory = limits.memory
        string_bytes = limits.stringBytes
        source_bytes = limits.sourceBytes
        table_elements = limits.tableElements
        cpu_warning = Self.nanoseconds(limits.cpuWarning)
        cpu_stop = Self.nanoseconds(limits.cpuStop)
        match_steps = Int64(limits.matchSteps)
        runs = UInt32(clamping: limits.runs)
        coroutines = UInt32(clamping: limits.coroutines)
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole &+ attoseconds / 1_000_000_000
    }
}
