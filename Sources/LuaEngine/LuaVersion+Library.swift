import CLuaShims

extension LuaVersion {
    /// The library this process runs with, which need not be the one it was compiled against; 0.0.0 when it does not tell.
    package static var library: LuaVersion {
        var buffer = [CChar](repeating: 0, count: 128)
        shim_ident(&buffer, buffer.count)
        // "$LuaVersion: Lua 5.4.4  Copyright …"
        var numbers: [Int] = []
        var digits: Int?
        for byte in buffer.prefix(while: { $0 != 0 }).map({ UInt8(bitPattern: $0) }) {
            if case 48...57 = byte {
                digits = (digits ?? 0) * 10 + Int(byte - 48)
            } else if let number = digits {
                numbers.append(number)
                digits = nil
                if byte != 46 || numbers.count == 3 { break }
            }
        }
        return numbers.count == 3 ? LuaVersion(major: numbers[0], minor: numbers[1], release: numbers[2])
            : LuaVersion(major: 0, minor: 0, release: 0)
    }
}
