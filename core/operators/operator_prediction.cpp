// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_prediction.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>

#include "core/operators/data_match.hpp"
#include "core/operators/operator_validation.hpp"
#include "core/operators/prediction_file.hpp"
#include "core/run/signals.hpp"
#include "datasets/path_members.hpp"

namespace banach {
namespace {

struct NewData {
  std::shared_ptr<const Dataset> dataset;
  std::shared_ptr<const OperatorData> data;
};

const Problem* named_problem(const RunPlan& plan) {
  return plan.configuration.problem.find("type") ? plan.experiment.problem.get() : nullptr;
}

NewData open_with(const RunPlan& plan, DatasetParameters parameters) {
  NewData out;
  out.dataset = Dataset::open(parameters);
  out.data = make_operator_data(parameters, out.dataset->info(), named_problem(plan));
  return out;
}

// Everything in the files is one split, in its order; no generator, no other files.
DatasetParameters for_files(const DatasetParameters& trained,
                            const std::vector<std::string>& files) {
  DatasetParameters out = trained;
  out.files = files;
  out.train.reset(), out.validation.reset();
  out.test.clear();
  out.generate = Table();
  out.labelled = 0;
  out.split = {};
  out.split.train.text = "0:0", out.split.validation.text = "0:0", out.split.test.text = "0:";
  return out;
}

// Whether the files may be meant as inputs alone.
bool may_lack_outputs(const DatasetParameters& parameters) {
  if (parameters.outputs.empty()) return parameters.window.has_value();
  const auto files = find_data_files(parameters.files);
  const Hdf5Reader file(files.front().path);
  return std::none_of(parameters.outputs.begin(), parameters.outputs.end(), [&](const auto& one) {
    const PathPattern pattern(one.second.path);
    if (pattern.names().empty()) return file.is_dataset(one.second.path);
    try {
      return !expand_path(file, pattern, parameters.time_decimal).empty();
    } catch (const DataError&) {
      return false;
    }
  });
}

NewData open_inputs(const RunPlan& plan, const DatasetParameters& all) {
  NewData out;
  out.dataset = Dataset::open_inputs(all, plan.experiment.data->info);
  DatasetParameters inputs = all;
  inputs.outputs.clear();
  out.data = make_operator_data(inputs, out.dataset->info(), named_problem(plan));
  return out;
}

std::string name_of(const std::vector<std::string>& files) {
  if (files.size() == 1) return files.front();
  return fmt::format("{} and {} more", files.front(), files.size() - 1);
}

NewData open_new(const RunPlan& plan, const std::vector<std::string>& files) try {
  const DatasetParameters all = for_files(*plan.configuration.dataset, files);
  try {
    return open_with(plan, all);
  } catch (const Error& error) {
    if (error.code() == Exit::no_input || !may_lack_outputs(all)) throw;
  }
  return open_inputs(plan, all);
} catch (const ConfigError& error) {  // the mapping fitted the training files: these are to blame
  throw DataError(name_of(files) + ": " + error.what());
} catch (const DataError& error) {
  const std::string text = error.what();
  if (error.code() == Exit::no_input || text.find(files.front()) != std::string::npos) throw;
  throw DataError(name_of(files) + ": " + text);
}

// Coordinates as the file has them, [B, dimensions, points]; undefined where all samples share
// them.
at::Tensor own_points(const NewData& input, const std::vector<std::int64_t>& samples) {
  if (!input.data->own_points) return {};
  const std::size_t i = *input.data->own_points;
  const DataVariable& variable = input.data->info.variables[i];
  auto arrays = input.dataset->read(Split::test, samples, NumberType::float64);
  const auto dimensions = static_cast<std::int64_t>(variable.channels.size());
  const auto count = static_cast<std::int64_t>(samples.size());
  return at::from_blob(arrays[i].bytes.data(),
                       {count, dimensions, input.data->info.numbers(variable) / dimensions},
                       at::kDouble)
      .clone();
}

// Points of samples' own beside the range of those that were learnt.
struct Outside {
  std::int64_t points = 0, all = 0;

  void count(const at::Tensor& own, const Domain& learnt) {
    if (!own.defined()) return;
    at::Tensor out = at::zeros({own.size(0), own.size(2)}, at::kBool);
    for (std::size_t d = 0; d < learnt.size(); ++d) {
      const Axis& axis = learnt[d];
      const double near = 1e-6 * (axis.upper - axis.lower);
      const at::Tensor x = own.select(1, static_cast<std::int64_t>(d));
      out = out.logical_or((x < axis.lower - near).logical_or(x > axis.upper + near));
    }
    points += out.sum().item<std::int64_t>(), all += out.numel();
  }
  void tell(const std::string& files, std::vector<std::string>& notices) const {
    const std::string what = fmt::format(
        "{}: {} of {} points lie outside the range of the training's points, where "
        "nothing was learnt",
        files, points, all);
    if (points > 0 && points == all) throw DataError(what);
    if (points > 0) notices.push_back(what);
  }
};

}  // namespace

OperatorPredictionReport predict_operator(const RunPlan& plan, const std::vector<Bank>& banks,
                                          const std::vector<std::string>& files,
                                          const std::string& run,
                                          const std::filesystem::path& out) {
  if (out.extension() != ".h5" && out.extension() != ".hdf5")
    throw Error(Exit::usage,
                fmt::format("{}: predictions of an operator are written as .h5", out.string()));
  NewData input = open_new(plan, files);
  if (const auto text = other_units(plan.experiment.data->info, input.dataset->info());
      !text.empty())
    throw DataError(fmt::format("{}: {}", name_of(files), text));
  if (!input.data->own_points && !input.data->points.defined())
    throw ConfigError(name_of(files) +
                      ": neither it nor the run's [dataset] says on which points the solution is "
                      "wanted: name outputs in [dataset.outputs], with their coordinates");
  MatchedData matched = match_data(plan.experiment, input.data, name_of(files));
  input.data = matched.data;
  const OperatorData& data = *input.data;
  Outside outside;
  OperatorPredictionReport report;
  report.notices = std::move(matched.notices);
  report.samples = input.dataset->size(Split::test);
  report.targets = !data.outputs.empty();
  PredictionFile file(out, data, plan.experiment.unknowns, report.samples, report.targets);
  OperatorValidation::visit(
      plan, data, data, *input.dataset, Split::test, banks,
      [&](const at::Tensor& outputs, const OperatorBatch& batch, const auto& samples) {
        require_no_signal();
        if (!at::isfinite(outputs).all().item<bool>())
          throw DataError(
              fmt::format("{}: predictions of samples {} to {} are not finite: their inputs are "
                          "beyond what the "
                          "run's dtype can hold in units of the training data",
                          name_of(files), samples.front(), samples.back()));
        const at::Tensor own = own_points(input, samples);
        outside.count(own, plan.experiment.data->domain);
        file.write(outputs, batch, samples.front(), own);
      });
  outside.tell(name_of(files), report.notices);
  file.state_units(*plan.experiment.data);
  report.xdmf = file.commit(run);
  return report;
}

}  // namespace banach
