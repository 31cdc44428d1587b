// SPDX-License-Identifier: Apache-2.0
#include "core/fused/chunks.hpp"

#include <algorithm>
#include <numeric>

namespace banach {

namespace {

constexpr std::int64_t cache_bytes = 384 << 10, fewest_rows = 64, most_rows = 256;
// A gradient of its own must be worth the passes over it.
constexpr std::int64_t most_partials = 8, fewest_rows_of_partial = 128;

// Bytes of all blocks for one more row of points: values, adjoints and slopes.
std::int64_t row_bytes(const Tape& tape, std::size_t number_size) {
  std::int64_t numbers = 0;
  for (const Block& block : tape.blocks)
    if (block.rows.place != RowDomain::nobody && block.parent < 0)
      numbers += static_cast<std::int64_t>(block.width) * block.planes * block.rows.nodes *
                 (block.active ? 5 : 2) / 2;
  const auto places = static_cast<std::int64_t>(tape.places.size());
  return std::max<std::int64_t>(1, numbers * static_cast<std::int64_t>(number_size) / places);
}

std::int64_t points_of(const Tape& tape, int member, const std::vector<std::int64_t>& points) {
  return points[static_cast<std::size_t>(tape.members[static_cast<std::size_t>(member)].term)];
}

// The value at one point is a row of matrix products, not a column: no vector of points.
std::int64_t padded(const Tape& tape, std::int64_t n, int lanes) {
  const bool row = n == 1 && tape.planes == 1 && tape.places.size() == 1;
  return row ? 1 : (n + lanes - 1) / lanes * lanes;
}

// The dearest first, each to the gradient that costs least so far.
std::vector<std::vector<std::int64_t>> share(const std::vector<std::int64_t>& costs) {
  const std::int64_t total = std::accumulate(costs.begin(), costs.end(), std::int64_t(0));
  const auto count = std::min<std::int64_t>(
      std::clamp<std::int64_t>(total / fewest_rows_of_partial, 1, most_partials),
      static_cast<std::int64_t>(costs.size()));
  std::vector<std::int64_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::int64_t(0));
  const auto cost = [&](std::int64_t c) { return costs[static_cast<std::size_t>(c)]; };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return cost(a) > cost(b); });
  std::vector<std::vector<std::int64_t>> out(static_cast<std::size_t>(count));
  std::vector<std::int64_t> sums(out.size(), 0);
  for (const auto c : order) {
    const auto least = std::min_element(sums.begin(), sums.end()) - sums.begin();
    out[static_cast<std::size_t>(least)].push_back(c);
    sums[static_cast<std::size_t>(least)] += cost(c);
  }
  return out;
}

}  // namespace

ChunkPlan plan_chunks(const std::deque<Tape>& tapes, const std::vector<std::int64_t>& points,
                      std::size_t number_size, int lanes) {
  ChunkPlan out;
  out.layouts.resize(tapes.size());
  std::vector<std::int64_t> costs;  // rows times planes
  for (std::size_t t = 0; t < tapes.size(); ++t) {
    const Tape& tape = tapes[t];
    std::int64_t rows = 0;
    for (const int member : tape.places) rows += points_of(tape, member, points);
    const std::int64_t most =
        tape.has_nodes
            ? most_rows
            : std::clamp(cache_bytes / row_bytes(tape, number_size), fewest_rows, most_rows);
    const std::int64_t count = std::max<std::int64_t>(1, (rows + most - 1) / most);
    for (std::int64_t c = 0; c < count; ++c) {
      Chunk chunk;
      chunk.tape = t;
      std::vector<std::int64_t> layout;
      for (const int member : tape.places) {
        const std::int64_t n = points_of(tape, member, points);
        const std::int64_t first = n * c / count, last = n * (c + 1) / count;
        chunk.ranges.push_back({first, last - first});
        layout.push_back(padded(tape, last - first, lanes));
      }
      auto& known = out.layouts[t];
      const auto place = std::find(known.begin(), known.end(), layout);
      chunk.layout = static_cast<std::size_t>(place - known.begin());
      costs.push_back(tape.planes * std::accumulate(layout.begin(), layout.end(), std::int64_t(0)));
      if (place == known.end()) known.push_back(layout);
      out.chunks.push_back(std::move(chunk));
    }
  }
  out.partials = share(costs);
  return out;
}

}  // namespace banach
