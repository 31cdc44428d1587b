// SPDX-License-Identifier: Apache-2.0
#include "datasets/observed_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "datasets/conventions.hpp"
#include "datasets/probe.hpp"

namespace banach {
namespace {

using Order = std::vector<std::size_t>;  // of coordinates, one per dimension of a quantity

Shape squeezed(Shape shape) {
  shape.erase(std::remove(shape.begin(), shape.end(), 1), shape.end());
  return shape;
}

/// One file, and the datasets that are asked of it.
class ObservedFile {
 public:
  ObservedFile(const std::filesystem::path& file, const std::vector<std::string>& coordinates,
               const std::vector<std::string>& quantities)
      : file_(file), coordinates_(coordinates), quantities_(quantities) {
    for (const auto& name : coordinates) {
      axes_.push_back(read_values(file_, name));
      shapes_.push_back(file_.shape(name));
    }
  }

  ObservedTable read() const {
    ObservedTable out;
    const auto rows = static_cast<std::size_t>(hdf5_count(file_.shape(quantities_.front())));
    const auto width = quantities_.size();
    out.values.resize(rows * width);
    for (std::size_t k = 0; k < width; ++k) {
      const auto& name = quantities_[k];
      const bool grid = !scattered(name);
      const auto order = grid ? order_of(name) : Order{};
      const auto values = read_values(file_, name);
      if (values.size() != rows) refuse(name);
      const auto to = grid ? places(order) : Order{};
      for (std::size_t i = 0; i < rows; ++i) out.values[(grid ? to[i] : i) * width + k] = values[i];
      if (k > 0 && grid != on_grid(quantities_.front())) refuse(name);
    }
    fill_points(on_grid(quantities_.front()), rows, out.points);
    return out;
  }

 private:
  static std::int64_t hdf5_count(const Shape& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  }
  bool on_grid(const std::string& name) const { return !scattered(name); }
  /// One number of every coordinate for each of the quantity.
  bool scattered(const std::string& name) const {
    const auto shape = file_.shape(name);
    return std::all_of(shapes_.begin(), shapes_.end(), [&](const Shape& own) {
      return own == shape || (squeezed(own).size() <= 1 && squeezed(shape).size() <= 1 &&
                              hdf5_count(own) == hdf5_count(shape));
    });
  }
  [[noreturn]] void refuse(const std::string& name) const {
    std::vector<std::size_t> sizes;
    for (const auto& axis : axes_) sizes.push_back(axis.size());
    throw DataError(fmt::format(
        "{}: dataset \"{}\" has shape [{}]; its coordinates ask for [{}] (a grid) or for one "
        "length "
        "of all datasets (scattered points)",
        file_.path().string(), name, fmt::join(file_.shape(name), ", "), fmt::join(sizes, ", ")));
  }

  bool called(const Hdf5Dimension& dimension, const std::string& name) const {
    const auto last = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
    return dimension.label == last(name) ||
           std::any_of(dimension.scales.begin(), dimension.scales.end(),
                       [&](const auto& scale) { return last(scale) == last(name); });
  }

  /// Which coordinate lies along each dimension of a quantity.
  Order order_of(const std::string& name) const {
    const auto shape = file_.shape(name);
    const auto known = file_.dimensions(name);
    if (shape.size() != axes_.size()) refuse(name);
    Order order;
    std::size_t named = 0, unknown = 0;
    for (const auto& dimension : known) {
      std::size_t k = 0;
      while (k < axes_.size() && !called(dimension, coordinates_[k])) ++k;
      order.push_back(k);
      named += k < axes_.size();
      unknown += k == axes_.size() && !(dimension.label.empty() && dimension.scales.empty());
    }
    if (named < axes_.size()) order = unnamed(name, named, unknown);
    auto sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t d = 0; d < order.size(); ++d)
      if (sorted[d] != d || shape[d] != static_cast<std::int64_t>(axes_[order[d]].size()))
        refuse(name);
    return order;
  }

  /// The order of the coordinates, unless the file has names that say something else.
  Order unnamed(const std::string& name, std::size_t named, std::size_t unknown) const {
    Order order(axes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (named == 0 && unknown == 0) return order;
    for (std::size_t i = 0; i < axes_.size(); ++i)
      for (std::size_t j = i + 1; j < axes_.size(); ++j)
        if (axes_[i].size() == axes_[j].size())
          throw DataError(fmt::format(
              "{}: dataset \"{}\": its dimension scales ({}) do not tell which axis is {}; name "
              "the "
              "datasets of the coordinates by columns",
              file_.path().string(), name, scale_names(name), join(coordinates_, ", or ")));
    if (named > 0) refuse(name);
    return order;
  }
  std::string scale_names(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& dimension : file_.dimensions(name))
      names.push_back(!dimension.label.empty()   ? dimension.label
                      : dimension.scales.empty() ? "-"
                                                 : dimension.scales.front());
    return join(names);
  }

  /// Where the numbers of a grid in this order go in the order of the coordinates.
  Order places(const Order& order) const {
    std::vector<std::size_t> stride(axes_.size(), 1);
    for (std::size_t k = axes_.size(); k-- > 1;) stride[k - 1] = stride[k] * axes_[k].size();
    std::size_t rows = 1;
    for (const auto& axis : axes_) rows *= axis.size();
    Order out(rows, 0);
    for (std::size_t i = 0; i < rows; ++i) {
      auto rest = i;
      for (std::size_t d = order.size(); d-- > 0; rest /= axes_[order[d]].size())
        out[i] += rest % axes_[order[d]].size() * stride[order[d]];
    }
    return out;
  }

  void fill_points(bool grid, std::size_t rows, std::vector<double>& points) const {
    points.resize(rows * axes_.size());
    for (std::size_t i = 0; i < rows; ++i) {
      auto rest = i;
      for (std::size_t a = axes_.size(); a-- > 0;) {
        points[i * axes_.size() + a] = axes_[a][grid ? rest % axes_[a].size() : i];
        rest /= axes_[a].size();
      }
    }
  }

  Hdf5Reader file_;
  const std::vector<std::string>&coordinates_, &quantities_;
  std::vector<std::vector<double>> axes_;
  std::vector<Shape> shapes_;
};

}  // namespace

ObservedTable read_observed(const std::filesystem::path& file,
                            const std::vector<std::string>& coordinates,
                            const std::vector<std::string>& quantities) {
  probe_hdf5(file);
  return ObservedFile(file, coordinates, quantities).read();
}

}  // namespace banach
