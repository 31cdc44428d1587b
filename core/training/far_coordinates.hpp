// SPDX-License-Identifier: Apache-2.0
// Coordinates whose numbers are too large or too small for the format in which they are computed.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// One line per term and axis: where a residual, the ansatz or a condition reads a coordinate
/// itself, far from zero, so that `epsilon`, the spacing of numbers at 1, is more than 1e-4 of the
/// axis there. And one per axis that double precision itself does not resolve.
BANACH_API std::vector<std::string> far_coordinates(const Experiment& experiment, double epsilon);

/// Why single precision cannot hold an axis: its name, length and what to do; empty where it can.
BANACH_API std::string beyond_single(const Domain& domain);

}  // namespace banach
