// SPDX-License-Identifier: Apache-2.0
#include "core/training/stage_needs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/training/catalog_choice.hpp"
#include "core/training/last_layer.hpp"
#include "core/training/levels.hpp"

namespace banach {
namespace {

const std::string other_optimizer = "use one that needs gradients only, such as lbfgs";

// Whether other points are drawn from step to step.
bool moves(const RecordedTerm& recorded, const SamplingChoice& choice, const Domain& domain) {
  const Region& region = recorded.term.region;
  if (choice.refresh == 0 || !choice.sampler) return false;
  for (const Node& node : recorded.residual.trace->nodes())
    if (node.op == Op::data && (node.rows & node_rows)) return true;
  const bool one_point = region.kind == Region::Kind::face && domain.size() == 1;
  return region.kind != Region::Kind::points && !one_point && choice.sampler->random();
}

bool drops_out(const Network& network) {
  if (!network.training_trace) return false;
  const auto& nodes = network.training_trace->nodes();
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const Node& node) { return node.op == Op::dropout; });
}

// What keeps the loss of a stage from being the same function at every step; empty if nothing.
std::string moving_loss(const RunPlan& plan, const StagePlan& stage, const StageParameters& p) {
  const Experiment& experiment = plan.experiment;
  if (plan.opened && p.batch > 0 && p.batch < plan.opened->size(Split::train))
    return fmt::format("samples at each: set batch = 0 (all {}) instead of {}",
                       plan.opened->size(Split::train), p.batch);
  for (std::size_t i = 0; i < stage.sampling.size(); ++i) {
    const RecordedTerm& recorded = experiment.terms[i];
    if (moves(recorded, stage.sampling[i], experiment.domain))
      return fmt::format(
          "points at each, term \"{}\" draws others: set sampling.refresh = 0 (or sampling = {{ "
          "refresh = 0 }} in the stage)",
          recorded.term.name);
    if (recorded.batch > 0 &&
        recorded.batch < static_cast<std::int64_t>(recorded.term.region.points.size()))
      return fmt::format("points at each: set observations.{}.batch = 0", recorded.term.name);
  }
  if (drops_out(*experiment.network))
    return "neurons at each: set architecture.dropout = 0, or end with a stage of such an "
           "optimizer in another run";
  return "";
}

// Why the loss has no residuals, and what to do then; empty if it has.
std::string no_residuals(const RunPlan& plan, const std::string& remedy = other_optimizer) {
  if (plan.experiment.data) return "the loss of a data set is none: " + remedy;
  for (const auto& recorded : plan.experiment.terms)
    if (recorded.term.kind != Term::Kind::squares)
      return fmt::format("term \"{}\" is the mean of an energy density: {}", recorded.term.name,
                         remedy);
  if (plan.configuration.regularisation.l1 > 0) return "regularisation.l1 is none: use l2 instead";
  return "";
}

std::int64_t size_of(const Ranges& ranges) {
  std::int64_t out = 0;
  for (const auto& range : ranges) out += range.second;
  return out;
}

// Why the last layer of a stage cannot be found by least squares; empty if it can.
std::string no_projection(const RunPlan& plan, const StagePlan& stage, const Ranges& part) {
  if (const auto why = no_residuals(plan); !why.empty())
    return "the loss is no sum of squares: " + why;
  if (!stage.optimizer->needs().full_batch)
    return "needs an optimizer that works on the same points at every step, such as ssbroyden or "
           "levenberg_marquardt";
  const std::int64_t linear = size_of(last_layer(*plan.experiment.network, part));
  if (linear == 0)
    return fmt::format("architecture \"{}\" does not end with a linear layer: leave it out",
                       plan.configuration.architecture.text("type"));
  if (linear == size_of(part))
    return "the last layer holds all parameters: use gauss_newton without it";
  if (const auto term = nonlinear_term(plan.experiment); !term.empty())
    return fmt::format(
        "term \"{}\" is not linear in the solution, so the last layer is no linear least-squares "
        "problem: leave it out",
        term);
  return "";
}

// Why a stage cannot train a level; empty if it can.
std::string no_level(const RunPlan& plan, std::int64_t level) {
  const Network& network = *plan.experiment.network;
  const std::string type = plan.configuration.architecture.text("type");
  const auto levels = network.architecture->levels();
  const auto count = static_cast<std::int64_t>(levels.size());
  if (count == 0) return fmt::format("architecture \"{}\" has no levels: leave level out", type);
  if (level < 1 || level > count)
    return fmt::format("architecture \"{}\" has levels 1 to {}: there is no level {}", type, count,
                       level);
  if (levels[static_cast<std::size_t>(level - 1)].amplitude < 0) return "";
  if (const auto why = no_residuals(plan, "train a single network instead"); !why.empty())
    return fmt::format("level {} begins with what is left of a sum of squares, and {}", level, why);
  if (last_layer(network, level_parameters(network, level)).empty())
    return fmt::format(
        "level {} of architecture \"{}\" does not end with a linear layer, from which its "
        "amplitude is found",
        level, type);
  return "";
}

// Every level that is zero until it begins has a stage of its own.
void check_levels(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  const auto levels = plan.experiment.network->architecture->levels();
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const auto number = std::optional(static_cast<std::int64_t>(k + 1));
    const auto& stages = plan.configuration.stages;
    const bool named = std::any_of(stages.begin(), stages.end(),
                                   [&](const auto& stage) { return stage.level == number; });
    if (levels[k].amplitude >= 0 && !named)
      diagnostics.error(source_of(&table, "stage"),
                        fmt::format("stage: none has level = {0}, so that level {0} of "
                                    "architecture \"{1}\" would stay zero: add one, or take fewer "
                                    "levels",
                                    *number, plan.configuration.architecture.text("type")));
  }
}

// What a stage trains; all parameters where it names no level.
Ranges part_of(const RunPlan& plan, const StageParameters& p) {
  const Network& network = *plan.experiment.network;
  if (p.level) return level_parameters(network, *p.level);
  return {{0, network.layout.parameters()}};
}

std::vector<ParameterBlock> blocks_of(const Layout& layout, const Ranges& part) {
  std::vector<ParameterBlock> out;
  std::int64_t before = 0;
  for (const auto& [first, size] : part) {
    for (const auto& slot : layout.slots())
      if (slot.trainable && slot.offset >= first && slot.offset + slot.size <= first + size)
        out.push_back({slot.name, slot.shape, before + slot.offset - first, slot.size});
    before += size;
  }
  return out;
}

void check_stage(const RunPlan& plan, std::size_t i, const Source& source,
                 Diagnostics& diagnostics) {
  const StagePlan& stage = plan.stages[i];
  const StageParameters& p = plan.configuration.stages[i];
  const Needs needs = stage.optimizer->needs();
  const Ranges part = part_of(plan, p);
  const auto report = [&](const std::string& text) {
    diagnostics.error(source, fmt::format("stage.{}.optimizer: {} {}", i, p.optimizer, text));
  };
  if (needs.full_batch)
    if (const auto why = moving_loss(plan, stage, p); !why.empty())
      report("compares the losses of successive steps and needs the same " + why);
  if (needs.squares)
    if (const auto why = no_residuals(plan); !why.empty())
      report("needs a loss that is a sum of squares, and " + why);
  if ((needs.full_batch || needs.squares) && p.clip)
    report(
        "finds the length of its steps itself, a clipped gradient would mislead it: remove clip");
  if (p.variable_projection)
    if (const auto why = no_projection(plan, stage, part); !why.empty())
      diagnostics.error(source, fmt::format("stage.{}.variable_projection: {}", i, why));
  const std::int64_t count = size_of(part);
  if (needs.most_parameters > 0 && count > needs.most_parameters)
    report(
        fmt::format("keeps a dense matrix, {:.1f} GB for {} parameters: use lbfgs, or "
                    "levenberg_marquardt with fewer points than parameters",
                    4e-9 * static_cast<double>(count) * static_cast<double>(count), count));
}

}  // namespace

void settle_optimizers(RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  auto& stages = plan.configuration.stages;
  if (plan.experiment.network) check_levels(plan, table, diagnostics);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto& optimizer = plan.stages[i].optimizer;
    if (!optimizer) continue;
    if (!stages[i].lr) stages[i].lr = optimizer->default_rate();
    if (!plan.experiment.network) continue;
    if (stages[i].level)
      if (const auto why = no_level(plan, *stages[i].level); !why.empty()) {
        diagnostics.error(source_of(stage_table(table, i), "level"),
                          fmt::format("stage.{}.level: {}", i, why));
        continue;
      }
    optimizer->describe_parameters(
        blocks_of(plan.experiment.network->layout, part_of(plan, stages[i])));
    check_stage(plan, i, source_of(stage_table(table, i), "optimizer"), diagnostics);
  }
}

std::vector<std::string> stage_warnings(const RunPlan& plan) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < plan.stages.size(); ++i)
    if (plan.stages[i].dtype == at::kFloat && plan.stages[i].optimizer->needs().float64)
      out.push_back(
          fmt::format("stage.{}: {} comes to a halt early in float32: set dtype = "
                      "\"float64\" for the stage or the run",
                      i, plan.stages[i].parameters.optimizer));
  return out;
}

}  // namespace banach
