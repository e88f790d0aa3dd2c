/// Reads a response whose head either satisfies the caller, or is an error whose body's first bytes are worth showing.
struct HTTPResponseReader {
    private enum State {
        case head(HTTPHeadParser)
        case body(RefusalBody)
    }

    private var state: State

    init(limits: HTTPHeadParser.Limits = HTTPHeadParser.Limits()) {
        state = .head(HTTPHeadParser(limits: limits))
    }

    /// The head of a response whose status `isExpected`; bytes after it stay in `input`.
    /// - Throws: `.refused` with the body's beginning for any other final status. Interim 1xx responses are skipped (RFC 9110 §15.2).
    mutating func next(
        _ input: inout UnsafeRawBufferPointer, isExpected: (_ status: Int) -> Bool
    ) throws(HandshakeError) -> HTTPHead? {
        while true {
            switch state {
            case .head(var parser):
                let head: HTTPHead?
                do throws(HTTPHeadError) { head = try parser.next(&input) } catch { throw .head(error) }
                state = .head(parser)
                guard let head else { return nil }
                let line = try StatusLine(head.startLine)
                if isExpected(line.status) { return head }
                if (100...199).contains(line.status), line.status != 101 {
                    state = .head(HTTPHeadParser())
                } else {
                    state = .body(RefusalBody(line, head))
                }
            case .body(var body):
                let refusal = body.append(&input)
                state = .body(body)
                if let refusal { throw .refused(refusal) }
                return nil
            }
        }
    }

    /// The error to report when the stream has ended, or the deadline has passed, before `next` gave an answer.
    func interrupted() -> HandshakeError {
        switch state {
        case .head: .endedInHead
        case .body(let body): .refused(body.refusal)
        }
    }
}
