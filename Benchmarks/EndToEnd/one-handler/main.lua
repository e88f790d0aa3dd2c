-- One handler, which reads three fields. `!start` and `!done` stand around the events that count.
local bot = require "bot"

local start, messages = 0, 0

bot.on("message_create", function(message)
  local content, author, channel = message.content, message.author.id, message.channel_id
  messages = messages + 1
  if content == "!start" then
    start, messages = os.clock(), 0
  elseif content == "!done" then
    bot.log.info(("RESULT cpu=%.6f handled=%d author=%s channel=%s"):format(os.clock() - start, messages, author, channel))
  end
end)
