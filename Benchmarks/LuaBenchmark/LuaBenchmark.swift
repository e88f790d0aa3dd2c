import LuaEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the Lua engine costs. Prints CPU times; `scripts/measure-lua` runs it under callgrind and prints instructions.
@main enum LuaBenchmark {
    static let usage = """
        usage: lua-benchmark event TYPE DECODER COUNT    decode COUNT events and handle each
               lua-benchmark call KIND COUNT             enter Lua, or leave it, COUNT times
               lua-benchmark collection MEGABYTES        how long garbage stops events over a heap of live tables
               lua-benchmark state COUNT                 open and close COUNT states; memory of idle ones

        TYPE     message    content, author.id and channel_id are read of 1.3 KB
                 presence   status, user.id and guild_id of 0.45 KB
                 typing     user_id, channel_id and timestamp of 0.7 KB
                 guild      id and name of 0.85 MB
        DECODER  automatic  what a bot uses: as it is read, with what is usually read
                 eager      all at once
                 lazy       as it is read, whatever the size
                 cjson      stock Lua: lua-cjson and the same handler, in a protected call
        KIND     pcall      stock Lua: lua_pcall of an empty function
                 run        a run of an empty handler
                 wait       a run that waits once and is resumed
                 host       a host function, called in a loop of a script
                 loop       that loop without the call
        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.contains("--help") || arguments.contains("-h") { return print(usage) }
        let count = arguments.last.flatMap { Int($0) } ?? 0
        guard count > 0, let command = arguments.first, run(command, Array(arguments.dropFirst()), count) else {
            print(usage)
            exit(2)
        }
    }

    /// Whether there is such a command.
    static func run(_ command: String, _ words: [String], _ count: Int) -> Bool {
        switch (command, words.count) {
        case ("event", 3):
            guard let event = EventBenchmark(type: words[0]) else { return false }
            if words[1] == "cjson" { event.runStock(count) } else if !event.run(words[1], count) { return false }
        case ("call", 2): return CallBenchmark.run(words[0], count)
        case ("collection", 1): CollectionBenchmark.run(megabytes: count)
        case ("state", 1): StateBenchmark.run(count)
        default: return false
        }
        return true
    }

    /// CPU time of the thread in nanoseconds.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
