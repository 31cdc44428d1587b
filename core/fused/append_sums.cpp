// SPDX-License-Identifier: Apache-2.0
// Sums and products, with what they take in (peepholes.cpp).
#include <algorithm>
#include <utility>

#include "core/fused/jet_tables.hpp"
#include "core/fused/tape_builder.hpp"

namespace banach {

namespace {

// A factor: scale * block, plus shift[plane].
struct Factor {
  int block = -1;
  double scale = 1;
  std::vector<double> shift;
};

// The table of a product in terms of the blocks of its factors.
std::vector<ProductEntry> of_blocks(const std::vector<ProductEntry>& table, const Factor& left,
                                    const Factor& right) {
  std::vector<ProductEntry> out;
  const auto shift = [](const Factor& factor, int plane) {
    return factor.shift.empty() ? 0 : factor.shift[static_cast<std::size_t>(plane)];
  };
  for (const auto& e : table) {
    out.push_back({e.out, e.left, e.right, e.value * left.scale * right.scale});
    if (const double c = shift(left, e.left); c != 0)
      out.push_back({e.out, -1, e.right, e.value * c * right.scale});
    if (const double c = shift(right, e.right); c != 0)
      out.push_back({e.out, e.left, -1, e.value * c * left.scale});
  }
  return out;
}

}  // namespace

std::vector<TapeBuilder::Summand> TapeBuilder::summands(const TapeScope& scope, int node,
                                                        std::vector<double>& constant) {
  const Node& n = scope.trace->node(node);
  const auto& rows = scope.plan->basis[static_cast<std::size_t>(node)].rows;
  std::vector<Summand> out;
  for (std::size_t k = 0; k < n.in.size(); ++k) {
    const Node& from = scope.trace->node(n.in[k]);
    if (from.op == Op::constant) {
      constant.resize(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i)
        constant[i] += n.numbers[k] * from.numbers[0] * rows[i].at({});
    } else if (scope.block[static_cast<std::size_t>(n.in[k])] < 0) {
      out.push_back({n.in[k], -1, n.numbers[k]});
    } else {
      out.push_back({n.in[k], read(scope, n.in[k], rows), n.numbers[k]});
    }
  }
  return out;
}

// The operation of a product, without its result.
Operation TapeBuilder::product(const TapeScope& scope, int node, double scale) {
  const Node& n = scope.trace->node(node);
  const auto basis = [&](int k) -> const Basis& {
    return scope.plan->basis[static_cast<std::size_t>(k)];
  };
  Factor factors[2];
  for (std::size_t k = 0; k < 2; ++k) {
    factors[k].block = scope.block[static_cast<std::size_t>(n.in[k])];
    if (factors[k].block >= 0) continue;
    const auto sum = summands(scope, n.in[k], factors[k].shift);
    factors[k].block = sum[0].block;
    factors[k].scale = sum[0].factor;
  }
  factors[0].scale *= scale;
  for (auto& c : factors[0].shift) c *= scale;
  Operation out;
  out.code = n.op == Op::dot ? Code::dot : Code::multiply;
  const RowDomain domain = common({factors[0].block, factors[1].block});
  out.in = {lifted(factors[0].block, domain), lifted(factors[1].block, domain)};
  const auto table = product_table(basis(node), basis(n.in[0]), basis(n.in[1]));
  out.entries = plane_products(of_blocks(table, factors[0], factors[1]), block(out.in[0]).zero,
                               block(out.in[1]).zero);
  for (std::size_t k = 0; k < 2; ++k) {
    out.adjoint[k] = operand_adjoint(out.entries, k == 1);
    int planes = 0;
    for (const auto& e : out.adjoint[k]) planes += e.first;
    out.covers[k] = planes == block(out.in[k]).planes;
  }
  return out;
}

void TapeBuilder::absorb(int sum, int summand) {
  Block& out = tape_.blocks[static_cast<std::size_t>(sum)];
  out.active = out.active || block(summand).active;
  for (std::size_t k = 0; k < out.zero.size(); ++k)
    out.zero[k] = out.zero[k] && block(summand).zero[k];
}

void TapeBuilder::add_product(Operation product, int out, bool accumulate) {
  for (const int i : product.in)
    tape_.blocks[static_cast<std::size_t>(out)].active |= block(i).active;
  for (auto& e : product.entries) {
    e.first = e.first && !accumulate;
    tape_.blocks[static_cast<std::size_t>(out)].zero[static_cast<std::size_t>(e.out)] = 0;
  }
  product.out = out;
  add(std::move(product));
}

int TapeBuilder::append_product(TapeScope& scope, int node) {
  Operation operation = product(scope, node, 1);
  const int out = like(scope, node, {}, block(operation.in[0]).rows);
  add_product(std::move(operation), out, false);
  return out;
}

int TapeBuilder::append_combine(TapeScope& scope, int node) {
  std::vector<double> constant;
  auto terms = summands(scope, node, constant);
  if (terms.empty()) throw BeyondTape{"a sum of constants"};
  std::vector<int> all;
  for (const auto& t : terms)
    for (const int i : t.block >= 0 ? std::vector<int>{t.block} : operands(scope, t.node))
      all.push_back(i);
  const RowDomain domain = common(all);
  int out = -1;
  for (auto& t : terms) {
    if (t.block < 0 && !(common(operands(scope, t.node)) == domain)) own_block(scope, t);
    if (out < 0 && t.factor == 1) out = sum_in_place(scope, node, t.node, domain);
  }
  bool begun = out >= 0;
  if (begun)
    terms.erase(std::find_if(terms.begin(), terms.end(), [&](auto& t) { return t.block == out; }));
  else
    out = like(scope, node, {}, domain);

  std::vector<Operation> products;
  for (auto& t : terms) {
    if (t.block >= 0) continue;
    if (scope.trace->node(t.node).op == Op::multiply) {
      products.push_back(product(scope, t.node, t.factor));
      continue;
    }
    append_linear(scope, t.node, out);
    tape_.operations.back().accumulate = std::exchange(begun, true);
  }
  for (const auto& t : terms) {
    if (t.block < 0) continue;
    add_block_to(lifted(t.block, domain), t.factor, out, std::exchange(begun, true));
  }
  // The first to write must write all planes.
  const auto whole = std::find_if(products.begin(), products.end(), [&](const Operation& p) {
    const auto planes = std::count_if(p.entries.begin(), p.entries.end(),
                                      [](const PlaneProduct& e) { return e.first; });
    return planes == block(out).planes;
  });
  if (!begun && whole != products.end()) std::iter_swap(products.begin(), whole);
  for (auto& p : products) {
    const bool direct = begun || whole != products.end();
    const int to = direct ? out : like(scope, node, {}, domain);
    add_product(std::move(p), to, direct && begun);
    if (!direct) add_block_to(to, 1, out, false);
    begun = true;
  }
  if (!constant.empty()) add_numbers(constant, out);
  return out;
}

// For a summand whose rows are not those of the sum.
void TapeBuilder::own_block(TapeScope& scope, Summand& t) {
  const bool is_product = scope.trace->node(t.node).op == Op::multiply;
  t.block = is_product ? append_product(scope, t.node) : append_linear(scope, t.node, -1);
}

void TapeBuilder::add_block_to(int summand, double factor, int sum, bool accumulate) {
  absorb(sum, summand);
  Operation operation;
  operation.code = Code::add;
  operation.in = {summand};
  operation.out = sum;
  operation.accumulate = accumulate;
  operation.numbers = {factor};
  add(std::move(operation));
}

void TapeBuilder::add_numbers(const std::vector<double>& numbers, int sum) {
  Operation operation;
  operation.code = Code::shift;
  operation.out = sum;
  operation.numbers = numbers;
  add(std::move(operation));
  Block& out = tape_.blocks[static_cast<std::size_t>(sum)];
  for (std::size_t i = 0; i < numbers.size(); ++i) out.zero[i] = out.zero[i] && numbers[i] == 0;
}

}  // namespace banach
