// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/enroll.hpp"

#include "core/optimizers/optimizers.hpp"

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

void enroll_optimizers(Registry& registry) {
  registry.optimizer<SgdOptimizer>("sgd", "gradient descent, momentum and Nesterov's included");
  registry.optimizer<AdamOptimizer>("adam", "Adam (Kingma, Ba), AMSGrad included");
  registry.optimizer<AdamwOptimizer>("adamw",
                                     "Adam with decoupled weight decay (Loshchilov, Hutter)");
}

}  // namespace banach
