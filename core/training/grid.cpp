// SPDX-License-Identifier: Apache-2.0
#include "core/training/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "core/parameters/memory.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_points = 1'000'000'000'000;

std::vector<std::string> names_of(const Domain& domain) {
  std::vector<std::string> names;
  for (const auto& axis : domain) names.push_back(axis.name);
  return names;
}

// Of many axes the first ones alone have several points: 3^20 would fit in no memory.
std::int64_t default_count(std::size_t axes, std::size_t axis) {
  constexpr std::int64_t few[] = {1, 200, 40, 20, 10, 6};
  constexpr std::size_t most = 13, several = 10;
  if (axes < std::size(few)) return few[axes];
  return axes > most && axis >= several ? 1 : 3;
}

std::string unknown_axis(const std::string& name, const Domain& domain) {
  const auto near = nearest(name, names_of(domain));
  return fmt::format("there is no axis \"{}\"{}; axes: {}", name,
                     near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                     join(names_of(domain)));
}

bool is_axis(const std::string& name, const Domain& domain) {
  const auto names = names_of(domain);
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "x=40,t=40": what the user should have written.
std::string example(const Domain& domain) {
  std::vector<std::string> parts;
  for (const auto& axis : domain) parts.push_back(axis.name + "=40");
  return join(parts, ",");
}

[[noreturn]] void bad_grid(const std::string& text, const std::string& why, const Domain& domain) {
  throw Error(Exit::usage, fmt::format("--grid {}: {}; write for example --grid {}", text, why,
                                       example(domain)));
}

}  // namespace

std::int64_t Grid::size() const {
  std::int64_t product = 1;
  for (const auto count : counts) product *= count;
  return product;
}

double Grid::coordinate(std::size_t axis, std::int64_t i) const {
  const auto [lower, upper] = std::pair(axes[axis].lower, axes[axis].upper);
  const auto last = counts[axis] - 1;
  if (last == 0) return 0.5 * (lower + upper);
  return i == last ? upper
                   : lower + (upper - lower) * static_cast<double>(i) / static_cast<double>(last);
}

std::vector<double> Grid::coordinates(std::size_t axis) const {
  std::vector<double> out;
  for (std::int64_t i = 0; i < counts[axis]; ++i) out.push_back(coordinate(axis, i));
  return out;
}

std::vector<double> Grid::points(std::int64_t first, std::int64_t count) const {
  const std::size_t width = axes.size();
  require_memory(8.0 * static_cast<double>(count) * static_cast<double>(width),
                 fmt::format("a grid of {} points", fmt::join(counts, " x ")),
                 "give fewer per axis");
  std::vector<std::vector<double>> lines;
  for (std::size_t axis = 0; axis < width; ++axis) lines.push_back(coordinates(axis));
  std::vector<double> out(static_cast<std::size_t>(count) * width);
  for (std::int64_t row = 0; row < count; ++row) {
    std::int64_t rest = first + row;
    for (std::size_t axis = width; axis-- > 0; rest /= counts[axis])
      out[static_cast<std::size_t>(row) * width + axis] =
          lines[axis][static_cast<std::size_t>(rest % counts[axis])];
  }
  return out;
}

Grid make_grid(const Domain& domain, const GridCounts& counts) {
  for (const auto& [name, count] : counts) {
    if (!is_axis(name, domain))
      throw ConfigError(fmt::format("evaluate.grid: {}", unknown_axis(name, domain)));
    if (count < 1)
      throw ConfigError(fmt::format("evaluate.grid: {} = {} must be >= 1", name, count));
  }
  Grid grid{domain, {}};
  std::int64_t size = 1;
  for (const auto& axis : domain) {
    const auto found = counts.find(axis.name);
    grid.counts.push_back(found != counts.end() ? found->second
                                                : default_count(domain.size(), grid.counts.size()));
    if (__builtin_mul_overflow(size, grid.counts.back(), &size) || size > most_points)
      throw ConfigError(fmt::format(
          "a grid of {} points along {} axes has more than 10^12 points; give fewer per axis, or "
          "points of your own",
          fmt::join(grid.counts, " x "), domain.size()));
  }
  return grid;
}

Grid face_of(const Grid& grid, const std::string& axis, double value) {
  Grid face = grid;
  for (std::size_t i = 0; i < face.axes.size(); ++i)
    if (face.axes[i].name == axis) {
      face.axes[i].lower = face.axes[i].upper = value;
      face.counts[i] = 1;
    }
  return face;
}

GridCounts parse_grid(const std::string& text, const Domain& domain) {
  GridCounts counts;
  std::istringstream parts(text);
  std::size_t place = 0;
  bool named = false, plain = false;
  for (std::string part; std::getline(parts, part, ','); ++place) {
    const auto equals = part.find('=');
    (equals == std::string::npos ? plain : named) = true;
    if (plain && named) bad_grid(text, "either every count has a name or none", domain);
    if (plain && place >= domain.size())
      bad_grid(text, fmt::format("there are {} axes only", domain.size()), domain);
    const std::string name = named ? part.substr(0, equals) : domain[place].name;
    const std::string number = named ? part.substr(equals + 1) : part;
    if (!is_axis(name, domain)) bad_grid(text, unknown_axis(name, domain), domain);
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (error != std::errc() || end != number.data() + number.size() || count < 1)
      bad_grid(text, fmt::format("\"{}\" is no number of points", number), domain);
    if (!counts.emplace(name, count).second)
      bad_grid(text, fmt::format("axis \"{}\" comes twice", name), domain);
  }
  if (plain && place < domain.size())
    bad_grid(text, fmt::format("{} counts for {} axes", place, domain.size()), domain);
  if (counts.empty()) bad_grid(text, "no counts", domain);
  return counts;
}

std::map<std::string, std::int64_t> parse_resolution(const std::string& text) {
  std::map<std::string, std::int64_t> out;
  std::string word;
  for (const char c : text + ",") {
    if (c != ',') {
      word += c;
      continue;
    }
    const auto equals = word.find('=');
    const std::string name = equals == std::string::npos ? "" : word.substr(0, equals);
    const std::string count = equals == std::string::npos ? word : word.substr(equals + 1);
    if (count.empty() || count.size() > 9 ||
        count.find_first_not_of("0123456789") != std::string::npos || std::stoll(count) < 2)
      throw ConfigError("resolution \"" + text +
                        "\": expected a number of points above 1, or axis=number pairs such as "
                        "x=64,y=64");
    out[name] = std::stoll(count);
    word.clear();
  }
  return out;
}

}  // namespace banach
