import JSON

/// The nonce that makes Create Message safe to repeat: Discord answers a second message of the same author and nonce with the
/// first one, for some minutes.
enum MessageNonce {
    /// Returns the JSON object `message` with a fresh nonce and `enforce_nonce`, or `nil` if it has a nonce of its own or is
    /// no JSON object.
    static func adding(to message: [UInt8]) -> [UInt8]? {
        guard let open = message.firstIndex(of: UInt8(ascii: "{")), let isEmpty = isEmptyOrHasNoNonce(message) else { return nil }
        let nonce = String(UInt64.random(in: .min ... .max), radix: 16)
        var result: [UInt8] = []
        result.reserveCapacity(message.count + 56)
        result += message[...open]
        result += "\"nonce\":\"\(nonce)\",\"enforce_nonce\":true\(isEmpty ? "" : ",")".utf8
        result += message[(open + 1)...]
        return result
    }

    /// Whether the object has no members; `nil` if one of them is a nonce or the text is no object.
    private static func isEmptyOrHasNoNonce(_ message: [UInt8]) -> Bool? {
        message.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            var isEmpty = true
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if key == "nonce" || key == "enforce_nonce" { return nil }
                    isEmpty = false
                    try reader.skipValue()
                }
                try reader.finish()
            } catch {
                return nil
            }
            return isEmpty
        }
    }
}
