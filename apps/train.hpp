// SPDX-License-Identifier: Apache-2.0
// What fresh and resumed trainings share.
#pragma once
#include "apps/app.hpp"
#include "core/run/run_directory.hpp"
#include "core/training/result.hpp"

namespace banach {

struct TrainArguments {
  std::vector<std::string> words;      // FILE key=value ...; with --resume only the latter
  std::vector<std::string> overrides;  // --override; go behind the words
  std::string resume, out, device, result_json, sizes;
  std::optional<std::int64_t> seed, threads;
  std::optional<double> max_seconds;
  bool dry_run = false, print_config = false, force = false, quiet = false, json = false,
       report = false;
  std::vector<std::string> command_line;
};

/// Trains in a run directory, from a saved state if there is one; prints the result of a finished
/// run and returns the exit code. `notices` are said first.
int train_in(const RunDirectory& directory, RunPlan& plan, const Context& context,
             const TrainArguments& arguments, std::optional<RunState> state,
             const std::vector<std::string>& notices);
/// banach train --resume.
void resume(Context& context, const TrainArguments& arguments);
/// One line on stderr: what takes long before a training begins.
void say_once(const std::string& text);
/// result.json of a finished run; DataError when it is damaged.
nlohmann::json read_result(const std::filesystem::path& run);
/// On stdout, as text or JSON, and into the file of --result-json.
void print_result(const nlohmann::json& result, const TrainArguments& arguments);
/// Prints {"type": "report", "step", "value", "metrics"}: value is the score.
void print_report(std::int64_t step, const Measurement& measured, double score);
/// The sizes of residuals in a file of --score-sizes; DataError.
ResidualSizes sizes_in(const std::filesystem::path& file);
/// The words of this process.
std::vector<std::string> command_line();

}  // namespace banach
