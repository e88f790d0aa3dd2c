-- A handler on every event type of the stream, each of which reads two fields. `!start` and `!done` stand around the events that count.
local bot = require "bot"

local start, handled = 0, 0

bot.on("message_create", function(message)
  local content, author = message.content, message.author.id
  handled = handled + 1
  if content == "!start" then
    start, handled = os.clock(), 0
  elseif content == "!done" then
    bot.log.info(("RESULT cpu=%.6f handled=%d author=%s"):format(os.clock() - start, handled, author))
  end
end)

bot.on("presence_update", function(presence)
  local status, user = presence.status, presence.user.id
  handled = handled + 1
end)

bot.on("typing_start", function(typing)
  local user, channel = typing.user_id, typing.channel_id
  handled = handled + 1
end)

bot.on("message_reaction_add", function(reaction)
  local user, message = reaction.user_id, reaction.message_id
  handled = handled + 1
end)

bot.on("guild_member_update", function(member)
  local user, nick = member.user.id, member.nick
  handled = handled + 1
end)

bot.on("voice_state_update", function(voice)
  local user, channel = voice.user_id, voice.channel_id
  handled = handled + 1
end)

bot.on("interaction_create", function(interaction)
  local id, token = interaction.id, interaction.token
  handled = handled + 1
end)

bot.on("guild_create", function(guild)
  local id, name = guild.id, guild.name
  handled = handled + 1
end)
