// SPDX-License-Identifier: Apache-2.0
// What a problem probably does not mean: said when a run begins and by a dry run, never an error.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// All notices about a problem, in the order of the functions below; a pure function of the
/// experiment. Nothing about a data set without a problem.
BANACH_API std::vector<std::string> problem_notices(const Experiment& experiment);

/// Terms of the problem that exact() does not satisfy, with the worst point and the residual there;
/// in double and with exact derivatives. A periodic axis on which exact() is not periodic.
BANACH_API std::vector<std::string> exact_notices(const Experiment& experiment);
/// Terms that differentiate a piecewise expression (where, abs, max, min) across a jump of it or
/// of one of its lower derivatives, which the derivative leaves out.
BANACH_API std::vector<std::string> jump_notices(const Experiment& experiment);
/// Unknowns and axes that occur in no term, terms without the solution, initial conditions along
/// an axis by which nothing is differentiated.
BANACH_API std::vector<std::string> occurrence_notices(const Experiment& experiment);

/// Nodes below `root` whose numbers reach it; conditions of `where` only if they are asked for.
std::vector<char> cone_of(const Trace& trace, int root, bool conditions);
/// Values [rows, width] of one node of a trace in double. Error where it asks for what `set` lacks.
at::Tensor node_values(const Experiment& experiment, const std::shared_ptr<const Trace>& trace,
                       int node, const PointSet& set, const Bank& bank);
/// "x = 0.5, t = 1": a row of points [n, axes] relative to the origins.
std::string point_text(const Experiment& experiment, const at::Tensor& points, std::int64_t row);

}  // namespace banach
