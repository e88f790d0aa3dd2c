import CZlib

/// Transport compression `zlib-stream` (Discord docs, Gateway › Transport Compression): one inflate context from the first byte of a
/// connection to its last, each payload ending with a zlib sync flush.
///
/// The two bytes of zlib's header are read here and the rest as raw DEFLATE: zlib would spend an eighth of the time on a checksum that
/// stands at the end of the stream, which never comes.
package final class ZlibStream {
    private let context: UnsafeMutablePointer<z_stream>
    private let limit: Int
    private let shared: InflateBuffer
    private var state = State.header(first: nil)
    private var pages: InflatePages?
    /// Holds a payload of which only a part has arrived; the shared buffer serves other connections meanwhile.
    private var own: InflateBuffer?
    /// The last four bytes fed since the last payload ended.
    private var tail: UInt32 = .max
    /// Bytes were fed since the last payload ended.
    private var isMidPayload = false
    /// Inflate stands between two blocks, on a whole byte.
    private var isBetweenBlocks = false

    private enum State {
        /// Before the second byte of the header.
        case header(first: UInt8?)
        case inflating
        /// Hibernating: there is no inflate context.
        case dormant(WindowArchive.Entry)
    }

    /// A flush ends with an empty stored block: LEN 0 and its complement.
    private static let flushMark: UInt32 = 0x0000_FFFF

    /// - Parameters:
    ///   - buffer: receives the payloads; may be shared by all connections of a thread.
    ///   - limit: most bytes of one inflated payload.
    package init(into buffer: InflateBuffer, limit: Int) {
        shared = buffer
        self.limit = limit
        context = .allocate(capacity: 1)
        context.initialize(to: z_stream())
    }

    deinit {
        end()
        context.deallocate()
    }

    /// Takes bytes of a message from the front of `input` and returns the next complete payload, or `nil` when the input is used up.
    ///
    /// The payload is valid until the buffer is used again. A payload may end in the middle of a message and may begin in an earlier one.
    /// - Throws: the context is dead then; the stream must not be used again.
    package func next(_ input: inout UnsafeRawBufferPointer) throws(DecompressionError) -> UnsafeRawBufferPointer? {
        switch state {
        case .inflating: break
        case .header(let first): guard try readHeader(first, &input) else { return nil }
        case .dormant(let entry): try wake(entry)
        }
        if !isMidPayload { own = nil }
        if own == nil { shared.begin() }
        let buffer = own ?? shared
        while !input.isEmpty {
            let (chunk, endsWithMark) = nextChunk(of: input)
            isMidPayload = true
            try inflate(chunk, into: buffer)
            input = UnsafeRawBufferPointer(rebasing: input[chunk.count...])
            // The four bytes may also be part of compressed data: a flush is where inflate stands between two blocks, on a whole byte.
            guard endsWithMark, isBetweenBlocks else { continue }
            isMidPayload = false
            tail = .max
            if buffer.count > 0 { return buffer.payload }
        }
        if isMidPayload, own == nil, buffer.count > 0 {
            let own = InflateBuffer()
            own.take(buffer)
            self.own = own
        }
        return nil
    }

    /// Takes the header off (RFC 1950 §2.2), `false` while it is not complete, and begins with the window it asks for.
    private func readHeader(_ first: UInt8?, _ input: inout UnsafeRawBufferPointer) throws(DecompressionError) -> Bool {
        guard let byte = input.first else { return false }
        input = UnsafeRawBufferPointer(rebasing: input[1...])
        guard let first else {
            state = .header(first: byte)
            return try readHeader(byte, &input)
        }
        // Compression method 8, a window of at most 32 KB, the check bits, and no preset dictionary.
        guard first & 0x0F == 8, first >> 4 <= 7, (UInt16(first) << 8 | UInt16(byte)) % 31 == 0, byte & 0x20 == 0 else {
            throw .corrupt("no zlib header")
        }
        try begin(windowBits: CInt(first >> 4) + 8)
        return true
    }

    private func begin(windowBits: CInt) throws(DecompressionError) {
        guard let pages = InflatePages() else { throw .outOfMemory }
        pages.serve(context)
        self.pages = consume pages
        // Negative: raw DEFLATE.
        guard inflateInit2_(context, -windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .outOfMemory
        }
        state = .inflating
    }

    /// Frees the inflate context, if there is one.
    private func end() {
        if case .inflating = state { inflateEnd(context) }
        pages = nil
    }

    // MARK: Hibernation

    package var isHibernating: Bool {
        if case .dormant = state { true } else { false }
    }

    /// Gives up the 40 KB of an inflate context between two payloads and keeps the window compressed, until the next message wakes the
    /// stream. For a connection that has been idle. Does nothing in the middle of a payload.
    package func hibernate(in archive: WindowArchive) {
        guard !isMidPayload, case .inflating = state else { return }
        own = nil
        let entry = archive.store { window in
            var count = UInt32(window.count)
            return inflateGetDictionary(context, window.baseAddress?.assumingMemoryBound(to: UInt8.self), &count) == Z_OK ? Int(count) : nil
        }
        guard let entry else { return }
        end()
        state = .dormant(entry)
    }

    private func wake(_ entry: WindowArchive.Entry) throws(DecompressionError) {
        try begin(windowBits: WindowArchive.windowBits)
        let code = entry.withWindow {
            inflateSetDictionary(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32($0.count))
        }
        guard code == Z_OK else { throw .corrupt("the window cannot be restored") }
    }

    // MARK: Chunks

    /// The bytes up to and including the first flush mark, or all of them.
    private func nextChunk(of input: UnsafeRawBufferPointer) -> (UnsafeRawBufferPointer, endsWithMark: Bool) {
        // A mark that began in the message before.
        for count in 1..<4 where count <= input.count {
            tail = tail << 8 | UInt32(input[count - 1])
            if tail == Self.flushMark { return (UnsafeRawBufferPointer(rebasing: input[..<count]), true) }
        }
        guard input.count >= 4 else { return (input, false) }
        if let end = Self.endOfMark(in: input) {
            tail = Self.flushMark
            return (UnsafeRawBufferPointer(rebasing: input[..<end]), true)
        }
        tail = UInt32(bigEndian: input.loadUnaligned(fromByteOffset: input.count - 4, as: UInt32.self))
        return (input, false)
    }

    /// Where the first mark ends. Looks at every fourth byte only, except near bytes that belong to a mark.
    private static func endOfMark(in input: UnsafeRawBufferPointer) -> Int? {
        var index = 3
        while index < input.count {
            switch input[index] {
            case 0xFF:
                if input[index - 1] == 0xFF, input[index - 2] == 0, input[index - 3] == 0 { return index + 1 }
                index += 1
            case 0: index += 2
            default: index += 4
            }
        }
        return nil
    }

    private func inflate(_ input: UnsafeRawBufferPointer, into buffer: InflateBuffer) throws(DecompressionError) {
        // zlib does not write through next_in; its C type merely lacks the const.
        context.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        context.pointee.avail_in = UInt32(input.count)
        repeat {
            let room = try buffer.room(limit: limit)
            context.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            context.pointee.avail_out = UInt32(room.count)
            let code = CZlib.inflate(context, Z_SYNC_FLUSH)
            buffer.advance(room.count - Int(context.pointee.avail_out))
            switch code {
            case Z_OK:
                // `data_type` (zlib.h): bit 7 says that a block has just ended, the low six bits how many bits of the last byte are not used yet.
                isBetweenBlocks = context.pointee.data_type & (128 | 63) == 128
            // Nothing was left to do, which is found out after output that filled the room: `data_type` then forgets what it said.
            case Z_BUF_ERROR: break
            case Z_STREAM_END: throw .ended
            case Z_MEM_ERROR: throw .outOfMemory
            default: throw .corrupt(context.pointee.msg.map { String(cString: $0) } ?? "zlib code \(code)")
            }
            // A full output buffer may hide more output; room left means that the input is used up.
        } while context.pointee.avail_out == 0
    }
}

@available(*, unavailable) extension ZlibStream: Sendable {}
