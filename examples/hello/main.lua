-- The first bot: answers, welcomes, lists, and changes its presence.
local bot = require "bot"

bot.on("ready", function()
  bot.log.info(("ready as %s"):format(bot.user.username))
end)

bot.on("message_create", function(message)
  if message.author.bot then return end

  if message.content == "!ping" then
    message:reply("pong")
  elseif message.content == "!members" and message.guild_id then
    local names = {}
    -- Looks like a plain call: the handler waits here while the gateway collects the members.
    for _, member in ipairs(bot.request_members(message.guild_id, { query = "", limit = 10 })) do
      names[#names + 1] = member.nick or member.user.username
    end
    bot.send(message.channel_id, "Here are " .. table.concat(names, ", "))
  end
end)

-- Where a guild wants its newcomers greeted.
local welcome_channel = {}

bot.on("guild_create", function(guild)
  welcome_channel[guild.id] = guild.system_channel_id
end)

bot.on("guild_member_add", function(member)
  local channel = welcome_channel[member.guild_id]
  if channel then bot.send(channel, ("Welcome, <@%s>!"):format(member.user.id)) end
end)

local moods = { { "watching", "the moon" }, { "listening", "the tides" } }
local mood = 0

bot.every("10m", "mood", function()
  mood = mood % #moods + 1
  bot.presence { status = "online", activity = moods[mood] }
end)
