// SPDX-License-Identifier: Apache-2.0
// A run directory read back: configuration, plugins, problem, network and its parameters.
#pragma once
#include "banach/model.hpp"
#include "core/training/run_plan.hpp"
#include "core/training/run_state.hpp"

namespace banach {

/// What the run reported of itself in result.json; before it has finished, what is known so far.
struct RunRecord {
  double train_seconds = 0;
  std::string stop_reason;  // or "not finished"
};

struct LoadedRun {
  std::filesystem::path path, checkpoint;
  std::unique_ptr<Registry> registry;
  std::unique_ptr<PluginManager> plugins;
  RunPlan plan;  // its device is the one that was asked for
  RunState state;
  std::vector<Bank> banks;  // the parameters of every window, on the device
  RunRecord record;
  std::vector<std::string> notices;  // what a user should know: fallbacks, other plugin versions

  at::TensorOptions options() const { return banks[0].parameters.options(); }
};

/// Reads a run without touching it, so that it may still be in use. The configuration is the one
/// inside the checkpoint. DataError with Exit::no_input where there is no run or checkpoint,
/// Exit::bad_data where none holds or the parameters do not fit the architecture; PluginError and
/// ConfigError as for training.
BANACH_API LoadedRun load_run(const std::filesystem::path& path, const LoadOptions& options = {});

/// Used plugins whose version, or file outside of the installation, is another than the one that
/// the state was saved with, a sentence each.
BANACH_API std::vector<std::string> plugin_changes(const RunState& state,
                                                   const PluginManager& plugins);

/// Learnable coefficients with the values that were found.
BANACH_API std::vector<std::pair<Coefficient, double>> found_coefficients(const LoadedRun& run);

}  // namespace banach
