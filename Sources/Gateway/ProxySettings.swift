package import WebSocketProtocol

/// Which connections go through a proxy, read from the environment as curl reads it, except that `NO_PROXY` names hosts and addresses but no
/// networks (10.0.0.0/8).
package struct ProxySettings: Equatable, Sendable {
    private var secure = ProxyRoute.direct
    private var plain = ProxyRoute.direct
    /// Host suffixes that are reached directly, in lower case and without a leading dot; `*` is every host.
    private var exceptions: [String] = []

    /// No proxy at all.
    package static let direct = ProxySettings()

    private init() {}

    /// `HTTPS_PROXY` for `wss`, `http_proxy` for `ws` (in lower case only, since a web server may set HTTP_PROXY from a request),
    /// `ALL_PROXY` for both, `NO_PROXY` for the exceptions; the lower-case spelling goes first.
    package init(environment: (String) -> String?) {
        func value(_ names: String...) -> (name: String, value: String)? {
            for name in names {
                if let value = environment(name), !value.isEmpty { return (name, value) }
            }
            return nil
        }
        func route(_ setting: (name: String, value: String)?) -> ProxyRoute {
            guard let (name, text) = setting else { return .direct }
            return Proxy(text).map { .tunnel($0) } ?? .unusable(variable: name)
        }
        secure = route(value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"))
        plain = route(value("http_proxy", "all_proxy", "ALL_PROXY"))
        let list = value("no_proxy", "NO_PROXY")?.value ?? ""
        exceptions = list.split { $0 == "," || $0 == " " }.map { String($0.drop { $0 == "." }).lowercased() }
    }

    /// The way to `url`.
    package func proxy(for url: WebSocketURL) -> ProxyRoute {
        let isException = exceptions.contains { exception in
            if exception == "*" { return true }
            let withPort = url.isIPv6 ? "[\(url.host)]:\(url.port)" : "\(url.host):\(url.port)"
            return [url.host, withPort].contains { $0 == exception || $0.hasSuffix("." + exception) }
        }
        return isException ? .direct : url.isSecure ? secure : plain
    }
}
