/// Buckets by the time at which they must be looked at again, soonest last.
struct AlarmList {
    private var alarms: [(time: ContinuousClock.Instant, bucket: Bucket)] = []

    /// The soonest alarm that is still meant.
    mutating func soonest() -> ContinuousClock.Instant? {
        while let last = alarms.last {
            if last.bucket.alarm == last.time { return last.time }
            alarms.removeLast()
        }
        return nil
    }

    mutating func set(_ bucket: Bucket, at time: ContinuousClock.Instant) {
        guard bucket.alarm != time else { return }
        bucket.alarm = time
        var low = 0
        var high = alarms.count
        while low < high {
            let middle = (low + high) / 2
            if alarms[middle].time > time { low = middle + 1 } else { high = middle }
        }
        alarms.insert((time, bucket), at: low)
    }

    /// Takes the soonest bucket whose time has come.
    mutating func popDue(at now: ContinuousClock.Instant) -> Bucket? {
        guard let time = soonest(), time <= now else { return nil }
        let bucket = alarms.removeLast().bucket
        bucket.alarm = nil
        return bucket
    }
}
