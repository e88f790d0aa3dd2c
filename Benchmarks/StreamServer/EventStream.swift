/// What one connection is sent, in one compression, made before anybody connects: while a client is measured the server only encrypts.
struct EventStream: Sendable {
    /// Bytes of WebSocket frames, and where each frame ends.
    struct Segment: Sendable {
        var bytes: [UInt8] = []
        var frameEnds: [Int] = []
    }

    /// HELLO.
    var greeting = Segment()
    /// READY, the guilds, and a tenth of the events once more in front, so that nothing is measured cold.
    var login = Segment()
    /// A message `!start` between CHANNEL_CREATE and the events.
    var start = Segment()
    /// The events, with a GUILD_CREATE of 1 MB in the middle, a message `!done`, and CHANNEL_DELETE.
    var events = Segment()

    /// Bytes of JSON in `events`.
    private(set) var payloadBytes = 0

    /// The same stream in each of the formats.
    static func make(_ formats: [StreamCompressor.Format], events count: Int, heartbeatMilliseconds: Int, url: String) -> [StreamCompressor.Format: EventStream] {
        var streams = formats.map { _ in EventStream() }
        let compressors = formats.map { StreamCompressor($0) }
        func add(_ payload: String, to segment: WritableKeyPath<EventStream, Segment>) {
            for index in streams.indices {
                compressors[index].appendFrame(of: payload, to: &streams[index][keyPath: segment].bytes)
                streams[index][keyPath: segment].frameEnds.append(streams[index][keyPath: segment].bytes.count)
                if segment == \.events { streams[index].payloadBytes += payload.utf8.count }
            }
        }
        var mix = EventMix()
        add(mix.hello(heartbeatMilliseconds: heartbeatMilliseconds), to: \.greeting)
        add(mix.ready(resumeURL: url), to: \.login)
        for guild in mix.guildCreates() { add(guild, to: \.login) }
        for index in 0..<max(200, count / 10) {
            if index == 100 { add(mix.largeGuildCreate(), to: \.login) }
            add(mix.next(), to: \.login)
        }
        add(mix.marker("CHANNEL_CREATE"), to: \.start)
        add(mix.message(content: "!start"), to: \.start)
        for index in 0..<count - 2 {
            add(index == count / 2 ? mix.largeGuildCreate() : mix.next(), to: \.events)
        }
        add(mix.message(content: "!done"), to: \.events)
        add(mix.marker("CHANNEL_DELETE"), to: \.events)
        return Dictionary(uniqueKeysWithValues: zip(formats, streams))
    }
}
