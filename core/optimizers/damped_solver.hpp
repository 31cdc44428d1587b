// SPDX-License-Identifier: Apache-2.0
// Steps of methods that linearise the residuals.
#pragma once
#include "core/optimizers/memory_optimizer.hpp"

namespace banach {

/// Minimises |J v + r|^2 + damping |v|^2 over v, by the smaller of the systems J^T J and J J^T.
class BANACH_API DampedSolver {
 public:
  /// J [R, P], float64; buffers are kept from one Jacobian to the next.
  void set(at::Tensor jacobian);
  /// Prepares for a damping >= 0; false when the system is singular to rounding.
  bool factor(double damping);
  /// Lets go of the Jacobian; the buffers stay.
  void release() { jacobian_.reset(); }
  /// v [P] for r [R]; after factor().
  at::Tensor minimiser(const at::Tensor& r) const;
  bool primal() const { return primal_; }
  /// Without Lapack, as on other devices than the CPU.
  void use_tensors() { direct_ = false; }

 private:
  bool raw() const;

  at::Tensor jacobian_, gram_, factor_;
  bool primal_ = true, direct_ = true;
};

/// Residuals in float64 around the present parameters.
struct Linearised {
  at::Tensor start;  // [P], the parameters
  at::Tensor r, j;   // [R], [R, P]
  at::Tensor slope;  // [P], J^T r: half the gradient
  double loss = 0;   // |r|^2
};

class BANACH_API LeastSquaresOptimizer : public MemoryOptimizer {
 public:
  double default_rate() const override { return 1; }

 protected:
  /// Residuals and Jacobian; reports what is not finite as a gradient would, NotFinite.
  Linearised linearise(Objective& objective);
  /// Residuals [R] at start + step, where the parameters stay.
  at::Tensor residuals_at(Objective& objective, const Linearised& now, const at::Tensor& step);
  /// Back to the start, and finish() with what the search has seen.
  at::Tensor give_up(Objective& objective, const Linearised& now, const std::string& what,
                     double promised);
  /// Loss at the parameters where they are now.
  at::Tensor arrive(Objective& objective);
};

}  // namespace banach
