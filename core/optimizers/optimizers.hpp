// SPDX-License-Identifier: Apache-2.0
// The optimizers that the engine brings; all formulas are those of PyTorch.
#pragma once
#include "banach/parameters.hpp"
#include "core/optimizers/flat_optimizer.hpp"

namespace banach {

/// Gradient descent, with heavy-ball or Nesterov momentum when `momentum` > 0.
class SgdOptimizer : public FlatOptimizer {
 public:
  struct Parameters {
    double momentum = 0, dampening = 0, weight_decay = 0;
    bool nesterov = false;
  };
  /// ConfigError for Nesterov without momentum or with dampening.
  explicit SgdOptimizer(const Parameters& parameters);

 private:
  void update(at::Tensor& parameters, const at::Tensor& gradient, std::vector<at::Tensor>& moments,
              std::int64_t step, double lr) override;
  Parameters p_;
};

/// Adam (Kingma, Ba), optionally AMSGrad; weight decay is part of the gradient.
class AdamOptimizer : public FlatOptimizer {
 public:
  struct Parameters {
    double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
    bool amsgrad = false;
  };
  explicit AdamOptimizer(const Parameters& parameters) : AdamOptimizer(parameters, false) {}

 protected:
  AdamOptimizer(const Parameters& parameters, bool decoupled);

 private:
  void update(at::Tensor& parameters, const at::Tensor& gradient, std::vector<at::Tensor>& moments,
              std::int64_t step, double lr) override;
  Parameters p_;
  bool decoupled_;
};

/// Adam with decoupled weight decay (Loshchilov, Hutter).
class AdamwOptimizer : public AdamOptimizer {
 public:
  struct Parameters : AdamOptimizer::Parameters {
    Parameters() { weight_decay = 0.01; }
  };
  explicit AdamwOptimizer(const Parameters& parameters) : AdamOptimizer(parameters, true) {}
};

void describe(Schema<SgdOptimizer::Parameters>& s);
void describe(Schema<AdamOptimizer::Parameters>& s);
void describe(Schema<AdamwOptimizer::Parameters>& s);

}  // namespace banach
