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
    /// Where `d` begins, and where it ends at the latest: when `op`, `s` and `t` were known before it, its end is not
    /// searched for, so bytes of later members can follow the value in this range. `nil` when there is no `d`.
    package let data: Range<Int>?

    /// Scans one payload.
    ///
    /// Members may come in any order, twice (the last one read counts), be missing, or be unknown. `d` is not checked beyond
    /// its quotes and brackets (ETF: its lengths).
    /// - Throws: when the outer object itself is malformed or has no `op`.
    package static func scan(_ bytes: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) -> Envelope {
        throw .missingOpcode
    }
}
