// SPDX-License-Identifier: Apache-2.0
#include "core/study/sweep_points.hpp"

#include <fmt/format.h>

#include "core/parameters/text.hpp"

namespace banach {
namespace {

constexpr std::size_t most_points = 100000;

struct Axis {
  std::string key;
  Value::List values;
  Source source;
};

void read_axes(const Table& grid, const std::string& key, std::vector<Axis>& out,
               Diagnostics& diagnostics) {
  for (const auto& [name, value] : grid.entries) {
    const std::string whole = key.empty() ? name : key + "." + name;
    if (const Table* inner = value.get<Table>()) {
      read_axes(*inner, whole, out, diagnostics);
      continue;
    }
    const auto* list = value.get<Value::List>();
    if (!list)
      diagnostics.error(value.source, fmt::format("sweep.grid: {}: expected a list of values, got "
                                                  "{}; what does not vary belongs into fixed",
                                                  whole, type_name(value)));
    else if (list->empty())
      diagnostics.error(place_of(value), fmt::format("sweep.grid: {}: the list is empty", whole));
    else
      out.push_back({whole, *list, place_of(value)});
  }
}

std::string words_of(const std::vector<Override>& overrides) {
  std::vector<std::string> words;
  words.reserve(overrides.size());
  for (const auto& o : overrides) words.push_back(o.word());
  return words.empty() ? "the base" : join(words);
}

std::vector<SweepPoint> read_list(const SweepParameters& p, Diagnostics& diagnostics) {
  std::vector<SweepPoint> out;
  for (std::size_t i = 0; i < p.list.size(); ++i) {
    const std::string path = fmt::format("sweep.list.{}", i);
    SweepPoint point;
    Table table = p.list[i];
    if (const Value* name = table.find("name")) {
      if (name->get<std::string>())
        point.label = *name->get<std::string>();
      else
        detail::wrong_type(*name, path + ".name", "text", diagnostics);
      table.erase("name");
    }
    point.overrides = read_overrides(table, path, diagnostics);
    for (const auto& other : out)
      if (!point.label.empty() && other.label == point.label)
        diagnostics.error(p.list[i].source, fmt::format("{}: the name {} stands there twice", path,
                                                        in_quotes(point.label)));
    if (point.label.empty()) point.label = words_of(point.overrides);
    out.push_back(std::move(point));
  }
  if (out.empty()) out.emplace_back();
  return out;
}

std::vector<SweepPoint> multiplied(const std::vector<SweepPoint>& points, const Axis& axis) {
  std::vector<SweepPoint> out;
  for (const SweepPoint& point : points)
    for (const Value& value : axis.values) {
      const Override o{axis.key, to_text(value), value.source};
      out.push_back(point);
      out.back().label += (point.label.empty() ? "" : ", ") + o.word();
      out.back().overrides.push_back(o);
    }
  return out;
}

}  // namespace

std::vector<SweepPoint> sweep_points(const Table& given, const SweepFile& file,
                                     Diagnostics& diagnostics) {
  std::vector<Axis> axes;
  read_axes(file.study.grid, "", axes, diagnostics);
  if (axes.empty() && file.study.list.empty() && diagnostics.empty())
    diagnostics.error(place_of(given, "grid"),
                      "sweep: nothing varies; give grid.\"stage.0.lr\" = [1e-3, 1e-4] or a list");
  std::vector<SweepPoint> points = read_list(file.study, diagnostics);
  std::size_t count = points.size();
  for (const Axis& axis : axes)
    if ((count *= axis.values.size()) > most_points) {
      diagnostics.error(axis.source, fmt::format("sweep.grid: more than {} points", most_points));
      return {};
    }
  for (const Axis& axis : axes) points = multiplied(points, axis);
  if (points.empty()) return points;
  for (const SweepPoint& point : points) {
    if (!diagnostics.empty()) break;  // the next points would say the same
    std::vector<Override> all = file.fixed;
    all.insert(all.end(), point.overrides.begin(), point.overrides.end());
    for (const auto& o : point.overrides) check_key(o, "sweep", diagnostics);
    check_twice(all, "sweep", diagnostics);
  }
  return points;
}

}  // namespace banach
