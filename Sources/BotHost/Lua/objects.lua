-- Objects of Discord: the methods and properties of messages, users, members, channels, guilds and interactions.
local host, common, bot = ...
local error, type, pairs, format = error, type, pairs, string.format
local bad, id, method, body, request, send = common.bad, common.id, common.method, common.body, common.request, common.send

-- Methods are called as object:name(…), properties read as object.name; an object's own fields win over both. A property is nil where the object
-- lacks what it is made of.
local Message, User, Member, Channel, Guild, Interaction = {}, {}, {}, {}, {}, {}
local properties = {
  user = { mention = function(user) return user.id and "<@" .. user.id .. ">" end },
  member = { mention = function(member) return member.user and member.user.id and "<@" .. member.user.id .. ">" end },
  channel = { mention = function(channel) return channel.id and "<#" .. channel.id .. ">" end },
  role = { mention = function(role) return role.id and "<@&" .. role.id .. ">" end },
  message = {
    link = function(message)
      if not message.channel_id or not message.id then return nil end
      return "https://discord.com/channels/" .. (message.guild_id or "@me") .. "/" .. message.channel_id .. "/" .. message.id
    end,
  },
}

function Message:reply(content)
  local message, files = body(content, 1, "reply")
  if message.message_reference == nil then
    message.message_reference = { message_id = self.id, fail_if_not_exists = false }
  end
  return send(self.channel_id, message, files)
end

function Message:edit(content)
  local change, files = body(content, 1, "edit")
  return request("PATCH", "/channels/" .. self.channel_id .. "/messages/" .. self.id, "message", change, files)
end

function Message:delete(reason) return bot.delete(self.channel_id, self.id, reason) end
function Message:react(value) return bot.react(self.channel_id, self.id, value) end
function Message:unreact(value) return bot.unreact(self.channel_id, self.id, value) end

function User:send(content)
  local message, files = body(content, 1, "send")
  local channel = request("POST", "/users/@me/channels", "channel", { recipient_id = self.id })
  return send(channel.id, message, files)
end

-- Members of events know their guild; those inside other objects do not, and say so.
local function member_path(member, name)
  local guild, user = member.guild_id, member.user and member.user.id
  if not guild then
    error(format("%s: this member lacks its guild, which Discord leaves out inside other objects; set member.guild_id first", name), 3)
  elseif not user then
    error(format("%s: this member lacks its user, which Discord leaves out inside a message; set member.user first", name), 3)
  end
  return "/guilds/" .. guild .. "/members/" .. user
end

function Member:add_role(role, reason)
  return request("PUT", member_path(self, "add_role") .. "/roles/" .. id(role, 1, "add_role"), nil, nil, nil, reason)
end
function Member:remove_role(role, reason)
  return request("DELETE", member_path(self, "remove_role") .. "/roles/" .. id(role, 1, "remove_role"), nil, nil, nil, reason)
end
function Member:edit(change, reason)
  if type(change) ~= "table" then bad(1, "edit", "table", change) end
  local member = request("PATCH", member_path(self, "edit"), "member", change, nil, reason)
  if member then member.guild_id = self.guild_id end
  return member
end
function Member:kick(reason) return request("DELETE", member_path(self, "kick"), nil, nil, nil, reason) end
function Member:ban(reason)
  member_path(self, "ban")
  return request("PUT", "/guilds/" .. self.guild_id .. "/bans/" .. self.user.id, nil, {}, nil, reason)
end

function Channel:send(content)
  local message, files = body(content, 1, "send")
  return send(self.id, message, files)
end
function Channel:typing() return bot.typing(self.id) end

function Guild:request_members(options) return bot.request_members(self.id, options) end

-- Interactions answer by their own token, within three seconds of the event. Later answers go by webhook.
local EPHEMERAL, COMPONENT = 64, 3

local function webhook(interaction) return "/webhooks/" .. interaction.application_id .. "/" .. interaction.token end

-- Gives the first answer. Returns true when the host has deferred the interaction meanwhile: then nothing was sent.
local function callback(interaction, kind, data, files)
  return request("POST", "/interactions/" .. interaction.id .. "/" .. interaction.token .. "/callback", nil, { type = kind, data = data }, files)
end

local function message_of(content, name)
  local message, files = body(content, 1, name)
  if message.ephemeral then message.flags, message.ephemeral = (message.flags or 0) | EPHEMERAL, nil end
  return message, files
end

-- The reply to an interaction that was deferred for the handler takes the deferral's place. Where it was not to be seen by others, the public
-- deferral goes first; and a component's deferral shows nothing that could be replaced.
local function late_reply(interaction, message, files)
  if interaction.type ~= COMPONENT and (message.flags or 0) & EPHEMERAL == 0 then
    request("PATCH", webhook(interaction) .. "/messages/@original", "message", message, files)
    return
  end
  if interaction.type ~= COMPONENT then request("DELETE", webhook(interaction) .. "/messages/@original") end
  request("POST", webhook(interaction), "message", message, files)
end

function Interaction:reply(content)
  local message, files = message_of(content, "reply")
  if callback(self, 4, message, files) == true then late_reply(self, message, files) end
end

function Interaction:defer(options)
  callback(self, 5, { flags = options and options.ephemeral and EPHEMERAL or 0 })
end

function Interaction:edit_reply(content)
  local change, files = body(content, 1, "edit_reply")
  return request("PATCH", webhook(self) .. "/messages/@original", "message", change, files)
end

function Interaction:follow_up(content)
  local message, files = message_of(content, "follow_up")
  return request("POST", webhook(self), "message", message, files)
end

for kind, methods in pairs {
  message = Message, user = User, member = Member, channel = Channel, guild = Guild, interaction = Interaction,
} do
  for name, fn in pairs(methods) do host.method(kind, name, method(name, fn)) end
end
for kind, fields in pairs(properties) do
  for name, field in pairs(fields) do host.property(kind, name, field) end
end
