-- Not measured: counts every event of the stream and checks that they come as they were sent. The stream's messages carry their sequence number
-- as nonce, presences and typing a time that never goes back.
local bot = require "bot"

local handled, disorder, sequence, time = 0, 0, 0, 0
local started

local function at(milliseconds)
  if milliseconds < time then disorder = disorder + 1 end
  time = milliseconds
  handled = handled + 1
end

bot.on("message_create", function(message)
  local number = math.tointeger(tonumber(message.nonce))
  if message.content == "!start" then
    handled, disorder, started = 0, 0, number
    sequence = number
    return
  end
  if not started then return end
  handled = handled + 1
  -- Every event has a number, so what was handled since the start is also the distance from it.
  if number <= sequence or number - started ~= handled then disorder = disorder + 1 end
  sequence = number
  if message.content == "!done" then bot.log.info(("RESULT handled=%d disorder=%d"):format(handled, disorder)) end
end)

bot.on("presence_update", function(presence) at(presence.processed_at_timestamp) end)

for _, event in ipairs { "typing_start", "message_reaction_add", "guild_member_update", "voice_state_update", "interaction_create", "guild_create" } do
  bot.on(event, function() handled = handled + 1 end)
end
