/// The rules by which permessage-deflate offers and responses are written, read and judged (RFC 7692 §5, §7.1).
enum DeflateNegotiation {
    static let name = "permessage-deflate"

    private static let serverForgets = "server_no_context_takeover"
    private static let clientForgets = "client_no_context_takeover"
    private static let serverBits = "server_max_window_bits"
    private static let clientBits = "client_max_window_bits"

    // MARK: Client

    static func text(_ offer: DeflateOffer) -> String {
        var parts = [name]
        if offer.serverForgetsContext { parts.append(serverForgets) }
        if offer.clientForgetsContext { parts.append(clientForgets) }
        if let bits = offer.serverWindowBits { parts.append("\(serverBits)=\(bits)") }
        switch offer.clientWindow {
        case .unlimited: break
        case .limitable: parts.append(clientBits)
        case .bits(let bits): parts.append("\(clientBits)=\(bits)")
        }
        return parts.joined(separator: "; ")
    }

    /// What a server's response means for a client that made `offers`; `nil` if it fits none of them.
    static func parameters(accepted response: ExtensionElement, of offers: [DeflateOffer]) -> DeflateParameters? {
        guard let values = Values(response), values.clientBits != .some(nil) else { return nil }
        for offer in offers {
            var agreed = DeflateParameters(
                serverForgetsContext: values.serverForgets,
                clientForgetsContext: values.clientForgets || offer.clientForgetsContext,
                serverWindowBits: values.serverBits ?? 15)
            // §7.1.1.1, §7.1.2.1: what we asked of the server must be granted.
            if offer.serverForgetsContext, !values.serverForgets { continue }
            if let asked = offer.serverWindowBits, agreed.serverWindowBits > asked { continue }
            // §7.1.2.2: the server may limit our window only if we said that we can.
            switch (offer.clientWindow, values.clientBits) {
            case (.unlimited, .some): continue
            case (.unlimited, nil), (.limitable, nil): break
            case (.limitable, .some(let granted)): agreed.clientWindowBits = granted ?? 15
            case (.bits(let ours), let granted): agreed.clientWindowBits = min(ours, (granted ?? nil) ?? 15)
            }
            return agreed
        }
        return nil
    }

    // MARK: Server

    /// The offers among a client's extensions that we understand, in its order of preference. One that breaks the rules is declined by
    /// being left out (§7.1).
    static func offers(in elements: [ExtensionElement]) -> [DeflateOffer] {
        elements.filter { $0.name == name }.compactMap { element in
            guard let values = Values(element) else { return nil }
            let clientWindow: DeflateOffer.ClientWindow =
                switch values.clientBits {
                case nil: .unlimited
                case .some(nil): .limitable
                case .some(let bits?): .bits(bits)
                }
            return DeflateOffer(
                serverForgetsContext: values.serverForgets, clientForgetsContext: values.clientForgets,
                serverWindowBits: values.serverBits, clientWindow: clientWindow)
        }
    }

    /// What a server agrees to when it takes `offer` as it is.
    static func parameters(accepting offer: DeflateOffer) -> DeflateParameters {
        var agreed = DeflateParameters(
            serverForgetsContext: offer.serverForgetsContext, clientForgetsContext: offer.clientForgetsContext,
            serverWindowBits: offer.serverWindowBits ?? 15)
        if case .bits(let bits) = offer.clientWindow { agreed.clientWindowBits = bits }
        return agreed
    }

    static func text(_ agreed: DeflateParameters) -> String {
        var parts = [name]
        if agreed.serverForgetsContext { parts.append(serverForgets) }
        if agreed.clientForgetsContext { parts.append(clientForgets) }
        if agreed.serverWindowBits < 15 { parts.append("\(serverBits)=\(agreed.serverWindowBits)") }
        if agreed.clientWindowBits < 15 { parts.append("\(clientBits)=\(agreed.clientWindowBits)") }
        return parts.joined(separator: "; ")
    }

    // MARK: Grammar

    /// The four parameters as they stand in an element; at most once each, and no others (§7.1).
    private struct Values {
        var serverForgets = false
        var clientForgets = false
        var serverBits: Int?
        /// `nil`: absent. `.some(nil)`: present without a value.
        var clientBits: Int??

        init?(_ element: ExtensionElement) {
            var seen: Set<String> = []
            for parameter in element.parameters {
                guard seen.insert(parameter.name).inserted else { return nil }
                switch (parameter.name, parameter.value) {
                case (DeflateNegotiation.serverForgets, nil): serverForgets = true
                case (DeflateNegotiation.clientForgets, nil): clientForgets = true
                case (DeflateNegotiation.serverBits, let value?):
                    guard let bits = Self.windowBits(value) else { return nil }
                    serverBits = bits
                case (DeflateNegotiation.clientBits, nil): clientBits = .some(nil)
                case (DeflateNegotiation.clientBits, let value?):
                    guard let bits = Self.windowBits(value) else { return nil }
                    clientBits = bits
                default: return nil
                }
            }
        }

        /// 8–15 without leading zeros (§7.1.2).
        private static func windowBits(_ text: String) -> Int? {
            ["8", "9", "10", "11", "12", "13", "14", "15"].firstIndex(of: text).map { $0 + 8 }
        }
    }
}
