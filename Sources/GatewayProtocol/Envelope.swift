package import Discord

/// The outer object of a gateway payload: `op`, `s`, `t`, and where `d` lies (Discord docs, Gateway Events › Payload
/// Structure). Found without parsing `d` and without any allocation.
package struct Envelope: Equatable, Sendable {
    package let opcode: GatewayOpcode
    /// `s`; `nil` when null or missing.
    package let sequence: Int64?
    /// `t` when it is an event known here.
    package let event: EventName?
    /// Where `t`'s text lies; empty when it is null or missing. Names the event that `event` does not know.
    package let name: Range<Int>
    /// Where `d` begins, and where it ends at the latest; `nil` when there is no `d`.
    ///
    /// When `op`, `s` and `t` came before it, the end is not searched for: in JSON it is then the last closing brace, in ETF
    /// the end of the payload, and bytes of members after `d` may follow the value. Read one value and ignore the rest.
    package let data: Range<Int>?

    /// Scans one payload.
    ///
    /// Members may come in any order, be missing, be unknown, or come twice (the last one read counts; what follows `d` is not
    /// read once `op`, `s` and `t` are known). `d` is not checked beyond its quotes and brackets (ETF: its lengths).
    /// - Throws: when the outer object itself is malformed or has no `op`.
    package static func scan(_ bytes: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) -> Envelope {
        switch encoding {
        case .json: try scanJSON(bytes).envelope(in: bytes)
        case .etf: try scanETF(bytes).envelope(in: bytes)
        }
    }

    /// What a scan has found so far.
    struct Findings {
        var opcode: Int64?
        var sequence: Int64?
        var name = 0..<0
        var data: Range<Int>?
        private var seen: Member = []

        /// The members that must be known before `d` need not be passed over.
        struct Member: OptionSet {
            let rawValue: UInt8
            static let opcode = Member(rawValue: 1)
            static let sequence = Member(rawValue: 2)
            static let name = Member(rawValue: 4)
        }

        mutating func found(_ member: Member) { seen.insert(member) }

        var isComplete: Bool { seen == [.opcode, .sequence, .name] }

        func envelope(in bytes: UnsafeRawBufferPointer) throws(PayloadError) -> Envelope {
            guard let opcode, let number = Int(exactly: opcode) else { throw .missingOpcode }
            return Envelope(
                opcode: GatewayOpcode(rawValue: number), sequence: sequence,
                event: name.isEmpty ? nil : EventName(UnsafeRawBufferPointer(rebasing: bytes[name])), name: name, data: data)
        }
    }
}
