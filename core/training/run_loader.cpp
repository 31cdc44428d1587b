// SPDX-License-Identifier: Apache-2.0
#include "core/training/run_loader.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/optimizers/enroll.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/checkpoints.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/data_record.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/plugin_places.hpp"
#include "core/training/run_identity.hpp"
#include "core/training/windows.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

Folder require_run(const fs::path& path) {
  auto folder = Folder::find(path);
  if (!folder)
    throw DataError(fmt::format("{}: there is no such run folder", path.string()), Exit::no_input);
  if (!folder->has("resolved.toml") && !folder->has("config.toml"))
    throw DataError(fmt::format("{}: no run there (no config.toml)", path.string()),
                    Exit::no_input);
  return *folder;
}

Checkpoints::Loaded load_checkpoint(const Folder& run, bool best,
                                    std::vector<std::string>& notices) {
  const Checkpoints checkpoints(run);
  if (!best) return checkpoints.load_last(notices);
  if (!checkpoints.has_best())
    throw DataError(fmt::format("{}: no best checkpoint there; leave --best out for the last one",
                                checkpoints.folder().string()),
                    Exit::no_input);
  return checkpoints.load_best();
}

std::vector<PluginPlace> plugin_places(const Table& table, const LoadedRun& run,
                                       const LoadOptions& options,
                                       std::vector<std::string>& notices) {
  std::vector<PluginPlace> places(options.plugins.begin(), options.plugins.end());
  for (auto& recorded : recorded_places(table, run.path)) {
    std::error_code error;
    if (fs::exists(recorded.path, error))
      places.push_back(std::move(recorded));
    else
      notices.push_back(fmt::format(
          "plugins of the run were in {}, which is gone; name another place with --plugin-dir",
          recorded.path.string()));
  }
  return places;
}

void compare_plugins(LoadedRun& run) {
  for (const auto& notice : run.plugins->notices()) run.notices.push_back(notice);
  if (const auto changed = plugin_changes(run.state, *run.plugins); !changed.empty())
    run.notices.push_back(join(changed, "; "));
}

void check_parameters(const LoadedRun& run) try {
  check_fits(run.state, run.plan);
} catch (const DataError& error) {
  throw DataError(fmt::format("{}: {}", run.checkpoint.string(), error.what()));
}

RunRecord read_record(const Folder& folder, const LoadedRun& run) {
  RunRecord record{run.state.seconds, "not finished"};
  const std::string name = "result.json";
  const auto file = folder / name;
  if (!folder.has(name)) return record;
  const auto json = nlohmann::json::parse(folder.text(name), nullptr, false);
  if (!json.is_object()) throw DataError(fmt::format("{}: damaged: no JSON object", file.string()));
  try {
    return {json.value("train_seconds", record.train_seconds),
            json.value("stop_reason", record.stop_reason)};
  } catch (const nlohmann::json::exception& e) {
    throw DataError(fmt::format("{}: damaged: {}", file.string(), e.what()));
  }
}

}  // namespace

std::vector<std::string> plugin_changes(const RunState& state, const PluginManager& plugins) {
  std::vector<std::string> out;
  for (const auto& was : state.plugins)
    for (const auto& is : plugins.used()) {
      if (fs::path(was.value("path", "")).filename() != fs::path(is.path).filename()) continue;
      const std::string hash = was.value("sha256", "");
      if (was.value("version", "") != is.version)
        out.push_back(fmt::format("plugin {} is version {} now, the run was saved with {}",
                                  is.plugin, is.version, was.value("version", "?")));
      else if (!hash.empty() && hash != is.sha256 && is.place.by != PluginPlace::By::installation)
        out.push_back(
            fmt::format("{} is not the file that the run was trained with: its SHA-256 is {}, it "
                        "was {}",
                        is.path, is.sha256, hash));
    }
  return out;
}

LoadedRun load_run(const fs::path& path, const LoadOptions& options) {
  const Folder folder = require_run(path);
  LoadedRun run;
  run.path = path;
  const auto checkpoint = load_checkpoint(folder, options.best, run.notices);
  run.checkpoint = checkpoint.path;
  run.state = to_state(checkpoint.container, checkpoint.path.string());
  require_of_run(run.state, folder, checkpoint.path);

  Table table = parse_toml(run.state.configuration, checkpoint.path.string());
  complete_record(table);
  if (!options.device.empty()) table.set("device", options.device);
  run.registry = std::make_unique<Registry>();
  enroll_samplers(*run.registry);
  enroll_schedules(*run.registry);
  enroll_optimizers(*run.registry);
  run.plugins = std::make_unique<PluginManager>(*run.registry, options.trust_plugins);
  run.plugins->discover(plugin_places(table, run, options, run.notices));
  std::optional<DatasetInfo> known;
  if (!run.state.dataset.is_null())
    known = dataset_info(run.state.dataset, checkpoint.path.string());
  run.plan = make_plan(table, *run.registry, *run.plugins, known ? &*known : nullptr);
  compare_plugins(run);
  run.plugins->remember_used();

  check_parameters(run);
  take_scales(run.state, run.plan);
  const int windows = window_count(run.plan.experiment);
  if (run.state.window + 1 != windows)
    throw DataError(
        fmt::format("{}: {} of {} windows are trained; finish the run first: banach "
                    "train --resume {}",
                    path.string(), run.state.window, windows, path.string()));
  run.banks = banks_of(run.state, run.plan.device);
  run.record = read_record(folder, run);
  for (const auto& file : changed_files(recorded_files(run.state, run.checkpoint.string())))
    run.notices.push_back(fmt::format(
        "{} changed since the run learnt from it: errors are those of other data", file));
  return run;
}

std::vector<std::pair<Coefficient, double>> found_coefficients(const LoadedRun& run) {
  std::vector<std::pair<Coefficient, double>> out;
  const Layout& layout = run.plan.experiment.network->layout;
  for (const auto& c : run.plan.experiment.coefficients) {
    if (c.role() != Coefficient::Role::learnable) continue;
    const auto& slot = layout.slots()[static_cast<std::size_t>(layout.find(coefficient_slot(c)))];
    const double raw = run.state.parameters[slot.offset].item<double>();
    out.emplace_back(c, coefficient_value(c, raw));
  }
  return out;
}

}  // namespace banach
