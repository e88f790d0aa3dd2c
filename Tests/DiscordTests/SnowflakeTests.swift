import Discord
import Testing

@Suite("Reference › Snowflakes")
struct SnowflakeTests {
    @Test("the docs' example 175928847299117063 was made 2016-04-30T11:18:25.796Z")
    func timestamp() {
        #expect(Snowflake(rawValue: 175_928_847_299_117_063).unixMilliseconds == 1_462_015_105_796)
    }

    @Test("decimal text of 64 bits, without sign, leading zero or anything else", arguments: [
        ("0", 0), ("1", 1), ("175928847299117063", 175_928_847_299_117_063), ("18446744073709551615", .max),
        ("", nil), ("00", nil), ("01", nil), ("-1", nil), ("+1", nil), ("18446744073709551616", nil), ("99999999999999999999", nil),
        ("123456789012345678901", nil), ("12a", nil), (" 1", nil), ("1 ", nil), ("१", nil),
    ] as [(String, UInt64?)])
    func parsing(text: String, value: UInt64?) {
        #expect(Snowflake(text)?.rawValue == value)
        if let value { #expect(Snowflake(rawValue: value).description == text) }
    }

    @Test("a cursor for a time sorts before every id made then or later")
    func cursor() {
        #expect(Snowflake(unixMilliseconds: 1_462_015_105_796).rawValue == 175_928_847_298_985_984)
        #expect(Snowflake(unixMilliseconds: 1_462_015_105_796) < Snowflake(rawValue: 175_928_847_299_117_063))
        #expect(Snowflake(unixMilliseconds: Snowflake.epoch).rawValue == 0)
        #expect(Snowflake(unixMilliseconds: 0).rawValue == 0)
    }

    @Test("Sharding › shard_id = (guild_id >> 22) % num_shards, unsigned")
    func shard() {
        let guild = Snowflake(rawValue: 197_038_439_483_310_086)
        #expect(guild.shardIndex(of: 1) == 0)
        #expect(guild.shardIndex(of: 100) == 70)
        #expect(Snowflake(rawValue: .max).shardIndex(of: 16) == 15)
        #expect(ShardID(index: 70, of: 100).owns(guild))
        #expect(!ShardID(index: 71, of: 100).owns(guild))
    }
}
