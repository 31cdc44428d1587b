// SPDX-License-Identifier: Apache-2.0
#include "core/executor/evaluator.hpp"

#include <torch/types.h>

#include "banach/tensor_architecture.hpp"
#include "core/executor/network_calls.hpp"
#include "core/executor/program.hpp"

namespace banach {

struct Evaluator::Impl {
  struct Entry {
    std::unique_ptr<Program> program;
    int root;
  };
  std::shared_ptr<const Network> network;
  NetworkCalls calls;
  std::vector<Entry> entries;

  at::Tensor result(const Entry& entry, const Program::Run& run) const;
};

namespace {

// One split per vector: a narrow per tensor would fill a whole zero gradient for each.
std::vector<at::Tensor> pieces(const at::Tensor& flat, const Layout& layout, bool trainable) {
  std::vector<std::int64_t> sizes;
  for (const auto& slot : layout.slots())
    if (slot.trainable == trainable) sizes.push_back(slot.size);
  return sizes.empty() ? std::vector<at::Tensor>() : flat.split_with_sizes(sizes, 0);
}

}  // namespace

std::vector<at::Tensor> slot_tensors(const Layout& layout, const Bank& bank) {
  const auto trained = pieces(bank.parameters, layout, true);
  const auto fixed = pieces(bank.buffers, layout, false);
  std::vector<at::Tensor> out;
  std::size_t next_trained = 0, next_fixed = 0;
  for (const auto& slot : layout.slots()) {
    const at::Tensor& flat = slot.trainable ? trained[next_trained++] : fixed[next_fixed++];
    out.push_back(slot.shape.size() == 1 ? flat : flat.view(slot.shape));
  }
  return out;
}

at::Tensor Evaluator::Impl::result(const Entry& entry, const Program::Run& run) const {
  const Node& node = entry.program->trace().node(entry.root);
  at::Tensor value = run.jets[entry.root][0];
  if (!value.defined()) value = at::zeros({1, node.width}, run.options);
  if (entry.program->has_rows(node_rows) && value.dim() > 2) value = value.squeeze(-2);
  const at::Tensor& points = run.set->points;
  std::vector<std::int64_t> shape{points.size(-2), node.width};
  if (points.dim() == 3)
    shape.insert(shape.begin(), points.size(0));
  else if (node.rows & function_rows && !run.set->functions.empty())
    shape.insert(shape.begin(), run.set->functions.begin()->second.size(0));
  return value.expand(shape);
}

Evaluator::Evaluator(std::shared_ptr<const Network> network, Derivatives derivatives, Phase phase)
    : impl_(new Impl{network, NetworkCalls(network, derivatives, phase), {}}) {}
Evaluator::~Evaluator() = default;

int Evaluator::add(std::shared_ptr<const Trace> trace, int root) {
  auto program = std::make_unique<Program>(
      std::move(trace), std::vector<Demand>{{root, {Polynomial(1.0)}}}, impl_->network->layout);
  impl_->entries.push_back({std::move(program), root});
  return static_cast<int>(impl_->entries.size()) - 1;
}

std::vector<at::Tensor> Evaluator::evaluate(const std::vector<Bank>& banks,
                                            const std::vector<PointSet>& sets) {
  BANACH_ASSERT(sets.size() == impl_->entries.size() && !banks.empty());
  std::vector<SlotTensors> slots;
  for (const auto& bank : banks) slots.push_back(slot_tensors(impl_->network->layout, bank));
  std::vector<Program::Run> runs(sets.size());
  int levels = 0;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    runs[i].set = &sets[i];
    runs[i].slots = &slots[0];
    runs[i].options = banks[0].parameters.options().requires_grad(false);
    levels = std::max(levels, impl_->entries[i].program->levels());
  }
  impl_->calls.begin();
  for (int level = 0; level < levels; ++level) {
    std::vector<NetworkCall> calls;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const Program& program = *impl_->entries[i].program;
      program.run(level, runs[i]);
      for (const auto& instruction : program.instructions())
        if (instruction.level == level && program.trace().node(instruction.node).op == Op::network)
          calls.push_back({&program, &instruction, &runs[i]});
    }
    impl_->calls.evaluate(calls, slots);
  }
  std::vector<at::Tensor> out;
  for (std::size_t i = 0; i < runs.size(); ++i)
    out.push_back(impl_->result(impl_->entries[i], runs[i]));
  return out;
}

void Evaluator::set_draw(std::uint64_t seed, std::int64_t step) {
  impl_->calls.set_draw(seed, step);
}

void Evaluator::update_statistics(at::Tensor& buffers) const {
  at::NoGradGuard no_grad;
  for (const auto& [number, batches] : impl_->calls.statistics()) {
    const Slot& slot = impl_->network->layout.slots()[static_cast<std::size_t>(number)];
    at::Tensor sum = at::zeros({slot.size}, buffers.options());
    double rows = 0;
    for (const auto& [value, count] : batches) {
      sum = at::add(sum, value, static_cast<double>(count));
      rows += static_cast<double>(count);
    }
    buffers.narrow(0, slot.offset, slot.size).lerp_(sum / rows, 0.1);
  }
}

int Evaluator::planes() const {
  int planes = 0;
  for (const auto& entry : impl_->entries)
    planes = std::max(planes, network_planes(entry.program->trace(), entry.program->plan()));
  return planes;
}

const GridArchitecture* Network::grid() const {
  return dynamic_cast<const GridArchitecture*>(architecture.get());
}

bool uses_batch_statistics(const Network& network) {
  if (network.grid()) return false;
  for (const auto& node : network.training_trace->nodes())
    if (node.op == Op::batch_mean) return true;
  return false;
}

void record(Network& network) {
  if (network.grid()) return;
  const auto once = [&](bool training, int& root) {
    auto trace = std::make_shared<Trace>(std::vector<std::string>{}, training);
    Trace::Scope scope(*trace);
    const auto input = [&](int index, int width, unsigned rows) {
      Node n;
      n.op = Op::input;
      n.index = index;
      n.width = width;
      n.rows = rows;
      return trace->add(n);
    };
    const auto& signature = network.signature;
    const Expression points = input(0, static_cast<int>(signature.coordinates.size()), point_rows);
    std::vector<std::pair<std::string, Expression>> functions;
    for (const auto& f : signature.functions)
      functions.emplace_back(
          f.name, input(static_cast<int>(functions.size()) + 1, f.sensors, function_rows));
    const Expression y = network.architecture->forward(Inputs(points, functions));
    if (y.width() != signature.outputs)
      throw ConfigError("the architecture returns " + std::to_string(y.width()) + " columns; " +
                        std::to_string(signature.outputs) + " outputs are needed");
    root = trace->node_of(y);
    return trace;
  };
  const auto twice = [&](bool training, int& root) {
    int second = -1;
    const auto trace = once(training, root), again = once(training, second);
    if (root != second || !(trace->nodes() == again->nodes()))
      throw ConfigError(
          "forward() gave two different records when called twice; it must be pure (no random "
          "numbers, "
          "no state)");
    return trace;
  };
  network.trace = twice(false, network.root);
  network.training_trace = twice(true, network.training_root);
  if (network.training_root == network.root &&
      network.training_trace->nodes() == network.trace->nodes())
    network.training_trace = network.trace;
}

}  // namespace banach
