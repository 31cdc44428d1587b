// SPDX-License-Identifier: Apache-2.0
#include "core/expression/field.hpp"

#include <algorithm>

namespace banach {

Point::Point(std::vector<std::pair<std::string, Expression>> coordinates)
    : values_(std::move(coordinates)) {}

Expression Point::operator[](std::string_view coordinate) const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) {
    if (name == coordinate) return value;
    names.push_back(name);
  }
  throw ConfigError("there is no coordinate \"" + std::string(coordinate) +
                    "\"; the coordinates are " + join(names));
}

Point Point::with(std::string_view coordinate, E value) const {
  (*this)[coordinate];
  Point out = *this;
  for (auto& [name, old] : out.values_)
    if (name == coordinate) old = value;
  return out;
}

Point trace_point(Trace& trace) {
  std::vector<std::pair<std::string, Expression>> values;
  for (const auto& name : trace.coordinates()) values.emplace_back(name, trace.coordinate(name));
  return Point(std::move(values));
}

namespace {
Expression function_node(const InputFunction& function) {
  Node n;
  n.op = Op::function;
  n.name = function.name;
  n.width = function.sensors;
  n.rows = function_rows;
  return Trace::current().add(n);
}
}  // namespace

Field make_field(Trace& trace, const Domain& domain, const Unknowns& unknowns,
                 const std::vector<InputFunction>& functions, const Solution& solution,
                 const std::string& fixed) {
  auto state = std::make_shared<FieldState>();
  state->domain = domain;
  state->unknowns = unknowns;
  state->functions = functions;
  state->solution = solution;
  state->point = trace_point(trace);
  state->variables = trace.own_variables();
  state->fixed = fixed;
  state->all = solution(state->point);
  return Field(std::move(state));
}

Expression call_network(int bank, int outputs, const Point& point,
                        const std::vector<InputFunction>& functions) {
  Trace& trace = Trace::current();
  std::vector<Expression> coordinates;
  for (const auto& [name, value] : point.coordinates()) {
    const double origin = trace.origin(name);
    coordinates.push_back(origin == 0 ? value : value - origin);
  }
  const Expression points = concat(coordinates);
  Node n;
  n.op = Op::network;
  n.index = bank;
  n.width = outputs;
  n.in = {trace.node_of(points)};
  for (const auto& f : functions) n.in.push_back(trace.node_of(function_node(f)));
  for (const int i : n.in) n.rows |= trace.node(i).rows;
  return trace.add(n);
}

Field::Field(std::shared_ptr<const FieldState> state) : state_(std::move(state)) {}

Expression Field::operator()() const { return state_->unknowns.size() == 1 ? all() : all()[0]; }
Expression Field::all() const { return state_->all; }
const Point& Field::point() const { return state_->point; }
const Unknowns& Field::unknowns() const { return state_->unknowns; }

const Axis& Field::axis(std::string_view name) const {
  for (const auto& axis : state_->domain)
    if (axis.name == name) return axis;
  throw ConfigError("there is no axis \"" + std::string(name) + "\" in the domain");
}

Expression Field::at(std::string_view coordinate) const { return state_->point[coordinate]; }

Expression Field::operator[](std::string_view unknown) const {
  const auto& names = state_->unknowns;
  const auto place = std::find(names.begin(), names.end(), unknown);
  if (place == names.end())
    throw ConfigError("there is no unknown \"" + std::string(unknown) + "\"; the unknowns are " +
                      join(names));
  return all()[static_cast<int>(place - names.begin())];
}

Expression Field::d(std::string_view by, std::string_view unknown) const {
  Trace& trace = Trace::current();
  const Expression u = unknown.empty() ? (*this)() : (*this)[unknown];
  return trace.derivative(u, trace.parse(by, state_->variables));
}

Expression Field::data(std::string_view column) const {
  Node n;
  n.op = Op::data;
  n.name = std::string(column);
  n.rows = point_rows;
  return Trace::current().add(n);
}

Expression Field::function(std::string_view name) const {
  for (const auto& f : state_->functions)
    if (f.name == name) return function_node(f);
  std::vector<std::string> names;
  for (const auto& f : state_->functions) names.push_back(f.name);
  throw ConfigError("there is no input function \"" + std::string(name) +
                    "\"; the input functions are " + (names.empty() ? "none" : join(names)));
}

Expression Field::input(std::string_view name) const {
  function(name);
  if (state_->moved)
    throw ConfigError("the input function \"" + std::string(name) +
                      "\" is known at the term's own points, not at moved ones");
  Node n;
  n.op = Op::given;
  n.name = std::string(name);
  n.rows = function_rows | point_rows;
  return Trace::current().add(n);
}

// The network is called at value + delta with a fresh zero-valued delta per coordinate: the moved
// field's own `d` differentiates by delta, while derivatives from outside flow through the value.
Field Field::with(std::string_view coordinate, E value) const {
  Trace& trace = Trace::current();
  if (!state_->fixed.empty() && coordinate == state_->fixed)
    throw ConfigError("the solution is moved along \"" + state_->fixed +
                      "\", which [windows] cuts: train without windows");
  auto state = std::make_shared<FieldState>(*state_);
  state->point = state_->point.with(coordinate, value);
  std::vector<std::pair<std::string, Expression>> moved = state->point.coordinates();
  for (std::size_t i = 0; i < moved.size(); ++i) {
    state->variables[i] = trace.new_variable();
    moved[i].second = moved[i].second + trace.shift(state->variables[i]);
  }
  state->all = state_->solution(Point(moved));
  state->moved = true;
  return Field(std::move(state));
}

namespace {
// Numbers, one per node; relative to an origin that is added again.
Expression quadrature_nodes(std::vector<double> values, double origin = 0) {
  for (double& value : values) value -= origin;
  Node n;
  n.op = Op::nodes;
  n.rows = node_rows;
  n.numbers = std::move(values);
  return shifted(Trace::current().add(n), {1}, {origin});
}

std::vector<std::string> split(std::string_view names) {
  std::vector<std::string> out{""};
  for (const char c : names) {
    if (c == ',')
      out.emplace_back();
    else if (c != ' ')
      out.back() += c;
  }
  return out;
}
}  // namespace

Expression Field::integral(
    std::string_view over, const Quadrature& quadrature,
    const std::function<Expression(const Field&, const Field&)>& kernel) const {
  const auto names = split(over);
  const auto axes = static_cast<std::size_t>(quadrature.axes);
  if (names.size() != axes)
    throw ConfigError("integral over \"" + std::string(over) + "\" with a quadrature of " +
                      std::to_string(axes) + " axes: name one coordinate per axis");
  Field there = *this;
  for (std::size_t a = 0; a < axes; ++a) {
    if (quadrature.random) {
      const double lower = quadrature.nodes[2 * a], upper = quadrature.nodes[2 * a + 1];
      const int n = static_cast<int>(quadrature.weights.size());
      there = there.with(names[a], lower + (upper - lower) * Trace::current().random_nodes(n));
      continue;
    }
    std::vector<double> nodes;
    for (std::size_t q = 0; q < quadrature.weights.size(); ++q)
      nodes.push_back(quadrature.nodes[q * axes + a]);
    there = there.with(names[a], quadrature_nodes(nodes, Trace::current().origin(names[a])));
  }
  return node_sum(kernel(*this, there), quadrature.weights);
}

Expression Field::integral_to(
    std::string_view over, double lower, int n,
    const std::function<Expression(const Field&, const Field&)>& kernel) const {
  const Quadrature unit = Quadrature::gauss(n, 0, 1);
  const Expression length = at(over) - lower;
  const Field there = with(over, lower + length * quadrature_nodes(unit.nodes));
  return length * node_sum(kernel(*this, there), unit.weights);
}

Frozen make_frozen(std::shared_ptr<const Problem> problem, int bank) {
  return [problem, bank](const Point& point) {
    const int outputs = static_cast<int>(problem->unknowns().size());
    return problem->solution(point, call_network(bank, outputs, point, problem->functions()));
  };
}

}  // namespace banach
