// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/line_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace banach {
namespace {

bool finite(const LinePoint& p) { return std::isfinite(p.value) && std::isfinite(p.slope); }

// The minimum of the cubic through two values and slopes; not a number where it has none.
double cubic_minimum(const LinePoint& a, const LinePoint& b) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.step - a.step);
  return b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

class Search {
 public:
  Search(const std::function<LinePoint(double)>& look, const LinePoint& start,
         const LineSearchOptions& options)
      : look_(look), start_(start), options_(options), left_(options.evaluations) {}

  LineSearchResult run(double first) {
    std::optional<LinePoint> point = bracket(first);
    return {point, shortest_};
  }

 private:
  LinePoint at(double step) {
    --left_;
    shortest_ = std::min(shortest_, step);
    return look_(step);
  }
  bool low_enough(const LinePoint& p) const {
    return p.value <= start_.value + options_.decrease * p.step * start_.slope;
  }
  bool flat_enough(const LinePoint& p) const {
    return std::abs(p.slope) <= -options_.curvature * start_.slope;
  }

  std::optional<LinePoint> bracket(double step) {
    LinePoint before = start_;
    double limit = std::numeric_limits<double>::infinity();  // where the loss is not finite
    while (left_ > 0) {
      const LinePoint now = at(step);
      if (!finite(now)) {
        limit = step;
        step = before.step + 0.1 * (step - before.step);
        continue;
      }
      if (!low_enough(now) || (before.step > 0 && now.value >= before.value))
        return zoom(before, now);
      if (flat_enough(now)) return now;
      if (now.slope >= 0) return zoom(now, before);
      const double next = cubic_minimum(before, now);
      step = next > now.step ? std::clamp(next, 2 * now.step, 10 * now.step) : 10 * now.step;
      if (step >= limit) step = 0.5 * (now.step + limit);
      before = now;
    }
    return before.step > 0 ? std::optional<LinePoint>(before) : std::nullopt;
  }

  // `low` has the lowest value so far and the minimum lies between it and `high`.
  std::optional<LinePoint> zoom(LinePoint low, LinePoint high) {
    for (int round = 0; left_ > 0; ++round) {
      const double width = high.step - low.step;
      if (std::abs(width) <= 1e-15 * std::abs(high.step)) break;
      const double found = cubic_minimum(low, high), part = (found - low.step) / width;
      const bool halve = !std::isfinite(part) || round % 4 == 3;
      const double inside = halve ? 0.5 : std::clamp(part, 0.1, 0.9);
      const LinePoint now = at(low.step + inside * width);
      if (!finite(now) || !low_enough(now) || now.value >= low.value) {
        high = now;
        continue;
      }
      if (flat_enough(now)) return now;
      if (now.slope * width >= 0) high = low;
      low = now;
    }
    return low.step > 0 ? std::optional<LinePoint>(low) : std::nullopt;
  }

  const std::function<LinePoint(double)>& look_;
  LinePoint start_;
  LineSearchOptions options_;
  int left_;
  double shortest_ = std::numeric_limits<double>::infinity();
};

}  // namespace

LineSearchResult strong_wolfe(const std::function<LinePoint(double)>& look, const LinePoint& start,
                              double first, const LineSearchOptions& options) {
  return Search(look, start, options).run(first);
}

}  // namespace banach
