// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_objective.hpp"

#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <cmath>

#include "core/operators/data_loss.hpp"
#include "core/optimizers/clip.hpp"
#include "core/training/finite.hpp"
#include "datasets/trajectories.hpp"

namespace banach {
namespace {

bool known_scales(const Experiment& e) {
  bool out = e.normaliser.output().defined() || e.normaliser.loss().defined();
  for (std::size_t i = 0; i < e.data->inputs.size(); ++i)
    out = out || e.normaliser.input(i).defined();
  return out;
}

}  // namespace

OperatorObjective::OperatorObjective(const RunPlan& plan, std::int64_t stage,
                                     const at::Tensor& parameters, const at::Tensor& buffers)
    : plan_(plan),
      experiment_(plan.experiment),
      network_(plan.experiment, plan.derivatives, Phase::training, parameters.options()),
      options_(parameters.options().requires_grad(false)),
      buffers_(buffers.clone()),
      names_(loss_terms(plan.experiment)) {
  const StagePlan& now = plan.stages[static_cast<std::size_t>(stage)];
  dataset_ = plan.dataset();
  if (!known_scales(experiment_))  // of a plan that nobody has given a state
    experiment_.normaliser.take(experiment_.network->layout, buffers, dataset_.get());
  for (const auto& name : names_) weights_.push_back(plan.loss_weight(name));
  data_ = !experiment_.data->outputs.empty() && weights_[0] > 0;
  physics_ = !experiment_.terms.empty();
  const std::int64_t size = dataset_->size(Split::train);
  const std::int64_t batch = now.parameters.batch > 0 ? now.parameters.batch : size;
  const std::uint64_t seed =
      Stream(plan.seed, "batches", static_cast<std::uint64_t>(stage)).bits(0);
  const std::int64_t labelled = experiment_.data->parameters.labelled;
  loader_ = std::make_unique<Loader>(dataset_, Split::train, batch, seed, NumberType::exact);
  if (data_ && labelled > 0 && labelled < size)
    labelled_ = std::make_unique<Loader>(dataset_, Split::train, std::min(batch, labelled),
                                         seed + 1, NumberType::exact, labelled);
  if (data_ && now.parameters.rollout > 1) {
    rollout_.emplace(*experiment_.data, &experiment_.normaliser);
    windows_ = now.parameters.rollout;
    trajectories_ = trajectories(*dataset_, Split::train);
    if (labelled > 0)
      for (auto& first : trajectories_) first = std::min(first, labelled);
  }
  if (physics_ && !experiment_.network->grid())
    collocation_.emplace(experiment_, now.sampling, plan.seed, options_);
  parameters_ = parameters.detach().clone().set_requires_grad(true);
  losses_ = at::zeros({static_cast<std::int64_t>(names_.size())}, options_.dtype(at::kDouble));
  loss_ = at::zeros({}, options_);
  flag_ = at::zeros({}, options_.dtype(at::kBool));
  immediate_ = parameters.device().is_cpu();
  choose_executor(plan.configuration.executor != "tensor");
}

void OperatorObjective::choose_executor(bool wanted) {
  if (!collocation_ || !wanted) return;
  if (!parameters_.device().is_cpu())
    not_fused_ = "on a device other than the CPU";
  else
    residuals_ = OperatorResiduals::make(experiment_, plan_.derivatives, parameters_.scalar_type(),
                                         not_fused_);
}

OperatorBatch OperatorObjective::tensors(const DataBatch& batch) const {
  return network_.scaled(batch.arrays, static_cast<std::int64_t>(batch.samples.size()));
}

at::Tensor OperatorObjective::predicted(const Bank& bank, const OperatorBatch& batch) {
  return network_.for_losses(network_.outputs(bank, *experiment_.data, batch));
}

void OperatorObjective::begin_step(std::uint64_t seed, std::int64_t step, std::int64_t stage_step) {
  network_.set_draw(seed, step);
  const DataBatch* batch = nullptr;
  if (physics_ || !labelled_) batch_ = tensors(*(batch = &loader_->batch(stage_step)));
  if (labelled_) labelled_batch_ = tensors(*(batch = &labelled_->batch(stage_step)));
  if (rollout_) read_later(batch->samples);
  if (collocation_) sets_ = collocation_->at_step(step);
}

void OperatorObjective::read_later(std::vector<std::int64_t> samples) {
  later_.clear();
  for (std::int64_t k = 1; k < windows_; ++k) {
    DataBatch next;
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (rollout_->windows(trajectories_, samples[i]) < 2) continue;
      rows.push_back(static_cast<std::int64_t>(i));
      next.samples.push_back(samples[i] + rollout_->shift());
    }
    if (rows.empty()) return;
    next.arrays = dataset_->read(Split::train, next.samples, NumberType::exact);
    Later later{tensors(next), {}};
    if (rows.size() < samples.size())
      later.rows = at::tensor(rows, at::kLong).to(options_.device());
    later_.push_back(std::move(later));
    samples = std::move(next.samples);
  }
}

at::Tensor OperatorObjective::data_loss(const Bank& bank, at::Tensor outputs,
                                        const OperatorBatch& batch) {
  const auto losses = [&](const at::Tensor& found, const at::Tensor& target) {
    return sample_losses(plan_.configuration.loss.type, found, target,
                         loss_grid(*experiment_.data));
  };
  if (later_.empty()) return losses(outputs, batch.outputs).mean();
  at::Tensor sum = losses(outputs, batch.outputs).sum();
  std::int64_t count = batch.count;
  OperatorBatch given = batch;
  for (const Later& later : later_) {
    given = rollout_->after(given, outputs, later.batch, later.rows);
    outputs = predicted(bank, given);
    const at::Tensor found = rollout_->comparable(outputs, given, later.batch);
    sum = sum + losses(found, later.batch.outputs).sum();
    count += later.batch.count;
  }
  return sum / static_cast<double>(count);
}

at::Tensor OperatorObjective::total() {
  const Bank bank{parameters_, buffers_};
  OperatorNetwork::Result found;
  const bool together = data_ && !labelled_;
  if (physics_ && !residuals_)
    found = network_.evaluate(bank, batch_, sets_, together);
  else if (together)
    found.outputs = predicted(bank, batch_);
  at::Tensor sum = at::zeros({}, options_);
  std::size_t next = 0;
  const auto add = [&](const at::Tensor& loss) {
    losses_[static_cast<std::int64_t>(next)].copy_(loss.detach());
    if (weights_[next] != 0) sum = at::add(sum, loss, weights_[next]);
    ++next;
  };
  if (!experiment_.data->outputs.empty()) {
    if (!data_)
      ++next;
    else if (labelled_)
      add(data_loss(bank, predicted(bank, labelled_batch_), labelled_batch_));
    else
      add(data_loss(bank, found.outputs, batch_));
  }
  for (std::size_t i = 0; i < found.residuals.size(); ++i) {
    const at::Tensor& r = found.residuals[i];
    const bool squares = experiment_.terms[i].term.kind == Term::Kind::squares;
    add((squares ? r.square() : r).sum(-1).mean());
  }
  return sum;
}

double OperatorObjective::fused_losses(at::Tensor* gradient) {
  const Bank bank{parameters_, buffers_};
  const std::size_t first = names_.size() - experiment_.terms.size();
  double* const losses = losses_.data_ptr<double>() + first;
  const std::vector<double> weights(weights_.begin() + static_cast<std::ptrdiff_t>(first),
                                    weights_.end());
  residuals_->losses(bank, network_.filled(batch_, sets_), weights, losses, gradient);
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * losses[i];
  return sum;
}

at::Tensor OperatorObjective::value() {
  at::NoGradGuard no_grad;
  loss_.copy_(total());
  if (residuals_) loss_.add_(fused_losses(nullptr));
  if (penalised()) loss_.add_(regularisation_->value(parameters_.detach()));
  return loss_;
}

Evaluation OperatorObjective::trial() {
  const at::Tensor loss = total();
  at::Tensor gradient;
  if (loss.requires_grad())
    gradient = torch::autograd::grad({loss}, {parameters_}, {}, false, false, true)[0];
  at::Tensor residuals;
  const double more = residuals_ ? fused_losses(&residuals) : 0;
  at::NoGradGuard no_grad;
  if (residuals.defined()) gradient = gradient.defined() ? gradient.add_(residuals) : residuals;
  if (!gradient.defined()) gradient = at::zeros_like(parameters_);
  gradient = gradient.detach();
  loss_.copy_(loss.detach()).add_(more);
  if (penalised()) {
    loss_.add_(regularisation_->value(parameters_.detach()));
    regularisation_->add_gradient(parameters_, gradient);
  }
  return {loss_, gradient};
}

Evaluation OperatorObjective::gradient() {
  Evaluation out = trial();
  at::NoGradGuard no_grad;
  check(out.loss, out.gradient);
  if (clip_norm_ > 0 || clip_value_ > 0) clip_gradient(out.gradient, clip_norm_, clip_value_);
  return out;
}

void OperatorObjective::check(const at::Tensor& loss, const at::Tensor& gradient) {
  if (immediate_) {
    if (!all_finite(loss) || !all_finite(gradient)) explain(gradient);
    return;
  }
  flag_.logical_or_(at::isfinite(loss).logical_not_());
  flag_.logical_or_(at::isfinite(gradient).all().logical_not_());
}

bool OperatorObjective::dirty() {
  if (parameters_.device().is_cpu()) return false;
  const bool out = flag_.item<bool>();
  flag_.zero_();
  return out;
}

void OperatorObjective::explain(const at::Tensor&) const {
  if (!all_finite(parameters_.detach()))
    throw NotFinite(
        "the parameters themselves are no longer finite: the step before was too long; "
        "lower lr or clip the gradient");
  const at::Tensor losses = losses_.cpu();
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (const double loss = losses.data_ptr<double>()[i]; !std::isfinite(loss))
      throw NotFinite(fmt::format("the loss of \"{}\" is {}", names_[i],
                                  std::isnan(loss) ? "not a number" : "infinite"));
  throw NotFinite("the gradient is not finite although the loss is; lower lr or clip the gradient");
}

}  // namespace banach
