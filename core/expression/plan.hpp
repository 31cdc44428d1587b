// SPDX-License-Identifier: Apache-2.0
// Which derivative planes every node of a trace must carry.
#pragma once
#include <vector>

#include "core/expression/trace.hpp"

namespace banach {

struct Demand {
  int node;
  std::vector<Polynomial> operators;
};

/// For each node the basis of exactly the operators that are read from it; nodes that nobody reads
/// have an empty basis.
struct BANACH_API Plan {
  std::vector<Basis> basis;
  bool used(int node) const { return basis[static_cast<std::size_t>(node)].size() > 0; }
};

/// Walks back once from the demands. Throws ConfigError for orders above 4 and for derivatives of
/// order >= 2 of piecewise-linear activations.
BANACH_API Plan plan(const Trace& trace, const std::vector<Demand>& demands);

/// Whether the operation is linear in its inputs, so that it acts on every plane alike.
BANACH_API bool acts_plane_by_plane(Op op);

/// The planes that a residual costs in the network: the size of the closed span.
BANACH_API int network_planes(const Trace& trace, const Plan& plan);

}  // namespace banach
