/// How a connection gets to its host.
package enum ProxyRoute: Equatable, Sendable {
    case direct
    /// Through a tunnel that this proxy opens.
    case tunnel(Proxy)
    /// The environment variable of this name asks for a proxy that is not spoken. There is no way then: whoever sets it does not want to be
    /// seen going without.
    case unusable(variable: String)

    /// The proxy, where there is one.
    var proxy: Proxy? {
        if case .tunnel(let proxy) = self { proxy } else { nil }
    }
}
