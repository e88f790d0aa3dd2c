/// `[limits]`: what one pack may use, and the one place where the defaults stand.
///
/// A run, which is one handler or task up to where it next waits, ends when it exceeds a limit, with an error that `pcall` does not swallow. A pack
/// that keeps doing so is suspended for a while. `keys` has the range that `moonwire.toml` accepts for each.
package struct LimitSettings: Equatable, Sendable {
    /// Lua memory, MiB.
    package var memoryMegabytes = 64
    /// CPU time of one run until a warning is logged, ms.
    package var cpuWarnMilliseconds = 100
    /// CPU time of one run until it is stopped, ms.
    package var cpuStopMilliseconds = 1000
    /// Handlers and tasks that wait at a time.
    package var runs = 10_000
    /// Coroutines of the scripts' own, alive at a time.
    package var coroutines = 10_000
    /// Handlers that are registered for events and for unloading.
    package var handlers = 1000
    /// Timers that are set at a time.
    package var timers = 1000
    /// Requests to REST and the gateway without an answer. Together their bodies may be as large as the memory limit.
    package var requests = 1000
    /// Log lines a second; more are counted and left out. A run that has a minute's share left out is stopped.
    package var logLinesPerSecond = 100
    /// Log lines a minute; more are counted and left out.
    package var logLinesPerMinute = 1000
    /// What the log lines of a minute may take, KiB; lines beyond are counted and left out.
    package var logKilobytesPerMinute = 1024
    /// Longest string that is built or handed to the host, MiB.
    package var stringMegabytes = 8
    /// Longest source file, KiB.
    package var sourceKilobytes = 1024
    /// What `bot.carry` may hand to the next generation, KiB of its text form.
    package var carryKilobytes = 1024
    /// Events that wait for the pack, MiB.
    package var queueMegabytes = 64
    /// Runs ended for exceeding a limit, within a minute, that suspend the pack.
    package var offences = 5
    /// How long the first suspension lasts, s. Each that soon follows lasts twice as long as the one before.
    package var suspendSeconds = 30
    /// How long a suspension lasts at most, s.
    package var suspendMaximumSeconds = 1800

    package init() {}

    /// A limit's name in `moonwire.toml`, and what it accepts.
    package struct Key: Sendable {
        package let name: String
        package let range: ClosedRange<Int64>
        let value: any WritableKeyPath<LimitSettings, Int> & Sendable

        init(_ name: String, _ value: any WritableKeyPath<LimitSettings, Int> & Sendable, _ range: ClosedRange<Int64>) {
            (self.name, self.value, self.range) = (name, value, range)
        }
    }

    package static let keys = [
        Key("memory_mb", \.memoryMegabytes, 4...4096),
        Key("cpu_warn_ms", \.cpuWarnMilliseconds, 1...60_000),
        Key("cpu_stop_ms", \.cpuStopMilliseconds, 1...60_000),
        Key("runs", \.runs, 10...1_000_000),
        Key("coroutines", \.coroutines, 10...1_000_000),
        Key("handlers", \.handlers, 1...100_000),
        Key("timers", \.timers, 1...100_000),
        Key("requests", \.requests, 1...100_000),
        Key("log_lines_per_second", \.logLinesPerSecond, 1...100_000),
        Key("log_lines_per_minute", \.logLinesPerMinute, 1...1_000_000),
        Key("log_kb_per_minute", \.logKilobytesPerMinute, 1...1_048_576),
        Key("string_mb", \.stringMegabytes, 1...1024),
        Key("source_kb", \.sourceKilobytes, 16...65_536),
        Key("carry_kb", \.carryKilobytes, 1...65_536),
        Key("queue_mb", \.queueMegabytes, 1...4096),
        Key("offences", \.offences, 1...1000),
        Key("suspend_s", \.suspendSeconds, 1...86_400),
        Key("suspend_max_s", \.suspendMaximumSeconds, 1...86_400),
    ]
}
