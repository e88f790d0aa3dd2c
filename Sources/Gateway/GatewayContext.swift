import Discord
import GatewayProtocol
import Reactor
import TLS
import WebSocketProtocol

/// What all shards of a fleet share. Confined to the reactor thread.
final class GatewayContext {
    let reactor: Reactor
    let tls: TLSContext
    var configuration: GatewayConfiguration
    let inflateBuffer = InflateBuffer()
    /// For idle connections; `nil` until there is one, or when memory is short.
    private(set) lazy var windowArchive: WindowArchive? = {
        do throws(DecompressionError) { return try WindowArchive() } catch { return nil }
    }()
    let metrics: GatewayMetrics
    var subscriptions = EventSet()
    var traces: [ProtocolTrace] = []
    weak var delegate: (any GatewayDelegate)?
    /// A shard has received an event since its sequence was last looked at in order to save it.
    var hasProgress = false
    /// The URL of GET /gateway/bot with our query.
    var gatewayURL: WebSocketURL?

    init(configuration: GatewayConfiguration, reactor: Reactor, tls: TLSContext, metrics: GatewayMetrics) {
        self.metrics = metrics
        self.configuration = configuration
        self.reactor = reactor
        self.tls = tls
    }

    /// The same query for every connection, resuming ones included.
    func url(_ text: String) -> WebSocketURL? {
        do throws(WebSocketURLError) {
            let url = try WebSocketURL(text)
            guard url.scheme == .ws || url.scheme == .wss else { return nil }
            var query = [(name: "v", value: "10"), (name: "encoding", value: configuration.encoding.rawValue)]
            if let compress = configuration.compression.queryValue { query.append((name: "compress", value: compress)) }
            return url.replacingQuery(query)
        } catch {
            return nil
        }
    }

    @inline(__always)
    func trace(_ body: (ProtocolTrace) -> Void) {
        for trace in traces { body(trace) }
    }

    func note(_ shard: ShardID?, _ event: GatewayNote.Event) {
        let note = GatewayNote(shard: shard, event: event)
        // Who writes readable lines into a log has the delegate's line there already.
        trace { if $0.format == .json { $0.note(shard, note.text) } }
        delegate?.gateway(noted: note)
    }
}
