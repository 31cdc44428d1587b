// SPDX-License-Identifier: Apache-2.0
// The first stage of a configuration, step by step, with measurements where they are wanted.
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

struct BenchRun {
  RunPlan plan;
  at::TensorOptions options;
  RunState state;
  ResidualObjective objective;
  Collocation points;
  Validation validation;
  std::unique_ptr<ProjectedObjective> projected;

  BenchRun(const Table& table, const BenchCatalog& catalog)
      : plan(make_plan(table, catalog.registry, catalog.plugins)),
        options(plan.stages[0].dtype),
        state(initial_state(plan)),
        objective(plan.experiment, plan.weights, plan.derivatives, state.parameters.to(options),
                  state.buffers.to(options)),
        points(plan.experiment, plan.stages[0].sampling, plan.seed, options),
        validation(plan.experiment, plan.derivatives,
                   make_grid(plan.experiment.domain, plan.configuration.evaluate.grid), 1,
                   plan.weights, plan.seed, options) {
    objective.set_points(points.at_step(0));
    if (plan.stages[0].parameters.variable_projection)
      projected =
          std::make_unique<ProjectedObjective>(objective, last_layer(*plan.experiment.network));
    plan.stages[0].optimizer->reset(minimised().parameters());
  }
  Objective& minimised() { return projected ? static_cast<Objective&>(*projected) : objective; }

  /// Step number `index`, as training does it.
  void step(std::int64_t index) {
    StagePlan& stage = plan.stages[0];
    const double factor = stage.schedule->factor(index, stage.parameters.steps);
    objective.set_points(points.at_step(index));
    stage.optimizer->step(minimised(), *stage.parameters.lr * factor);
    if (projected) projected->settle();
  }
  Measurement measure() {
    return validation.measure({{objective.parameters().detach(), objective.buffers()}});
  }
};

}  // namespace banach
