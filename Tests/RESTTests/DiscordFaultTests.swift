import Discord
import Testing

@testable import REST

@Suite("Error bodies") struct DiscordFaultTests {
    @Test("code and message")
    func plain() {
        let fault = DiscordFault(Array(#"{"message":"Missing Permissions","code":50013}"#.utf8))
        #expect(fault?.code == .missingPermissions)
        #expect(fault?.summary == "Missing Permissions")
    }

    @Test("the tree of field errors becomes paths (Discord, Error Messages)")
    func tree() {
        let body = #"""
            {"code": 50035, "message": "Invalid Form Body", "errors": {
              "activities": {"0": {"platform": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "Value must be one of ('desktop', 'android')."}]},
                                   "type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "Value must be one of (0, 1)."}]}}},
              "_errors": [{"code": "X", "message": "too much"}],
              "content": {"_errors": [{"code": "NO_TEXT"}]}}}
            """#
        let fault = DiscordFault(Array(body.utf8))
        #expect(fault?.fields == [
            .init(path: "activities[0].platform", message: "Value must be one of ('desktop', 'android')."),
            .init(path: "activities[0].type", message: "Value must be one of (0, 1)."),
            .init(path: "", message: "too much"),
            .init(path: "content", message: "NO_TEXT"),
        ])
        #expect(fault?.summary.hasPrefix("Invalid Form Body: activities[0].platform: Value must be one of ('desktop', 'android').; activities[0].type: ") == true)
    }

    @Test("a summary is one line, whatever the message holds")
    func oneLine() {
        #expect(DiscordFault(Array(#"{"message":"a\nb\u0007c\u009Bd\u2028e"}"#.utf8))?.summary == "a b c d e")
    }

    @Test("complaints are cut off at twenty")
    func many() {
        let leaves = (0..<500).map { "\"\($0)\":{\"_errors\":[{\"message\":\"bad\"}]}" }.joined(separator: ",")
        #expect(DiscordFault(Array("{\"message\":\"m\",\"errors\":{\(leaves)}}".utf8))?.fields.count == 20)
    }

    @Test("what is no JSON object is not Discord's", arguments: ["", "<html>", "[]", "null", "{\"message\":", "\u{FEFF}{}"])
    func foreign(body: String) {
        #expect(DiscordFault(Array(body.utf8)) == nil)
    }

    @Test("wrong types are as absent", arguments: [#"{"code":"x","message":7,"retry_after":"soon","global":1,"errors":[]}"#, "{}"])
    func types(body: String) {
        let fault = DiscordFault(Array(body.utf8))
        #expect(fault == DiscordFault(Array("{}".utf8)))
        #expect(fault?.summary == "")
    }
}
