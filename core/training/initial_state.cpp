// SPDX-License-Identifier: Apache-2.0
#include "core/training/initial_state.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/parameters/json_text.hpp"
#include "core/training/points.hpp"

namespace banach {
namespace {

at::Tensor to_vector(const std::vector<double>& values, at::ScalarType dtype) {
  at::Tensor out = at::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), out.data_ptr<double>());
  return out.to(dtype);
}

class FreshPreparation final : public Preparation {
 public:
  FreshPreparation(const RunPlan& plan, std::vector<double>& parameters,
                   std::vector<double>& buffers)
      : plan_(plan), parameters_(parameters), buffers_(buffers) {}

  std::vector<double> points(int n) override {
    const Experiment& e = plan_.experiment;
    const Domain domain = relative_to(e.domain, e.origins, e.domain);
    const std::size_t axes = domain.size();
    std::vector<double> out(static_cast<std::size_t>(n) * axes);
    stream().child(1).uniform(static_cast<std::int64_t>(out.size()), out.data());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto& [name, lower, upper, closed] = domain[i % axes];
      out[i] = lower + (upper - lower) * out[i];
    }
    return out;
  }
  const Snapshots& snapshots() override {
    if (snapshots_.count == 0 && plan_.experiment.data) read_snapshots();
    return snapshots_;
  }
  Stream stream() const override { return Stream(plan_.seed, "prepare"); }

  void set(int number, const std::vector<double>& values) override {
    const auto& slots = plan_.experiment.network->layout.slots();
    if (number < 0 || static_cast<std::size_t>(number) >= slots.size())
      throw ConfigError("prepare: there is no parameter number " + std::to_string(number));
    const Slot& slot = slots[static_cast<std::size_t>(number)];
    if (values.size() != static_cast<std::size_t>(slot.size))
      throw ConfigError("prepare: parameter \"" + slot.name + "\" takes " +
                        std::to_string(slot.size) + " numbers, got " +
                        std::to_string(values.size()));
    auto& vector = slot.trainable ? parameters_ : buffers_;
    std::copy(values.begin(), values.end(),
              vector.begin() + static_cast<std::ptrdiff_t>(slot.offset));
  }

 private:
  // Outputs of at most 1 GB of training samples, as the network has to give them.
  void read_snapshots() {
    const OperatorData& data = *plan_.experiment.data;
    if (!data.points.defined() || data.outputs.empty()) return;
    const auto dataset = plan_.dataset();
    const auto width = static_cast<std::int64_t>(data.unknowns.size());
    const std::int64_t numbers = data.size() * width;
    const std::int64_t labelled = data.parameters.labelled;
    std::int64_t count = dataset->size(Split::train);
    if (labelled > 0) count = std::min(count, labelled);
    count = std::min(count, std::max<std::int64_t>(1, (std::int64_t{1} << 27) / numbers));
    std::vector<std::int64_t> which(static_cast<std::size_t>(count));
    std::iota(which.begin(), which.end(), std::int64_t{0});
    const auto options = at::TensorOptions(at::kDouble);
    const OperatorBatch batch =
        make_batch(data, dataset->read(Split::train, which, NumberType::float64), count, options);
    const at::Tensor values = Scaling()
                                  .to(plan_.experiment.normaliser.output(), batch.outputs)
                                  .flatten(2)
                                  .transpose(1, 2)
                                  .contiguous();
    const auto numbers_of = [](const at::Tensor& t) {
      const double* first = t.data_ptr<double>();
      return std::vector<double>(first, first + t.numel());
    };
    const at::Tensor points =
        point_tensor(data.from_origin(data.points), plan_.experiment.origins, options);
    snapshots_ = {count, data.size(), numbers_of(points.contiguous()), numbers_of(values)};
  }

  const RunPlan& plan_;
  std::vector<double>&parameters_, &buffers_;
  Snapshots snapshots_;
};

nlohmann::json slots_json(const Layout& layout) {
  auto out = nlohmann::json::array();
  for (const auto& slot : layout.slots())
    out.push_back({{"name", slot.name}, {"shape", slot.shape}});
  return out;
}

/// Shapes by name.
Table table_of(const nlohmann::json& slots) {
  Table out;
  for (const auto& slot : slots)
    out.set(slot.value("name", ""), json_text(slot.value("shape", nlohmann::json())));
  return out;
}

}  // namespace

RunState initial_state(const RunPlan& plan, std::vector<std::string>* notices) {
  std::vector<double> parameters, buffers;
  const Experiment& experiment = plan.experiment;
  initialise(experiment.network->layout, plan.seed, parameters, buffers);
  if (experiment.data) {
    const auto found =
        experiment.normaliser.fit(*plan.dataset(), experiment.network->layout, buffers);
    if (notices) notices->insert(notices->end(), found.begin(), found.end());
  }
  FreshPreparation preparation(plan, parameters, buffers);
  // Recorded as const; preparing changes slots alone.
  std::const_pointer_cast<Architecture>(plan.experiment.network->architecture)
      ->prepare(preparation);
  RunState out;
  const at::ScalarType dtype = plan.stages.front().dtype;
  out.parameters = to_vector(parameters, dtype);
  out.buffers = to_vector(buffers, dtype);
  out.slots = slots_json(plan.experiment.network->layout);
  if (experiment.data) {
    out.dataset = to_json(experiment.data->info);
    out.scales = experiment.normaliser.numbers();
  }
  return out;
}

void take_scales(const RunState& state, const RunPlan& plan, const Dataset* dataset) {
  const Experiment& experiment = plan.experiment;
  if (!experiment.data) return;
  if (state.scales.defined())
    experiment.normaliser.set(state.scales);
  else
    experiment.normaliser.take(experiment.network->layout, state.buffers, dataset);
}

void check_fits(const RunState& state, const RunPlan& plan) {
  const Layout& layout = plan.experiment.network->layout;
  const auto now = slots_json(layout);
  if (state.slots == now && state.parameters.numel() == layout.parameters() &&
      state.buffers.numel() == layout.buffers())
    return;
  throw DataError("the checkpoint has " + std::to_string(state.parameters.numel()) +
                  " parameters and " + std::to_string(state.buffers.numel()) +
                  " fixed numbers, the configuration asks for " +
                  std::to_string(layout.parameters()) + " and " + std::to_string(layout.buffers()) +
                  ": the plugin of the architecture or problem has changed since:\n" +
                  to_text(differences(table_of(state.slots), table_of(now))));
}

}  // namespace banach
