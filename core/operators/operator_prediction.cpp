// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_prediction.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include "core/operators/operator_validation.hpp"
#include "core/operators/xdmf.hpp"

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

// Files to predict for need no outputs; the points of the training then say where.
NewData open_new(const RunPlan& plan, const std::vector<std::string>& files) {
  const DatasetParameters all = for_files(*plan.configuration.dataset, files);
  try {
    return open_with(plan, all);
  } catch (const DataError& error) {
    if (all.outputs.empty() || error.code() == Exit::no_input) throw;
    DatasetParameters inputs = all;
    inputs.outputs.clear();
    try {
      return open_with(plan, inputs);
    } catch (const Error&) {
      throw error;  // it says more
    }
  }
}

// Where the outputs lie: on the new data's own points, or on those of the training.
const OperatorData& geometry(const RunPlan& plan, const OperatorData& data) {
  if (data.own_points) return data;
  return data.outputs.empty() && data.axes != plan.experiment.data->axes ? *plan.experiment.data
                                                                         : data;
}

class PredictionFile {
 public:
  PredictionFile(const std::filesystem::path& out, const OperatorData& where,
                 const Unknowns& unknowns, std::int64_t samples, bool targets)
      : file_(out), unknowns_(unknowns), targets_(targets) {
    if (where.own_points)
      for (const auto& axis : where.domain) own_.push_back("coords/" + axis.name);
    file_.dimension("sample", samples);
    shape_ = {samples};
    scales_ = {"sample"};
    for (const auto& name : where.axes) {
      const DataAxis& axis = *where.info.axis(name);
      shape_.push_back(axis.size);
      scales_.push_back(name);
      if (axis.values.empty())
        file_.dimension(name, axis.size);
      else
        file_.add(name, {axis.size}, axis.values);
      if (axis.periodic) file_.attribute(name, "periodic", std::int64_t{1});
      if (!axis.units.empty()) file_.attribute(name, "units", axis.units);
    }
    for (const auto& name : own_) create(name);
    if (!where.grid && own_.empty()) write_points(where);
    for (const auto& unknown : unknowns)
      for (const auto& kind : kinds()) create(unknown + "/" + kind);
  }

  void write(const at::Tensor& outputs, const OperatorBatch& batch, std::int64_t first) {
    for (std::size_t d = 0; d < own_.size(); ++d)
      put(own_[d], batch.points.select(2, static_cast<std::int64_t>(d)), first);
    for (std::size_t k = 0; k < unknowns_.size(); ++k) {
      const auto channel = static_cast<std::int64_t>(k);
      const at::Tensor found = outputs.select(1, channel);
      put(unknowns_[k] + "/prediction", found, first);
      if (!targets_) continue;
      const at::Tensor target = batch.outputs.select(1, channel);
      put(unknowns_[k] + "/target", target, first);
      put(unknowns_[k] + "/error", found - target, first);
    }
  }
  Hdf5Writer& file() { return file_; }
  std::vector<std::string> kinds() const {
    if (targets_) return {"prediction", "target", "error"};
    return {"prediction"};
  }

 private:
  void create(const std::string& name) {
    file_.create<float>(name, shape_);
    for (std::size_t i = 0; i < scales_.size(); ++i)
      file_.attach(name, static_cast<int>(i), scales_[i]);
  }
  void put(const std::string& name, const at::Tensor& values, std::int64_t first) {
    const at::Tensor flat = values.to(at::kFloat).cpu().contiguous();
    const std::int64_t each = flat.numel() / std::max<std::int64_t>(1, flat.size(0));
    file_.write(name, first * each, flat.numel(), flat.data_ptr<float>());
  }
  void write_points(const OperatorData& where) {
    const at::Tensor points = where.points.contiguous();
    for (std::size_t d = 0; d < where.domain.size(); ++d) {
      const at::Tensor column = points.select(1, static_cast<std::int64_t>(d)).contiguous();
      const double* first = column.data_ptr<double>();
      file_.add("coords/" + where.domain[d].name, {column.numel()},
                std::vector<double>(first, first + column.numel()));
    }
  }

  Hdf5Writer file_;
  Unknowns unknowns_;
  bool targets_;
  Shape shape_;
  std::vector<std::string> scales_, own_;  // own_: coordinates that every sample has of its own
};

// Units of the outputs, as the training data stated them.
void write_units(PredictionFile& file, const OperatorData& trained, const Unknowns& unknowns) {
  std::size_t k = 0;
  for (const std::size_t i : trained.outputs)
    for (std::size_t c = 0; c < trained.info.variables[i].channels.size(); ++c, ++k)
      if (const auto& units = trained.info.variables[i].units; !units.empty())
        for (const auto& kind : file.kinds())
          file.file().attribute(unknowns[k] + "/" + kind, "units", units);
}

}  // namespace

OperatorPredictionReport predict_operator(const RunPlan& plan, const std::vector<Bank>& banks,
                                          const std::vector<std::string>& files,
                                          const std::string& run,
                                          const std::filesystem::path& out) {
  if (out.extension() != ".h5" && out.extension() != ".hdf5")
    throw Error(Exit::usage,
                fmt::format("{}: predictions of an operator are written as .h5", out.string()));
  const NewData input = open_new(plan, files);
  if (const auto text = other_units(plan.experiment.data->info, input.dataset->info());
      !text.empty())
    throw DataError(fmt::format("{}: {}", files.front(), text));
  const OperatorData& where = geometry(plan, *input.data);
  OperatorPredictionReport report;
  report.samples = input.dataset->size(Split::test);
  report.targets = !input.data->outputs.empty();
  PredictionFile file(out, where, plan.experiment.unknowns, report.samples, report.targets);
  OperatorValidation::visit(
      plan, where, *input.data, *input.dataset, Split::test, banks,
      [&](const at::Tensor& outputs, const OperatorBatch& batch, const auto& samples) {
        file.write(outputs, batch, samples.front());
      });
  write_units(file, *plan.experiment.data, plan.experiment.unknowns);
  file.file().attribute("/", "format", std::string("banach predictions 1"));
  file.file().attribute("/", "run", run);
  file.file().commit();
  if (!where.own_points)
    report.xdmf = write_xdmf(out, where, plan.experiment.unknowns, file.kinds(), report.samples);
  return report;
}

}  // namespace banach
