// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/consent.hpp"

#include <algorithm>

#include "core/plugin/user_file.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t most = 50;  // contents of one path that are remembered

fs::path record() {
  const fs::path folder = user_folder("XDG_STATE_HOME", ".local/state");
  return folder.empty() ? fs::path() : folder / "plugins.json";
}

/// {"sha256": [oldest, ...], "own": true} of a path, whatever stands there.
json entry_of(const json& all, const std::string& path) {
  json out = {{"sha256", json::array()}, {"own", false}};
  const auto place = all.find(path);
  if (place == all.end() || !place->is_object()) return out;
  if (const auto hashes = place->find("sha256"); hashes != place->end() && hashes->is_array())
    for (const auto& hash : *hashes)
      if (hash.is_string()) out["sha256"].push_back(hash);
  if (const auto own = place->find("own"); own != place->end() && own->is_boolean())
    out["own"] = *own;
  return out;
}

json with(json entry, const UsedPlugin& used) {
  auto& hashes = entry["sha256"];
  if (std::find(hashes.begin(), hashes.end(), used.sha256) == hashes.end())
    hashes.push_back(used.sha256);
  if (hashes.size() > most) hashes.erase(hashes.begin());
  if (used.own) entry["own"] = true;
  return entry;
}

bool complete(const json& all, const std::vector<UsedPlugin>& used) {
  return all.is_object() && std::all_of(used.begin(), used.end(), [&](const UsedPlugin& plugin) {
           const json entry = entry_of(all, plugin.path);
           return entry == with(entry, plugin);
         });
}

}  // namespace

bool Consents::has(const fs::path& path, const std::string& sha256) {
  if (!read_) {
    read_ = true;
    const json all = read_user_file(record());
    if (all.is_object())
      for (const auto& item : all.items()) {
        const json entry = entry_of(all, item.key());
        entries_.push_back({item.key(), entry["sha256"], entry["own"]});
      }
  }
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return (e.own && e.path == path.string()) ||
           std::find(e.hashes.begin(), e.hashes.end(), sha256) != e.hashes.end();
  });
}

bool Consents::add(const std::vector<UsedPlugin>& used) {
  if (used.empty() || complete(read_user_file(record()), used)) return true;
  return change_user_file(record(), [&](json& all) {
    for (const auto& plugin : used) all[plugin.path] = with(entry_of(all, plugin.path), plugin);
  });
}

}  // namespace banach
