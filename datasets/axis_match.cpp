// SPDX-License-Identifier: Apache-2.0
#include "datasets/axis_match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <numeric>

#include "banach/error.hpp"

namespace banach {
namespace {

constexpr double roundings = 4 * FLT_EPSILON;

double largest(const std::vector<double>& values) {
  double out = 0;
  for (const double v : values) out = std::max(out, std::abs(v));
  return out;
}

double width(const std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low;
}

}  // namespace

double coordinate_tolerance(const std::vector<double>& values) {
  const double length = width(values), size = roundings * largest(values);
  if (length == 0) return size;
  const double step = length / static_cast<double>(std::max<std::size_t>(values.size(), 2) - 1);
  return std::max(roundings * length, std::min(size, step / 4));
}

std::optional<std::size_t> first_difference(const std::vector<double>& a,
                                            const std::vector<double>& b) {
  const double near = std::max(coordinate_tolerance(a), coordinate_tolerance(b));
  const std::size_t both = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < both; ++i)
    if (!(std::abs(a[i] - b[i]) <= near)) return i;
  if (a.size() != b.size()) return both;
  return std::nullopt;
}

Spacing spacing_of(const std::vector<double>& values) {
  Spacing out;
  if (values.size() < 2) return out;
  out.shortest = INFINITY;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double step = std::abs(values[i] - values[i - 1]);
    out.shortest = std::min(out.shortest, step), out.longest = std::max(out.longest, step);
  }
  const double usual =
      std::abs(values.back() - values.front()) / static_cast<double>(values.size() - 1);
  const double near = 1e-3 * usual + std::min(roundings * largest(values), usual / 2);
  out.even = out.longest - usual <= near && usual - out.shortest <= near;
  return out;
}

std::string range_text(const std::vector<double>& values) {
  if (values.empty()) return "no points";
  if (values.size() == 1) return fmt::format("{:.7g} alone", values.front());
  return fmt::format("{:.7g} to {:.7g} in {} points", values.front(), values.back(), values.size());
}

std::vector<std::int64_t> places_in_order(const std::vector<double>& values, bool falling,
                                          const std::string& what) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return falling ? values[a] > values[b] : values[a] < values[b];
  });
  for (std::size_t k = 1; k < order.size(); ++k)
    if (values[order[k]] == values[order[k - 1]])
      throw DataError(
          fmt::format("{}: entries {} and {} are both {}; every coordinate must be "
                      "there once",
                      what, order[k - 1], order[k], values[order[k]]));
  if (std::is_sorted(order.begin(), order.end())) return {};
  std::vector<std::int64_t> places(values.size());
  for (std::size_t k = 0; k < order.size(); ++k) places[order[k]] = static_cast<std::int64_t>(k);
  return places;
}

std::vector<double> in_order(const std::vector<double>& values,
                             const std::vector<std::int64_t>& places) {
  std::vector<double> out = values;
  for (std::size_t i = 0; i < places.size(); ++i)
    out[static_cast<std::size_t>(places[i])] = values[i];
  return out;
}

std::vector<std::string> falling_axes(const DatasetInfo& info) {
  std::vector<std::string> out;
  for (const auto& axis : info.axes)
    if (axis.values.size() > 1 && axis.values.front() > axis.values.back())
      out.push_back(axis.name);
  return out;
}

std::string coordinates_differ(const DatasetInfo& training, const DatasetInfo& other) {
  for (const auto& axis : training.axes) {
    const DataAxis* now = other.axis(axis.name);
    if (!now || now->values.empty() || axis.values.empty()) continue;
    if (const auto at = first_difference(axis.values, now->values); at && *at < axis.values.size())
      return fmt::format(
          "axis \"{}\" is {}, but {} in the training data (entry {} is {:.7g}, not "
          "{:.7g})",
          axis.name, range_text(now->values), range_text(axis.values), *at,
          *at < now->values.size() ? now->values[*at] : NAN, axis.values[*at]);
  }
  if (training.points.empty() != other.points.empty())
    return "its points form a grid in one place and none in the other";
  if (const auto at = first_difference(training.points, other.points))
    return fmt::format("point {} lies elsewhere than in the training data",
                       *at / std::max<std::size_t>(1, training.dimensions.size()));
  return "";
}

std::string shapes_differ(const DatasetInfo& before, const DatasetInfo& now) {
  if (before.variables.size() != now.variables.size())
    return fmt::format("there are {} variables, {} in the training data", now.variables.size(),
                       before.variables.size());
  for (std::size_t i = 0; i < before.variables.size(); ++i) {
    const auto &a = before.variables[i], &b = now.variables[i];
    if (a.name != b.name || a.channels.size() != b.channels.size() || a.axes != b.axes)
      return fmt::format("\"{}\" has {} channels on ({}), but \"{}\" had {} on ({})", b.name,
                         b.channels.size(), join(b.axes), a.name, a.channels.size(), join(a.axes));
  }
  for (const auto& axis : before.axes)
    if (const DataAxis* same = now.axis(axis.name); !same || same->size != axis.size)
      return fmt::format("axis \"{}\" has {} entries, but {} in the training data", axis.name,
                         same ? same->size : 0, axis.size);
  return coordinates_differ(before, now);
}

std::string step_text(const DatasetInfo& info) {
  if (info.time_step != 0) return fmt::format("the steps of time are {:.6g}", info.time_step);
  if (info.shortest_step == 0) return "the steps of time are not known";
  return fmt::format("the steps of time differ by a factor of {:.3g} ({:.6g} to {:.6g})",
                     info.longest_step / info.shortest_step, info.shortest_step, info.longest_step);
}

}  // namespace banach
