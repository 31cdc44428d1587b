// SPDX-License-Identifier: Apache-2.0
// Branches of `where`: what is not taken is computed at harmless numbers, so that neither its value
// nor its slopes are infinite or NaN, which no factor of zero would remove.
#pragma once
#include "banach/expression.hpp"

namespace banach {

/// a where condition > 0, else b; both branches as they are.
Expression select(E condition, E a, E b);
/// The same values as `branch` in the rows and columns where (condition > 0) == when. Elsewhere the
/// functions in it that can leave the finite numbers (log, sqrt, powers, exp) and the numbers that
/// come with the points have the value 1 and no slope, unless a mean over the rows reads them.
Expression taken(E branch, E condition, bool when);

}  // namespace banach
