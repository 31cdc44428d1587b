// SPDX-License-Identifier: Apache-2.0
// Recorded terms on a grid: the same residuals that are evaluated at points, with derivatives by
// spectral (periodic axes) or finite differences of what stands on the grid.
#pragma once
#include "core/operators/grid_derivative.hpp"
#include "core/operators/operator_data.hpp"
#include "core/training/experiment.hpp"

namespace banach {

/// What one evaluation works on; every field broadcasts to [B, X, ..., width].
struct GridFields {
  at::Tensor network;              // [B, X, ..., outputs], as the architecture returns it
  std::vector<at::Tensor> inputs;  // one per input function, in its own units
  const std::vector<at::Tensor>* slots = nullptr;  // of the network's layout
};

class BANACH_API GridEvaluator {
 public:
  /// On the grid of `data`: what was trained on, or another resolution. ConfigError for terms that
  /// no grid can answer (moved points, integrals, listed points).
  GridEvaluator(const Experiment& experiment, const OperatorData& data, at::TensorOptions options);

  /// The trained solution in physical units, [B, X, ..., unknowns].
  at::Tensor solution(const GridFields& fields) const;
  /// Residuals of all terms where they hold, [B, points, columns] each: interior terms on all nodes
  /// but those of faces with terms of their own, face terms on the nodes of the face.
  std::vector<at::Tensor> residuals(const GridFields& fields) const;
  /// Whether a term says no more than that a periodic axis is periodic: always true on its grid.
  bool holds_by_itself(std::size_t term) const;

 private:
  struct Line {  // one axis of the grid
    std::string name;
    std::int64_t size = 0;
    double step = 1, lower = 0;
    bool periodic = false;
    bool lower_term = false, upper_term = false;  // faces with terms of their own
  };
  class Pass;
  void check(const Experiment& experiment, const OperatorData& data) const;
  at::Tensor restricted(const Term& term, const at::Tensor& values) const;

  const Experiment& experiment_;
  at::TensorOptions options_;
  std::vector<Line> lines_;         // in the order of the arrays
  std::vector<std::size_t> place_;  // of each coordinate of the problem among them
};

}  // namespace banach
