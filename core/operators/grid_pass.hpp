// SPDX-License-Identifier: Apache-2.0
// One evaluation of recorded expressions on a grid; for grid_evaluator.cpp alone.
#pragma once
#include <map>

#include "core/operators/grid_evaluator.hpp"

namespace banach {

constexpr int on_nodes = -1;  // else: half way between two nodes along that axis

/// Values of the nodes of one trace, each where it is wanted, found once.
class GridEvaluator::Pass {
 public:
  Pass(const GridEvaluator& grid, const Trace& trace, const GridFields& fields)
      : grid_(grid), trace_(trace), fields_(fields) {}

  /// Broadcasts to [B, X, ..., width]; along the axis `half` there is one value fewer than nodes.
  const at::Tensor& value(int node, int half = on_nodes);

 private:
  at::Tensor find(const Node& n, int half);
  at::Tensor operation(const Node& n, int half);
  at::Tensor coordinate(std::size_t line, int half) const;
  at::Tensor input(const std::string& name) const;
  /// Whether a derivative along this axis is taken inside: then the flux between two nodes is.
  bool flux(int node, std::size_t axis) const;
  at::Tensor derivative(const Node& n, int half);
  at::Tensor partial(int node, const Monomial& m, int half);
  at::Tensor difference(const at::Tensor& values, std::size_t line) const;

  const GridEvaluator& grid_;
  const Trace& trace_;
  const GridFields& fields_;
  std::map<std::pair<int, int>, at::Tensor> values_;
};

}  // namespace banach
