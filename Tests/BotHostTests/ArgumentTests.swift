import LuaEngine
import Testing

@testable import BotHost

@Suite("What the bot module says to a wrong call: the script's line, what is wrong, what would be right")
struct ArgumentTests {
    @Test("in the main chunk", arguments: [
        ("bot.send(nil, 'x')", "bad argument #1 to 'send' (id expected, got nil)"),
        ("bot.send('1', print)", "bad argument #2 to 'send' (text or table expected, got function)"),
        ("bot:send('1', 'x')", "call bot.send with a dot, not with a colon"),
        ("bot:on('ready', print)", "call bot.on with a dot, not with a colon"),
        ("bot.send('1', { files = 5 })", "files must be a list of { name = \"…\", data = \"…\" }"),
        ("bot.send('1', { files = { { name = 'a' } } })", "files[1] must be { name = \"…\", data = \"…\" }"),
        ("bot.edit('1', '2', { files = { 1 } })", "files[1] must be { name = \"…\", data = \"…\" }"),
        ("bot.dm('1', { files = { 1 } })", "files[1] must be { name = \"…\", data = \"…\" }"),
        ("bot.react('1', '2', '')", "bad argument #3 to 'react' (emoji expected, got string)"),
        ("bot.request('FETCH', '/x')", "'FETCH' is no method; it must be GET, POST, PUT, PATCH or DELETE"),
        ("bot.request('GET', 'x')", "the path must begin with a slash, like \"/channels/123\""),
        ("bot.request('GET', '/a/../b')", "the path '/a/../b' cannot be: “..” is no segment"),
        ("bot.on('mesage_create', print)", "unknown event 'mesage_create'; did you mean 'message_create'?"),
        ("bot.on('ready', 'x')", "bad argument #2 to 'on' (function expected, got string)"),
        ("bot.after('10 minutes', print)", "'10 minutes' is no delay; give a number of seconds, or text like \"500ms\", \"10s\", \"10m\", \"1h30m\""),
        ("bot.after(-1, print)", "-1 is no delay; give a number of seconds, or text like \"500ms\", \"10s\", \"10m\", \"1h30m\""),
        ("bot.after(5)", "bad argument #2 to 'after' (function expected, got nil)"),
        ("bot.every('5 m', 'x', print)", "'5 m' is no delay; give a number of seconds, or text like \"500ms\", \"10s\", \"10m\", \"1h30m\""),
        ("bot.sleep('x')", "'x' is no delay; give a number of seconds, or text like \"500ms\", \"10s\", \"10m\", \"1h30m\""),
        ("bot.timeout({}, print)", "table is no delay; give a number of seconds, or text like \"500ms\", \"10s\", \"10m\", \"1h30m\""),
        ("bot.timeout(1, 'x')", "bad argument #2 to 'timeout' (function expected, got string)"),
        ("bot.all { 1 }", "bad argument #1 to 'all' ([1] must be a function or a task, got number)"),
        ("bot.presence { status = 'sleepy' }", "unknown status 'sleepy'; one of online, dnd, idle, invisible, offline"),
        ("bot.presence { status = 5 }", "unknown status; one of online, dnd, idle, invisible, offline"),
        ("bot.presence { since = 'today' }", "since must be a time, as a whole number of milliseconds since 1970"),
        ("bot.presence { afk = 'no' }", "afk must be true or false"),
        ("bot.presence { activity = { 'eating', 'x' } }",
            "unknown activity type 'eating'; one of playing, streaming, listening, watching, custom, competing"),
        ("bot.request_members('1', { limit = 'x' })", "limit must be a whole number, got 'x'"),
        ("bot.request_members('1', { query = 5 })", "query must be a text, got number"),
        ("bot.request_members('1', { user_ids = 5 })", "user_ids must be a list of user ids"),
        ("bot.request_members(('9'):rep(30))", "this is no guild's id"),
        ("bot.semaphore(1).acquire()", "call 'acquire' with a colon: object:acquire(…)"),
        ("bot.after(9, print).cancel()", "call 'cancel' with a colon: object:cancel(…)"),
        ("bot.spawn(print).await()", "call 'await' with a colon: object:await(…)"),
        ("require 'lib/util'", "'lib/util' is no module name; its parts stand between dots, as in require \"lib.util\""),
    ])
    func mainChunk(call: String, expected: String) throws {
        let failure = try ScriptScene().load("pack", call)
        #expect(failure?.message == "pack/main.lua:1: " + expected)
    }

    @Test("in a handler, at objects of its event", arguments: [
        ("message.reply('x')", "call 'reply' with a colon: object:reply(…)"),
        ("message:reply()", "bad argument #1 to 'reply' (text or table expected, got nil)"),
        ("message:reply { files = { 1 } }", "files[1] must be { name = \"…\", data = \"…\" }"),
        ("message.member:kick()", "kick: this member lacks its guild, which Discord leaves out inside other objects; set member.guild_id first"),
        ("message.member.guild_id = '1' message.member:kick()", "kick: this member lacks its user, which Discord leaves out inside a message; set member.user first"),
    ])
    func handler(call: String, expected: String) throws {
        let scene = try ScriptScene()
        try scene.load("pack", "bot.on('message_create', function(message) \(call) end)")
        scene.deliver(#"{"id":"1","channel_id":"2","content":"","author":{"id":"3"},"member":{"roles":[]}}"#)
        #expect(scene.waitForLog("error [pack] message_create: pack/main.lua:1: " + expected), "\(scene.log.lines)")
    }
}
