/// Which end of the connection this machine speaks for. The roles differ in who masks (RFC 6455 §5.1), who asks for the
/// upgrade (§4) and who ends the TCP connection first (§7.1.1).
package enum Role: Sendable, Equatable {
    case client
    case server
}
