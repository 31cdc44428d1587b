// SPDX-License-Identifier: Apache-2.0
// Points are held relative to an origin near each axis, so that single precision resolves an axis
// that lies far from zero.
#pragma once
#include "banach/problem.hpp"

namespace banach {

/// One origin per axis of a domain.
using Origins = std::vector<double>;

/// The multiple of P = 4 * 2^ceil(log2(length)) nearest to the middle of the axis: 0 for an axis
/// near zero. Exact in double; an axis moved by a multiple of P has its origin moved alike, so the
/// differences to it are the same numbers.
BANACH_API double origin_of(const Axis& axis);
BANACH_API Origins origins_of(const Domain& domain);

/// The origin along an axis by name; 0 for a name that is no axis.
BANACH_API double origin_along(const Domain& domain, const Origins& origins, std::string_view name);
/// `domain` with its ranges relative to the origins of the axes of these names in `axes`.
BANACH_API Domain relative_to(const Domain& axes, const Origins& origins, Domain domain);

}  // namespace banach
