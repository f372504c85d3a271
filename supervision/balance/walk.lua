-- A walk over moves and swaps of positions; see anneal.py, which says what it is given.
-- Rows are positions and places are supervisors, both from 1. Tables of both are flat: row by row, place by place.
local floor, exp = math.floor, math.exp

return function(given)
  local loose, loads, counts, here = given.loose, given.loads, given.counts, given.here
  local first, choices, cost, load, home = given.first, given.choices, given.cost, given.load, given.home
  local of_load, of_count, places, widest = given.of_load, given.of_count, given.places, given.widest
  local left, dearest = given.left, given.dearest

  -- A generator that is exact in floating point, so that every Lua walks alike (Numerical Recipes, 2nd ed., p. 284).
  local state = given.seed
  local function draw()
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  end

  -- Who may leave each place, in any order, and where in that order each row is.
  local members, many, where = {}, {}, {}
  for place = 1, places do
    members[place], many[place] = {}, 0
  end
  local function join(row, place)
    many[place] = many[place] + 1
    members[place][many[place]] = row
    where[row] = many[place]
    here[row] = place
  end
  local function leave(row, place)
    local last = members[place][many[place]]
    members[place][where[row]] = last
    where[last] = where[row]
    many[place] = many[place] - 1
  end
  for _, row in ipairs(loose) do
    join(row, here[row])
  end

  -- By how many the changes grow when a row goes from giver to taker: -1, 0 or 1.
  local function added(row, giver, taker)
    if home[row] == giver then return 1 end
    if home[row] == taker then return -1 end
    return 0
  end

  local dearer, least, best = 0, 0, {}
  for row = 1, #here do
    best[row] = here[row]
  end
  for _, warmth in ipairs(given.warmths) do
    if least <= given.enough then break end
    for _ = 1, given.proposals do
      local row = loose[floor(draw() * #loose) + 1]
      local giver = here[row]
      local taker = choices[first[row] + floor(draw() * (first[row + 1] - first[row]))]
      if taker ~= giver then
        local other, moved = nil, load[row]
        local change = cost[(row - 1) * places + taker] - cost[(row - 1) * places + giver]
        if many[taker] > 0 and draw() >= given.moves then
          other = members[taker][floor(draw() * many[taker]) + 1]
          moved = moved - load[other]
          change = change + cost[(other - 1) * places + giver] - cost[(other - 1) * places + taker]
        else
          local gives = (giver - 1) * widest + counts[giver] + 1
          local takes = (taker - 1) * widest + counts[taker] + 1
          change = change + of_count[gives - 1] - of_count[gives] + of_count[takes + 1] - of_count[takes]
        end
        if change <= dearest then
          local of_giver, of_taker = loads[giver], loads[taker]
          change = change + of_load[of_giver - moved + 1] - of_load[of_giver + 1]
            + of_load[of_taker + moved + 1] - of_load[of_taker + 1]
          if change <= 0 or draw() < exp(-change / warmth) then
            local more = added(row, giver, taker) + (other and added(other, taker, giver) or 0)
            if more <= left then
              left = left - more
              dearer = dearer + change
              loads[giver], loads[taker] = of_giver - moved, of_taker + moved
              leave(row, giver)
              join(row, taker)
              if other then
                leave(other, taker)
                join(other, giver)
              else
                counts[giver], counts[taker] = counts[giver] - 1, counts[taker] + 1
              end
              if dearer < least - given.tiny then
                least = dearer
                for each = 1, #here do
                  best[each] = here[each]
                end
              end
            end
          end
        end
      end
    end
  end
  return best
end
