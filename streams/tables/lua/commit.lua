-- Commits groups of documents: a group is written whole, or not at all when a document of it has moved.
--
-- KEYS[1] due        sorted set of deadlines
-- KEYS[2] offsets    hash of consumed offsets
-- KEYS[3] outbox     stream of unpublished decisions
-- KEYS[4] accounts   hash of directory records
-- KEYS[5] reps       hash of directory records
-- KEYS[6] directory  stream, the directory's change log
-- KEYS[7] meta       hash, field `logged`
-- KEYS[8] matters    hash of open matters
-- KEYS[9] links      hash of what links names, domains and contacts to accounts
-- Documents and histories are named in ARGV with their whole key; the shared hash tag puts them in the slot of KEYS.
--
-- ARGV[1] header  msgpack map: `sizes` (of each group: how many writes, reads, due, history, facts,
--                 holdings), `columns` (how many parts each
--                 column below has, in order), `lengths` (bytes of each part), `token` (marks this commit in the change log),
--                 `log_limit` (the change log's least length)
-- ARGV[2] parts   all parts in one string: cut up here they cost half of what thousands of arguments do, and the msgpack of
--                 Redis 6.2 and 7.0 cannot read its `bin` type. The columns, the groups in order in each:
--   versions  a single part: 8 bytes for each of `keys`, the version that it must have, zeros if it must not exist
--   offsets   field, expected, next of each partition, decimal; expected is "" where nothing is stored
--   keys      of each group: the documents written, then those only read
--   values    the new value of each document written, its new version first
--   due       member and score of each deadline, the score "" to disarm
--   history   key and entry
--   facts     kind, key, body; an empty body removes
--   holdings  whole key of a holder's list, member of the lock, "1" to add or "" to remove
--   outboxes  one of each group, may be empty
--
-- Result: {rewound, id, conflicts}
--   rewound   1: a stored offset is not the expected one, nothing was written
--   id        of the outbox entry, "" when there is nothing to publish
--   conflicts indexes (from 0) of the groups that were not written
local due = KEYS[1]
local offsets = KEYS[2]
local outbox = KEYS[3]
local accounts = KEYS[4]
local reps = KEYS[5]
local directory = KEYS[6]
local meta = KEYS[7]
local matters = KEYS[8]
local links = KEYS[9]
local header = cmsgpack.unpack(ARGV[1])
local blob = ARGV[2]

local sizes, columns, lengths = header.sizes, header.columns, header.lengths
local sub = string.sub

local part = {}
local byte_at = 1
for i = 1, #lengths - columns[9] do
  local byte_end = byte_at + lengths[i]
  part[i] = sub(blob, byte_at, byte_end - 1)
  byte_at = byte_end
end

local versions = part[1]
local offset_at = 1 + columns[1]
local key_at = offset_at + columns[2]
local value_at = key_at + columns[3]
local due_at = value_at + columns[4]
local history_at = due_at + columns[5]
local fact_at = history_at + columns[6]
local holding_at = fact_at + columns[7]
local outbox_at = holding_at + columns[8]
local offset_end, first_key, last_key = key_at, key_at, value_at - 1

-- Lua 5.1 unpacks fewer than 8,000 values (LUAI_MAXCSTACK); divisible by 2, so that pairs stay together.
local CHUNK = 4000

local function in_chunks(command, key, arguments)
  for first = 1, #arguments, CHUNK do
    local last = math.min(first + CHUNK - 1, #arguments)
    if key then
      redis.call(command, key, unpack(arguments, first, last))
    else
      redis.call(command, unpack(arguments, first, last))
    end
  end
end

for i = offset_at, offset_end - 1, 3 do
  local stored = redis.call('HGET', offsets, part[i]) or ''
  if stored ~= part[i + 1] then
    return {1, '', {}}
  end
end

local ABSENT = string.rep('\0', 8)
local held = {}
for first = first_key, last_key, CHUNK do
  local found = redis.call('MGET', unpack(part, first, math.min(first + CHUNK - 1, last_key)))
  for i = 1, #found do
    held[part[first + i - 1]] = found[i] and sub(found[i], 1, 8) or ABSENT
  end
end

local conflicts, sets, armed, pushed, learned, taken, sent = {}, {}, {}, {}, {}, {}, {}
local set_at, outbox_byte = 0, byte_at
for group = 0, #sizes / 6 - 1 do
  local size = 6 * group
  local value_end = value_at + sizes[size + 1]
  local key_end = key_at + sizes[size + 1] + sizes[size + 2]
  local due_end = due_at + 2 * sizes[size + 3]
  local history_end = history_at + 2 * sizes[size + 4]
  local fact_end = fact_at + 3 * sizes[size + 5]
  local holding_end = holding_at + 3 * sizes[size + 6]
  local outbox_end = outbox_byte + lengths[outbox_at + group]
  local moved = false
  for i = key_at, key_end - 1 do
    local version = 8 * (i - first_key)
    if held[part[i]] ~= sub(versions, version + 1, version + 8) then
      moved = true
      break
    end
  end
  if moved then
    conflicts[#conflicts + 1] = group
  else
    for i = 0, value_end - value_at - 1 do
      local key, value = part[key_at + i], part[value_at + i]
      held[key] = sub(value, 1, 8)
      sets[set_at + 1] = key
      sets[set_at + 2] = value
      set_at = set_at + 2
    end
    for i = due_at, due_end - 1, 2 do
      armed[part[i]] = part[i + 1]
    end
    for i = history_at, history_end - 1 do
      pushed[#pushed + 1] = part[i]
    end
    for i = fact_at, fact_end - 1 do
      learned[#learned + 1] = part[i]
    end
    for i = holding_at, holding_end - 1, 3 do
      local list = taken[part[i]] or {}
      taken[part[i]] = list
      list[part[i + 1]] = part[i + 2]
    end
    sent[#sent + 1] = sub(blob, outbox_byte, outbox_end - 1)
  end
  key_at, value_at, due_at, history_at, fact_at = key_end, value_end, due_end, history_end, fact_end
  holding_at = holding_end
  outbox_byte = outbox_end
end

-- What needs memory comes before what frees it: when Redis is full it refuses a script's first write only, so nothing is half written.
in_chunks('MSET', nil, sets)

local add, remove = {}, {}
for key, score in pairs(armed) do
  if score == '' then
    remove[#remove + 1] = key
  else
    add[#add + 1] = score
    add[#add + 1] = key
  end
end
in_chunks('ZADD', due, add)

for i = 1, #pushed, 2 do
  redis.call('RPUSH', pushed[i], pushed[i + 1])
end

local dropped = {}
for list, keys in pairs(taken) do
  local got, lost = {}, {}
  for key, holds in pairs(keys) do
    if holds == '' then
      lost[#lost + 1] = key
    else
      got[#got + 1] = '0'
      got[#got + 1] = key
    end
  end
  in_chunks('ZADD', list, got)
  dropped[list] = lost
end

local id = ''
local records = table.concat(sent)
if records ~= '' then
  id = redis.call('XADD', outbox, '*', 'b', records)
end

if #conflicts == 0 then
  for i = offset_at, offset_end - 1, 3 do
    redis.call('HSET', offsets, part[i], part[i + 2])
  end
end

if #learned > 0 then
  local hash = {account = accounts, rep = reps, matter = matters, link = links}
  redis.call('HINCRBY', meta, 'logged', #learned / 3)
  for i = 1, #learned, 3 do
    local kind, key, body = learned[i], learned[i + 1], learned[i + 2]
    redis.call('XADD', directory, '*', 'kind', kind, 'key', key, 'body', body, 'commit', header.token)
    if body == '' then
      redis.call('HDEL', hash[kind], key)
    else
      redis.call('HSET', hash[kind], key, body)
    end
  end
  redis.call('XTRIM', directory, 'MAXLEN', '~', header.log_limit)
end

in_chunks('ZREM', due, remove)
for list, lost in pairs(dropped) do
  in_chunks('ZREM', list, lost)
end
return {0, id, conflicts}
