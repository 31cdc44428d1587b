// SPDX-License-Identifier: Apache-2.0
#include "apps/operator_picture.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "apps/metrics_panels.hpp"
#include "apps/sample_field.hpp"
#include "core/operators/operator_validation.hpp"
#include "core/parameters/names.hpp"

namespace banach {
namespace {

constexpr std::size_t most_outputs = 2;
constexpr int sample_row = 330, sample_strip = 34;

struct ShownSample {
  std::int64_t number = 0;
  double error = 0;
  std::string title;
};

struct ShownOutput {
  std::string name;
  SampleField target, found, error;
};

struct SampleRow {
  std::string title, input_name;
  std::optional<SampleField> input;
  ShownOutput output;
};

// Of every sample, the mean over the unknowns; what is not finite counts as infinite.
std::vector<double> errors_of_samples(const LoadedRun& run, const OperatorData& data,
                                      const Dataset& dataset, Split split) {
  std::vector<double> out;
  OperatorValidation::visit(
      run.plan, data, data, dataset, split, run.banks,
      [&](const at::Tensor& outputs, const OperatorBatch& batch, const auto&) {
        const at::Tensor u = outputs.to(at::kDouble).flatten(2);
        const at::Tensor v = batch.outputs.to(at::kDouble).flatten(2);
        const at::Tensor ratio = ((u - v).norm(2, -1) / v.norm(2, -1)).mean(1).cpu().contiguous();
        out.insert(out.end(), ratio.data_ptr<double>(), ratio.data_ptr<double>() + ratio.numel());
      });
  for (double& error : out)
    if (!std::isfinite(error)) error = std::numeric_limits<double>::infinity();
  return out;
}

const char* split_name(Split split) {
  return split == Split::train ? "training" : split == Split::validation ? "validation" : "test";
}

std::vector<ShownSample> choose_samples(const std::vector<double>& errors, const Dataset& dataset,
                                        Split split) {
  std::vector<std::size_t> order(errors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return errors[a] < errors[b]; });
  std::vector<ShownSample> out;
  const auto add = [&](std::size_t i, const char* what) {
    const auto number = static_cast<std::int64_t>(i);
    out.push_back(
        {number, errors[i],
         fmt::format("{} of {} {} samples: relative L2 error {:.2e}, {}", what, errors.size(),
                     split_name(split), errors[i], dataset.origin(split, number))});
  };
  add(order[(order.size() - 1) / 2], "median");
  if (order.size() > 1) add(order.back(), "worst");
  return out;
}

// The newest channel of a window, else the first.
std::int64_t shown_channel(const OperatorData& data, const DataVariable& variable) {
  return data.info.time_values.empty() ? 0 : std::int64_t(variable.channels.size()) - 1;
}

void take_input(SampleRow& row, const OperatorData& data, const OperatorBatch& batch,
                std::int64_t sample, std::string& remarks) {
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    const DataVariable& variable = data.input(i);
    if (variable.axes.empty()) continue;
    const std::int64_t channel = shown_channel(data, variable);
    row.input_name = variable.channels[std::size_t(channel)];
    row.input = sample_field(data, variable.axes, batch.inputs[i][sample][channel], remarks);
    if (data.inputs.size() > 1)
      add_remark(remarks, fmt::format("one of {} inputs", data.inputs.size()));
    else if (variable.channels.size() > 1)
      add_remark(remarks, "input " + row.input_name);
    return;
  }
}

ShownOutput take_output(const OperatorData& data, const at::Tensor& found, const at::Tensor& target,
                        std::size_t unknown, std::string& remarks) {
  const auto k = static_cast<std::int64_t>(unknown);
  const at::Tensor u = found[k].to(at::kDouble), v = target[k].to(at::kDouble);
  std::string again;
  return {data.unknowns[unknown], sample_field(data, data.axes, v, remarks),
          sample_field(data, data.axes, u, again),
          sample_field(data, data.axes, (u - v).abs(), again)};
}

// Targets and predictions of some samples.
struct SomeSamples {
  OperatorBatch batch;
  at::Tensor found;  // [B, unknowns, extents...]
};

SomeSamples predict_samples(const LoadedRun& run, const Dataset& dataset, Split split,
                            const std::vector<ShownSample>& samples) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(samples.size());
  for (const auto& sample : samples) numbers.push_back(sample.number);
  const OperatorData& data = *run.plan.experiment.data;
  const auto options = run.options().requires_grad(false);
  at::NoGradGuard no_grad;
  SomeSamples out;
  out.batch = make_batch(data, dataset.read(split, numbers, NumberType::float64),
                         static_cast<std::int64_t>(numbers.size()), at::TensorOptions(at::kDouble));
  OperatorNetwork network(run.plan.experiment, run.plan.derivatives, Phase::evaluation, options);
  out.found = network.predict(run.banks[0], data, out.batch);
  return out;
}

std::vector<SampleRow> sample_rows(const LoadedRun& run, std::string& remarks) {
  const OperatorData& data = *run.plan.experiment.data;
  if (data.outputs.empty() || !data.size() || data.own_points) {
    add_remark(remarks, data.outputs.empty() ? "no samples: the data set has no outputs"
                                             : "no samples: each has points of its own");
    return {};
  }
  const auto dataset = Dataset::open(data.parameters);
  const Split split = filled_split(*dataset, Split::test);
  const auto samples =
      choose_samples(errors_of_samples(run, data, *dataset, split), *dataset, split);
  const auto [batch, found] = predict_samples(run, *dataset, split, samples);
  const std::size_t shown = std::min(most_outputs, data.unknowns.size());
  std::vector<SampleRow> rows;
  for (std::size_t s = 0; s < samples.size(); ++s)
    for (std::size_t k = 0; k < shown; ++k) {
      const auto at = static_cast<std::int64_t>(s);
      std::string ignored;
      std::string& said = rows.empty() ? remarks : ignored;
      SampleRow row;
      row.title = samples[s].title;
      take_input(row, data, batch, at, said);
      row.output = take_output(data, found[at], batch.outputs[at], k, said);
      rows.push_back(std::move(row));
    }
  if (shown < data.unknowns.size())
    add_remark(remarks, fmt::format("the first {} of {} unknowns", shown, data.unknowns.size()));
  return rows;
}

// Places the panels of a row one after another, its title above the first.
class RowPanels {
 public:
  RowPanels(Gnuplot& gnuplot, const PageLayout& layout, const SampleRow& row, int place)
      : gnuplot_(gnuplot), layout_(layout), place_(place) {
    columns_ = (row.input ? 1 : 0) + (row.output.target.axes.size() > 1 ? 3 : 2);
    gnuplot.script() << fmt::format("set label 1 {} at screen 0.5,{} center font ',12'\n",
                                    gnuplot_text(row.title), layout.strip_place(place));
  }
  void map(const SampleField& field, const std::string& title, const char* palette,
           std::pair<double, double> range) {
    draw_field_map(gnuplot_, field, next(), title, palette, range);
    gnuplot_.script() << "unset label 1\n";
  }
  void curves(const std::vector<FieldCurve>& curves, const std::string& title) {
    draw_field_curves(gnuplot_, curves, next(), title);
    gnuplot_.script() << "unset label 1\n";
  }

 private:
  std::string next() {
    layout_.place(gnuplot_.script(), place_, column_, columns_);
    return fmt::format("sample-{}-{}", place_, column_++);
  }
  Gnuplot& gnuplot_;
  const PageLayout& layout_;
  int place_, columns_ = 1, column_ = 0;
};

void draw_row(Gnuplot& gnuplot, const PageLayout& layout, const SampleRow& row, int place) {
  RowPanels panels(gnuplot, layout, row, place);
  if (row.input && row.input->axes.size() > 1)
    panels.map(*row.input, row.input_name + ", input", viridis, colour_range(row.input->values));
  else if (row.input)
    panels.curves({{&*row.input, "", "linewidth 1.4 linecolor '#228833'"}},
                  row.input_name + ", input");
  const auto& [name, target, found, error] = row.output;
  const double most = largest(error.values);
  const std::string off = fmt::format("|{} - target|, at most {:.2e}", name, most);
  if (target.axes.size() == 1) {
    panels.curves({{&found, "prediction", "linewidth 2 linecolor '#4477aa'"},
                   {&target, "target", "dashtype 2 linewidth 1.4 linecolor '#222222'"}},
                  name);
    panels.curves({{&error, "", "linewidth 1.4 linecolor '#ee6677'"}}, off);
    return;
  }
  const auto range = colour_range(target.values);
  panels.map(target, name + ", target", viridis, range);
  panels.map(found, name + ", prediction", viridis, range);
  panels.map(error, off, magma, {0, most > 0 ? most : 1});
}

}  // namespace

std::string draw_operator(const LoadedRun& run, const std::filesystem::path& picture, int width) {
  const History metrics = history_of(run.path, run.plan.experiment.unknowns);
  std::string remarks;
  const auto rows = sample_rows(run, remarks);
  const PageLayout layout(std::max(1, metrics.rows() + static_cast<int>(rows.size())), sample_row,
                          sample_strip);
  const double scale = 1.0 * width / usual_width;  // letters shrink less than the picture
  Gnuplot gnuplot(picture, width, static_cast<int>(std::lround(layout.height * scale)),
                  std::sqrt(scale));
  const auto name = std::filesystem::weakly_canonical(run.path).filename().string();
  begin_page(gnuplot.script(), fmt::format("{}, step {}{}{}", name, run.state.step,
                                           remarks.empty() ? "" : ", ", remarks));
  draw_metrics(gnuplot, layout, metrics);
  int place = metrics.rows();
  for (const auto& row : rows) draw_row(gnuplot, layout, row, place++);
  gnuplot.script() << "unset multiplot\n";
  gnuplot.draw();
  return remarks;
}

}  // namespace banach
