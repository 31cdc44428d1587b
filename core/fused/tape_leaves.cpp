// SPDX-License-Identifier: Apache-2.0
// Where numbers enter a tape, and how a few rows become many.
#include <algorithm>

#include "core/fused/tape_runner.hpp"

namespace banach {

template <class T>
T TapeRunner<T>::leaf_number(const Operation& operation, const LeafNumbers<T>& leaf,
                             std::int64_t row, std::int64_t node) const {
  switch (operation.source) {
    case LeafSource::coordinate:
    case LeafSource::data:
      return leaf.data[row * leaf.row + node];
    case LeafSource::nodes:
      return static_cast<T>(
          operation.numbers[static_cast<std::size_t>(2 * block(operation.out).planes + node)]);
    default:
      return 0;
  }
}

template <class T>
void TapeRunner<T>::fill_leaf(const Operation& operation, const LeafNumbers<T>& leaf,
                              const std::vector<RowRange>& ranges) {
  const Block& out = block(operation.out);
  T* y = value(operation.out);
  const std::int64_t n = rows_of(operation.out), points = n / out.rows.nodes;
  const RowRange range =
      out.rows.place >= 0 ? ranges[static_cast<std::size_t>(out.rows.place)] : RowRange{0, 1};
  const T* numbers =
      operation.source == LeafSource::slot ? slot(operation.bank, operation.weight) : nullptr;
  for (int w = 0; w < out.width; ++w)
    for (int k = 0; k < out.planes; ++k) {
      const T part = static_cast<T>(operation.numbers[static_cast<std::size_t>(2 * k)]);
      const T slope = static_cast<T>(operation.numbers[static_cast<std::size_t>(2 * k + 1)]);
      T* plane = y + (w * out.planes + k) * n;
      if (operation.source == LeafSource::given) {
        const T* given = leaf.data + k * leaf.plane + w * leaf.feature + range.first;
        if (range.count == 0) continue;
        std::copy(given, given + range.count, plane);
        std::fill(plane + range.count, plane + n, given[range.count - 1]);
        continue;
      }
      for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t row = range.first + std::min(i % points, range.count - 1);
        const T x = part == 0 ? T(0)
                    : numbers ? numbers[w]
                              : leaf_number(operation, leaf, row, i / points);
        plane[i] = part * x + slope;
      }
    }
}

// Rows are [nodes][points]: one row for all, points for all nodes, nodes for all points.
template <class T>
void TapeRunner<T>::lift(const Operation& operation) {
  const int x = operation.in[0], y = operation.out;
  const RowDomain from = block(x).rows, to = block(y).rows;
  const std::int64_t points = rows_of(y) / to.nodes;
  const std::int64_t planes = static_cast<std::int64_t>(block(x).width) * block(x).planes;
  const bool has_points = from.place != RowDomain::nobody;
  for (std::int64_t p = 0; p < planes; ++p) {
    const T* source = value(x) + p * rows_of(x);
    T* target = value(y) + p * rows_of(y);
    for (int q = 0; q < to.nodes; ++q, target += points) {
      const T* row = source + (from.nodes > 1 ? q : 0) * (has_points ? points : 1);
      if (has_points)
        std::copy(row, row + points, target);
      else
        std::fill(target, target + points, *row);
    }
  }
}

template class TapeRunner<float>;
template class TapeRunner<double>;

}  // namespace banach
