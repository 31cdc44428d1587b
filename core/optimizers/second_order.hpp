// SPDX-License-Identifier: Apache-2.0
// Optimizers that use or learn the curvature of the loss.
#pragma once
#include "core/optimizers/damped_solver.hpp"
#include "core/optimizers/quasi_newton.hpp"

namespace banach {

/// L-BFGS (Nocedal 1980), the first matrix (y.s / y.y) I.
class LbfgsOptimizer final : public QuasiNewton {
 public:
  struct Parameters : QuasiNewtonParameters {
    std::int64_t memory = 50;
  };
  explicit LbfgsOptimizer(const Parameters& parameters) : QuasiNewton(parameters), p_(parameters) {}
  Needs needs() const override { return {true, false, true, 0}; }

 private:
  at::Device place(const at::Tensor& parameters) const override { return parameters.device(); }
  void prepare_memory(const at::TensorOptions& options, std::int64_t n) override;
  void learn(const Pair& pair, std::int64_t pairs) override;
  void direction(const at::Tensor& gradient, std::int64_t pairs, at::Tensor& d) override;
  Parameters p_;
  std::vector<at::Tensor> s_, y_;  // rows, oldest overwritten first
  at::Tensor products_, scale_;    // s.y of every row
};

/// A dense inverse Hessian, on the CPU.
class BANACH_API DenseQuasiNewton : public QuasiNewton {
 public:
  Needs needs() const override;

 protected:
  enum class Rule { bfgs, self_scaled, broyden };
  DenseQuasiNewton(const QuasiNewtonParameters& parameters, Rule rule)
      : QuasiNewton(parameters), rule_(rule) {}

 private:
  void prepare_memory(const at::TensorOptions& options, std::int64_t n) override;
  void learn(const Pair& pair, std::int64_t pairs) override;
  void skip(const at::Tensor& gradient, std::int64_t pairs) override;
  void direction(const at::Tensor& gradient, std::int64_t pairs, at::Tensor& d) override;
  Rule rule_;
  at::Tensor matrix_, next_, change_;  // packed H, -H gradient, H y
};

class BfgsOptimizer final : public DenseQuasiNewton {
 public:
  struct Parameters : QuasiNewtonParameters {};
  explicit BfgsOptimizer(const Parameters& p) : DenseQuasiNewton(p, Rule::bfgs) {}
};
class SsbfgsOptimizer final : public DenseQuasiNewton {
 public:
  struct Parameters : QuasiNewtonParameters {};
  explicit SsbfgsOptimizer(const Parameters& p) : DenseQuasiNewton(p, Rule::self_scaled) {}
};
class SsbroydenOptimizer final : public DenseQuasiNewton {
 public:
  struct Parameters : QuasiNewtonParameters {};
  explicit SsbroydenOptimizer(const Parameters& p) : DenseQuasiNewton(p, Rule::broyden) {}
};

/// Levenberg and Marquardt, with the geodesic acceleration of Transtrum and Sethna (2012).
class LevenbergMarquardtOptimizer final : public LeastSquaresOptimizer {
 public:
  struct Parameters {
    double damping = 1e-3, acceleration = 0.75, difference = 0.1;
    std::int64_t tries = 30;
  };
  explicit LevenbergMarquardtOptimizer(const Parameters& parameters) : p_(parameters) {}
  Needs needs() const override { return {true, true, true, 0}; }

 private:
  void prepare(const at::Tensor& parameters) override;
  at::Tensor advance(Objective& objective, double lr) override;
  bool accelerate(Objective& objective, const Linearised& now, at::Tensor& step);
  void raise();
  Parameters p_;
  DampedSolver solver_;
  at::Tensor damping_, growth_;
};

/// Gauss and Newton by a rank-revealing factorisation, with backtracking. State: "cut", the rcond
/// of the next step: the parameter, unless the first step found no decrease with it.
class GaussNewtonOptimizer final : public LeastSquaresOptimizer {
 public:
  struct Parameters {
    std::string method = "qr";
    double rcond = 1e-15;
    std::int64_t tries = 30;
  };
  explicit GaussNewtonOptimizer(const Parameters& parameters) : p_(parameters) {}
  Needs needs() const override { return {true, true, true, 0}; }

 private:
  struct Lengths {
    double first;
    std::int64_t tries;
  };
  void prepare(const at::Tensor&) override;
  void complete(State& state) const override;
  at::Tensor advance(Objective& objective, double lr) override;
  double length_along(Objective& objective, const Linearised& now, const at::Tensor& step,
                      double slope, Lengths lengths);
  Parameters p_;
  at::Tensor cut_;
};

/// Energy natural gradient in the space of the samples, with the momentum of SPRING (Goldshlager,
/// Abrahamsen, Lin 2024). State: "update" [P], the latest one before its length, and "failures" of
/// the line search in a row: two end the stage.
class NaturalGradientOptimizer final : public LeastSquaresOptimizer {
 public:
  struct Parameters {
    double damping = 1e-10, momentum = 0;
    bool line_search = true;
    std::int64_t tries = 20;
  };
  explicit NaturalGradientOptimizer(const Parameters& parameters) : p_(parameters) {}
  Needs needs() const override { return {false, true, true, 0}; }
  double default_rate() const override { return p_.line_search ? 1 : 0.05; }

 private:
  void prepare(const at::Tensor& parameters) override;
  at::Tensor advance(Objective& objective, double lr) override;
  bool has_gained() const override { return steps() > count(failures_); }
  at::Tensor update(const Linearised& now);
  double best_length(Objective& objective, const Linearised& now, const at::Tensor& step,
                     double lr);
  Parameters p_;
  DampedSolver solver_;
  at::Tensor update_, failures_;
};

/// Adam in the eigenbases of Shampoo (Vyas and others 2024); blocks that are no matrix, and sides
/// longer than max_dimension, keep their own axes.
class SoapOptimizer final : public MemoryOptimizer {
 public:
  struct Parameters {
    double beta1 = 0.95, beta2 = 0.95, beta_shampoo = 0.95, eps = 1e-8, weight_decay = 0;
    std::int64_t frequency = 10, max_dimension = 1024;
  };
  explicit SoapOptimizer(const Parameters& parameters) : p_(parameters) {}
  double default_rate() const override { return 3e-3; }
  void describe_parameters(const std::vector<ParameterBlock>& blocks) override { given_ = blocks; }

 private:
  struct Side {
    int axis = 0;  // 0: rows
    at::Tensor moment, basis;
  };
  struct Matrix {
    std::int64_t offset, rows, columns;
    std::vector<Side> sides;
    at::Tensor in(const at::Tensor& flat) const;
  };
  void prepare(const at::Tensor& parameters) override;
  at::Tensor advance(Objective& objective, double lr) override;
  void observe(const at::Tensor& gradient, bool first);
  void turn(Matrix& block, Side& side);
  void rotate(at::Tensor& flat, bool back) const;
  Parameters p_;
  std::vector<ParameterBlock> given_;
  std::vector<Matrix> blocks_;
  at::Tensor mean_, square_;
};

void describe(Schema<LbfgsOptimizer::Parameters>& s);
void describe(Schema<BfgsOptimizer::Parameters>& s);
void describe(Schema<SsbfgsOptimizer::Parameters>& s);
void describe(Schema<SsbroydenOptimizer::Parameters>& s);
void describe(Schema<LevenbergMarquardtOptimizer::Parameters>& s);
void describe(Schema<GaussNewtonOptimizer::Parameters>& s);
void describe(Schema<NaturalGradientOptimizer::Parameters>& s);
void describe(Schema<SoapOptimizer::Parameters>& s);

}  // namespace banach
