import Discord
import JSON

/// A dispatch on its way to sessions: its data is serialized once for all that read it in the same form.
final class RenderedDispatch {
    /// What differs between sessions.
    struct Form: Hashable {
        let encoding: GatewayFormat.Encoding
        /// Whether the MESSAGE_CONTENT fields are kept.
        let hasContent: Bool
    }

    let dispatch: Dispatch
    private var rendered: [Form: [UInt8]] = [:]

    init(_ dispatch: Dispatch) { self.dispatch = dispatch }

    /// The whole payload with opcode 0 and this sequence.
    func payload(sequence: Int, form: Form) -> [UInt8] {
        let data = data(form)
        let name = dispatch.event.name.description
        switch form.encoding {
        case .json: return Array("{\"t\":\"\(name)\",\"s\":\(sequence),\"op\":0,\"d\":".utf8) + data + [UInt8(ascii: "}")]
        case .etf:
            return ExternalTerm.map([
                ("t", ExternalTerm.binary(name)), ("s", ExternalTerm.integer(Int64(sequence))), ("op", ExternalTerm.integer(0)), ("d", data),
            ])
        }
    }

    private func data(_ form: Form) -> [UInt8] {
        let form = dispatch.needsContentIntent ? form : Form(encoding: form.encoding, hasContent: true)
        if let bytes = rendered[form] { return bytes }
        let value = form.hasContent ? dispatch.data : dispatch.blanked
        let bytes = form.encoding == .json ? value.serialized : ExternalTerm.term(value)
        rendered[form] = bytes
        return bytes
    }
}
