// SPDX-License-Identifier: Apache-2.0
// The stages of a configuration, step by step, with measurements where they are wanted.
#pragma once
#include "core/optimizers/enroll.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/last_layer.hpp"
#include "core/training/residual_objective.hpp"
#include "core/training/validation.hpp"

namespace banach {

/// What the engine brings, and all plugins of the search path.
struct BenchCatalog {
  Registry registry;
  PluginManager plugins{registry, true};
  BenchCatalog() {
    enroll_samplers(registry);
    enroll_schedules(registry);
    enroll_optimizers(registry);
    plugins.discover({});
  }
};

/// A run without windows, in the dtype of its first stage throughout.
struct BenchRun {
  RunPlan plan;
  at::TensorOptions options;
  RunState state;
  ResidualObjective objective;
  Validation validation;
  std::unique_ptr<Collocation> points;
  std::unique_ptr<ProjectedObjective> projected;
  std::size_t stage = 0;
  std::int64_t done = 0, stage_done = 0;  // steps

  BenchRun(const Table& table, const BenchCatalog& catalog)
      : plan(make_plan(table, catalog.registry, catalog.plugins)),
        options(plan.stages[0].dtype),
        state(initial_state(plan)),
        objective(plan.experiment, plan.weights, plan.derivatives, state.parameters.to(options),
                  state.buffers.to(options)),
        validation(plan.experiment, plan.derivatives,
                   make_grid(plan.experiment.domain, plan.configuration.evaluate.grid), 1,
                   plan.weights, plan.seed, options) {
    begin_stage(0);
  }
  StagePlan& present() { return plan.stages[stage]; }
  Objective& minimised() { return projected ? static_cast<Objective&>(*projected) : objective; }

  /// From the parameters as they are.
  void begin_stage(std::size_t index) {
    stage = index, stage_done = 0;
    points = std::make_unique<Collocation>(plan.experiment, present().sampling, plan.seed, options);
    objective.set_points(points->at_step(done));
    projected.reset();
    if (present().parameters.variable_projection)
      projected =
          std::make_unique<ProjectedObjective>(objective, last_layer(*plan.experiment.network));
    present().optimizer->reset(minimised().parameters());
  }
  /// The next step, as training does it.
  void step() {
    const double factor = present().schedule->factor(stage_done++, present().parameters.steps);
    objective.set_points(points->at_step(done++));
    present().optimizer->step(minimised(), *present().parameters.lr * factor);
    if (projected) projected->settle();
  }
  Measurement measure() {
    return validation.measure({{objective.parameters().detach(), objective.buffers()}});
  }
};

}  // namespace banach
