package import JSON
package import Reactor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A small JSON document that outlives the process. Readable by its owner only; replaced whole or not at all.
package struct StateFile: Sendable {
    package let path: String

    /// Unix milliseconds and counts that can be meant; others are what a damaged file holds, and arithmetic with them would overflow.
    static let times: Range<Int64> = 0..<1 << 53
    static let counts: Range<Int64> = 0..<1 << 31

    package init(path: String) { self.path = path }

    /// The document; `nil` when there is none, or when it is not JSON: state that cannot be read is worth no more than none.
    /// - Throws: when the file exists and cannot be read, or is not this user's alone to write: whoever else can would choose where we log in.
    package func read() throws(IOFailure) -> JSONValue? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw IOFailure(call: "open \(path)", code: errno)
        }
        defer { _ = close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw IOFailure(call: "fstat \(path)", code: errno) }
        guard status.st_uid == geteuid(), status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw IOFailure(call: "read \(path), which others can write", code: EPERM)
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { readSome(file, $0) }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw IOFailure(call: "read \(path)", code: errno)
            }
            bytes += chunk[..<count]
        }
        do throws(JSONError) { return try JSONValue(parsing: bytes) } catch { return nil }
    }

    /// Replaces the document.
    package func write(_ value: JSONValue) throws(IOFailure) {
        let temporary = path + ".new"
        // What a crash left there, or somebody who wants to read along or to have another file overwritten, is not written into.
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw IOFailure(call: "open \(temporary)", code: errno) }
        var failure: IOFailure?
        value.serialized.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = writeSome(file, UnsafeRawBufferPointer(rebasing: rest))
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    failure = IOFailure(call: "write \(temporary)", code: errno)
                    return
                }
            }
        }
        if close(file) != 0, failure == nil { failure = IOFailure(call: "close \(temporary)", code: errno) }
        if failure == nil, rename(temporary, path) != 0 { failure = IOFailure(call: "rename \(temporary)", code: errno) }
        if let failure { throw failure }
    }

    /// Takes the lock of this document, which ends with the value or with the process; `nil` while another process has it. Never waits: whoever
    /// has it may have been stopped, and the reactor thread has heartbeats to send.
    package func lock() throws(IOFailure) -> Lock? {
        let file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw IOFailure(call: "open \(path).lock", code: errno) }
        let lock = Lock(file: file)
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            guard errno == EINTR else { throw IOFailure(call: "flock \(path).lock", code: errno) }
        }
        return lock
    }

    package struct Lock: ~Copyable {
        fileprivate let file: CInt
        deinit { _ = close(file) }
    }
}

#if canImport(Glibc)
    private func readSome(_ file: CInt, _ bytes: UnsafeMutableRawBufferPointer) -> Int { Glibc.read(file, bytes.baseAddress, bytes.count) }
    private func writeSome(_ file: CInt, _ bytes: UnsafeRawBufferPointer) -> Int { Glibc.write(file, bytes.baseAddress, bytes.count) }
#else
    private func readSome(_ file: CInt, _ bytes: UnsafeMutableRawBufferPointer) -> Int { Darwin.read(file, bytes.baseAddress, bytes.count) }
    private func writeSome(_ file: CInt, _ bytes: UnsafeRawBufferPointer) -> Int { Darwin.write(file, bytes.baseAddress, bytes.count) }
#endif
