// SPDX-License-Identifier: Apache-2.0
// Which arrays hold samples, and what their axes are.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "banach/error.hpp"
#include "datasets/inspect.hpp"
#include "datasets/presets.hpp"
#include "datasets/suggest_guess.hpp"

namespace banach {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_points(const Candidate& one) {
  static const std::vector<std::string> names = {"geometry", "points", "coordinates", "nodes",
                                                 "coords",   "pos",    "xy",          "vertices"};
  return one.shape.size() == 2 && one.shape[1] >= 1 && one.shape[1] <= 3 && one.shape[0] > 3 &&
         has(names, last_name(one.path));
}

/// "x-coordinate" -> "x", "grid/t" -> "time"
std::string axis_of(const std::string& path) {
  auto name = last_name(path);
  for (const std::string tail : {"-coordinate", "_coordinate", "_coord", "-coord", "_grid"})
    if (name.size() > tail.size() && name.substr(name.size() - tail.size()) == tail)
      name.resize(name.size() - tail.size());
  if (has({"t", "T", "time", "times", "sim_time", "tspan", "t_span"}, name)) return "time";
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return has({"sample", "channel", "comp", "point", "dim", "sensor", "part", "_"}, name)
             ? name + "_axis"
             : name;
}

/// "x", "py", "lon"
bool is_place(const std::string& axis) {
  if (has({"lon", "lat", "longitude", "latitude"}, axis)) return true;
  return axis.size() <= 3 && axis.find_first_of("xyzXYZ") != std::string::npos;
}

bool in_order(const std::vector<double>& values) {
  for (std::size_t i = 2; i < values.size(); ++i)
    if (!((values[i] - values[i - 1]) * (values[1] - values[0]) > 0)) return false;
  return true;
}

}  // namespace

void Guess::find_samples() {
  for (const auto& one : candidates_)
    if ((one.has_sample() && one.numbers > 1) || one.has_time()) variables_.push_back(one);
  if (!variables_.empty()) return drop_small();
  if (several_) {  // a sample per file
    for (const auto& one : candidates_)
      if (one.shape.size() >= 2 && one.numbers > 1 && !is_points(one)) variables_.push_back(one);
    return;
  }
  std::map<std::int64_t, int> votes;
  for (const auto& one : candidates_)
    if (one.shape.size() >= 2 && one.shape[0] > 1) ++votes[one.shape[0]];
  int most = 0;
  std::int64_t samples = 0;
  for (const auto& [size, count] : votes)
    if (count >= most) {
      most = count;
      samples = size;
    }
  for (auto one : candidates_)
    if (one.shape.size() >= 2 && one.shape[0] == samples) {
      one.axes = {"sample"};
      variables_.push_back(one);
    }
}

// Coordinates that every numbered group repeats ("0000/grid/x") are no variables.
void Guess::drop_small() {
  std::size_t rank = 0;
  for (const auto& one : variables_) rank = std::max(rank, one.shape.size());
  for (auto i = variables_.begin(); i != variables_.end();)
    i = rank > 1 && i->shape.size() == 1 && !i->has_time() ? variables_.erase(i) : i + 1;
}

void Guess::find_coordinates() {
  for (const auto& one : candidates_) {
    const bool sampled = std::any_of(variables_.begin(), variables_.end(),
                                     [&](const auto& v) { return v.path == one.path; });
    Coordinate c;
    c.path = one.path.find('{') == std::string::npos ? one.path : one.example;
    if (is_points(one)) {
      c.axis = "point";
      c.size = one.shape[0];
    } else {
      std::int64_t longest = 1, product = 1;
      for (const auto n : one.shape) {
        longest = std::max(longest, n);
        product *= n;
      }
      if (sampled || longest != product || longest < 2) continue;
      // As many as samples, and in no order: a number of each sample.
      if (longest == sample_count() && !in_order(tree_.values(c.path))) continue;
      c.axis = axis_of(one.path);
      c.size = longest;
      if (one.shape.size() > 1)
        for (const auto n : one.shape) c.axes.push_back(n == longest ? c.axis : "_");
    }
    coordinates_.push_back(c);
  }
}

// Two or three places of equal length, one of which neither rises nor falls all along, are points.
void Guess::stack_points() {
  std::map<std::int64_t, Coordinate> points;
  std::map<std::int64_t, bool> scattered;
  for (const auto& c : coordinates_) {
    if (!is_place(c.axis)) continue;
    points[c.size].stack.push_back(c.path);
    scattered[c.size] = scattered[c.size] || !in_order(tree_.values(c.path));
  }
  for (auto& [size, one] : points) {
    if (!scattered[size] || one.stack.size() < 2 || one.stack.size() > 3) continue;
    one.axis = "point", one.size = size;
    coordinates_.insert(coordinates_.begin(), one);
  }
}

void Guess::name_axes(Candidate& variable) {
  for (std::size_t i = variable.axes.size(); i < variable.shape.size(); ++i)
    variable.axes.push_back(axis_for(variable, i));
}

std::string Guess::axis_for(const Candidate& variable, std::size_t i) {
  const auto size = variable.shape[i];
  if (size == 1) return "_";
  if (const auto named = named_axis(variable, i); !named.empty()) return named;
  for (int extra = 0; extra < 2; ++extra)
    for (const auto& c : coordinates_)
      if (c.size == size + extra && !has(variable.axes, c.axis) &&
          !(extra == 1 && c.axis == "point"))
        return used(c, size);
  for (const auto& [axis, points] : invented_)
    if (points == size && !has(variable.axes, axis)) return axis;
  const bool last = i + 1 == variable.shape.size(), named = !variable.axes.empty();
  const std::size_t leading = named && variable.axes.front() == "sample" ? 1 : 0;
  if (last && size <= 4 && i > leading) return "comp";
  return invent(variable, size);
}

// What dimension scales say.
std::string Guess::named_axis(const Candidate& variable, std::size_t i) {
  const auto& dimensions = tree_.dimensions(variable.example);
  if (reversed_ || variable.path != variable.example || i >= dimensions.size() ||
      dimensions[i].scales.empty())
    return "";
  const auto& scale = dimensions[i].scales.front();
  const auto* info = tree_.numbers(scale);
  if (!info || info->shape != Shape{variable.shape[i]}) return "";
  const auto axis = axis_of(dimensions[i].label.empty() ? scale : dimensions[i].label);
  if (has(variable.axes, axis)) return "";
  if (!s_.dataset.coords.count(axis)) s_.dataset.coords[axis].path = scale;
  return axis;
}

std::string Guess::used(const Coordinate& c, std::int64_t size) {
  auto& coords = s_.dataset.coords;
  const std::string key = c.axis == "point" ? "points" : c.axis;
  if (coords.count(key)) return c.axis;
  coords[key].path = c.path;
  if (c.axis == "point") {
    coords[key].stack = c.stack;
    if (c.stack.empty())
      coords[key].axes = labels("point dim");
    else
      s_.notes.push_back(join(c.stack, " and ") + " are taken as coordinates of points");
    return c.axis;
  }
  coords[key].axes.names = c.axes;
  if (c.size == size + 1) {
    coords[key].select.set("", Value(":-1"));
    s_.notes.push_back(c.path + " has one entry too many: the last one is left out");
  }
  return c.axis;
}

// An axis that no coordinates describe.
std::string Guess::invent(const Candidate& variable, std::int64_t size) {
  for (const std::string axis : {"x", "y", "z", "w"}) {
    if (has(variable.axes, axis) || s_.dataset.coords.count(axis)) continue;
    invented_.emplace_back(axis, size);
    s_.dataset.coords[axis].linspace = {0, 1};
    s_.notes.push_back(
        fmt::format("no coordinates of length {}: axis {} is taken as 0 to 1", size, axis));
    return axis;
  }
  throw DataError(
      fmt::format("{}: {} of shape {} has too many axes to guess them; write a "
                  "[dataset] by hand",
                  tree_.file().string(), variable.path, shape_text(variable.shape)));
}

// An axis that outputs have and inputs lack is time, when nothing else is called so; so is the
// first one of a single array.
void Guess::find_time() {
  for (const auto& one : variables_)
    if (one.has_time() || has(one.axes, "time")) return;
  std::string time;
  for (const auto& named : invented_) {
    const auto missing = std::count_if(variables_.begin(), variables_.end(),
                                       [&](const auto& v) { return !has(v.axes, named.first); });
    const bool single = variables_.size() == 1 && variables_[0].axes.size() > 2;
    if (time.empty() && (missing > 0 || single)) time = named.first;
  }
  if (time.empty()) return;
  const auto rename = [&](std::string& axis) { axis = axis == time ? "time" : axis; };
  for (auto& one : variables_) std::for_each(one.axes.begin(), one.axes.end(), rename);
  for (auto& named : invented_) rename(named.first);
  s_.dataset.coords["time"] = s_.dataset.coords[time];
  s_.dataset.coords.erase(time);
  for (auto& note : s_.notes)
    if (const auto at = note.find("axis " + time + " "); at != std::string::npos)
      note.replace(at, 5 + time.size(), "axis time");
}

}  // namespace banach
