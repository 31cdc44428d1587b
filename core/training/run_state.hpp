// SPDX-License-Identifier: Apache-2.0
// Everything that a run remembers between two steps, and its form in a checkpoint.
#pragma once
#include "core/executor/evaluator.hpp"
#include "core/optimizers/optimizer.hpp"
#include "core/run/container.hpp"

namespace banach {

struct RunState {
  at::Tensor parameters, buffers;  // flat, on the CPU in checkpoints
  /// Those of the windows that are done, [windows, numbers]; undefined before the second window.
  at::Tensor done_parameters, done_buffers;
  std::int64_t window = 0;  // that is being trained
  std::int64_t draw = -1;   // the way in which its frozen layers were drawn; -1: not chosen
  at::Tensor scales;        // of a data set's inputs and outputs, float64; undefined in runs that
                            // kept none: their losses were in the outputs' own units
  at::Tensor spacing;       // [axes, knots] of its points, as Collocation's; undefined: as sampled
  State optimizer;
  std::vector<double> schedule;
  std::int64_t step = 0, stage = 0, stage_step = 0;
  std::string stage_stop;  // why the stage is over; empty while it runs or when its steps are done
  std::optional<double> best, plateau_best;
  std::int64_t best_step = 0, plateau_step = 0;
  double loss_factor = 1;  // with which the optimizer of a stage of one level sees the loss
  double seconds = 0, stage_seconds = 0;             // of training
  std::string configuration;                         // resolved.toml
  nlohmann::json plugins = nlohmann::json::array();  // {"name", "version", "path", "sha256"}
  nlohmann::json slots = nlohmann::json::array();    // {"name", "shape"} of every parameter
  nlohmann::json dataset;                            // what is known of it; null without one
  nlohmann::json files;                              // prints of its data; null: of an older run
  nlohmann::json start;  // {"loss", "sizes"} of the untrained network; null: not known
  std::string stamp;     // of the engine
};

/// Tensor to named bytes and back; real dtypes, any shape.
BANACH_API Blob to_blob(const std::string& name, const at::Tensor& tensor);
BANACH_API at::Tensor to_tensor(const Blob& blob);

/// Adds the present window to those that are done.
void finish_window(RunState& state);
/// The banks of all windows so far, in their order, on a device.
BANACH_API std::vector<Bank> banks_of(const RunState& state, at::Device device);

/// Blobs "parameters", "buffers", "windows/parameters", "windows/buffers", "scales", "spacing",
/// "schedule",
/// "optimizer/<name>"; the rest is meta.
BANACH_API Container to_container(const RunState& state);
/// DataError when something is missing or of another type; `origin` (a path) opens the message.
BANACH_API RunState to_state(const Container& container, const std::string& origin);

}  // namespace banach
