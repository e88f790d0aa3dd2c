-- bot.carry: tables whose contents the next generation of the pack goes on with.
local host, common, bot = ...
local error, type, next, pairs, tostring, mathtype = error, type, next, pairs, tostring, math.type
local format, byte = string.format, string.byte
local bad = common.bad

local tables = {}

-- A key that stands for a table as JSON cannot say it: with keys that are neither all texts nor 1…n. No text of a script begins so.
local PAIRS = "\0"
-- The same for a float without fraction, which JSON writes like an integer.
local FLOAT = "\0float"

local function is_list(value)
  local count = #value
  for key in next, value do
    if mathtype(key) ~= "integer" or key < 1 or key > count then return false end
  end
  return true
end

local function is_map(value)
  for key in next, value do
    if type(key) ~= "string" or byte(key) == 0 then return false end
  end
  return true
end

local function step(path, key)
  return type(key) == "string" and (path == "" and key or path .. "." .. key) or format("%s[%s]", path, tostring(key))
end

-- A copy that JSON can say.
local function freeze(value, path, above)
  local kind = type(value)
  if kind == "string" or kind == "boolean" or value == host.null then return value end
  if kind == "number" then
    if value ~= value or value - value ~= 0 then error(path .. ": not a finite number", 0) end
    return mathtype(value) == "float" and value % 1 == 0 and { [FLOAT] = value } or value
  end
  if kind ~= "table" then error(format("%s: a %s cannot be carried over", path, kind), 0) end
  if above[value] then error(path .. ": a table inside itself cannot be carried over", 0) end
  above[value] = true
  local copy = {}
  if is_list(value) or is_map(value) then
    for key, item in next, value do copy[key] = freeze(item, step(path, key), above) end
  else
    local flat = {}
    for key, item in next, value do
      if type(key) == "table" or type(key) == "function" then error(format("%s: a %s as a key cannot be carried over", path, type(key)), 0) end
      flat[#flat + 1] = key
      flat[#flat + 1] = freeze(item, step(path, key), above)
    end
    copy[PAIRS] = flat
  end
  above[value] = nil
  return copy
end

local function thaw(value)
  if type(value) ~= "table" then return value end
  if value[FLOAT] then return value[FLOAT] + 0.0 end
  local flat, copy = value[PAIRS], {}
  if flat then
    for index = 1, #flat, 2 do copy[flat[index]] = thaw(flat[index + 1]) end
  else
    for key, item in next, value do copy[key] = thaw(item) end
  end
  return copy
end

-- bot.carry([name,] defaults): the table that the generation before had under this name, over the defaults.
function bot.carry(name, defaults)
  if defaults == nil and type(name) ~= "string" then name, defaults = "", name end
  if type(name) ~= "string" then bad(1, "carry", "name", name) end
  if defaults ~= nil and type(defaults) ~= "table" then bad(name == "" and 1 or 2, "carry", "table", defaults) end
  if tables[name] then
    error(name == "" and "bot.carry has a table without a name already; give this one a name of its own"
      or format("bot.carry has a table named '%s' already", name), 2)
  end
  local carried = {}
  for key, value in pairs(defaults or {}) do carried[key] = value end
  local before = host.carry(name)
  if before then
    for key, value in next, thaw(before) do carried[key] = value end
  end
  tables[name] = carried
  return carried
end

-- What the host asks a generation that is being replaced.
return function(name)
  local value = tables[name]
  return value and host.json_encode(freeze(value, "", {}))
end
