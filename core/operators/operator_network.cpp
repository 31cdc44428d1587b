// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_network.hpp"

#include <torch/types.h>

#include <algorithm>

#include "core/training/points.hpp"

namespace banach {
namespace {

bool reads_input(const Experiment& e, const std::string& name) {
  for (const auto& term : e.terms)
    for (const Node& n : term.residual.trace->nodes())
      if (n.op == Op::given && n.name == name) return true;
  return false;
}

// [B, C, own axes...] -> [B, C, all axes of the outputs...], size 1 where it does not depend on
// one.
at::Tensor on_axes(const OperatorData& data, std::size_t input, const at::Tensor& values) {
  std::vector<std::int64_t> shape{values.size(0), values.size(1)};
  const auto& own = data.input(input).axes;
  std::int64_t next = 2;
  for (const auto& axis : data.axes) {
    const bool has = std::find(own.begin(), own.end(), axis) != own.end();
    shape.push_back(has ? values.size(next++) : 1);
  }
  if (next != values.dim())
    throw ConfigError("dataset.inputs." + data.input(input).name + ": its axes \"" +
                      join(own, " ") + "\" are not among those of the outputs, \"" +
                      join(data.axes, " ") +
                      "\"; an operator on a grid needs them there, one that maps points does not");
  return values.reshape(shape);
}

}  // namespace

OperatorNetwork::OperatorNetwork(const Experiment& experiment, Derivatives derivatives, Phase phase,
                                 at::TensorOptions options)
    : experiment_(experiment), options_(options.requires_grad(false)) {
  if (experiment.network->grid()) {
    grid_ = std::make_unique<GridEvaluator>(experiment, *experiment.data, options_);
    return;
  }
  const auto evaluator = [&] {
    return std::make_unique<Evaluator>(experiment.network, derivatives, phase);
  };
  if (experiment.data->points.defined())
    points_ = point_tensor(experiment.data->points, experiment.origins, options_);
  solution_ = evaluator(), terms_ = evaluator(), both_ = evaluator();
  for (auto* e : {solution_.get(), both_.get()})
    e->add(experiment.solution.trace, experiment.solution.root);
  for (auto* e : {terms_.get(), both_.get()})
    for (const auto& term : experiment.terms) e->add(term.residual.trace, term.residual.root);
  std::vector<std::string> coordinates;
  for (const auto& axis : experiment.domain) coordinates.push_back(axis.name);
  for (std::size_t i = 0; i < experiment.functions.size(); ++i) {
    if (!reads_input(experiment, experiment.functions[i].name)) continue;
    splines_.emplace_back(*experiment.data, i, coordinates, options_, experiment.origins);
    spline_names_.push_back(experiment.functions[i].name);
  }
}

void OperatorNetwork::set_draw(std::uint64_t seed, std::int64_t step) {
  for (auto* e : {solution_.get(), terms_.get(), both_.get()})
    if (e) e->set_draw(seed, step);
}

void OperatorNetwork::update_statistics(at::Tensor& buffers) const {
  for (const auto* e : {solution_.get(), terms_.get(), both_.get()})
    if (e) e->update_statistics(buffers);
}

int OperatorNetwork::planes() const { return terms_ ? terms_->planes() : 1; }

std::map<std::string, at::Tensor> OperatorNetwork::functions(
    const OperatorData& data, const OperatorBatch& batch,
    const std::vector<at::Tensor>& slots) const {
  std::map<std::string, at::Tensor> out;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    const at::Tensor flat =
        experiment_.normaliser.input(i, batch.inputs[i], slots).reshape({batch.count, -1});
    if (flat.size(1) != experiment_.functions[i].sensors)
      throw ConfigError("input \"" + data.functions[i].name + "\" has " +
                        std::to_string(flat.size(1)) +
                        " numbers per sample; the network was "
                        "built for " +
                        std::to_string(experiment_.functions[i].sensors));
    out[data.functions[i].name] = flat;
  }
  return out;
}

GridFields OperatorNetwork::fields(const OperatorData& data, const OperatorBatch& batch,
                                   const std::vector<at::Tensor>& slots) const {
  GridFields out;
  out.slots = &slots;
  std::vector<std::int64_t> shape{batch.count, 0};
  shape.insert(shape.end(), data.extents.begin(), data.extents.end());
  std::vector<at::Tensor> channels;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    shape[1] = batch.inputs[i].size(1);
    channels.push_back(
        on_axes(data, i, experiment_.normaliser.input(i, batch.inputs[i], slots)).expand(shape));
    out.inputs.push_back(on_axes(data, i, batch.inputs[i]).movedim(1, -1));
  }
  const GridArchitecture& architecture = *experiment_.network->grid();
  std::vector<at::Tensor> weights;
  for (const int slot : architecture.slots())
    weights.push_back(slots[static_cast<std::size_t>(slot)]);
  at::Tensor y =
      architecture.evaluate({channels.size() == 1 ? channels[0].contiguous() : at::cat(channels, 1),
                             data.scaled_axes(options_)},
                            weights);
  shape[1] = static_cast<std::int64_t>(experiment_.unknowns.size());
  if (y.sizes().vec() != shape)
    throw PluginError(
        "a grid architecture returned a tensor of another shape than [samples, "
        "outputs, grid...]");
  if (experiment_.normaliser.per_point()) y = experiment_.normaliser.output(y, slots);
  out.network = y.movedim(1, -1);
  return out;
}

PointSet OperatorNetwork::data_points(const OperatorData& data, const OperatorBatch& batch,
                                      const std::vector<at::Tensor>& slots) const {
  PointSet set;
  const bool trained = !batch.points.defined() && &data == experiment_.data.get();
  set.points = trained ? points_
                       : point_tensor(batch.points.defined() ? batch.points : data.points,
                                      experiment_.origins, options_);
  set.functions = functions(data, batch, slots);
  return set;
}

// [B, P, unknowns] of the executor -> [B, unknowns, extents...], in their own units.
at::Tensor OperatorNetwork::arranged(const OperatorData& data, const OperatorBatch& batch,
                                     at::Tensor values,
                                     const std::vector<at::Tensor>& slots) const {
  values = values.transpose(1, 2);
  if (!batch.points.defined()) {
    std::vector<std::int64_t> shape{batch.count, values.size(1)};
    shape.insert(shape.end(), data.extents.begin(), data.extents.end());
    values = values.reshape(shape);
  }
  const Normaliser& scales = experiment_.normaliser;
  return scales.per_point() ? scales.output(values, slots) : values;
}

at::Tensor OperatorNetwork::predict(const Bank& bank, const OperatorData& data,
                                    const OperatorBatch& batch) {
  const auto slots = slot_tensors(experiment_.network->layout, bank);
  if (grid_) {
    const GridFields now = fields(data, batch, slots);
    if (&data == experiment_.data.get()) return grid_->solution(now).movedim(-1, 1);
    return GridEvaluator(experiment_, data, options_).solution(now).movedim(-1, 1);
  }
  const auto set = data_points(data, batch, slots);
  return arranged(data, batch, solution_->evaluate({bank}, {set})[0], slots);
}

std::vector<PointSet> OperatorNetwork::filled(const Bank& bank, const OperatorBatch& batch,
                                              std::vector<PointSet> sets) const {
  const auto given =
      functions(*experiment_.data, batch, slot_tensors(experiment_.network->layout, bank));
  for (PointSet& set : sets) {
    set.functions = given;
    for (std::size_t k = 0; k < splines_.size(); ++k)
      for (std::size_t i = 0; i < experiment_.functions.size(); ++i)
        if (experiment_.functions[i].name == spline_names_[k])
          set.given[spline_names_[k]] = splines_[k].at(batch.inputs[i], set.points);
  }
  return sets;
}

OperatorNetwork::Result OperatorNetwork::evaluate(const Bank& bank, const OperatorBatch& batch,
                                                  const std::vector<PointSet>& sets, bool outputs) {
  const OperatorData& data = *experiment_.data;
  const auto slots = slot_tensors(experiment_.network->layout, bank);
  Result out;
  if (grid_) {
    const GridFields now = fields(data, batch, slots);
    if (outputs) out.outputs = grid_->solution(now).movedim(-1, 1);
    out.residuals = grid_->residuals(now);
    return out;
  }
  std::vector<PointSet> all;
  if (outputs) all.push_back(data_points(data, batch, slots));
  for (PointSet& set : filled(bank, batch, sets)) all.push_back(std::move(set));
  out.residuals = (outputs ? both_ : terms_)->evaluate({bank}, all);
  if (outputs) {
    out.outputs = arranged(data, batch, out.residuals.front(), slots);
    out.residuals.erase(out.residuals.begin());
  }
  return out;
}

}  // namespace banach
