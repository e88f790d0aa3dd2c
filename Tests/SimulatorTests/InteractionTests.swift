import Discord
import JSON
import Testing

@testable import Simulator

@Suite("Interactions (Discord docs, Interactions › Receiving and Responding)")
struct InteractionTests {
    /// A simulator with the command /roll, a session, and one use of the command.
    private func withRoll(
        _ configure: (inout SimulatorConfiguration) -> Void = { _ in }, _ body: (SimulatorServer, GatewayClient, RESTClient, JSONValue) async throws -> Void
    ) async throws {
        try await withSimulator(configure) { server in
            let gateway = try await GatewayClient.identified(server, intents: 1)
            _ = try await gateway.event("GUILD_CREATE")
            let client = RESTClient(server: server)
            let definition: JSONValue = [
                "name": "roll", "description": "Roll a die", "options": [["type": 4, "name": "sides", "description": "How many", "required": true]],
            ]
            let registered = try await client.call("POST", "/applications/\(server.botID)/commands", definition)
            #expect(registered.status == 201)
            try await server.perform(.command("roll", options: JSONObject([(key: "sides", value: 20)])))
            try await body(server, gateway, client, try await gateway.event("INTERACTION_CREATE"))
        }
    }

    private func callback(_ interaction: JSONValue) -> String {
        "/interactions/\(interaction["id"]?.stringValue ?? "")/\(interaction["token"]?.stringValue ?? "")/callback"
    }

    @Test("a command arrives with all that its handler needs and is answered without a bot token")
    func answer() async throws {
        try await withRoll { server, _, client, interaction in
            #expect(interaction["type"] == 2)
            #expect(interaction["data"]?["name"] == "roll")
            #expect(interaction["data"]?["options"] == [["type": 4, "name": "sides", "value": 20]])
            #expect(interaction["member"]?["user"]?["id"]?.idValue == server.personID)
            #expect(interaction["member"]?["permissions"]?.stringValue.flatMap { UInt64($0) } != nil)
            #expect(interaction["channel"]?["id"]?.idValue == server.channelID)
            #expect(interaction["context"] == 0)
            let body: JSONValue = ["type": 4, "data": ["content": "You rolled 17"]]
            let done = try await client.call("POST", callback(interaction) + "?with_response=true", body, headers: ["Authorization": ""])
            #expect(done.status == 200)
            #expect(done.body["resource"]?["message"]?["content"] == "You rolled 17")
            #expect(done.body["resource"]?["message"]?["interaction_metadata"]?["id"] == interaction["id"])
            #expect(try await client.call("POST", callback(interaction), body).code == 40060)
            #expect(try await server.botSays("You rolled 17")["type"] == 20)
        }
    }

    @Test("a deferral promises a message that PATCH @original delivers; follow-ups come after it")
    func deferral() async throws {
        try await withRoll { server, _, client, interaction in
            #expect(try await client.call("POST", callback(interaction), ["type": 5]).status == 204)
            let webhook = "/webhooks/\(server.botID)/\(interaction["token"]?.stringValue ?? "")"
            let promised = try await client.call("GET", webhook + "/messages/@original").body
            #expect((promised["flags"]?.integerValue ?? 0) & 128 != 0)
            let delivered = try await client.call("PATCH", webhook + "/messages/@original", ["content": "at last"]).body
            #expect(delivered["content"] == "at last")
            #expect((delivered["flags"]?.integerValue ?? 128) & 128 == 0)
            let more = try await client.call("POST", webhook, ["content": "and more"]).body
            #expect(more["message_reference"]?["message_id"] == delivered["id"])
            let id = more["id"]?.stringValue ?? ""
            #expect(try await client.call("PATCH", webhook + "/messages/" + id, ["content": "changed"]).body["content"] == "changed")
            #expect(try await client.call("DELETE", webhook + "/messages/" + id).status == 204)
            #expect(try await client.call("GET", webhook + "/messages/" + id).code == 10008)
        }
    }

    @Test("an ephemeral answer stays out of the channel's history")
    func ephemeral() async throws {
        try await withRoll { server, _, client, interaction in
            let answer = try await client.call("POST", callback(interaction), ["type": 4, "data": ["content": "only you", "flags": 64]])
            #expect(answer.status == 204)
            #expect(try await client.call("GET", "/channels/\(server.channelID)/messages").body == [])
        }
    }

    @Test("after the deadline, and for an unknown token, the interaction is unknown")
    func late() async throws {
        try await withRoll({ $0.pace.interactionDeadline = .milliseconds(-1) }) { _, _, client, interaction in
            let answer = try await client.call("POST", callback(interaction), ["type": 4, "data": ["content": "late"]])
            #expect(answer.code == 10062)
            #expect(try await client.call("POST", "/interactions/1/x/callback", ["type": 4]).code == 10062)
        }
    }

    @Test("answers that do not fit are refused and leave the interaction open", arguments: [
        (#"{"type":4,"data":{}}"#, Int64(50006)), (#"{"type":7,"data":{"content":"x"}}"#, 50035), (#"{"type":8,"data":{"choices":[]}}"#, 50035),
        (#"{"data":{}}"#, 50035), (#"{"type":9,"data":{"title":"t"}}"#, 50035), (#"{"type":4,"data":{"content":7,"embeds":3}}"#, 50035),
    ])
    func unfit(body: String, code: Int64) async throws {
        let body = try JSONValue(parsing: body)
        try await withRoll { _, _, client, interaction in
            let refused = try await client.call("POST", callback(interaction), body)
            #expect(refused.code == code)
            #expect(try await client.call("POST", callback(interaction), ["type": 4, "data": ["content": "ok"]]).status == 204)
        }
    }

    @Test("a pressed button updates its message; a select carries its values")
    func components() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server, intents: 1)
            let client = RESTClient(server: server)
            let rows: JSONValue = [
                ["type": 1, "components": [["type": 2, "style": 1, "label": "Go", "custom_id": "go"]]],
                ["type": 1, "components": [["type": 3, "custom_id": "pick", "options": [["label": "A", "value": "a"]]]]],
            ]
            let sent = try await client.call("POST", "/channels/\(server.channelID)/messages", ["content": "0", "components": rows])
            try await server.perform(.press("go"))
            let press = try await gateway.event("INTERACTION_CREATE")
            #expect(press["type"] == 3)
            #expect(press["data"] == ["custom_id": "go", "component_type": 2])
            #expect(press["message"]?["id"] == sent.body["id"])
            #expect(try await client.call("POST", callback(press), ["type": 7, "data": ["content": "1"]]).status == 204)
            #expect(try await client.call("GET", "/channels/\(server.channelID)/messages").body[0]?["content"] == "1")
            try await server.perform(.press("pick", values: ["a"]))
            let pick = try await gateway.event("INTERACTION_CREATE")
            #expect(pick["data"]?["values"] == ["a"])
            #expect(try await client.call("POST", callback(pick), ["type": 9, "data": ["custom_id": "form", "title": "Form", "components": []]]).status == 204)
            try await server.perform(.submit("form", fields: JSONObject([(key: "name", value: "Buzz")])))
            let submit = try await gateway.event("INTERACTION_CREATE")
            #expect(submit["type"] == 5)
            #expect(submit["data"]?["components"]?[0]?["components"]?[0]?["value"] == "Buzz")
            await #expect(throws: SimulatorFailure.self) { try await server.perform(.press("nothing")) }
        }
    }

    @Test("what a person types wrongly is told in one line", arguments: [
        (PersonAction.command("rol"), "no command /rol; registered: roll"), (.command("roll"), "the option \"sides\" is required"),
        (.command("roll", options: JSONObject([(key: "sides", value: "many")])), "the option \"sides\" does not take \"many\""),
        (.command("roll", options: JSONObject([(key: "sides", value: 6), (key: "x", value: 1)])), "the command has no option \"x\""),
        (.command("roll twice"), "the command has no subcommand \"twice\""), (.say("hi", author: "nobody"), "there is no user \"nobody\""),
        (.say("hi", channel: "nowhere"), "there is no channel \"nowhere\""), (.react("x"), "no message in #general fits"),
    ])
    func mistakes(action: PersonAction, text: String) async throws {
        try await withRoll { server, _, _, _ in
            let failure = await #expect(throws: SimulatorFailure.self) { try await server.perform(action) }
            #expect(failure?.description == text)
        }
    }

    @Test("subcommands nest, users are resolved")
    func subcommands() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server, intents: 1)
            let client = RESTClient(server: server)
            let definition: JSONValue = [
                "name": "crew", "description": "d", "options": [[
                    "type": 1, "name": "greet", "description": "d", "options": [["type": 6, "name": "who", "description": "d"]],
                ]],
            ]
            let put = try await client.call("PUT", "/applications/\(server.botID)/guilds/\(server.guildID)/commands", [definition])
            #expect(put.status == 200)
            #expect(put.body[0]?["guild_id"]?.idValue == server.guildID)
            try await server.perform(.command("crew greet", options: JSONObject([(key: "who", value: "mae")])))
            let data = try await gateway.event("INTERACTION_CREATE")["data"]
            let mae = data?["options"]?[0]?["options"]?[0]?["value"]?.stringValue ?? ""
            #expect(data?["options"]?[0]?["name"] == "greet")
            #expect(data?["resolved"]?["users"]?[mae]?["username"] == "mae")
            #expect(data?["resolved"]?["members"]?[mae]?["user"] == nil)
        }
    }

    @Test("commands: POST replaces by name, PUT replaces all, definitions are checked")
    func registration() async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            let path = "/applications/\(server.botID)/commands"
            let one = try await client.call("POST", path, ["name": "one", "description": "d"])
            let again = try await client.call("POST", path, ["name": "one", "description": "changed"])
            #expect(one.status == 201)
            #expect(again.status == 200)
            #expect(one.body["id"] == again.body["id"])
            let id = one.body["id"]?.stringValue ?? ""
            #expect(try await client.call("PATCH", path + "/" + id, ["description": "patched"]).body["description"] == "patched")
            #expect(try await client.call("PUT", path, [["name": "two", "description": "d"], ["name": "User Info", "type": 2]]).status == 200)
            #expect(try await client.call("GET", path).body.arrayValue?.compactMap { $0["name"]?.stringValue } == ["two", "User Info"])
            #expect(try await client.call("GET", path + "/" + id).code == 10063)
            let bad = try await client.call("PUT", path, [["name": "three", "description": "d"], ["name": "Bad Name", "description": "d"]])
            #expect(bad.body["errors"]?["1"]?["name"]?["_errors"]?[0]?["code"] == "APPLICATION_COMMAND_INVALID_NAME")
            #expect(try await client.call("GET", path).body.arrayValue?.count == 2, "a refused PUT changes nothing")
        }
    }
}
