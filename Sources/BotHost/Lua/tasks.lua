-- Tasks: functions that run beside the handler that spawned them, and what waits for them.
local host, common, bot = ...
local error, type, pairs, next, setmetatable, getmetatable = error, type, pairs, next, setmetatable, getmetatable
local pack, unpack, format, mathtype = table.pack, table.unpack, string.format, math.type
local bad, method = common.bad, common.method

-- What runs park under: one key for each that waits, and one for each semaphore.
local last_key = 0
local function new_key()
  last_key = last_key + 1
  return last_key
end

-- A task has `status` ("running", "done", "failed", "cancelled"), then `results` or `error` and `traceback`, and `groups` of those that wait.
local Task = {}
Task.__index = Task
Task.__name = "task"

-- Tells a group that a task ended; wakes whoever waits for the group when that decides it.
local function note(group, task)
  group.left = group.left - 1
  group.first = group.first or task
  if task.status ~= "done" then group.failed = group.failed or task end
end

local function is_decided(group)
  return group.failed or group.left == 0 or group.any and group.first
end

local function finish(task, status)
  task.status = status
  local was_awaited = next(task.groups) ~= nil
  for group in pairs(task.groups) do
    note(group, task)
    if is_decided(group) then host.unpark(group.key) end
  end
  task.groups = nil
  return was_awaited
end

local function complete(task, ...)
  task.results = pack(...)
  finish(task, "done")
end

local function run(task, fn, ...)
  return complete(task, fn(...))
end

local function spawn(fn, ...)
  local task = setmetatable({ status = "running", groups = {} }, Task)
  task.key = host.spawn(task, run, task, fn, ...)
  return task
end

local function cancel(task)
  if task.status == "running" then host.cancel_task(task.key) end
end

local Guard = {}
function Guard.__close(guard)
  for _, task in pairs(guard.tasks) do
    if task.groups then task.groups[guard.group] = nil end
  end
end

-- Waits until all tasks have ended, the first has failed or, when `any`, the first has ended.
local function join(tasks, any)
  local group = { left = 0, any = any, key = new_key() }
  for _, task in pairs(tasks) do
    group.left = group.left + 1
    if task.groups then task.groups[group] = true end
  end
  local guard <close> = setmetatable({ tasks = tasks, group = group }, Guard)
  for _, task in pairs(tasks) do
    if not task.groups then note(group, task) end
  end
  while not is_decided(group) do host.park(group.key) end
  return group
end

-- What a task that ended gives: its results, or its error with the traceback of its own coroutine.
local function outcome(task)
  if task.status == "done" then return unpack(task.results, 1, task.results.n) end
  return host.raise(task.error, task.traceback)
end

-- Tasks that end with the call that holds them.
local Scope = {}
function Scope.__close(tasks)
  for _, task in pairs(tasks) do cancel(task) end
end

local function adopt(parts, tasks, name)
  if type(parts) ~= "table" then bad(1, name, "table of functions", parts, 4) end
  for key, part in pairs(parts) do
    if type(part) == "function" then
      tasks[key] = spawn(part)
    elseif type(part) == "table" and getmetatable(part) == "task" then
      tasks[key] = part
    else
      error(format("bad argument #1 to '%s' ([%s] must be a function or a task, got %s)", name, key, type(part)), 3)
    end
  end
end

function bot.spawn(fn, ...)
  if type(fn) ~= "function" then bad(1, "spawn", "function", fn) end
  return spawn(fn, ...)
end

-- Runs all of them side by side and returns their results under the same keys. The first error ends the others.
function bot.all(parts)
  local tasks <close> = setmetatable({}, Scope)
  adopt(parts, tasks, "all")
  local group = join(tasks)
  if group.failed then return outcome(group.failed) end
  local results = {}
  for key, task in pairs(tasks) do results[key] = task.results[1] end
  return results
end

-- Runs them side by side until the first has ended; returns its key and its results, and ends the others.
function bot.race(parts)
  local tasks <close> = setmetatable({}, Scope)
  adopt(parts, tasks, "race")
  if next(tasks) == nil then error("bot.race needs at least one function", 2) end
  local first = join(tasks, true).first
  for key, task in pairs(tasks) do
    if task == first then return key, outcome(task) end
  end
end

-- Calls a function that may wait no longer than so; past that it is cancelled, and the error's code is "timeout".
function bot.timeout(delay, fn, ...)
  host.delay(delay)
  if type(fn) ~= "function" then bad(2, "timeout", "function", fn) end
  local tasks <close> = setmetatable({}, Scope)
  tasks.clock = spawn(host.sleep, delay)
  tasks.work = spawn(fn, ...)
  local first = join(tasks, true).first
  if first == tasks.clock and first.status == "done" then
    return host.fail("timeout", format("timed out after %s", type(delay) == "number" and format("%g s", delay) or delay))
  end
  return outcome(first)
end

-- Waits for an event, or for one that `match` wants. Returns its object, or nothing when `timeout` has passed.
function bot.wait_for(event, options)
  if type(event) ~= "string" then bad(1, "wait_for", "event name", event) end
  options = options or {}
  if type(options) ~= "table" then bad(2, "wait_for", "table", options) end
  local timeout, match = options.timeout, options.match
  if match ~= nil and type(match) ~= "function" then error("bad argument #2 to 'wait_for' (match must be a function)", 2) end
  return host.wait_for(event, timeout, match)
end

-- Waits until the task has ended; returns what its function returned, or raises its error.
Task.await = method("await", function(self)
  join({ self })
  return outcome(self)
end)

-- Ends the task where it waits; nothing happens if it has ended.
Task.cancel = method("cancel", cancel)

Task.__metatable = "task"

-- Called by the host when a task's run failed. Answers whether somebody waited for it.
local function task_failed(task, problem, traceback, is_cancelled)
  task.error, task.traceback = problem, traceback
  return finish(task, is_cancelled and "cancelled" or "failed")
end

-- Semaphores ------------------------------------------------------------------------------------------------

local Permit = {}
Permit.__index = Permit
Permit.__metatable = "permit"

-- Gives the permit back, once; `local permit <close> = gate:acquire()` does it at the end of the block.
Permit.release = method("release", function(self)
  local gate = self.gate
  if not gate then return end
  self.gate = nil
  gate.free = gate.free + 1
  host.unpark(gate.key)
end)
Permit.__close = Permit.release

local Semaphore = {}
Semaphore.__index = Semaphore
Semaphore.__metatable = "semaphore"

-- Waits for a permit, behind those that came before.
Semaphore.acquire = method("acquire", function(self)
  if self.free == 0 or host.parked(self.key) > 0 then
    repeat host.park(self.key) until self.free > 0
  end
  self.free = self.free - 1
  return setmetatable({ gate = self }, Permit)
end)

-- Calls a function while holding a permit.
Semaphore.with = method("with", function(self, fn, ...)
  if type(fn) ~= "function" then bad(1, "with", "function", fn) end
  local permit <close> = self:acquire()
  return fn(...)
end)

-- At most `count` hold a permit at a time.
function bot.semaphore(count)
  if mathtype(count) ~= "integer" or count < 1 then bad(1, "semaphore", "whole number from 1", count) end
  return setmetatable({ free = count, key = new_key() }, Semaphore)
end

return task_failed
