internal import Gateway
internal import GatewayProtocol
internal import Logging
internal import Reactor

/// What is written down of the gateway's frames and of REST's steps.
extension Bot {
    /// JSON lines into the file of `--trace`, readable ones into the log at level `trace`.
    ///
    /// - Throws: `.configuration` for a file that cannot be written.
    static func makeTraces(_ options: BotOptions) throws(BotFailure) -> [ProtocolTrace] {
        var traces: [ProtocolTrace] = []
        if let path = options.traceFile {
            let file = try TraceFile(path: path, logger: options.logger)
            let trace = ProtocolTrace(format: .json) { file.write($0) }
            trace.note(nil, "moonwire \(MoonwireVersion.current) begins to trace at \(UTCTimestamp.now())")
            traces.append(trace)
        }
        if options.logger.logLevel <= .trace {
            traces.append(ProtocolTrace(format: .readable) { [logger = options.logger] line in
                logger.trace("\(String(decoding: line.dropLast(), as: UTF8.self))")
            })
        }
        return traces
    }
}
