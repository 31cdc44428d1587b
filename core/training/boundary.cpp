// SPDX-License-Identifier: Apache-2.0
#include "core/training/boundary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace banach {
namespace {

double tolerance(const Axis& axis) {
  const double size = std::max(std::abs(axis.lower), std::abs(axis.upper));
  return std::min(4 * static_cast<double>(std::numeric_limits<float>::epsilon()) * size,
                  1e-3 * (axis.upper - axis.lower));
}

}  // namespace

std::string to_text(const OutsidePoint& point, const Domain& domain) {
  const Axis& axis = domain[point.axis];
  if (!std::isfinite(point.at))
    return fmt::format("{} = {} is not a finite coordinate", axis.name, point.at);
  return fmt::format("{} = {} is not in the domain [{}, {}] ({:.3g} beyond its {} end)", axis.name,
                     point.at, axis.lower, axis.upper, point.distance,
                     point.at < axis.lower ? "lower" : "upper");
}

Outsiders onto_boundary(const Domain& domain, std::vector<double>& points) {
  Outsiders out;
  for (std::size_t i = 0; i < points.size() / domain.size(); ++i) {
    std::optional<OutsidePoint> outside;
    for (std::size_t k = 0; k < domain.size(); ++k) {
      const Axis& axis = domain[k];
      double& at = points[i * domain.size() + k];
      if (at >= axis.lower && at <= axis.upper) continue;
      const double distance = at < axis.lower ? axis.lower - at : at - axis.upper;
      if (distance <= tolerance(axis))
        at = std::clamp(at, axis.lower, axis.upper);
      else if (!outside)
        outside = OutsidePoint{i, k, at, distance};
    }
    if (!outside) continue;
    if (!out.first) out.first = outside;
    ++out.count;
  }
  return out;
}

}  // namespace banach
