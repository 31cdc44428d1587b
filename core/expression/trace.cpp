// SPDX-License-Identifier: Apache-2.0
#include "core/expression/trace.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "banach/coefficient.hpp"
#include "banach/error.hpp"

namespace banach {

namespace {

thread_local Trace* current_trace = nullptr;
std::atomic<long> next_serial{1};
constexpr std::size_t most_nodes = 100'000;

auto key(const Node& n) {
  return std::tie(n.op, n.in, n.width, n.rows, n.index, n.second, n.name, n.numbers, n.polynomial,
                  n.object);
}

}  // namespace

bool operator<(const Node& a, const Node& b) { return key(a) < key(b); }
bool operator==(const Node& a, const Node& b) { return key(a) == key(b); }

Trace::Trace(std::vector<std::string> coordinates, bool training, std::vector<double> origins)
    : coordinates_(std::move(coordinates)),
      variables_(static_cast<int>(coordinates_.size())),
      serial_(next_serial++),
      training_(training),
      origins_(std::move(origins)) {
  BANACH_ASSERT(origins_.empty() || origins_.size() == coordinates_.size());
  for (const double origin : origins_) has_origins_ = has_origins_ || origin != 0;
}

Trace& Trace::current() {
  if (!current_trace)
    throw ConfigError(
        "an Expression was used outside of a residual, condition, exact solution or forward(); "
        "expressions live only while the engine records one of these");
  return *current_trace;
}

Trace::Scope::Scope(Trace& trace) : previous_(current_trace) { current_trace = &trace; }
Trace::Scope::~Scope() { current_trace = previous_; }

Expression Trace::add(Node node) {
  const auto [place, fresh] = index_.emplace(node, static_cast<int>(nodes_.size()));
  if (!fresh) return {this, place->second};
  if (nodes_.size() == most_nodes)
    throw ConfigError("more than " + std::to_string(most_nodes) +
                      " operations at one point: lower the number of layers, steps, patches or "
                      "levels of the architecture");
  nodes_.push_back(std::move(node));
  return {this, place->second};
}

int Trace::node_of(E e) {
  if (!e.trace()) {
    Node n;
    n.numbers = {e.constant()};
    return add(n).node();
  }
  if (e.trace() != this || e.serial() != serial_)
    throw ConfigError(
        "an Expression was kept from one record to another; capture Coefficients, not Expressions");
  return e.node();
}

Expression Trace::coordinate(std::string_view name) {
  const auto place = std::find(coordinates_.begin(), coordinates_.end(), name);
  if (place == coordinates_.end())
    throw ConfigError("there is no coordinate \"" + std::string(name) + "\"; the coordinates are " +
                      join(coordinates_));
  Node n;
  n.op = Op::coordinate;
  n.index = static_cast<int>(place - coordinates_.begin());
  n.rows = point_rows;
  return shifted(add(n), {1}, {origin(name)});
}

double Trace::origin(std::string_view name) const {
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (coordinates_[i] == name) return origins_[i];
  return 0;
}

Expression Trace::coefficient(const Coefficient& c) {
  if (c.role() == Coefficient::Role::fixed) return c.value();
  if (c.role() == Coefficient::Role::input) return coordinate(c.name());
  Node n;
  n.op = Op::coefficient;
  n.name = c.name();
  const Expression raw = add(n);
  const bool low = std::isfinite(c.lower()), high = std::isfinite(c.upper());
  if (low && high) return c.lower() + (c.upper() - c.lower()) * sigmoid(raw);
  if (low) return c.lower() + softplus(raw);
  if (high) return c.upper() - softplus(raw);
  return raw;
}

Expression Trace::random_nodes(int nodes) {
  int number = 0;
  for (const Node& n : nodes_) number += n.op == Op::data && (n.rows & node_rows);
  Node n;
  n.op = Op::data;
  n.name = "random/" + std::to_string(number);
  n.index = nodes;
  n.rows = point_rows | node_rows;
  return add(n);
}

int Trace::new_variable() { return variables_++; }

Expression Trace::shift(int variable) {
  Node n;
  n.op = Op::shift;
  n.index = variable;
  return add(n);
}

std::vector<int> Trace::own_variables() const {
  std::vector<int> out(coordinates_.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<int>(i);
  return out;
}

Polynomial Trace::parse(std::string_view text, const std::vector<int>& variables) const {
  const std::string call = "d(\"" + std::string(text) + "\")";
  if (coordinates_.empty()) throw ConfigError(call + ": an architecture cannot differentiate");
  Polynomial out(1.0);
  int order = 0;
  for (std::string_view left = text; !left.empty(); ++order) {
    std::size_t best = coordinates_.size();  // the longest coordinate name that starts here
    for (std::size_t i = 0; i < coordinates_.size(); ++i)
      if (left.substr(0, coordinates_[i].size()) == coordinates_[i] &&
          (best == coordinates_.size() || coordinates_[i].size() > coordinates_[best].size()))
        best = i;
    if (best == coordinates_.size())
      throw ConfigError(call + ": there is no coordinate \"" + left[0] +
                        "\"; the coordinates are " + join(coordinates_));
    out = out * Polynomial::variable(variables[best]);
    left.remove_prefix(coordinates_[best].size());
  }
  if (order < 1 || order > 4)
    throw ConfigError(call + ": derivatives of order 1 to 4 are supported");
  return out;
}

Expression Trace::derivative(E e, const Polynomial& p) {
  if (!e.trace() || p.zero()) return p.degree() == 0 ? Expression(e.constant() * p.at({})) : 0.0;
  if (p.degree() == 0) return combine({{p.at({}), e}});
  const Node inner = node(node_of(e));
  if (inner.op == Op::derivative)
    return derivative(Expression(this, inner.in[0]), inner.polynomial * p);
  // Merged derivatives of one base stay merged: D(c D(e,p), q) = c D(e, p q).
  if (inner.op == Op::combine && inner.in.size() == 1)
    return combine({{inner.numbers[0], derivative(Expression(this, inner.in[0]), p)}});
  if (inner.op == Op::affine && inner.second == 1 && inner.width == 1 && p.at({}) == 0)
    return combine({{inner.numbers[0], derivative(Expression(this, inner.in[0]), p)}});
  if (p.degree() > 4)
    throw ConfigError("a derivative of order " + std::to_string(p.degree()) +
                      " was asked for; orders up to 4 are supported");
  Node n;
  n.op = Op::derivative;
  n.in = {e.node()};
  n.width = inner.width;
  n.rows = inner.rows;
  n.polynomial = p;
  return add(n);
}

}  // namespace banach
