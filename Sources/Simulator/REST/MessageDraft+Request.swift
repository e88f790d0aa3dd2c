import Discord
import JSON

extension MessageDraft {
    /// Checks the body of Create Message, Edit Message or an interaction answer as Discord does, and takes it over.
    ///
    /// - Throws: 50035 with the tree of the first fault. Whether the message is empty is the caller's question: `isEmpty`.
    init(request call: RESTCall, body: JSONValue, ids makeID: () -> Snowflake) throws(RESTFailure) {
        self.init()
        guard body.objectValue != nil else { throw .invalid(["_root"], "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType") }
        if let value = body["content"] { content = try Self.text(value, ["content"], limit: Limits.messageContent) }
        if let value = body["embeds"] { embeds = try Self.embeds(value) }
        if let value = body["components"] { components = try Self.list(value, ["components"], limit: 40) }
        if let value = body["flags"], !value.isNull {
            guard let bits = value.integerValue else { throw .unusable(["flags"], "Value \"flags\" is not int.") }
            flags = bits
        }
        isSpoken = body["tts"]?.boolValue ?? false
        try readNonce(body)
        try readReference(body)
        try readAllowedMentions(body)
        stickers = try Self.list(body["sticker_ids"], ["sticker_ids"], limit: Limits.stickersPerMessage) ?? []
        poll = body["poll"].flatMap { $0.isNull ? nil : $0 }
        try readAttachments(call, body, makeID)
        if let flags, flags & Message.Flag.componentsV2 != 0, !(content ?? "").isEmpty || !(embeds ?? []).isEmpty || poll != nil {
            throw .invalid(["_root"], "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Only components may be used with the components flag")
        }
    }

    /// Nothing that a message could consist of.
    var isEmpty: Bool {
        (content ?? "").allSatisfy(\.isWhitespace) && (embeds ?? []).isEmpty && (attachments ?? []).isEmpty && (components ?? []).isEmpty
            && stickers.isEmpty && poll == nil
    }

    private mutating func readNonce(_ body: JSONValue) throws(RESTFailure) {
        guard let value = body["nonce"], !value.isNull else { return }
        if let text = value.stringValue {
            guard text.unicodeScalars.count <= Limits.messageNonce else { throw .tooLong(["nonce"], Limits.messageNonce) }
        } else if value.integerValue == nil {
            throw .unusable(["nonce"], "Value \"nonce\" is neither int nor str.")
        }
        nonce = value
        enforcesNonce = body["enforce_nonce"]?.boolValue ?? false
    }

    private mutating func readReference(_ body: JSONValue) throws(RESTFailure) {
        guard let reference = body["message_reference"], !reference.isNull else { return }
        guard let id = reference["message_id"]?.idValue else { throw .required(["message_reference", "message_id"]) }
        replyTo = id
    }

    private mutating func readAllowedMentions(_ body: JSONValue) throws(RESTFailure) {
        guard let value = body["allowed_mentions"], !value.isNull else { return }
        let path = ["allowed_mentions"]
        let parsed = (value["parse"]?.arrayValue ?? []).compactMap(\.stringValue)
        for (index, word) in parsed.enumerated() where !["users", "roles", "everyone"].contains(word) {
            throw .unusable(path + ["parse", String(index)], "Value must be one of ('users', 'roles', 'everyone').")
        }
        allowedMentions.users = parsed.contains("users")
        allowedMentions.roles = parsed.contains("roles")
        allowedMentions.everyone = parsed.contains("everyone")
        allowedMentions.userIDs = try Self.ids(value["users"], path + ["users"])
        allowedMentions.roleIDs = try Self.ids(value["roles"], path + ["roles"])
        allowedMentions.repliedUser = value["replied_user"]?.boolValue ?? false
        if allowedMentions.users && !allowedMentions.userIDs.isEmpty || allowedMentions.roles && !allowedMentions.roleIDs.isEmpty {
            throw .invalid(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[\"users\"] and users: [ids...] are mutually exclusive.")
        }
    }

    /// Files become attachments; their metadata, if any, stands in `attachments` under the same `id`.
    private mutating func readAttachments(_ call: RESTCall, _ body: JSONValue, _ makeID: () -> Snowflake) throws(RESTFailure) {
        let described = try Self.list(body["attachments"], ["attachments"], limit: Limits.attachmentsPerMessage)
        guard call.files.count <= Limits.attachmentsPerMessage else {
            throw RESTFailure(400, 30015, "Maximum number of attachments in a message reached (\(Limits.attachmentsPerMessage))")
        }
        guard described != nil || !call.files.isEmpty else { return }
        var result: [JSONValue] = []
        for file in call.files {
            guard file.size <= Limits.attachmentBytes else { throw RESTFailure(400, 50045, "File uploaded exceeds the maximum size") }
            let id = makeID()
            let metadata = described?.first { $0["id"]?.idValue?.rawValue == file.index }
            let name = metadata?["filename"]?.stringValue ?? file.name
            let url = JSONValue.string("https://cdn.discordapp.com/attachments/\(call.text("channel"))/\(id)/\(name)")
            var attachment: JSONValue = [
                "id": .id(id), "filename": .string(name), "size": .integer(Int64(file.size)), "url": url, "proxy_url": url,
            ]
            if let type = file.contentType { attachment["content_type"] = .string(type) }
            if let description = metadata?["description"] { attachment["description"] = description }
            result.append(attachment)
        }
        // On edit, entries without a file keep what the message has.
        let kept = (described ?? []).filter { entry in !call.files.contains { $0.index == entry["id"]?.idValue?.rawValue } }
        attachments = kept + result
    }

    // MARK: Checks

    private static func text(_ value: JSONValue, _ path: [String], limit: Int) throws(RESTFailure) -> String {
        if value.isNull { return "" }
        // Discord turns numbers into text here.
        guard let text = value.stringValue ?? value.integerValue.map({ String($0) }) else {
            throw .invalid(path, "STRING_TYPE_CONVERT", "Could not interpret as string.")
        }
        guard text.unicodeScalars.count <= limit else { throw .tooLong(path, limit) }
        return text
    }

    private static func list(_ value: JSONValue?, _ path: [String], limit: Int) throws(RESTFailure) -> [JSONValue]? {
        guard let value else { return nil }
        if value.isNull { return [] }
        guard let list = value.arrayValue else { throw .invalid(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType") }
        guard list.count <= limit else { throw .tooLong(path, limit) }
        return list
    }

    private static func ids(_ value: JSONValue?, _ path: [String]) throws(RESTFailure) -> [Snowflake] {
        try list(value, path, limit: 100)?.compactMap(\.idValue) ?? []
    }

    /// Texts of an embed and how long they may be.
    private static let embedTexts: [(path: [String], limit: Int)] = [
        (["title"], Limits.embedTitle), (["description"], Limits.embedDescription), (["footer", "text"], Limits.embedFooter),
        (["author", "name"], Limits.embedAuthor),
    ]

    private static func embeds(_ value: JSONValue) throws(RESTFailure) -> [JSONValue] {
        let embeds = try list(value, ["embeds"], limit: Limits.embedsPerMessage) ?? []
        var total = 0
        var checked: [JSONValue] = []
        for (index, embed) in embeds.enumerated() {
            let path = ["embeds", String(index)]
            guard embed.objectValue != nil else { throw .invalid(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType") }
            for (place, limit) in embedTexts {
                let value = place.reduce(Optional(embed)) { $0?[$1] }
                if let value { total += try text(value, path + place, limit: limit).unicodeScalars.count }
            }
            let fields = try list(embed["fields"], path + ["fields"], limit: Limits.embedFields) ?? []
            for (number, field) in fields.enumerated() {
                for (name, limit) in [("name", Limits.embedFieldName), ("value", Limits.embedFieldValue)] {
                    let place = path + ["fields", String(number), name]
                    guard let value = field[name] else { throw .required(place) }
                    total += try text(value, place, limit: limit).unicodeScalars.count
                }
            }
            if let color = embed["color"], !color.isNull, !(0...0xFFFFFF).contains(color.integerValue ?? -1) {
                throw .invalid(path + ["color"], "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
            }
            checked.append(embed.merging(["type": "rich"]))
        }
        guard total <= Limits.embedTotal else {
            throw .invalid(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of \(Limits.embedTotal)")
        }
        return checked
    }
}
