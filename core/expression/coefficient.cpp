// SPDX-License-Identifier: Apache-2.0
#include "banach/coefficient.hpp"

#include <cmath>

#include "core/expression/trace.hpp"

namespace banach {

Coefficient Coefficient::learnable(std::string name, double start, double min, double max) {
  Coefficient c(start);
  c.role_ = Role::learnable;
  c.name_ = std::move(name);
  c.lower_ = min;
  c.upper_ = max;
  return c;
}

Coefficient Coefficient::input(std::string name, double lower, double upper) {
  Coefficient c((lower + upper) / 2);
  c.role_ = Role::input;
  c.name_ = std::move(name);
  c.lower_ = lower;
  c.upper_ = upper;
  return c;
}

Coefficient::operator Expression() const { return Trace::current().coefficient(*this); }

// An unbounded learnable value is judged by its start.
double Coefficient::least() const { return std::isfinite(lower_) ? lower_ : value_; }
double Coefficient::most() const { return std::isfinite(upper_) ? upper_ : value_; }

namespace {

struct Learnable {
  double learn = 0;
  std::optional<double> min, max, truth;
};
void describe(Schema<Learnable>& s) {
  s.field("learn", &Learnable::learn, "start value").required();
  s.field("min", &Learnable::min, "lower bound");
  s.field("max", &Learnable::max, "upper bound");
  s.field("truth", &Learnable::truth, "known true value, for error reports only");
}
struct Input {
  std::vector<double> input;
};
void describe(Schema<Input>& s) {
  s.field("input", &Input::input, "range [lower, upper]").required();
}

// A coefficient is learned or an input: what goes with both, or with neither, is said.
bool one_role(const Table& table, const Value& value, const std::string& path, Diagnostics& d) {
  const bool learn = table.find("learn"), input = table.find("input");
  if (learn && input)
    d.error(value.source, path +
                              ": learn and input exclude each other: learn finds the value, "
                              "input makes it an axis of the solution");
  if (!learn && !input)
    d.error(value.source, path +
                              ": expected a number, { learn = START, min = ..., max = ... } or "
                              "{ input = [lower, upper] }");
  for (const char* key : {"min", "max", "truth"})
    if (const Value* extra = table.find(key); extra && input && !learn)
      d.error(extra->source, path + "." + key +
                                 ": goes with learn, not with input; the range of an "
                                 "input is input = [lower, upper]");
  return learn != input &&
         !(input && (table.find("min") || table.find("max") || table.find("truth")));
}

Table with_path(const Table& table, const std::string& path) {
  Table named = table;
  named.path = path;
  return named;
}

}  // namespace

bool Convert<Coefficient>::read(const Value& v, const std::string& path, Diagnostics& d,
                                Coefficient& out) {
  const Table* table = v.get<Table>();
  if (!table) {
    out = Coefficient();
    return Convert<double>::read(v, path, d, out.value_);
  }
  const std::string name = path.substr(path.rfind('.') + 1);
  const std::size_t before = d.lines().size();
  if (!one_role(*table, v, path, d)) return true;
  if (table->find("input")) {
    const Input p = Schema<Input>().read(with_path(*table, path), d);
    if (before != d.lines().size()) return true;
    if (p.input.size() != 2 || !(p.input[0] < p.input[1]) ||
        !std::isfinite(p.input[1] - p.input[0]))
      d.error(table->find("input")->source,
              path + ".input: must be a range [lower, upper] with lower < upper");
    else
      out = Coefficient::input(name, p.input[0], p.input[1]);
  } else {
    const Learnable p = Schema<Learnable>().read(with_path(*table, path), d);
    if (before != d.lines().size()) return true;
    const double inf = std::numeric_limits<double>::infinity();
    out = Coefficient::learnable(name, p.learn, p.min.value_or(-inf), p.max.value_or(inf));
    out.truth_ = p.truth.value_or(std::numeric_limits<double>::quiet_NaN());
    if (!(out.lower_ < p.learn && p.learn < out.upper_))
      d.error(table->find("learn")->source,
              path + ".learn = " + to_text(p.learn) + ": must lie between min and max");
  }
  return true;
}

Value Convert<Coefficient>::write(const Coefficient& c) {
  if (c.role() == Coefficient::Role::fixed) return c.value();
  Table out;
  if (c.role() == Coefficient::Role::input) {
    out.set("input", Value::List{Value(c.lower()), Value(c.upper())});
    return Value(std::move(out));
  }
  out.set("learn", c.value());
  if (std::isfinite(c.lower())) out.set("min", c.lower());
  if (std::isfinite(c.upper())) out.set("max", c.upper());
  if (std::isfinite(c.truth())) out.set("truth", c.truth());
  return Value(std::move(out));
}

}  // namespace banach
