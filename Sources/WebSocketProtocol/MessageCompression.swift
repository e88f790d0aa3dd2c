/// permessage-deflate as agreed for one connection (RFC 7692 §7), with the two engines that do the work. This module knows the
/// protocol around DEFLATE and not DEFLATE itself.
package struct MessageCompression {
    package let parameters: DeflateParameters
    package let compressor: any MessageCompressor
    package let decompressor: any MessageDecompressor

    /// The engines must have been made for `parameters`: window bits of the sending and of the receiving direction.
    package init(parameters: DeflateParameters, compressor: any MessageCompressor, decompressor: any MessageDecompressor) {
        self.parameters = parameters
        self.compressor = compressor
        self.decompressor = decompressor
    }

    /// The empty stored block that ends each message on the sender's side and is not sent (RFC 7692 §7.2.1).
    static let tail: (UInt8, UInt8, UInt8, UInt8) = (0x00, 0x00, 0xFF, 0xFF)
}
