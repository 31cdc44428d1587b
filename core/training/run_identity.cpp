// SPDX-License-Identifier: Apache-2.0
#include "core/training/run_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/parameters/toml.hpp"
#include "core/training/configuration.hpp"
#include "core/training/data_record.hpp"

namespace banach {
namespace {

constexpr const char* resolved_name = "resolved.toml";
constexpr std::size_t shown = 5;

// Where and how a run is computed and looked at.
bool is_circumstance(const std::string& key) {
  static constexpr std::array heads = {"name",    "output",   "plugins",    "device",
                                       "threads", "executor", "validation", "evaluate"};
  const auto head = key.substr(0, key.find('.'));
  return std::find(heads.begin(), heads.end(), head) != heads.end();
}

// A key that one of the two does not know is of another version of the program.
bool tells_apart(const Difference& d) {
  return d.before != "absent" && d.after != "absent" && !is_circumstance(d.key) &&
         !may_change_on_resume(d.key) && !names_data(d.key);
}

}  // namespace

bool may_change_on_resume(const std::string& key) {
  if (key == "time_limit" || key == "plugins.paths" || key.rfind("checkpoint.", 0) == 0 ||
      key == "output.log_every")
    return true;
  if (key.rfind("stage.", 0) != 0) return false;
  const auto dot = key.find('.', 6);
  const std::string rest = dot == std::string::npos ? "" : key.substr(dot + 1);
  return rest == "steps" || rest == "stop" || rest.rfind("stop.", 0) == 0;
}

void require_of_run(const RunState& state, const Folder& run,
                    const std::filesystem::path& checkpoint) {
  if (!run.has(resolved_name)) return;
  Table there = parse_toml(run.text(resolved_name), (run / resolved_name).string());
  Table saved = parse_toml(state.configuration, checkpoint.string());
  complete_record(there);
  complete_record(saved);
  auto all = differences(there, saved);
  all.erase(std::remove_if(all.begin(), all.end(), [](const auto& d) { return !tells_apart(d); }),
            all.end());
  if (!all.empty())
    throw DataError(fmt::format(
        "{}: this checkpoint is of another run: bring back that of {}, or move it away (the run -> "
        "the checkpoint):\n{}",
        checkpoint.string(), run.path().string(), to_text(all, shown)));
}

}  // namespace banach
