/// A zlib stream could not be made: in practice, out of memory.
package struct ZlibFailure: Error, Equatable, Sendable {
    /// The function that failed.
    package let call: String
    /// What it returned, as in zlib.h.
    package let code: CInt
}
