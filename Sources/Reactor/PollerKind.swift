/// The kernel interface that a `Reactor` waits on. `allCases` lists those of this platform.
package enum PollerKind: CaseIterable, Sendable {
    #if os(Linux)
    /// Linux epoll(7), level-triggered.
    case epoll
    #else
    /// Darwin kqueue(2), level-triggered.
    case kqueue
    #endif
    /// poll(2): everywhere, and linear in the number of descriptors.
    case poll

    package static var platformDefault: PollerKind {
        #if os(Linux)
        .epoll
        #else
        .kqueue
        #endif
    }

    func makePoller() throws(IOFailure) -> any Poller {
        switch self {
        #if os(Linux)
        case .epoll: try EpollPoller()
        #else
        case .kqueue: try KqueuePoller()
        #endif
        case .poll: PollPoller()
        }
    }
}
