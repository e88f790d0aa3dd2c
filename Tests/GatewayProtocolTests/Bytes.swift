/// The bytes that a hexadecimal text names.
func hex(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8).map { byte in byte < 0x3A ? byte - 0x30 : byte - 0x57 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
