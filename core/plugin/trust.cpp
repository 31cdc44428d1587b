// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/trust.hpp"

#include "core/plugin/ownership.hpp"

namespace banach {
namespace fs = std::filesystem;

using By = PluginPlace::By;

std::string Trust::owner_problem(const fs::path& file, const PluginPlace& place) const {
  if (everything_) return "";
  if (place.by == By::configuration) {
    std::error_code failed;
    const fs::path toml = fs::canonical(place.said_in, failed);
    if (!failed && fs::is_regular_file(toml, failed))  // else a pipe of the user's own
      if (auto problem = ownership_problem(toml, StickyFolder::protects); !problem.empty())
        return "its place is named by a configuration that is not safe: " + problem;
  }
  return ownership_problem(file);
}

std::string Trust::content_problem(const fs::path& file, const std::string& sha256,
                                   const PluginPlace& place) {
  if (auto problem = locks_.problem(file, sha256); !problem.empty()) return problem;
  if (everything_ || place.by != By::run || consents_.has(file, sha256)) return "";
  return "the run " + place.said_in +
         " brings this plugin along, and this account has never used it; its code could do "
         "whatever you can: if you trust it, pass --plugin-dir " +
         place.path.string() + " or --trust-plugins, once";
}

bool Trust::remembers(const PluginPlace& place, UsedPlugin& use) const {
  use.own = place.by == By::configuration;
  return use.own || place.by == By::user || (place.by == By::run && everything_);
}

}  // namespace banach
