-- Says back what people say, and counts.
local bot = require "bot"

local said = 0

bot.on("message_create", function(message)
  if message.author.bot or message.content == "" then return end
  said = said + 1
  bot.send(message.channel_id, {
    content = message.content,
    embeds = { { footer = { text = ("echo number %d"):format(said) } } },
  })
end)
