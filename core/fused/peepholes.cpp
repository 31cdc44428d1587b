// SPDX-License-Identifier: Apache-2.0
// What needs no block of its own: linear maps and products that are summed, numbers that are added
// to a factor, slices of a block.
#include <algorithm>
#include <utility>

#include "core/fused/tape_builder.hpp"

namespace banach {

int TapeBuilder::only_reader(const TapeScope& scope, int node) const {
  const auto place = static_cast<std::size_t>(node);
  const bool one = scope.readers[place].size() == 1 && !scope.read_outside[place];
  return one ? scope.readers[place][0] : -1;
}

// A linear map or a product that only a sum reads adds itself to that sum.
bool TapeBuilder::joins_a_sum(const TapeScope& scope, int node) const {
  const Node& own = scope.trace->node(node);
  const int reader = only_reader(scope, node);
  if (reader < 0 || own.op == Op::dot) return false;
  const Node& n = scope.trace->node(reader);
  const auto basis = [&](int k) { return scope.plan->basis[static_cast<std::size_t>(k)]; };
  if (n.op != Op::combine || n.width != own.width || !(basis(reader) == basis(node))) return false;
  const auto place = std::find(n.in.begin(), n.in.end(), node) - n.in.begin();
  return own.op == Op::multiply || n.numbers[static_cast<std::size_t>(place)] == 1;
}

// A sum of a number and one block that only a product reads is a matter of the product's table.
bool TapeBuilder::joins_a_product(const TapeScope& scope, int node) const {
  const Node& n = scope.trace->node(node);
  const int reader = only_reader(scope, node);
  if (reader < 0 || scope.trace->node(reader).op != Op::multiply) return false;
  int blocks = 0, numbers = 0;
  for (const int k : n.in) {
    const Node& from = scope.trace->node(k);
    if (from.op == Op::constant)
      ++numbers;
    else if (from.width == n.width && scope.block[static_cast<std::size_t>(k)] >= 0)
      ++blocks;
  }
  const auto& other = scope.trace->node(reader).in;
  const bool alone = std::none_of(other.begin(), other.end(), [&](int k) {
    return k != node && scope.trace->node(k).op == Op::combine &&
           scope.block[static_cast<std::size_t>(k)] < 0;
  });
  return blocks == 1 && numbers == 1 && n.in.size() == 2 && alone;
}

// Whether slices of a block of its own are all that is read of a node, each number by one of them.
bool TapeBuilder::divided(const TapeScope& scope, int node) const {
  const Node& n = scope.trace->node(node);
  const auto place = static_cast<std::size_t>(node);
  const bool own = n.op == Op::linear || n.op == Op::apply || n.op == Op::combine ||
                   n.op == Op::multiply || n.op == Op::concat;
  if (!own || scope.read_outside[place] || scope.block[place] < 0) return false;
  std::vector<char> covered(static_cast<std::size_t>(n.width), 0);
  for (const int k : scope.readers[place]) {
    const Node& slice = scope.trace->node(k);
    if (slice.op != Op::columns ||
        !(scope.plan->basis[static_cast<std::size_t>(k)] == scope.plan->basis[place]))
      return false;
    for (int w = slice.index; w < slice.index + slice.width; ++w)
      if (std::exchange(covered[static_cast<std::size_t>(w)], 1)) return false;
  }
  return std::count(covered.begin(), covered.end(), 1) == n.width;
}

// The block of a summand that can become the sum: a slice of a linear map that nobody else reads.
int TapeBuilder::sum_in_place(const TapeScope& scope, int node, int candidate,
                              RowDomain domain) const {
  const Node& n = scope.trace->node(candidate);
  const int b = scope.block[static_cast<std::size_t>(candidate)];
  const bool slice = n.op == Op::columns && scope.trace->node(n.in[0]).op == Op::linear;
  const auto basis = [&](int k) { return scope.plan->basis[static_cast<std::size_t>(k)]; };
  if (!slice || b < 0 || block(b).parent < 0 || !block(b).active || !(block(b).rows == domain) ||
      only_reader(scope, candidate) != node || !(basis(candidate) == basis(node)) ||
      n.width != scope.trace->node(node).width)
    return -1;
  return b;
}

// Blocks that a node reads which has none of its own.
std::vector<int> TapeBuilder::operands(const TapeScope& scope, int node) const {
  std::vector<int> out;
  for (const int k : scope.trace->node(node).in) {
    const int b = scope.block[static_cast<std::size_t>(k)];
    if (b >= 0)
      out.push_back(b);
    else
      for (const int inner : scope.trace->node(k).in)
        if (scope.trace->node(inner).op != Op::constant)
          out.push_back(scope.block[static_cast<std::size_t>(inner)]);
  }
  return out;
}

}  // namespace banach
