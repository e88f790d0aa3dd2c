import MoonwireClient
import Testing

@Suite("Payload: JSON as events carry it") struct PayloadTests {
    private let message: Payload = [
        "id": "41771983423143937", "content": "hi \"you\"", "tts": false, "nonce": nil, "flags": 64, "score": 1.5,
        "embeds": [["title": "one"], ["title": "two"]],
    ]

    @Test("members and elements are reached by name and place") func reading() {
        #expect(message["content"].string == "hi \"you\"")
        #expect(message["id"].snowflake == Snowflake(rawValue: 41_771_983_423_143_937))
        #expect(message["tts"].bool == false && message["flags"].integer == 64 && message["score"].double == 1.5 && message["flags"].double == 64)
        #expect(message["embeds"][1]["title"].string == "two" && message["embeds"].array.count == 2)
        #expect(message.keys == ["id", "content", "tts", "nonce", "flags", "score", "embeds"])
    }

    @Test("what is missing is null all the way down, and never traps") func missing() {
        #expect(message["member"]["nick"].string == nil && message["member"]["roles"][3].isNull && message["content"]["x"].isNull)
        #expect(message["nonce"].isNull && message["embeds"][-1].isNull && message["id"].integer == nil && message["flags"].array.isEmpty && message["flags"].keys.isEmpty)
    }

    @Test("text in, the same value out") func text() {
        #expect(Payload(json: message.description) == message)
        #expect(Payload(json: "{") == nil)
        let count = 3
        #expect(["a": "n=\(count)"] as Payload == Payload(json: #"{"a":"n=3"}"#))
    }
}
