// SPDX-License-Identifier: Apache-2.0
#include "core/executor/network_calls.hpp"

#include <torch/types.h>

#include <algorithm>

#include "core/executor/operations.hpp"

namespace banach {

NetworkCalls::NetworkCalls(std::shared_ptr<const Network> network, Derivatives derivatives,
                           Phase phase)
    : network_(std::move(network)), derivatives_(derivatives) {
  const bool training = phase == Phase::training;
  frozen_ = form(network_->trace, network_->root);
  trained_ = form(training ? network_->training_trace : network_->trace,
                  training ? network_->training_root : network_->root);
}

NetworkCalls::Form NetworkCalls::form(std::shared_ptr<const Trace> trace, int root) const {
  Form out{std::move(trace), root, network_->signature.functions.empty(), {}};
  for (const auto& node : out.trace->nodes()) {
    if (node.op == Op::batch_mean) out.mergeable = false;  // each term has statistics of its own
    if (derivatives_ == Derivatives::finite_difference && node.op == Op::dropout)
      throw ConfigError(
          "derivatives: dropout draws other masks at every point of a difference quotient; use "
          "derivatives = \"exact\"");
    if (derivatives_ != Derivatives::exact && (node.op == Op::batch_mean || node.op == Op::stop))
      throw ConfigError(
          "derivatives: an architecture that uses batch statistics or stop() has other derivatives "
          "when values alone are differentiated; use derivatives = \"exact\"");
  }
  return out;
}

void NetworkCalls::begin() {
  calls_ = 0;
  statistics_.clear();
}

void NetworkCalls::evaluate(const std::vector<NetworkCall>& calls,
                            const std::vector<SlotTensors>& banks) {
  std::vector<bool> done(calls.size(), false);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (done[i]) continue;
    std::vector<NetworkCall> group{calls[i]};
    const auto bank = calls[i].program->trace().node(calls[i].instruction->node).index;
    BANACH_ASSERT(bank >= 0 && bank < static_cast<int>(banks.size()));
    now_ = bank == 0 ? &trained_ : &frozen_;
    mask_key_ = Stream(seed_, "dropout", static_cast<std::uint64_t>(step_)).bits(calls_++);
    for (std::size_t k = i + 1; k < calls.size() && now_->mergeable; ++k) {
      const Node& other = calls[k].program->trace().node(calls[k].instruction->node);
      if (done[k] || other.index != bank ||
          !(calls[k].instruction->basis == calls[i].instruction->basis))
        continue;
      group.push_back(calls[k]);
      done[k] = true;
    }
    const Batch together = batch(group);
    scatter(values(together, *group[0].instruction, banks[static_cast<std::size_t>(bank)],
                   group[0].run->options),
            together, group);
  }
}

NetworkCalls::Batch NetworkCalls::batch(const std::vector<NetworkCall>& calls) const {
  Batch out;
  std::vector<Jet> points;
  const std::int64_t axes = static_cast<std::int64_t>(network_->signature.coordinates.size());
  for (const auto& call : calls) {
    const Node& node = call.program->trace().node(call.instruction->node);
    Jet jet;
    for (const auto& reads : call.instruction->reads[0])
      jet.push_back(read(call.run->jets[node.in[0]], reads));
    if (!jet[0].defined()) jet[0] = at::zeros({1, axes}, call.run->options);
    auto lead = jet[0].sizes().vec();
    lead.pop_back();
    const std::size_t rank = call.program->has_rows(node_rows) ? 2 : 1;
    while (lead.size() < rank) lead.insert(lead.begin(), 1);
    out.leads.push_back(lead);
    out.rows.push_back(jet[0].numel() / axes);
    points.push_back(std::move(jet));
    for (std::size_t k = 1; k < node.in.size(); ++k) {
      at::Tensor f = call.run->jets[node.in[k]][0];
      out.functions.push_back(f.reshape({f.size(0), 1, f.size(-1)}));
    }
  }
  out.own_points = !out.functions.empty() && calls[0].run->set->points.dim() == 3;
  for (std::size_t i = 0; i < points[0].size(); ++i) {
    const auto& first = calls[0].instruction->input_constants[i];
    bool same = first.has_value();
    for (const auto& call : calls) same = same && call.instruction->input_constants[i] == first;
    if (out.own_points) {
      out.points.push_back(points[0][i]);
      continue;
    }
    if (same || (calls.size() == 1 && !points[0][i].defined())) {
      out.points.push_back(points[0][i].defined() ? points[0][i].reshape({1, axes}) : at::Tensor());
      continue;
    }
    std::vector<at::Tensor> parts;
    for (std::size_t k = 0; k < calls.size(); ++k) {
      auto shape = out.leads[k];
      shape.push_back(axes);
      const at::Tensor& plane = points[k][i];
      parts.push_back((plane.defined() ? plane.expand(shape)
                                       : at::zeros({1}, points[k][0].options()).expand(shape))
                          .reshape({-1, axes}));
    }
    out.points.push_back(parts.size() == 1 ? parts[0] : at::cat(parts, 0));
  }
  return out;
}

const NetworkCalls::Prepared& NetworkCalls::prepared(const Basis& outputs, const Basis& closed) {
  auto& place = now_->prepared[outputs];
  if (place.program) return place;
  place.program = std::make_unique<Program>(
      now_->trace, std::vector<Demand>{{now_->root, outputs.rows}}, network_->layout);
  const Trace& trace = *now_->trace;
  for (std::size_t i = 0; i < trace.nodes().size(); ++i)
    if (trace.nodes()[i].op == Op::input && trace.nodes()[i].index == 0 &&
        place.program->used(static_cast<int>(i)))
      for (const auto& row : place.program->plan().basis[i].rows)
        place.input_reads.push_back(coordinates(row, closed));
  return place;
}

Jet NetworkCalls::run(const Basis& outputs, const Basis& closed, const Jet& points,
                      const std::vector<at::Tensor>& functions, const SlotTensors& slots,
                      const at::TensorOptions& options) {
  const Prepared& ready = prepared(outputs, closed);
  Program::Run run;
  run.slots = &slots;
  run.options = options;
  run.mask_key = mask_key_;
  run.inputs.resize(1 + functions.size());
  for (const auto& reads : ready.input_reads) {
    const at::Tensor plane = read(points, reads);
    const bool flat = plane.defined() && plane.dim() == 2 && !functions.empty();
    run.inputs[0].push_back(flat ? plane.unsqueeze(0) : plane);
  }
  for (std::size_t k = 0; k < functions.size(); ++k) run.inputs[k + 1] = {functions[k]};
  for (int level = 0; level < ready.program->levels(); ++level) ready.program->run(level, run);
  collect(*ready.program, run);
  return run.jets[now_->root];
}

void NetworkCalls::collect(const Program& program, const Program::Run& run) {
  for (const auto& instruction : program.instructions()) {
    const Node& n = program.trace().node(instruction.node);
    if (n.op != Op::batch_mean || n.numbers.empty()) continue;
    const std::int64_t rows = run.inputs[0][0].size(-2);
    if (rows < 2)
      throw ConfigError(
          "batch normalisation: one of the terms has a single point, which has no statistics; "
          "constrain the solution there (hard = true) or use normalisation = \"none\"");
    const at::Tensor& mean = run.jets[instruction.node][0];
    statistics_[static_cast<int>(n.numbers[0])].emplace_back(
        mean.defined() ? mean.detach().reshape({-1, n.width}).mean(0)
                       : at::zeros({n.width}, run.options),
        rows);
  }
}

Jet NetworkCalls::values(const Batch& batch, const Program::Instruction& instruction,
                         const SlotTensors& slots, const at::TensorOptions& options) {
  const bool derivatives = instruction.closed.size() > 1;
  if (derivatives_ == Derivatives::exact || !derivatives)
    return run(instruction.basis, instruction.closed, batch.points, batch.functions, slots,
               options);
  const Basis value = span({Polynomial(1.0)});
  const auto f = [&](const at::Tensor& x) {
    return run(value, value, {x}, batch.functions, slots, options)[0];
  };
  std::vector<double> range;
  for (const auto& axis : network_->signature.coordinates) range.push_back(axis.upper - axis.lower);
  const bool nested = derivatives_ == Derivatives::nested;
  Jet points = batch.points;
  if (nested && !batch.functions.empty())  // reverse mode sums over rows that share a point
    points[0] = points[0].unsqueeze(0).expand({batch.functions[0].size(0), -1, -1});
  const Partials partials =
      nested ? nested_partials(f) : difference_partials(f, range, derivatives_.step);
  const Jet y = compose_jet(partials, points, instruction.table, instruction.closed);
  Jet out;
  for (const auto& reads : instruction.from_closed) out.push_back(read(y, reads));
  return out;
}

void NetworkCalls::scatter(const Jet& values, const Batch& batch,
                           const std::vector<NetworkCall>& calls) const {
  for (const auto& call : calls) call.run->jets[call.instruction->node].resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const at::Tensor& all = values[i];
    if (!all.defined()) continue;
    const bool one_row = all.size(-2) == 1;
    std::vector<at::Tensor> parts;
    if (!one_row && calls.size() > 1) parts = all.split_with_sizes(batch.rows, 0);
    for (std::size_t k = 0; k < calls.size(); ++k) {
      at::Tensor part = parts.empty() ? all : parts[k];
      auto shape = one_row ? std::vector<std::int64_t>(batch.leads[k].size(), 1) : batch.leads[k];
      if (!batch.functions.empty() && !batch.own_points)
        shape.insert(shape.begin(), all.dim() == 3 ? all.size(0) : 1);
      shape.push_back(all.size(-1));
      if (part.dim() != static_cast<std::int64_t>(shape.size())) part = part.reshape(shape);
      calls[k].run->jets[calls[k].instruction->node][i] = part;
    }
  }
}

}  // namespace banach
