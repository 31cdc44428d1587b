// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_residuals.hpp"

#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include "core/executor/program.hpp"

namespace banach {
namespace {

std::vector<TapeTerm> recorded(const Experiment& experiment) {
  std::vector<TapeTerm> out;
  for (const auto& term : experiment.terms)
    out.push_back({term.residual.trace, term.residual.root});
  return out;
}

}  // namespace

OperatorResiduals::OperatorResiduals(const Experiment& experiment, at::ScalarType dtype,
                                     FunctionColumns columns)
    : network_(experiment.network), dtype_(dtype), columns_(std::move(columns)) {
  for (const auto& term : experiment.terms) kinds_.push_back(term.term.kind);
  std::vector<Demand> demands;
  for (const int node : columns_.coefficients()) demands.push_back({node, {Polynomial(1.0)}});
  branch_ = std::make_unique<Program>(network_->training_trace, demands, network_->layout);
}

OperatorResiduals::~OperatorResiduals() = default;

std::unique_ptr<OperatorResiduals> OperatorResiduals::make(const Experiment& experiment,
                                                           Derivatives derivatives,
                                                           at::ScalarType dtype,
                                                           std::string& reason) {
  try {
    if (derivatives != Derivatives::exact) throw BeyondTape{"derivatives other than exact ones"};
    std::unique_ptr<OperatorResiduals> out(new OperatorResiduals(
        experiment, dtype, FunctionColumns(experiment.network, recorded(experiment))));
    const Ready one = out->make_ready(1, reason);
    if (!one.executor) return nullptr;
    out->planes_ = one.executor->planes();
    return out;
  } catch (const BeyondTape& beyond) {
    reason = beyond.reason;
    return nullptr;
  }
}

OperatorResiduals::Ready OperatorResiduals::make_ready(int functions, std::string& reason) const {
  PointTerms point_terms = columns_.make(functions);
  Ready out;
  for (const char columns : point_terms.per_function)
    out.shares.push_back(columns ? 1.0 / functions : 1.0);
  out.executor = FusedExecutor::make(point_terms.network, Derivatives::exact,
                                     std::move(point_terms.terms), dtype_, reason);
  return out;
}

OperatorResiduals::Ready& OperatorResiduals::ready(std::int64_t functions) {
  const auto [place, fresh] = ready_.try_emplace(functions);
  if (!fresh) return place->second;
  std::string reason;
  place->second = make_ready(static_cast<int>(functions), reason);
  BANACH_ASSERT(place->second.executor);
  return place->second;
}

// What the branch makes of the functions, [F, width] each.
std::vector<at::Tensor> OperatorResiduals::coefficients(const Bank& bank,
                                                        const PointSet& set) const {
  const auto slots = slot_tensors(network_->layout, bank);
  const auto functions = set.functions.begin()->second.size(0);
  Program::Run run;
  run.slots = &slots;
  run.options = bank.parameters.options().requires_grad(false);
  run.inputs.resize(1);
  for (const auto& f : network_->signature.functions)
    run.inputs.push_back({set.functions.at(f.name).unsqueeze(1)});
  for (int level = 0; level < branch_->levels(); ++level) branch_->run(level, run);
  std::vector<at::Tensor> out;
  for (const int node : columns_.coefficients()) {
    const at::Tensor& value = run.jets[static_cast<std::size_t>(node)][0];
    const auto width = network_->training_trace->node(node).width;
    out.push_back(value.defined() ? value.expand({functions, 1, width}).reshape({functions, width})
                                  : at::zeros({functions, width}, run.options));
  }
  return out;
}

void OperatorResiduals::losses(const Bank& bank, const std::vector<PointSet>& sets,
                               const std::vector<double>& weights, double* losses,
                               at::Tensor* gradient) {
  const std::vector<at::Tensor> branch = coefficients(bank, sets[0]);
  at::NoGradGuard no_grad;
  std::vector<at::Tensor> parts{bank.parameters.detach()};
  for (const auto& c : branch) parts.push_back(c.detach().t().reshape(-1));
  Ready& now = ready(sets[0].functions.begin()->second.size(0));
  std::vector<FusedTarget> targets;
  for (std::size_t i = 0; i < kinds_.size(); ++i)
    targets.push_back({kinds_[i] == Term::Kind::squares, weights[i] * now.shares[i]});
  now.executor->set_points(sets);
  at::Tensor all;
  now.executor->losses({{at::cat(parts), bank.buffers}}, targets, losses,
                       gradient ? &all : nullptr);
  for (std::size_t i = 0; i < kinds_.size(); ++i) losses[i] *= now.shares[i];
  if (!gradient) return;
  *gradient = all.narrow(0, 0, bank.parameters.numel()).clone();
  std::vector<at::Tensor> outputs, seeds;
  std::int64_t place = bank.parameters.numel();
  for (const auto& c : branch) {
    if (c.requires_grad()) {
      outputs.push_back(c);
      seeds.push_back(all.narrow(0, place, c.numel()).view({c.size(1), c.size(0)}).t());
    }
    place += c.numel();
  }
  if (!outputs.empty()) gradient->add_(torch::autograd::grad(outputs, {bank.parameters}, seeds)[0]);
}

}  // namespace banach
