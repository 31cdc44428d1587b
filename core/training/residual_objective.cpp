// SPDX-License-Identifier: Apache-2.0
#include "core/training/residual_objective.hpp"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <fmt/format.h>

#include <cmath>

#include "core/optimizers/clip.hpp"
#include "core/training/finite.hpp"

namespace banach {
namespace {

// Sum of squares (or sum) in double, and seed = value * factor (or factor): one pass, no
// allocation.
template <class T>
double pass(const T* x, std::int64_t n, bool squares, double factor, T* seed) {
  double sum[4] = {0, 0, 0, 0};
  const T f = static_cast<T>(factor);
  for (std::int64_t i = 0; i < n; ++i) {
    const double v = static_cast<double>(x[i]);
    sum[i & 3] += squares ? v * v : v;
    if (seed) seed[i] = squares ? x[i] * f : f;
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace

ResidualObjective::ResidualObjective(const Experiment& experiment, std::vector<double> weights,
                                     Derivatives derivatives, const at::Tensor& parameters,
                                     const at::Tensor& buffers, bool fused)
    : origins_(experiment.origins),
      weights_(std::move(weights)),
      evaluator_(experiment.network, derivatives, Phase::training),
      buffers_(buffers.clone()) {
  std::vector<TapeTerm> traces;
  for (const auto& term : experiment.terms) {
    traces.push_back({term.residual.trace, term.residual.root});
    kinds_.push_back(term.term.kind);
    names_.push_back(term.term.name);
    evaluator_.add(term.residual.trace, term.residual.root);
  }
  for (const auto& axis : experiment.domain) axes_.push_back(axis.name);
  BANACH_ASSERT(weights_.size() == names_.size());
  parameters_ = parameters.detach().clone().set_requires_grad(true);
  seeds_.resize(names_.size());
  losses_ = at::zeros({static_cast<std::int64_t>(names_.size())},
                      at::TensorOptions(at::kDouble).device(parameters.device()));
  loss_ = at::zeros({}, parameters.options().requires_grad(false));
  device_weights_ = at::empty_like(losses_);
  for (std::size_t i = 0; i < weights_.size(); ++i)
    device_weights_[static_cast<std::int64_t>(i)].fill_(weights_[i]);
  flag_ = at::zeros({}, at::TensorOptions(at::kBool).device(parameters.device()));
  immediate_ = parameters.device().is_cpu();
  if (!fused) return;
  if (!parameters.device().is_cpu()) {
    not_fused_ = "on a device other than the CPU";
    return;
  }
  fused_ = FusedExecutor::make(experiment.network, derivatives, std::move(traces),
                               parameters.scalar_type(), not_fused_);
  for (std::size_t i = 0; i < weights_.size(); ++i)
    targets_.push_back({kinds_[i] == Term::Kind::squares, weights_[i]});
}

void ResidualObjective::set_points(std::vector<PointSet> sets) {
  sets_ = std::move(sets);
  if (fused_) fused_->set_points(sets_);
}

void ResidualObjective::begin_step(std::uint64_t seed, std::int64_t step, std::int64_t) {
  evaluator_.set_draw(seed, step);
}

std::vector<Bank> ResidualObjective::banks() const {
  std::vector<Bank> out{{parameters_, buffers_}};
  out.insert(out.end(), frozen_.begin(), frozen_.end());
  return out;
}

std::vector<at::Tensor> ResidualObjective::evaluate() {
  return evaluator_.evaluate(banks(), sets_);
}

void ResidualObjective::measure(const std::vector<at::Tensor>& values,
                                std::vector<at::Tensor>* seeds) {
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool squares = kinds_[i] == Term::Kind::squares;
    const auto rows = static_cast<double>(row_count(values[i]));
    const double factor = (squares ? 2 : 1) * weights_[i] / rows;
    const at::Tensor value = values[i].detach().contiguous();
    if (seeds && (!(*seeds)[i].defined() || (*seeds)[i].sizes() != value.sizes()))
      (*seeds)[i] = at::empty_like(value);
    if (value.device().is_cpu()) {
      AT_DISPATCH_FLOATING_TYPES(value.scalar_type(), "loss", [&] {
        losses_.data_ptr<double>()[i] =
            pass(value.data_ptr<scalar_t>(), value.numel(), squares, factor,
                 seeds ? (*seeds)[i].data_ptr<scalar_t>() : nullptr) /
            rows;
      });
      continue;
    }
    const at::Tensor sum = squares ? value.square().sum() : value.sum();
    losses_.select(0, static_cast<std::int64_t>(i)).copy_(sum.div_(rows));
    if (!seeds) continue;
    if (squares)
      at::mul_out((*seeds)[i], value, at::scalar_tensor(factor, value.options()));
    else
      (*seeds)[i].fill_(factor);
  }
}

at::Tensor ResidualObjective::pull_back(const std::vector<at::Tensor>& values,
                                        const std::vector<at::Tensor>& seeds, bool keep) {
  std::vector<at::Tensor> outputs, weights;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].requires_grad()) continue;
    outputs.push_back(values[i]);
    weights.push_back(seeds[i]);
  }
  if (outputs.empty()) return at::zeros_like(parameters_);
  auto out = torch::autograd::grad(outputs, {parameters_}, weights, keep, false, true);
  return out[0].defined() ? out[0] : at::zeros_like(parameters_);
}

at::Tensor& ResidualObjective::total() {
  at::NoGradGuard no_grad;
  if (losses_.device().is_cpu()) {
    double loss = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i)
      loss += weights_[i] * losses_.data_ptr<double>()[i];
    AT_DISPATCH_FLOATING_TYPES(loss_.scalar_type(), "loss",
                               [&] { *loss_.data_ptr<scalar_t>() = static_cast<scalar_t>(loss); });
  } else {
    loss_.copy_(at::dot(losses_, device_weights_));
  }
  if (penalised()) loss_.add_(regularisation_->value(parameters_));
  return loss_;
}

at::Tensor ResidualObjective::value() {
  at::NoGradGuard no_grad;
  if (fused_)
    fused_->losses(banks(), targets_, losses_.data_ptr<double>(), nullptr);
  else
    measure(evaluate(), nullptr);
  return total();
}

at::Tensor ResidualObjective::tensor_gradient() {
  const auto values = evaluate();
  measure(values, &seeds_);
  return pull_back(values, seeds_, false).detach();
}

Evaluation ResidualObjective::trial() {
  at::Tensor gradient;
  if (fused_) {
    if (gradient_.defined() && gradient_.use_count() > 1)
      gradient_ = at::Tensor();  // kept by others
    fused_->losses(banks(), targets_, losses_.data_ptr<double>(), &gradient_);
    gradient = gradient_;
  } else {
    gradient = tensor_gradient();
  }
  const at::Tensor& loss = total();
  if (penalised()) regularisation_->add_gradient(parameters_, gradient);
  return {loss, gradient};
}

Evaluation ResidualObjective::gradient() {
  Evaluation out = trial();
  check(out.loss, out.gradient);
  if (clip_norm_ > 0 || clip_value_ > 0) clip_gradient(out.gradient, clip_norm_, clip_value_);
  return out;
}

void ResidualObjective::check(const at::Tensor& loss, const at::Tensor& gradient) {
  if (immediate_) {
    if (!all_finite(loss) || !all_finite(gradient)) explain();
    return;
  }
  at::NoGradGuard no_grad;
  flag_.logical_or_(at::isfinite(loss).logical_not_());
  flag_.logical_or_(at::isfinite(gradient).all().logical_not_());
}

bool ResidualObjective::dirty() {
  if (parameters_.device().is_cpu()) return false;
  const bool out = flag_.item<bool>();
  flag_.zero_();
  return out;
}

bool ResidualObjective::sum_of_squares() const {
  for (const auto kind : kinds_)
    if (kind != Term::Kind::squares) return false;
  return !penalised() || regularisation_->sum_of_squares();
}

void ResidualObjective::need_squares(const char* what) const {
  for (std::size_t i = 0; i < kinds_.size(); ++i)
    if (kinds_[i] != Term::Kind::squares)
      throw ConfigError(
          fmt::format("term \"{}\" is the mean of an energy density, no sum of squares, "
                      "so the loss has no {}: use an optimizer that needs gradients "
                      "only, such as adam",
                      names_[i], what));
  if (penalised() && !regularisation_->sum_of_squares())
    throw ConfigError(fmt::format(
        "regularisation.l1 is no sum of squares, so the loss has no {}: use l2, or an optimizer "
        "that needs gradients only, such as adam",
        what));
}

std::vector<double> ResidualObjective::row_factors() const {
  std::vector<double> out;
  for (std::size_t i = 0; i < weights_.size(); ++i)
    out.push_back(std::sqrt(weights_[i] / static_cast<double>(sets_[i].points.size(0))));
  return out;
}

at::Tensor ResidualObjective::residuals() {
  need_squares("residuals");
  at::NoGradGuard no_grad;
  const auto factors = row_factors();
  std::vector<at::Tensor> out;
  if (fused_) {
    out.push_back(fused_->residuals(banks(), factors));
  } else {
    const auto values = evaluate();
    for (std::size_t i = 0; i < values.size(); ++i)
      out.push_back(values[i].reshape({-1}) * factors[i]);
  }
  if (penalised()) out.push_back(regularisation_->residuals(parameters_));
  return out.size() == 1 ? out[0] : at::cat(out);
}

at::Tensor ResidualObjective::jacobian() {
  need_squares("Jacobian");
  const auto factors = row_factors();
  at::Tensor out;
  if (fused_) {
    out = fused_->jacobian(banks(), factors);
  } else {
    const auto values = evaluate();
    std::vector<at::Tensor> rows;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const at::Tensor flat = values[i].reshape({-1});
      for (std::int64_t k = 0; k < flat.numel(); ++k) {
        at::Tensor row;
        if (flat.requires_grad())
          row = torch::autograd::grad({flat[k]}, {parameters_}, {}, true, false, true)[0];
        rows.push_back(row.defined() ? row.detach() * factors[i]
                                     : at::zeros_like(parameters_).detach());
      }
    }
    out = at::stack(rows);
  }
  return penalised() ? at::cat({out, regularisation_->jacobian(parameters_)}) : out;
}

}  // namespace banach
