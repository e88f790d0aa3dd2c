/// What a RESUME needs: which session, where it lives and how far it has been received.
///
/// Kept together because none of the three means anything without the others. Holds no token.
package struct ResumePoint: Equatable, Sendable {
    /// `session_id` of the READY that began the session.
    package var sessionID: String
    /// `resume_gateway_url` of that READY, as received: it may lack the query (`v`, `encoding`, `compress`), which the driver
    /// appends as it does for the gateway URL.
    package var url: String
    /// The last `s` received in the session.
    package var sequence: Int64

    package init(sessionID: String, url: String, sequence: Int64) {
        self.sessionID = sessionID
        self.url = url
        self.sequence = sequence
    }
}
