// SPDX-License-Identifier: Apache-2.0
// A step length that satisfies the strong Wolfe conditions (Nocedal and Wright, chapter 3).
#pragma once
#include <functional>
#include <optional>

#include "banach/export.hpp"

namespace banach {

/// Loss and its derivative along the line, at a step length.
struct LinePoint {
  double step = 0, value = 0, slope = 0;
};

struct LineSearchOptions {
  double decrease = 1e-4;  // part of the promised decrease that is enough
  double curvature = 0.9;  // part of the first slope's size that may be left
  int evaluations = 25;    // of the loss, at most
};

/// What the search found; `shortest` is the smallest step that it has looked at.
struct LineSearchResult {
  std::optional<LinePoint> point;
  double shortest = 0;
};

/// From `start` (step 0, slope < 0), first trying `first`: bracketing, then cubic zoom. Where the
/// evaluations end before the curvature condition holds, the best step that decreases enough; none
/// if there is none. Values that are not finite are steps too long. Keeps nothing between calls.
BANACH_API LineSearchResult strong_wolfe(const std::function<LinePoint(double step)>& look,
                                         const LinePoint& start, double first,
                                         const LineSearchOptions& options);

}  // namespace banach
