// SPDX-License-Identifier: Apache-2.0
// Where the adjoints of a tape are, and which numbers of its gradient are overwritten.
#include <algorithm>
#include <utility>

#include "core/fused/tape_runner.hpp"

namespace banach {

// An adjoint has memory from its first writer, the last reader of the block, to its last reader,
// the first writer of the block; then others have the same.
template <class T>
void TapeRunner<T>::place_adjoints(Arena& arena) {
  const auto owner = [&](int i) {
    while (block(i).parent >= 0) i = block(i).parent;
    return static_cast<std::size_t>(i);
  };
  const int operations = static_cast<int>(tape_.operations.size()), nobody = operations + 1;
  std::vector<int> begin(tape_.blocks.size(), -1), end(tape_.blocks.size(), nobody);
  for (const auto& member : tape_.members) begin[owner(member.root)] = operations;
  for (int i = 0; i < operations; ++i) {
    const Operation& operation = tape_.operations[static_cast<std::size_t>(i)];
    for (const int x : operation.in) begin[owner(x)] = std::max(begin[owner(x)], i);
    begin[owner(operation.out)] = std::max(begin[owner(operation.out)], i);
    end[owner(operation.out)] = std::min(end[owner(operation.out)], i);
  }
  for (int i = operations; i >= 0; --i)
    for (const bool now : {true, false})
      for (std::size_t b = 0; b < tape_.blocks.size(); ++b) {
        const int number = static_cast<int>(b);
        if (!tape_.blocks[b].active || tape_.blocks[b].parent >= 0) continue;
        if (now && begin[b] == i) adjoints_[b] = arena.reserve(size(number));
        if (!now && end[b] == i) arena.release(adjoints_[b], size(number));
      }
  for (std::size_t b = 0; b < tape_.blocks.size(); ++b)
    if (const Block& view = tape_.blocks[b]; view.parent >= 0)
      adjoints_[b] =
          adjoints_[static_cast<std::size_t>(view.parent)] + view.from * plane_rows(view.parent);
}

template <class T>
void TapeRunner<T>::find_first_gradients() {
  const auto& slots = layout_.slots();
  std::vector<char> read_otherwise(slots.size(), 0), written(slots.size(), 0);
  for (const Operation& operation : tape_.operations)
    for (const int number :
         {operation.code == Code::linear ? -1 : operation.weight, operation.bias})
      if (number >= 0) read_otherwise[static_cast<std::size_t>(number)] = 1;
  first_gradients_.assign(tape_.operations.size(), 0);
  for (std::size_t i = tape_.operations.size(); i-- > 0;) {
    const Operation& operation = tape_.operations[i];
    if (operation.code != Code::linear || !trained(operation, operation.weight)) continue;
    const auto number = static_cast<std::size_t>(operation.weight);
    if (!read_otherwise[number]) first_gradients_[i] = !std::exchange(written[number], 1);
  }
  std::int64_t end = 0;
  const auto skip = [&](std::int64_t begin) {
    if (begin > end) unwritten_.push_back({end, begin - end});
  };
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (written[i]) {
      skip(slots[i].offset);
      end = slots[i].offset + slots[i].size;
    }
  skip(layout_.parameters());
}

template void TapeRunner<float>::place_adjoints(Arena&);
template void TapeRunner<double>::place_adjoints(Arena&);
template void TapeRunner<float>::find_first_gradients();
template void TapeRunner<double>::find_first_gradients();

}  // namespace banach
