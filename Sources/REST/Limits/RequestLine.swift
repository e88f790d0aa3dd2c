/// One origin's requests that wait in one bucket, oldest first: what stands in turn. Owned by a `RateLimiter` alone.
final class RequestLine {
    let origin: Origin
    private(set) var tickets: [RateLimiter.Ticket] = []
    /// Whether requests of more than one method and template wait here.
    private(set) var isMixed = false
    /// Whether the line stands in a `TurnList`.
    var isInTurn = false
    private var route: Bucket.RouteName?

    init(of origin: Origin) { self.origin = origin }

    /// Keeps the order of arrival, also for a request that comes back.
    func enqueue(_ ticket: RateLimiter.Ticket, route: Bucket.RouteName) {
        if tickets.isEmpty {
            self.route = route
            isMixed = false
        } else if self.route != route {
            isMixed = true
        }
        if let last = tickets.last, ticket < last {
            tickets.insert(ticket, at: position(of: ticket))
        } else {
            tickets.append(ticket)
        }
    }

    func remove(at index: Int) -> RateLimiter.Ticket { tickets.remove(at: index) }

    func remove(_ ticket: RateLimiter.Ticket) {
        let index = position(of: ticket)
        if index < tickets.count, tickets[index] == ticket { tickets.remove(at: index) }
    }

    func removeAll(where isGone: (RateLimiter.Ticket) -> Bool) { tickets.removeAll(where: isGone) }

    /// Where the first that is not older stands.
    private func position(of ticket: RateLimiter.Ticket) -> Int {
        var low = 0
        var high = tickets.count
        while low < high {
            let middle = (low + high) / 2
            if tickets[middle] < ticket { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
