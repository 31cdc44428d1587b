// SPDX-License-Identifier: Apache-2.0
#include "core/fused/jet_tables.hpp"

#include <algorithm>

namespace banach {

namespace {

// Marks the first entry of every result; `key` tells which plane an entry writes.
template <class Key>
void mark_first(std::vector<PlaneProduct>& entries, Key key) {
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i].first = i == 0 || key(entries[i]) != key(entries[i - 1]);
}

int result(const PlaneProduct& p) { return p.out; }

}  // namespace

std::vector<PlaneProduct> plane_products(const std::vector<ProductEntry>& table,
                                         const std::vector<char>& left_zero,
                                         const std::vector<char>& right_zero) {
  std::vector<PlaneProduct> out;
  const auto there = [](const std::vector<char>& zero, int plane) {
    return plane < 0 || !zero[static_cast<std::size_t>(plane)];
  };
  for (const auto& e : table)
    if (there(left_zero, e.left) && there(right_zero, e.right))
      out.push_back({e.out, e.left, e.right, e.value, false});
  mark_first(out, result);
  return out;
}

std::vector<PlaneProduct> operand_adjoint(const std::vector<PlaneProduct>& entries, bool right) {
  std::vector<PlaneProduct> out = entries;
  for (auto& e : out)
    if (right) std::swap(e.left, e.right);
  out.erase(std::remove_if(out.begin(), out.end(), [](const auto& e) { return e.left < 0; }),
            out.end());
  mark_first(out, [](const PlaneProduct& p) { return p.left; });
  return out;
}

std::shared_ptr<const JetFunctionTables> jet_function_tables(const Node& n, const Basis& closed,
                                                             const std::vector<char>& zero) {
  auto out = std::make_shared<JetFunctionTables>();
  const auto table = product_table(closed, closed, closed);
  std::vector<char> w = zero;  // the argument without its value
  w[0] = 1;
  std::vector<char> power = w, slope_zero = w;
  slope_zero[0] = 0;
  const int order = closed.degree();
  for (int k = 2; k <= order; ++k) {
    out->powers.push_back(plane_products(table, power, w));
    power.assign(zero.size(), 1);
    for (const auto& e : out->powers.back()) {
      power[static_cast<std::size_t>(e.out)] = 0;
      slope_zero[static_cast<std::size_t>(e.out)] = 0;
    }
  }
  out->adjoint = plane_products(table, slope_zero, std::vector<char>(zero.size(), 0));
  mark_first(out->adjoint, [](const PlaneProduct& p) { return p.right; });
  for (const auto& entries : out->powers) {
    out->power_data.push_back(entries.data());
    out->power_counts.push_back(static_cast<int>(entries.size()));
  }
  out->what = {n.index,
               n.numbers.empty() ? 0 : n.numbers[0],
               closed.size(),
               order,
               out->power_data.data(),
               out->power_counts.data(),
               out->adjoint.data(),
               static_cast<int>(out->adjoint.size())};
  return out;
}

}  // namespace banach
