// SPDX-License-Identifier: Apache-2.0
#include "core/study/space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/parameters/text.hpp"
#include "core/study/values.hpp"

namespace banach {

double Dimension::log_of(double value) { return std::log(value); }

double Dimension::inner_low() const { return to_inner(low - step / 2); }
double Dimension::inner_high() const { return to_inner(high + step / 2); }

double Dimension::from_inner(double inner) const {
  const double value = log ? std::exp(inner) : inner;
  if (step == 0) return std::clamp(value, low, high);
  return std::clamp(low + step * std::round((value - low) / step), low, high);
}

double Dimension::from_unit(double u) const {
  if (step > 0 && !log)
    return std::min(high, low + step * std::floor(u * static_cast<double>(count())));
  return from_inner(inner_low() + u * (inner_high() - inner_low()));
}

std::int64_t Dimension::count() const {
  return step == 0 ? 0 : static_cast<std::int64_t>(std::llround((high - low) / step)) + 1;
}

Value Dimension::written(double value) const {
  if (kind == Kind::choice) return choices.at(static_cast<std::size_t>(value));
  if (kind == Kind::integer) return static_cast<std::int64_t>(std::llround(value));
  return value;
}

std::vector<double> Dimension::extremes() const {
  if (kind != Kind::choice) return low == high ? std::vector{low} : std::vector{low, high};
  std::vector<double> all(choices.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<double>(i);
  return all;
}

std::vector<Override> overrides_at(const Space& space, const std::vector<double>& values) {
  std::vector<Override> out;
  for (std::size_t i = 0; i < space.size(); ++i)
    out.push_back({space[i].key, to_text(space[i].written(values.at(i))), space[i].source});
  return out;
}

namespace {

struct DimensionParameters {
  std::optional<std::string> key;
  std::optional<std::vector<double>> uniform, loguniform;
  std::optional<std::vector<std::int64_t>> randint, lograndint;
  std::optional<std::vector<Value>> choice;
  std::optional<double> step;
};

void describe(Schema<DimensionParameters>& s) {
  using P = DimensionParameters;
  s.field("key", &P::key, "the key of the configuration that it sets; its name where absent");
  s.field("uniform", &P::uniform, "[lower, upper]");
  s.field("loguniform", &P::loguniform, "[lower, upper], uniform in the logarithm");
  const std::string range = "in [-9007199254740992, 9007199254740992]";      // exact as a number
  const auto every = [](const std::vector<std::int64_t>&) { return true; };  // one by one later
  s.field("randint", &P::randint, "[lower, upper), integers").where(range, every);
  s.field("lograndint", &P::lograndint, "[lower, upper), integers, uniform in the logarithm")
      .where(range, every);
  s.field("choice", &P::choice, "one of these values");
  s.field("step", &P::step, "of uniform and randint: only lower, lower + step, ...").positive();
}

class Reader {
 public:
  Reader(const Table& table, std::string path, const Source& place, Diagnostics& diagnostics)
      : table_(table), path_(std::move(path)), place_(place), diagnostics_(diagnostics) {}

  std::optional<Dimension> read(const std::string& name) {
    const std::size_t before = diagnostics_.lines().size();
    const auto p = Schema<DimensionParameters>().read(table_, diagnostics_);
    Dimension d;
    d.name = name, d.key = p.key.value_or(name), d.source = place_;
    if (diagnostics_.lines().size() == before && one_kind()) fill(d, p);
    if (diagnostics_.lines().size() != before) return std::nullopt;
    return d;
  }

 private:
  bool one_kind() {
    int given = 0;
    for (const auto& entry : table_.entries) given += entry.first != "key" && entry.first != "step";
    if (given == 1) return true;
    diagnostics_.error(
        place_, path_ + (given == 0 ? ": says not what it may be; " : ": says several things; ") +
                    "give one of uniform, loguniform, randint, lograndint, choice");
    return false;
  }

  void fill(Dimension& d, const DimensionParameters& p) {
    if (p.uniform) bounds("uniform", *p.uniform, d, false);
    if (p.loguniform) bounds("loguniform", *p.loguniform, d, true);
    if (p.randint) integers("randint", *p.randint, d, false);
    if (p.lograndint) integers("lograndint", *p.lograndint, d, true);
    if (p.choice) options(*p.choice, d);
    if (p.step) quantise(*p.step, d);
  }

  template <class T>
  bool ordered(const char* kind, const std::vector<T>& ends) {
    if (ends.size() != 2)
      return complain(kind, fmt::format("expected [lower, upper], got a list of {}", ends.size()));
    if (!(ends[0] < ends[1]))
      return complain(kind, fmt::format("lower must be below upper, got [{}, {}]",
                                        to_text(Value(ends[0])), to_text(Value(ends[1]))));
    return true;
  }

  void bounds(const char* kind, const std::vector<double>& ends, Dimension& d, bool log) {
    if (!ordered(kind, ends)) return;
    if (log && ends[0] <= 0) {
      complain(kind, "lower must be > 0, got " + to_text(ends[0]));
      return;
    }
    d.low = ends[0], d.high = ends[1], d.log = log;
  }

  void integers(const char* kind, const std::vector<std::int64_t>& ends, Dimension& d, bool log) {
    if (!ordered(kind, ends)) return;
    if (log && ends[0] < 1) {
      complain(kind, fmt::format("lower must be >= 1, got {}", ends[0]));
      return;
    }
    d.kind = Dimension::Kind::integer, d.log = log, d.step = 1;
    d.low = static_cast<double>(ends[0]), d.high = static_cast<double>(ends[1] - 1);
  }

  void options(const std::vector<Value>& values, Dimension& d) {
    if (values.empty()) {
      complain("choice", "is empty; give at least one value");
      return;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (to_text(values[i]) == to_text(values[j]))
          complain("choice", shortened(to_text(values[i])) + " stands there twice");
    d.kind = Dimension::Kind::choice, d.step = 1, d.choices = values;
    d.high = static_cast<double>(values.size() - 1);
  }

  void quantise(double step, Dimension& d) {
    if (d.log || d.kind == Dimension::Kind::choice) {
      complain("step", "goes with uniform and randint alone");
      return;
    }
    if (d.kind == Dimension::Kind::integer && step != std::floor(step)) {
      complain("step", "must be an integer with randint, got " + to_text(step));
      return;
    }
    if (step > d.high - d.low) {
      complain("step", fmt::format("must be at most upper - lower, got {}", to_text(step)));
      return;
    }
    d.step = step;
    d.high = d.low + step * std::floor((d.high - d.low) / step * (1 + 1e-12));
  }

  bool complain(const char* key, const std::string& text) {
    const Value* value = table_.find(key);
    diagnostics_.error(value ? value->source : place_, path_ + "." + key + ": " + text);
    return false;
  }

  const Table& table_;
  std::string path_;
  Source place_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<ParameterInfo> dimension_parameters() { return Schema<DimensionParameters>().info(); }

Space read_space(const Table& table, const Source& place, Diagnostics& diagnostics) {
  Space out;
  if (table.entries.empty())
    diagnostics.error(place, "tune.space: is empty; name at least one hyperparameter");
  for (const auto& [name, value] : table.entries) {
    const std::string path = "tune.space." + key_text(name);
    const Table* given = value.get<Table>();
    if (!given) {
      detail::wrong_type(value, path, "table", diagnostics);
      continue;
    }
    const Source& source = value.key.file ? value.key : value.source;
    auto dimension = Reader(*given, path, source, diagnostics).read(name);
    if (!dimension) continue;
    for (const auto& other : out)
      if (other.key == dimension->key)
        diagnostics.error(source, fmt::format("{}: sets {}, as tune.space.{} does already", path,
                                              other.key, key_text(other.name)));
    out.push_back(std::move(*dimension));
  }
  return out;
}

}  // namespace banach
