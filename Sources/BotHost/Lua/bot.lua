-- The Lua side of `require "bot"`, over the few functions of the host: requests, the gateway, events, time, the log. What the other files add builds
-- on it. Runs once per generation, before the pack's main chunk. Everything a script could replace is captured first.
local error, type, pairs, ipairs, setmetatable, select = error, type, pairs, ipairs, setmetatable, select
local find, format, unpack, mathtype, tointeger = string.find, string.format, table.unpack, math.type, math.tointeger
local gsub, byte, tostring = string.gsub, string.byte, tostring

-- The host's functions come as name, function, name, function … and are kept where no script can reach them.
local host = {}
for index = 1, select("#", ...), 2 do
  local name, value = select(index, ...)
  host[name] = value
end

local bot = { null = host.null }

-- Arguments -------------------------------------------------------------------------------------------------

-- Errors name the script's line. `level` is 3 where a function of the module checks itself, 4 where a helper does it for it.
local function bad(index, name, expected, value, level)
  if value == bot then error(format("call bot.%s with a dot, not with a colon", name), level or 3) end
  local got = value == nil and "nil" or type(value)
  error(format("bad argument #%d to '%s' (%s expected, got %s)", index, name, expected, got), level or 3)
end

local function id(value, index, name)
  if type(value) == "string" and find(value, "^%d+$") then return value end
  if mathtype(value) == "integer" then return format("%d", value) end
  if type(value) == "table" and type(value.id) == "string" then return value.id end
  bad(index, name, "id", value, 4)
end

-- A method that is called with a dot says so, instead of failing at what came in its object's place.
local function method(name, fn)
  return function(self, ...)
    if type(self) ~= "table" then error(format("call '%s' with a colon: object:%s(…)", name, name), 2) end
    return fn(self, ...)
  end
end

-- What pings by default: the people a message names, never @everyone, @here or a role, whatever text it repeats.
local default_mentions = { parse = { "users" } }

-- Files as the host takes them: name, bytes, name, bytes …
local function flat(files)
  if type(files) ~= "table" then error("files must be a list of { name = \"…\", data = \"…\" }", 4) end
  local list = {}
  for index, file in ipairs(files) do
    if type(file) ~= "table" or type(file.name) ~= "string" or type(file.data) ~= "string" then
      error(format("files[%d] must be { name = \"…\", data = \"…\" }", index), 4)
    end
    list[#list + 1] = file.name
    list[#list + 1] = file.data
  end
  return list
end

-- A message body from what scripts pass: text, or Discord's own Create Message fields and `files`.
local function body(content, index, name)
  local kind = type(content)
  if kind == "string" or kind == "number" then
    return { content = kind == "string" and content or format("%s", content), allowed_mentions = default_mentions }
  elseif kind ~= "table" then
    bad(index, name, "text or table", content, 4)
  end
  local copy = {}
  for key, value in pairs(content) do copy[key] = value end
  local files = copy.files and flat(copy.files)
  copy.files = nil
  if copy.allowed_mentions == nil then copy.allowed_mentions = default_mentions end
  return copy, files
end

-- REST ------------------------------------------------------------------------------------------------------

-- Waits for the answer and returns it, as an object of prototype `kind`.
local function request(method, path, kind, content, files, reason, replayable)
  if not files then return host.rest(method, path, kind, content, reason, replayable) end
  return host.rest(method, path, kind, content, reason, replayable, unpack(files))
end

local function send(channel, content, files)
  -- Discord drops a second message with the same nonce, so the host may send again after a lost answer.
  if content.nonce == nil then content.nonce, content.enforce_nonce = host.nonce(), true end
  local path, replayable = "/channels/" .. channel .. "/messages", content.enforce_nonce == true
  return request("POST", path, "message", content, files, nil, replayable)
end

function bot.send(channel, content)
  channel = id(channel, 1, "send")
  local message, files = body(content, 2, "send")
  return send(channel, message, files)
end

function bot.edit(channel, message, content)
  channel, message = id(channel, 1, "edit"), id(message, 2, "edit")
  local change, files = body(content, 3, "edit")
  return request("PATCH", "/channels/" .. channel .. "/messages/" .. message, "message", change, files)
end

function bot.delete(channel, message, reason)
  channel, message = id(channel, 1, "delete"), id(message, 2, "delete")
  return request("DELETE", "/channels/" .. channel .. "/messages/" .. message, nil, nil, nil, reason)
end

-- An emoji as a route names it: "🌙", "name:id", or the emoji object of an event.
local function emoji(value, index, name)
  if type(value) == "table" and type(value.name) == "string" then
    return type(value.id) == "string" and value.name .. ":" .. value.id or value.name
  end
  if type(value) ~= "string" or value == "" then bad(index, name, "emoji", value, 4) end
  return (gsub(value, "^<a?:(.-)>$", "%1"))
end

-- Percent-encoded here, because the path is split at its slashes afterwards.
local function escape(text)
  return (gsub(text, "[^%w%-%._~:]", function(letter) return format("%%%02X", byte(letter)) end))
end

function bot.react(channel, message, value)
  channel, message = id(channel, 1, "react"), id(message, 2, "react")
  local path = "/channels/" .. channel .. "/messages/" .. message .. "/reactions/"
  return request("PUT", path .. escape(emoji(value, 3, "react")) .. "/@me")
end

function bot.unreact(channel, message, value)
  channel, message = id(channel, 1, "unreact"), id(message, 2, "unreact")
  local path = "/channels/" .. channel .. "/messages/" .. message .. "/reactions/"
  return request("DELETE", path .. escape(emoji(value, 3, "unreact")) .. "/@me")
end

function bot.typing(channel)
  return request("POST", "/channels/" .. id(channel, 1, "typing") .. "/typing")
end

function bot.dm(user, content)
  user = id(user, 1, "dm")
  local message, files = body(content, 2, "dm")
  local channel = request("POST", "/users/@me/channels", "channel", { recipient_id = user })
  return send(channel.id, message, files)
end

-- Any other endpoint: bot.request("GET", "/guilds/…/roles") with Discord's paths below /api/v10.
function bot.request(method, path, content, reason)
  if type(method) ~= "string" then bad(1, "request", "string", method) end
  if type(path) ~= "string" then bad(2, "request", "string", path) end
  local answer = host.rest(method, path, nil, content, reason)
  if answer == true then
    error("the interaction was deferred, because nothing had answered it in time; edit its original response instead", 2)
  end
  return answer
end

-- Gateway ---------------------------------------------------------------------------------------------------

local activity_types = { playing = 0, streaming = 1, listening = 2, watching = 3, custom = 4, competing = 5 }

-- { "watching", "the moon" }, { "streaming", "name", url = "…" } or Discord's own activity object.
local function activity(value)
  if type(value) ~= "table" then error(format("an activity must be a table, got %s", type(value)), 3) end
  if value[1] == nil then return value end
  local kind = activity_types[value[1]]
  if not kind then
    error(format("unknown activity type '%s'; one of playing, streaming, listening, watching, custom, competing", tostring(value[1])), 3)
  end
  if kind == 4 then return { type = 4, name = "Custom Status", state = value[2] } end
  return { type = kind, name = value[2], url = value.url, state = value.state }
end

function bot.presence(presence)
  if type(presence) ~= "table" then bad(1, "presence", "table", presence) end
  local activities = {}
  for _, value in ipairs(presence.activities or { presence.activity }) do activities[#activities + 1] = activity(value) end
  return host.presence {
    status = presence.status or "online", activities = activities, since = presence.since, afk = presence.afk or false,
  }
end

-- Asks for members of a guild and waits until all have come. Returns them in one array.
function bot.request_members(guild, options)
  guild = id(guild, 1, "request_members")
  options = options or {}
  if type(options) ~= "table" then bad(2, "request_members", "table", options) end
  local users, limit, query = options.user_ids, tointeger(options.limit or 0), options.query or ""
  if not limit then error(format("limit must be a whole number, got '%s'", tostring(options.limit)), 2) end
  if type(query) ~= "string" then error("query must be a text, got " .. type(query), 2) end
  if type(users) == "string" then users = { users } end
  local chunks = { host.request_members(guild, query, limit, users, options.presences or false) }
  local members, not_found, presences = {}, {}, {}
  for _, chunk in ipairs(chunks) do
    for _, member in ipairs(chunk.members or {}) do
      member.guild_id = guild
      members[#members + 1] = member
    end
    for _, user in ipairs(chunk.not_found or {}) do not_found[#not_found + 1] = user end
    for _, presence in ipairs(chunk.presences or {}) do presences[#presences + 1] = presence end
  end
  return members, { not_found = not_found, presences = presences }
end

-- The state of every shard, asked for when it is called: { id, count, status, latency }.
bot.shards = host.shards

-- Events, time, log -----------------------------------------------------------------------------------------

function bot.on(event, handler)
  if type(event) ~= "string" then bad(1, "on", "event name", event) end
  if type(handler) ~= "function" then bad(2, "on", "function", handler) end
  return host.on(event, handler)
end

local Timer = {}
Timer.__index = Timer

Timer.cancel = method("cancel", function(self) return host.cancel_timer(self.key) end)

-- delay, [name,] handler. Reached by tail calls, so that its caller is the script.
local function timer(which, repeats, delay, name, handler)
  if handler == nil then name, handler = nil, name end
  if type(delay) ~= "number" and type(delay) ~= "string" then bad(1, which, "seconds or text like \"10m\"", delay) end
  if type(handler) ~= "function" then bad(name == nil and 2 or 3, which, "function", handler) end
  if name ~= nil and type(name) ~= "string" then bad(2, which, "name", name) end
  return setmetatable({ key = host.timer(delay, repeats, name or which, handler) }, Timer)
end

function bot.after(delay, name, handler) return timer("after", false, delay, name, handler) end
function bot.every(delay, name, handler) return timer("every", true, delay, name, handler) end

function bot.sleep(delay)
  if type(delay) ~= "number" and type(delay) ~= "string" then bad(1, "sleep", "seconds or text like \"10m\"", delay) end
  return host.sleep(delay)
end

-- Called when this generation of the pack has been replaced or removed and takes no further events.
function bot.on_unload(handler)
  if type(handler) ~= "function" then bad(1, "on_unload", "function", handler) end
  return host.on_unload(handler)
end

bot.log = {}
for _, level in ipairs { "trace", "debug", "info", "notice", "warning", "error" } do
  bot.log[level] = function(...) return host.log(level, ...) end
end
bot.log.warn = bot.log.warning

bot.json = { encode = host.json_encode, decode = host.json_decode, null = host.null }
bot.memory = host.memory

-- The module, what the host calls with READY, which names the bot's own user, and what the module's other files build on.
return bot, function(ready) bot.user = ready.user end, host, {
  bad = bad, id = id, method = method, body = body, request = request, send = send,
}
