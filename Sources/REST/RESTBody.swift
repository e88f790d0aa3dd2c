/// The body of a request.
package enum RESTBody: Sendable {
    case none
    /// JSON text, sent as `application/json`.
    case json([UInt8])
    /// `payload_json` and one part `files[n]` per file, in order (Discord, "Uploading Files"); `attachments[].id` in the
    /// payload is the file's index.
    case multipart(payload: [UInt8], files: [UploadFile])

    /// The bytes of content, without the framing of a multipart body.
    package var byteCount: Int {
        switch self {
        case .none: 0
        case .json(let bytes): bytes.count
        case .multipart(let payload, let files): files.reduce(payload.count) { $0 + $1.bytes.count }
        }
    }
}
