// SPDX-License-Identifier: Apache-2.0
// Which rows go through a tape together.
#pragma once
#include "core/fused/tape_runner.hpp"

namespace banach {

/// Some rows of every place of one tape.
struct Chunk {
  std::size_t tape = 0, layout = 0;  // layout: number among the tape's distinct ones
  std::vector<RowRange> ranges;
};

struct ChunkPlan {
  std::vector<Chunk> chunks;
  std::vector<std::vector<std::vector<std::int64_t>>> layouts;  // [tape][layout][place]: rows
  /// Chunks that add to one gradient, in order; the sum of these gradients is the whole.
  std::vector<std::vector<std::int64_t>> partials;
};

/// Chunks whose blocks stay in the second cache; a function of the tapes and the numbers of points
/// alone. `lanes`: rows are padded to multiples of it. Partial gradients cost about the same each.
ChunkPlan plan_chunks(const std::deque<Tape>& tapes, const std::vector<std::int64_t>& points,
                      std::size_t number_size, int lanes);

}  // namespace banach
