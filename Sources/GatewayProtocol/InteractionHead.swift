package import Discord

/// What is needed of INTERACTION_CREATE's `d` to acknowledge it (docs, Receiving and Responding › Interaction Object).
package struct InteractionHead: Equatable, Sendable {
    package let id: Snowflake
    /// 1 ping, 2 command, 3 component, 4 autocomplete, 5 modal submit (docs, Interaction Type).
    package let type: Int64
    /// Valid for fifteen minutes. A secret: whoever has it may answer in the bot's name.
    package let token: String

    package init(id: Snowflake, type: Int64, token: String) {
        self.id = id
        self.type = type
        self.token = token
    }

    /// - Throws: also when one of the three is missing.
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) {
        var id: Snowflake?, type: Int64?, token: String?
        var reader = PayloadReader(data, encoding: encoding)
        var object = try reader.beginObject()
        while let key = try reader.nextKey(in: &object) {
            if key == "id" {
                id = try reader.readSnowflake()
            } else if key == "type" {
                type = try reader.readInteger()
            } else if key == "token" {
                token = try reader.readString()
            } else {
                try reader.skipValue()
            }
        }
        guard let id else { throw .missing(field: "id") }
        guard let type else { throw .missing(field: "type") }
        guard let token else { throw .missing(field: "token") }
        self.init(id: id, type: type, token: token)
    }

    /// The callback that acknowledges it and lets the answer follow: 5 shows that the bot thinks, 6 leaves the message of a component as it is
    /// (docs, Interaction Callback Type). `nil` where neither is allowed.
    package var deferral: Int? {
        switch type {
        case 2, 5: 5
        case 3: 6
        default: nil
        }
    }
}
