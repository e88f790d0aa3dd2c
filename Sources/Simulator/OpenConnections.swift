import NIOCore
import NIOSSL

/// The TCP connections that are open, so that the simulator can end without asking its peers: a peer that has gone or is busy
/// answers no close_notify, and NIOSSL would wait seconds for it. Lives on the event loop.
final class OpenConnections {
    private var channels: [ObjectIdentifier: any NIOCore.Channel] = [:]

    func add(_ channel: any NIOCore.Channel) {
        let key = ObjectIdentifier(channel)
        channels[key] = channel
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { _ in bound.value.channels[key] = nil }
    }

    /// Ends all of them without close frame and without close_notify.
    func cutAll() {
        for channel in channels.values { channel.cut() }
    }
}

extension NIOCore.Channel {
    /// Ends the TCP connection beneath TLS: from there on only the socket hears of the close. On the channel's event loop.
    func cut() {
        if let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            close(promise: nil)
        }
    }
}
