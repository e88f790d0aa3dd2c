import CLuaShims

extension LuaErrorValue {
    func put(in state: OpaquePointer) {
        var message = message
        var route = route ?? ""
        var word = if case .word(let word)? = code { word } else { "" }
        var error = shim_error()
        if case .number(let number)? = code {
            error.code = number
            error.has_code = 1
        }
        if let status {
            error.status = Int64(status)
            error.has_status = 1
        }
        if let retryAfter {
            error.retry_after = retryAfter
            error.has_retry_after = 1
        }
        message.withUTF8 { message in
            route.withUTF8 { route in
                word.withUTF8 { word in
                    error.message = Self.characters(message)
                    error.message_length = message.count
                    if !route.isEmpty {
                        error.route = Self.characters(route)
                        error.route_length = route.count
                    }
                    if !word.isEmpty {
                        error.code_word = Self.characters(word)
                        error.code_word_length = word.count
                    }
                    shim_put_error(state, &error)
                }
            }
        }
    }

    init(_ error: shim_error) {
        self.init(message: Self.text(error.message, error.message_length))
        if error.has_code != 0 { code = .number(error.code) }
        if error.code_word != nil { code = .word(Self.text(error.code_word, error.code_word_length)) }
        if error.has_status != 0 { status = Int(error.status) }
        if error.route != nil { route = Self.text(error.route, error.route_length) }
        if error.has_retry_after != 0 { retryAfter = error.retry_after }
    }

    private static func characters(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<CChar>? {
        UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
    }

    private static func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
