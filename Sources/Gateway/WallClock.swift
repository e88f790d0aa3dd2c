#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The calendar's time, for what outlives the process. Everything else is timed by the monotonic clock.
enum WallClock {
    /// Unix milliseconds.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
