/// A file sent with a message.
package struct UploadFile: Sendable {
    /// The name Discord shows; quotes and line ends in it are escaped when sent (RFC 7578 §4.2).
    package var name: String
    /// A media type such as `image/png`; `nil` sends `application/octet-stream`, and Discord looks at the content.
    package var contentType: String?
    package var bytes: [UInt8]

    package init(name: String, contentType: String? = nil, bytes: [UInt8]) {
        self.name = name
        self.contentType = contentType
        self.bytes = bytes
    }

    /// Whether the content type can stand in a header line.
    var hasPlainType: Bool { contentType?.utf8.allSatisfy { 0x20 <= $0 && $0 <= 0x7E } ?? true }
}
