-- Answers, beside a pack that is hostile.
local bot = require "bot"

bot.on("message_create", function(message)
  local number = message.content:match("^!ping (%d+)$")
  if number then message:reply("pong " .. number) end
end)
