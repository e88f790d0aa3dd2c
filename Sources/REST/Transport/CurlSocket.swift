import CCurl
import Reactor

/// A socket of libcurl's in the reactor. libcurl opens and closes it, and says so before it closes.
final class CurlSocket: ReadinessHandler {
    private let descriptor: CInt
    private let reactor: Reactor
    private weak var multi: CurlMulti?
    private var registration: Registration?

    init(_ descriptor: CInt, for readiness: Readiness, multi: CurlMulti, reactor: Reactor) {
        self.descriptor = descriptor
        self.reactor = reactor
        self.multi = multi
        do throws(IOFailure) {
            registration = try reactor.register(descriptor, for: readiness, handler: self)
        } catch {
            // The kernel has no room for another watch. Unwatched, the transfer fails by its own deadline.
        }
    }

    func update(_ readiness: Readiness) {
        if let registration { reactor.update(registration, for: readiness) }
    }

    /// Ends the registration before libcurl closes the descriptor.
    func end() {
        if let registration { reactor.unregister(registration) }
        registration = nil
    }

    func ready(_ readiness: Readiness) {
        var mask: CInt = 0
        if readiness.contains(.readable) { mask |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { mask |= CURL_CSELECT_OUT }
        if readiness.contains(.failed) { mask |= CURL_CSELECT_ERR }
        multi?.act(on: descriptor, mask)
    }
}
