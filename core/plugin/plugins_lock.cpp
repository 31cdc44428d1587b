// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/plugins_lock.hpp"

#include <sstream>

#include "core/run/atomic_file.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// A line "HASH  NAME" or "HASH *NAME"; false where it is neither.
bool take_line(const std::string& line, std::map<std::string, std::string>& hashes) {
  if (line.size() < 67 || line[64] != ' ' || (line[65] != ' ' && line[65] != '*')) return false;
  std::string name = line.substr(66);
  if (name.rfind("./", 0) == 0) name.erase(0, 2);
  const std::string hash = line.substr(0, 64);
  if (!is_sha256(hash) || name.empty() || name.find('/') != std::string::npos) return false;
  return hashes.emplace(name, hash).second;
}

}  // namespace

const PluginsLocks::Lock& PluginsLocks::of(const fs::path& folder) {
  const auto [place, fresh] = locks_.try_emplace(folder.string());
  Lock& lock = place->second;
  const fs::path path = folder / "plugins.lock";
  std::error_code failed;
  if (!fresh || fs::symlink_status(path, failed).type() == fs::file_type::not_found) return lock;
  lock.there = true;
  try {
    const auto bytes = read_file(path);
    std::istringstream lines{std::string(ByteView(bytes).text())};
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (line.empty() || line[0] == '#' || take_line(line, lock.hashes)) continue;
      lock.problem =
          path.string() + ":" + std::to_string(number) +
          ": expected a SHA-256, two spaces and a file name, once per file, as sha256sum "
          "writes them";
      break;
    }
  } catch (const DataError& error) {
    lock.problem = error.what();
  }
  return lock;
}

std::string PluginsLocks::problem(const fs::path& file, const std::string& sha256) {
  const fs::path folder = file.parent_path();
  const Lock& lock = of(folder);
  if (!lock.there || !lock.problem.empty()) return lock.problem;
  const std::string path = (folder / "plugins.lock").string();
  const auto found = lock.hashes.find(file.filename().string());
  const char* cure = "; if this is intended, recreate the lock: sha256sum *.so > plugins.lock";
  if (found == lock.hashes.end()) return "it is not listed in " + path + cure;
  if (found->second == sha256) return "";
  return "its SHA-256 is " + sha256 + ", and " + path + " says " + found->second + cure;
}

}  // namespace banach
