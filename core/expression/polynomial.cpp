// SPDX-License-Identifier: Apache-2.0
#include "core/expression/polynomial.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "banach/error.hpp"

namespace banach {

int degree(const Monomial& m) { return std::accumulate(m.begin(), m.end(), 0); }

bool MonomialOrder::operator()(const Monomial& a, const Monomial& b) const {
  const int da = banach::degree(a), db = banach::degree(b);
  return da != db ? da < db : b < a;
}

Monomial operator*(const Monomial& a, const Monomial& b) {
  Monomial out(std::max(a.size(), b.size()));
  for (std::size_t v = 0; v < out.size(); ++v)
    out[v] = static_cast<std::uint8_t>((v < a.size() ? a[v] : 0) + (v < b.size() ? b[v] : 0));
  return out;
}

double binomial(const Monomial& a, const Monomial& b) {
  double out = 1;
  for (std::size_t v = 0; v < std::min(a.size(), b.size()); ++v)
    for (int k = 1; k <= b[v]; ++k) out = out * (a[v] + k) / k;
  return out;
}

Polynomial::Polynomial(double constant) { add({}, constant); }

Polynomial Polynomial::variable(int index, int power) {
  Monomial m(static_cast<std::size_t>(index) + 1);
  m.back() = static_cast<std::uint8_t>(power);
  Polynomial out;
  out.add(power ? m : Monomial{}, 1);
  return out;
}

void Polynomial::add(const Monomial& m, double coefficient) {
  const double sum = (terms_[m] += coefficient);
  if (sum == 0) terms_.erase(m);
}

double Polynomial::at(const Monomial& m) const {
  const auto place = terms_.find(m);
  return place == terms_.end() ? 0 : place->second;
}

int Polynomial::degree() const {
  return terms_.empty() ? 0 : banach::degree(terms_.rbegin()->first);
}

int Polynomial::variables() const {
  std::size_t out = 0;
  for (const auto& term : terms_) out = std::max(out, term.first.size());
  return static_cast<int>(out);
}

Polynomial Polynomial::derivative(int variable) const {
  Polynomial out;
  const auto v = static_cast<std::size_t>(variable);
  for (const auto& [monomial, c] : terms_) {
    if (v >= monomial.size() || monomial[v] == 0) continue;
    Monomial lower = monomial;
    --lower[v];
    while (!lower.empty() && lower.back() == 0) lower.pop_back();
    out.add(lower, c * monomial[v]);
  }
  return out;
}

Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  Polynomial out;
  for (const auto& [m, c] : a.terms())
    for (const auto& [n, d] : b.terms()) out.add(m * n, c * d);
  return out;
}

Polynomial operator+(const Polynomial& a, const Polynomial& b) {
  Polynomial out = a;
  for (const auto& [m, c] : b.terms()) out.add(m, c);
  return out;
}

Polynomial operator*(double factor, const Polynomial& a) {
  Polynomial out;
  for (const auto& [m, c] : a.terms()) out.add(m, factor * c);
  return out;
}

int Basis::degree() const {
  int out = 0;
  for (const auto& row : rows) out = std::max(out, row.degree());
  return out;
}

namespace {

double largest(const Polynomial& p) {
  double out = 0;
  for (const auto& term : p.terms()) out = std::max(out, std::abs(term.second));
  return out;
}

// p without what is rounding against `scale`.
Polynomial cleaned(const Polynomial& p, double scale) {
  Polynomial out;
  for (const auto& [m, c] : p.terms())
    if (std::abs(c) > 1e-12 * scale) out.add(m, c);
  return out;
}

Polynomial reduced(Polynomial p, const Basis& basis) {
  const double scale = largest(p);
  for (int i = 0; i < basis.size(); ++i) {
    const double c = p.at(basis.pivots[i]);
    if (c == 0) continue;
    p = p + (-c) * basis.rows[i];
    p = cleaned(p, std::max(scale, std::abs(c) * largest(basis.rows[i])));
  }
  return p;
}

}  // namespace

Basis span(const std::vector<Polynomial>& operators) {
  Basis basis;
  for (const auto& op : operators) {
    const Polynomial p = reduced(op, basis);
    if (p.zero()) continue;
    const Monomial pivot = p.terms().begin()->first;
    const Polynomial row = (1 / p.at(pivot)) * p;
    for (auto& other : basis.rows) {
      const double c = other.at(pivot);
      if (c != 0) other = cleaned(other + (-c) * row, largest(other) + std::abs(c) * largest(row));
    }
    basis.rows.push_back(row);
    basis.pivots.push_back(pivot);
  }
  std::vector<int> order(basis.rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](int a, int b) { return MonomialOrder()(basis.pivots[a], basis.pivots[b]); });
  Basis sorted;
  for (const int i : order) {
    sorted.rows.push_back(basis.rows[i]);
    sorted.pivots.push_back(basis.pivots[i]);
  }
  return sorted;
}

Basis closure(const std::vector<Polynomial>& operators) {
  std::set<Polynomial> all{Polynomial(1.0)};
  std::vector<Polynomial> open = operators;
  while (!open.empty()) {
    const Polynomial p = std::move(open.back());
    open.pop_back();
    if (p.zero() || !all.insert(p).second) continue;
    for (int v = 0; v < p.variables(); ++v) open.push_back(p.derivative(v));
  }
  return span({all.begin(), all.end()});
}

std::vector<Coordinate> coordinates(const Polynomial& p, const Basis& basis) {
  std::vector<Coordinate> out;
  for (int i = 0; i < basis.size(); ++i) {
    const double c = p.at(basis.pivots[i]);
    if (c != 0) out.push_back({i, c});
  }
  BANACH_ASSERT(reduced(p, basis).zero());
  return out;
}

std::vector<ProductEntry> product_table(const Basis& out, const Basis& left, const Basis& right) {
  std::vector<ProductEntry> table;
  for (int i = 0; i < out.size(); ++i)
    for (int j = 0; j < left.size(); ++j)
      for (int k = 0; k < right.size(); ++k) {
        const Monomial m = left.pivots[j] * right.pivots[k];
        const double c = out.rows[i].at(m);
        if (c != 0) table.push_back({i, j, k, c * binomial(left.pivots[j], right.pivots[k])});
      }
  return table;
}

}  // namespace banach
