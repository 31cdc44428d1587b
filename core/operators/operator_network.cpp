// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_network.hpp"

#include <torch/types.h>

#include <algorithm>

#include "core/expression/field.hpp"
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

// The network alone, and what is written around it where that is no more than its units.
Recorded record_network(const Experiment& e, bool in_units) {
  return record_twice(e, "the network", [&](Trace& trace) {
    const Expression network =
        call_network(0, static_cast<int>(e.unknowns.size()), trace_point(trace), e.functions);
    return in_units ? e.normaliser.output(network) : network;
  });
}

bool is_plain(const Experiment& e) {
  const Recorded plain = record_network(e, true);
  return plain.root == e.solution.root && plain.trace->nodes() == e.solution.trace->nodes();
}

}  // namespace

OperatorNetwork::OperatorNetwork(const Experiment& experiment, Derivatives derivatives, Phase phase,
                                 at::TensorOptions options)
    : experiment_(experiment),
      options_(options.requires_grad(false)),
      plain_(is_plain(experiment)) {
  const OperatorData& data = *experiment.data;
  if (experiment.network->grid()) {
    grid_ = std::make_unique<GridEvaluator>(experiment, data, options_);
    axes_ = data.scaled_axes(options_);
    return;
  }
  const auto evaluator = [&] {
    return std::make_unique<Evaluator>(experiment.network, derivatives, phase);
  };
  if (data.points.defined())
    points_ = point_tensor(data.from_origin(data.points), experiment.origins, options_);
  solution_ = evaluator(), terms_ = evaluator(), both_ = evaluator();
  const Recorded solution = plain_ ? record_network(experiment, false) : experiment.solution;
  for (auto* e : {solution_.get(), both_.get()}) e->add(solution.trace, solution.root);
  for (auto* e : {terms_.get(), both_.get()})
    for (const auto& term : experiment.terms) e->add(term.residual.trace, term.residual.root);
  std::vector<std::string> coordinates;
  for (const auto& axis : experiment.domain) coordinates.push_back(axis.name);
  for (std::size_t i = 0; i < experiment.functions.size(); ++i) {
    if (!reads_input(experiment, experiment.functions[i].name)) continue;
    splines_.emplace_back(data, i, coordinates, options_, experiment.origins);
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

OperatorBatch OperatorNetwork::scaled(const OperatorBatch& raw) const {
  return experiment_.normaliser.scaled(raw, options_, !plain_ || !experiment_.terms.empty());
}

OperatorBatch OperatorNetwork::scaled(const std::vector<DataArray>& arrays,
                                      std::int64_t count) const {
  return experiment_.normaliser.scaled(arrays, count, options_,
                                       !plain_ || !experiment_.terms.empty());
}

std::map<std::string, at::Tensor> OperatorNetwork::functions(const OperatorData& data,
                                                             const OperatorBatch& batch) const {
  std::map<std::string, at::Tensor> out;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    const at::Tensor flat = batch.inputs[i].reshape({batch.count, -1});
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

at::Tensor OperatorNetwork::on_grid(const OperatorData& data, const OperatorBatch& batch,
                                    const std::vector<at::Tensor>& slots) const {
  std::vector<std::int64_t> shape{batch.count, 0};
  shape.insert(shape.end(), data.extents.begin(), data.extents.end());
  std::vector<at::Tensor> channels;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    shape[1] = batch.inputs[i].size(1);
    channels.push_back(on_axes(data, i, batch.inputs[i]).expand(shape));
  }
  const GridArchitecture& architecture = *experiment_.network->grid();
  std::vector<at::Tensor> weights;
  for (const int slot : architecture.slots())
    weights.push_back(slots[static_cast<std::size_t>(slot)]);
  const bool trained = &data == experiment_.data.get();
  at::Tensor y =
      architecture.evaluate({channels.size() == 1 ? channels[0].contiguous() : at::cat(channels, 1),
                             trained ? axes_ : data.scaled_axes(options_)},
                            weights);
  shape[1] = static_cast<std::int64_t>(experiment_.unknowns.size());
  if (y.sizes().vec() != shape)
    throw PluginError(
        "a grid architecture returned a tensor of another shape than [samples, "
        "outputs, grid...]");
  return y;
}

GridFields OperatorNetwork::fields(const at::Tensor& network, const OperatorData& data,
                                   const OperatorBatch& batch,
                                   const std::vector<at::Tensor>& slots) const {
  GridFields out;
  out.slots = &slots;
  for (std::size_t i = 0; i < batch.own.size(); ++i)
    out.inputs.push_back(on_axes(data, i, batch.own[i]).movedim(1, -1));
  out.network = experiment_.normaliser.in_own_units(network).movedim(1, -1);
  return out;
}

at::Tensor OperatorNetwork::grid_outputs(const OperatorData& data, const at::Tensor& network,
                                         const OperatorBatch& batch,
                                         const std::vector<at::Tensor>& slots) const {
  if (plain_) return network;
  const GridFields now = fields(network, data, batch, slots);
  if (&data == experiment_.data.get()) return grid_->solution(now).movedim(-1, 1);
  return GridEvaluator(experiment_, data, options_).solution(now).movedim(-1, 1);
}

PointSet OperatorNetwork::data_points(const OperatorData& data, const OperatorBatch& batch) const {
  PointSet set;
  set.points =
      batch.points.defined() ? batch.points
      : &data == experiment_.data.get()
          ? points_
          : point_tensor(experiment_.data->from_origin(data.points), experiment_.origins, options_);
  set.functions = functions(data, batch);
  return set;
}

// [B, P, unknowns] of the executor -> [B, unknowns, extents...].
at::Tensor OperatorNetwork::arranged(const OperatorData& data, const OperatorBatch& batch,
                                     at::Tensor values) const {
  values = values.transpose(1, 2);
  if (!batch.points.defined()) {
    std::vector<std::int64_t> shape{batch.count, values.size(1)};
    shape.insert(shape.end(), data.extents.begin(), data.extents.end());
    values = values.reshape(shape);
  }
  return plain_ ? values : experiment_.normaliser.in_own_units(values);
}

at::Tensor OperatorNetwork::outputs(const Bank& bank, const OperatorData& data,
                                    const OperatorBatch& batch) {
  if (grid_) {
    const auto slots = slot_tensors(experiment_.network->layout, bank);
    return grid_outputs(data, on_grid(data, batch, slots), batch, slots);
  }
  return arranged(data, batch, solution_->evaluate({bank}, {data_points(data, batch)})[0]);
}

at::Tensor OperatorNetwork::for_losses(const at::Tensor& outputs) const {
  const Normaliser& scales = experiment_.normaliser;
  if (plain_ && scales.alike()) return outputs;
  return (plain_ ? scales.output() : Scaling()).to(scales.loss(), outputs);
}

at::Tensor OperatorNetwork::physical(const at::Tensor& outputs) const {
  return (plain_ ? experiment_.normaliser.output() : Scaling()).undone(outputs);
}

at::Tensor OperatorNetwork::predict(const Bank& bank, const OperatorData& data,
                                    const OperatorBatch& raw) {
  return physical(outputs(bank, data, scaled(raw)));
}

std::vector<PointSet> OperatorNetwork::filled(const OperatorBatch& batch,
                                              std::vector<PointSet> sets) const {
  const auto given = functions(*experiment_.data, batch);
  for (PointSet& set : sets) {
    set.functions = given;
    for (std::size_t k = 0; k < splines_.size(); ++k)
      for (std::size_t i = 0; i < experiment_.functions.size(); ++i)
        if (experiment_.functions[i].name == spline_names_[k])
          set.given[spline_names_[k]] = splines_[k].at(batch.own[i], set.points);
  }
  return sets;
}

OperatorNetwork::Result OperatorNetwork::evaluate(const Bank& bank, const OperatorBatch& batch,
                                                  const std::vector<PointSet>& sets, bool outputs) {
  const OperatorData& data = *experiment_.data;
  Result out;
  if (grid_) {
    const auto slots = slot_tensors(experiment_.network->layout, bank);
    const at::Tensor network = on_grid(data, batch, slots);
    if (outputs) out.outputs = for_losses(grid_outputs(data, network, batch, slots));
    out.residuals = grid_->residuals(fields(network, data, batch, slots));
    return out;
  }
  std::vector<PointSet> all;
  if (outputs) all.push_back(data_points(data, batch));
  for (PointSet& set : filled(batch, sets)) all.push_back(std::move(set));
  out.residuals = (outputs ? both_ : terms_)->evaluate({bank}, all);
  if (outputs) {
    out.outputs = for_losses(arranged(data, batch, out.residuals.front()));
    out.residuals.erase(out.residuals.begin());
  }
  return out;
}

}  // namespace banach
