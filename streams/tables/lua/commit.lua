-- Commits documents with all that goes with them, or nothing at all when one of them has moved.
--
-- Redis' Lua hashes every byte of every string that it makes, at a nanosecond each, and a turn of a loop costs as much as writing a small
-- document. So versions are read without the documents, what is written beside documents comes as ready commands whose parts struct cuts
-- out of one string, and documents and outbox, which are long, are arguments of their own.
--
-- KEYS[1] offsets    hash of consumed offsets
-- KEYS[2] outbox     stream of unpublished decisions
-- All other keys are named in ARGV, whole; the shared hash tag puts them in the slot of KEYS.
--
-- ARGV[1] header  msgpack map of formats for struct: `known` (several), `versions`, `compared` (several), `commands` (one each). None has
--                 many more than 4,000 parts: Lua 5.1 unpacks fewer than 8,000 values (LUAI_MAXCSTACK).
-- ARGV[2] parts   all parts in one string, in the order of the formats:
--   known     field and expected offset of each partition, decimal; "-" where nothing is to be stored
--   versions  a single part: 8 bytes for each of `compared`, the version that it must have, zeros if it must not exist
--   compared  keys of documents: those written, then those only read
--   commands  name and arguments of each; what needs memory comes before what frees it, since a full Redis refuses a script's first
--             write only, so that nothing is half written
-- ARGV[3] outbox  what is to be published, may be empty
-- ARGV[4] values  and all that follow: the new value of each document written, its new version first
--
-- Result: {rewound, id, moved}
--   rewound   1: a stored offset is not the expected one, nothing was written
--   id        of the outbox entry, "" when there is nothing to publish
--   moved     of each document that has another version: its place in `compared` (from 0) and the version; then nothing was written
local call = redis.call
local offsets = KEYS[1]
local outbox = KEYS[2]
local header = cmsgpack.unpack(ARGV[1])
local blob = ARGV[2]

local byte = 1
local function cut(format)
  local parts = {struct.unpack(format, blob, byte)}
  byte = table.remove(parts)
  return parts
end

for _, format in ipairs(header.known) do
  local known = cut(format)
  for i = 1, #known, 2 do
    if (call('HGET', offsets, known[i]) or '-') ~= known[i + 1] then
      return {1, '', {}}
    end
  end
end

local CHUNK = 2000 -- documents of one MSET, two values each
local ABSENT = string.rep('\0', 8)
local versions = cut(header.versions)[1] or ''
local keys, stored, count = {}, {}, 0
for _, format in ipairs(header.compared) do
  local compared = cut(format)
  for i = 1, #compared do
    local version = call('GETRANGE', compared[i], '0', '7')
    count = count + 1
    keys[count] = compared[i]
    stored[count] = version == '' and ABSENT or version
  end
end
stored = table.concat(stored)

if stored ~= versions then
  local moved = {}
  for at = 1, #stored, 8 do
    local version = string.sub(stored, at, at + 7)
    if version ~= string.sub(versions, at, at + 7) then
      moved[#moved + 1] = (at - 1) / 8
      moved[#moved + 1] = version
    end
  end
  return {0, '', moved}
end

for first = 4, #ARGV, CHUNK do
  local sets, at = {}, 0
  for i = first, math.min(first + CHUNK - 1, #ARGV) do
    sets[at + 1] = keys[i - 3]
    sets[at + 2] = ARGV[i]
    at = at + 2
  end
  call('MSET', unpack(sets))
end

local id = ''
if ARGV[3] ~= '' then
  id = call('XADD', outbox, '*', 'b', ARGV[3])
end
for _, format in ipairs(header.commands) do
  call(unpack(cut(format)))
end
return {0, id, {}}
