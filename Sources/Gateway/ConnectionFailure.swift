package import Reactor
package import TLS
package import WebSocketProtocol

/// Why a WebSocket connection did not open.
package enum ConnectionFailure: Error, Equatable, Sendable {
    /// No TCP connection to the host.
    case connect(ConnectFailure)
    /// The environment variable of this name asks for a proxy that is not spoken.
    case proxyUnusable(variable: String)
    /// No TCP connection to the proxy.
    case proxyConnect(ConnectFailure)
    /// The proxy did not open a tunnel.
    case proxy(host: String, HandshakeError)
    case tls(TLSFailure)
    /// The server did not accept the opening handshake.
    case upgrade(host: String, HandshakeError)
    /// A step did not end in time.
    case deadlinePassed(host: String, Step)
    /// The stream broke before the connection was open.
    case stream(host: String, String)

    /// The steps after TCP.
    package enum Step: String, Sendable {
        case proxy = "the proxy's answer"
        case tls = "the TLS handshake"
        case upgrade = "the WebSocket handshake"
    }
}

extension ConnectionFailure: CustomStringConvertible {
    /// One line: what failed, with whom, and what to look at.
    package var description: String {
        switch self {
        case .connect(let failure): "\(failure)"
        case .proxyUnusable(let variable):
            "\(variable) names no proxy of the only kind that is spoken (http://host:port); correct it, or name the host in NO_PROXY to go without"
        case .proxyConnect(let failure): "the proxy is out of reach (see HTTPS_PROXY and NO_PROXY): \(failure)"
        case .proxy(let host, let error): "the proxy \(host) opens no tunnel: \(PeerText(error)); check HTTPS_PROXY and NO_PROXY"
        case .tls(let failure): "\(failure)"
        case .upgrade(let host, let error): "\(host) accepts no WebSocket: \(PeerText(error)); check gateway_url"
        case .deadlinePassed(let host, let step): "\(host): \(step.rawValue) took too long; check the network"
        case .stream(let host, let reason): "\(host): the connection broke while opening: \(reason)"
        }
    }
}
