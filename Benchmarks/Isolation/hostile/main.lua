-- Everything that a pack can do to those beside it. A message that is one of these names sets it off.
local bot = require "bot"
local attacks, kept = {}, {}

attacks["cpu"] = function() while true do end end

attacks["cpu behind pcall"] = function()
  while true do pcall(function() while true do end end) end
end

attacks["cpu in coroutines"] = function()
  while true do coroutine.wrap(function() while true do end end)() end
end

attacks["cpu in patterns"] = function() return ("a"):rep(60):find(("a?"):rep(60) .. ("a"):rep(61)) end

-- In a table of 65,536 places all of these have the same one, which a single growth finds out by comparing each with each.
attacks["keys that collide"] = function()
  local t = {}
  for i = 1, 40000 do t[i * 65535] = i end
end

attacks["memory"] = function()
  local t = {}
  while true do t[#t + 1] = ("x"):rep(1 << 20) .. #t end
end

attacks["memory behind pcall"] = function()
  while true do pcall(function() kept[#kept + 1] = ("x"):rep(1 << 20) .. #kept end) end
end

attacks["coroutines"] = function()
  local all = {}
  while true do all[#all + 1] = coroutine.create(print) end
end

attacks["timers"] = function()
  local function burn()
    local start = os.clock()
    while os.clock() - start < 0.02 do end
  end
  while true do bot.every(0.01, burn) end
end

attacks["tasks"] = function()
  local function bomb()
    bot.spawn(bomb)
    bot.spawn(bomb)
  end
  bomb()
end

attacks["sleeping tasks"] = function()
  while true do bot.spawn(bot.sleep, 3600) end
end

attacks["waiting tasks"] = function()
  while true do bot.spawn(bot.wait_for, "message_create", { match = function() while true do end end }) end
end

attacks["log"] = function()
  while true do bot.log.info(("x"):rep(1 << 16)) end
end

attacks["print"] = function()
  while true do print("flood") end
end

attacks["requests"] = function(message)
  while true do bot.spawn(bot.send, message.channel_id, ("x"):rep(1 << 16)) end
end

attacks["requests within the limits"] = function(message)
  for _ = 1, 900 do bot.spawn(bot.send, message.channel_id, "x") end
end

attacks["requests everywhere"] = function()
  for channel = 1, 900 do bot.spawn(bot.send, tostring(channel), "x") end
end

attacks["member requests"] = function(message)
  for _ = 1, 900 do bot.spawn(bot.request_members, message.guild_id, { query = "a", limit = 1 }) end
end

attacks["presences"] = function()
  while true do bot.presence { status = "idle" } end
end

attacks["handlers"] = function()
  while true do bot.on("message_create", function() while true do end end) end
end

attacks["errors"] = function()
  for _ = 1, 100 do bot.spawn(error, ("x"):rep(1 << 16)) end
  error(setmetatable({}, { __tostring = function() while true do end end }))
end

attacks["cleanup"] = function()
  local c <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end

attacks["many cleanups"] = function()
  for _ = 1, 900 do
    bot.spawn(function()
      local c <close> = setmetatable({}, { __close = function() while true do end end })
      bot.sleep(3600)
    end)
  end
  bot.sleep(0.001)
  while true do end
end

attacks["semaphores"] = function()
  local gate = bot.semaphore(1)
  gate:acquire()
  while true do bot.spawn(gate.acquire, gate) end
end

attacks["carry"] = function()
  for i = 1, 1e6 do kept[i] = { i } end
end

attacks["unload"] = function()
  bot.on_unload(function() while true do end end)
  while true do end
end

bot.on("message_create", function(message)
  local attack = attacks[message.content]
  if attack then attack(message) end
end)
