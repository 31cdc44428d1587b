// SPDX-License-Identifier: Apache-2.0
// Which datasets of a file could be variables.
#include <algorithm>
#include <cmath>
#include <regex>

#include "core/parameters/names.hpp"
#include "datasets/inspect.hpp"
#include "datasets/suggest.hpp"

namespace banach {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Where the last run of digits of a numbered group stands: "run_007" -> "run_{sample}".
std::string with_placeholder(const std::string& name, const std::string& axis) {
  static const std::regex number("^(.*?)([0-9]+(?:[._][0-9]+)?)([^0-9]*)$");
  std::smatch parts;
  if (!std::regex_match(name, parts, number)) return name;
  return parts[1].str() + "{" + axis + "}" + parts[3].str();
}

class Search {
 public:
  Search(const FileTree& tree, bool reversed) : tree_(tree), reversed_(reversed) {}
  std::vector<Candidate> run() {
    group("", "", 0);
    return std::move(found_);
  }

 private:
  void group(const std::string& real, const std::string& pattern, std::int64_t count) {
    const auto& members = tree_.members(real);
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto name = last_name(members[i]->path);
      if (!name_problem(name).empty()) continue;  // no configuration can name it
      if (real.empty() && skipped(name)) continue;
      std::size_t last = i;
      while (last + 1 < members.size() && alike(*members[i], *members[last + 1])) ++last;
      if (last > i) {
        const std::string axis = numbers_are_times(members, i, last) ? "time" : "sample";
        const bool nested = pattern.find("{sample}") != std::string::npos;
        visit(*members[i], pattern + "/" + with_placeholder(name, nested ? "time" : axis),
              static_cast<std::int64_t>(last - i + 1));
        i = last;
      } else {
        visit(*members[i], pattern + "/" + name, count);
      }
    }
  }
  void visit(const Hdf5Object& object, const std::string& pattern, std::int64_t count) {
    if (object.group) return group(object.path, pattern, count);
    if (!object.refused.empty() || !object.dataset.numeric || object.dataset.elements() < 1) return;
    if (tree_.is_bare_dimension(object.path)) return;
    Candidate one;
    one.example = object.path;
    one.path = pattern.find('{') == std::string::npos ? object.path : pattern;
    one.shape = object.dataset.shape;
    if (reversed_) std::reverse(one.shape.begin(), one.shape.end());
    one.count = count;
    one.numbers = object.dataset.elements();
    found_.push_back(std::move(one));
  }
  /// Groups of the other splits: the same datasets once more.
  bool skipped(const std::string& name) const {
    return !sibling_group(tree_, {"train", "training"}).empty() &&
           (name == sibling_group(tree_, {"test", "testing"}) ||
            name == sibling_group(tree_, {"validation", "valid", "val"}));
  }
  /// Groups whose names differ in numbers, or datasets that are called by numbers alone.
  bool alike(const Hdf5Object& a, const Hdf5Object& b) const {
    static const std::regex number("[0-9]+([._][0-9]+)?");
    const auto x = last_name(a.path), y = last_name(b.path);
    if (!name_problem(y).empty()) return false;
    const bool bare = std::regex_match(x, number) && std::regex_match(y, number);
    const bool named = a.group && x != numbered(x) && numbered(x) == numbered(y);
    return (bare || named) && structure(tree_, a) == structure(tree_, b);
  }
  /// Numbers with a fraction are times; so are integers in steps other than one.
  static bool numbers_are_times(const std::vector<const Hdf5Object*>& members, std::size_t first,
                                std::size_t last) {
    static const std::regex fraction("[0-9]+[._][0-9]+"), integer("[0-9]+");
    for (std::size_t i = first; i <= last; ++i)
      if (std::regex_match(last_name(members[i]->path), fraction)) return true;
    const auto a = last_name(members[first]->path), b = last_name(members[last]->path);
    if (!std::regex_match(a, integer) || !std::regex_match(b, integer) || b.size() > 18)
      return false;
    return std::stoll(b) - std::stoll(a) != static_cast<long long>(last - first);
  }

  const FileTree& tree_;
  bool reversed_;
  std::vector<Candidate> found_;
};

}  // namespace

std::vector<Candidate> find_candidates(const FileTree& tree, bool reversed) {
  return Search(tree, reversed).run();
}

int role_of_name(const std::string& path) {
  static const std::regex input(
      "a|x|f|k|v|nu|u0|a0|ic|in|inputs?|x_?(train|data)?_?0?|coeff(icients?)?|kcoeff|branch|"
      "permeability|conductivity|diffusivity|viscosity|forcing|force|source|load|initial.*|kappa|"
      "features?|condition.*");
  static const std::regex output(
      "u|y|s|g|out|outputs?|y_?(train|data)?_?0?|sol|solutions?|targets?|labels?|pressure|"
      "temperature|displacement|velocity|final.*|result.*|response");
  const auto name = lower(last_name(path.find('{') == std::string::npos ||
                                            last_name(path).find('{') == std::string::npos
                                        ? path
                                        : parent_of(path)));
  if (std::regex_match(name, input)) return -1;
  return std::regex_match(name, output) ? 1 : 0;
}

std::string sibling_group(const FileTree& tree, std::initializer_list<const char*> names) {
  for (const std::string name : names)
    if (const auto* found = tree.find(name); found && found->group) return name;
  return "";
}

Shape grid_of(const std::vector<double>& points, std::size_t dimensions) {
  const std::size_t count = dimensions == 0 ? 0 : points.size() / dimensions;
  if (count < 4) return {};
  Shape sizes;
  std::int64_t product = 1;
  for (std::size_t d = 0; d < dimensions; ++d) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(points[i * dimensions + d]);
    std::sort(values.begin(), values.end());
    const double near = 1e-9 * std::max(1e-300, values.back() - values.front());
    std::int64_t distinct = 1;
    for (std::size_t i = 1; i < count; ++i) distinct += values[i] - values[i - 1] > near;
    if (distinct > 1) sizes.push_back(distinct);
    product *= distinct;
    if (product > static_cast<std::int64_t>(count)) return {};
  }
  return product == static_cast<std::int64_t>(count) ? sizes : Shape{};
}

}  // namespace banach
