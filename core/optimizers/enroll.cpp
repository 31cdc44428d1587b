// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/enroll.hpp"

#include "core/optimizers/optimizers.hpp"
#include "core/optimizers/second_order.hpp"

namespace banach {
namespace {

template <class P>
void describe_adam(Schema<P>& s) {
  const auto fraction = [](double x) { return x >= 0 && x < 1; };
  s.field("beta1", &P::beta1, "memory of the mean gradient").where("in [0, 1)", fraction);
  s.field("beta2", &P::beta2, "memory of the squared gradient").where("in [0, 1)", fraction);
  s.field("eps", &P::eps, "added to the root of the squared gradient").positive();
  s.field("weight_decay", &P::weight_decay, "pull of the parameters towards zero").at_least(0);
  s.field("amsgrad", &P::amsgrad, "divide by the largest squared gradient so far");
}

template <class P>
void describe_quasi_newton(Schema<P>& s) {
  const auto fraction = [](double x) { return x > 0 && x < 1; };
  s.field("decrease", &P::decrease, "part of the promised decrease that the line search asks for")
      .where("in (0, 1)", fraction);
  s.field("curvature", &P::curvature, "part of the slope that the line search may leave")
      .where("in (0, 1)", fraction);
  s.field("line_evaluations", &P::line_evaluations, "gradients of one line search, at most")
      .at_least(2);
  s.field("gradient_tolerance", &P::gradient_tolerance,
          "stop the stage when the 2-norm of the gradient is not above this")
      .at_least(0);
}

}  // namespace

void describe(Schema<SgdOptimizer::Parameters>& s) {
  using P = SgdOptimizer::Parameters;
  const auto fraction = [](double x) { return x >= 0 && x < 1; };
  s.field("momentum", &P::momentum, "memory of the update").where("in [0, 1)", fraction);
  s.field("dampening", &P::dampening, "part of the gradient that momentum leaves out")
      .at_least(0)
      .at_most(1);
  s.field("weight_decay", &P::weight_decay, "pull of the parameters towards zero").at_least(0);
  s.field("nesterov", &P::nesterov, "look ahead along the momentum");
}

void describe(Schema<AdamOptimizer::Parameters>& s) { describe_adam(s); }
void describe(Schema<AdamwOptimizer::Parameters>& s) { describe_adam(s); }

void describe(Schema<LbfgsOptimizer::Parameters>& s) {
  s.field("memory", &LbfgsOptimizer::Parameters::memory, "pairs of steps and changes remembered")
      .at_least(1)
      .at_most(10'000);
  describe_quasi_newton(s);
}
void describe(Schema<BfgsOptimizer::Parameters>& s) { describe_quasi_newton(s); }
void describe(Schema<SsbfgsOptimizer::Parameters>& s) { describe_quasi_newton(s); }
void describe(Schema<SsbroydenOptimizer::Parameters>& s) { describe_quasi_newton(s); }

void describe(Schema<LevenbergMarquardtOptimizer::Parameters>& s) {
  using P = LevenbergMarquardtOptimizer::Parameters;
  s.field("damping", &P::damping, "of the first step, times the largest diagonal entry of J^T J")
      .positive();
  s.field("acceleration", &P::acceleration,
          "largest ratio of twice the geodesic correction to the step; 0: no correction")
      .at_least(0);
  s.field("difference", &P::difference, "part of the step that second derivatives are taken over")
      .positive();
  s.field("tries", &P::tries, "dampings of one step, at most").at_least(1);
}

void describe(Schema<GaussNewtonOptimizer::Parameters>& s) {
  using P = GaussNewtonOptimizer::Parameters;
  s.field("method", &P::method, "factorisation: pivoted \"qr\", or \"svd\"").one_of({"qr", "svd"});
  s.field("rcond", &P::rcond, "singular values below this times the largest count as zero")
      .at_least(0);
  s.field("tries", &P::tries, "step lengths lr, lr / 2, ..., at most").at_least(1);
}

void describe(Schema<NaturalGradientOptimizer::Parameters>& s) {
  using P = NaturalGradientOptimizer::Parameters;
  s.field("damping", &P::damping, "added to the diagonal of J J^T; the loss where that is smaller")
      .at_least(0);
  s.field("momentum", &P::momentum, "part of the last update that stays (SPRING); 0: none")
      .where("in [0, 1)", [](double x) { return x >= 0 && x < 1; });
  s.field("line_search", &P::line_search, "best of lr, lr / 2, lr / 4, ... on the step's points");
  s.field("tries", &P::tries, "step lengths of the line search, at most").at_least(1);
}

void describe(Schema<SoapOptimizer::Parameters>& s) {
  using P = SoapOptimizer::Parameters;
  const auto fraction = [](double x) { return x >= 0 && x < 1; };
  s.field("beta1", &P::beta1, "memory of the mean gradient").where("in [0, 1)", fraction);
  s.field("beta2", &P::beta2, "memory of the squared gradient").where("in [0, 1)", fraction);
  s.field("beta_shampoo", &P::beta_shampoo, "memory of the products G G^T and G^T G")
      .where("in [0, 1)", fraction);
  s.field("eps", &P::eps, "added to the root of the squared gradient").positive();
  s.field("weight_decay", &P::weight_decay, "pull of the parameters towards zero").at_least(0);
  s.field("frequency", &P::frequency, "steps between turns of the bases").at_least(1);
  s.field("max_dimension", &P::max_dimension, "longer sides of a matrix keep their own axes")
      .at_least(0);
}

void enroll_optimizers(Registry& registry) {
  registry.optimizer<SgdOptimizer>("sgd", "gradient descent, momentum and Nesterov's included");
  registry.optimizer<AdamOptimizer>("adam", "Adam (Kingma, Ba), AMSGrad included");
  registry.optimizer<AdamwOptimizer>("adamw",
                                     "Adam with decoupled weight decay (Loshchilov, Hutter)");
  registry.optimizer<LbfgsOptimizer>("lbfgs", "limited-memory BFGS, strong Wolfe line search");
  registry.optimizer<BfgsOptimizer>("bfgs", "BFGS, dense, strong Wolfe line search");
  registry.optimizer<SsbfgsOptimizer>("ssbfgs", "self-scaled BFGS (Al-Baali), dense");
  registry.optimizer<SsbroydenOptimizer>(
      "ssbroyden", "self-scaled Broyden (Al-Baali; Urban, Stefanou, Pons), dense");
  registry.optimizer<LevenbergMarquardtOptimizer>(
      "levenberg_marquardt", "damped least squares with geodesic acceleration");
  registry.optimizer<GaussNewtonOptimizer>(
      "gauss_newton", "rank-revealing least squares; one step for linear problems");
  registry.optimizer<NaturalGradientOptimizer>(
      "natural_gradient", "energy natural gradient over the samples, SPRING's momentum included");
  registry.optimizer<SoapOptimizer>("soap", "Adam in the eigenbases of Shampoo (Vyas and others)");
}

}  // namespace banach
