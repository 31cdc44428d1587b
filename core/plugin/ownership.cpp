// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/ownership.hpp"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

namespace banach {
namespace fs = std::filesystem;
namespace {

bool trusted(uid_t owner) {
  if (owner == 0 || owner == geteuid()) return true;
  // Whoever owns this library decides already what runs here: a tree mounted into a container.
  struct stat own;
  return stat(library_file().c_str(), &own) == 0 && own.st_uid == owner;
}

std::string problem_of(const fs::path& path, const char* what, bool sticky_serves) {
  const char* cure = "; mend that, or pass --trust-plugins";
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "";  // opening it will tell
  const bool shared = (info.st_mode & S_IWOTH) && !(sticky_serves && (info.st_mode & S_ISVTX));
  if (shared) return std::string(what) + path.string() + " can be written by everybody" + cure;
  if (!trusted(info.st_uid))
    return std::string(what) + path.string() + " belongs to user " + std::to_string(info.st_uid) +
           ", who is neither root nor you" + cure;
  return "";
}

}  // namespace

fs::path library_file() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&library_file), &info) == 0 || !info.dli_fname) return {};
  std::error_code none;
  return fs::canonical(info.dli_fname, none);
}

std::string ownership_problem(const fs::path& file, StickyFolder sticky) {
  std::string problem = problem_of(file, "the file ", false);
  bool holds_it = sticky == StickyFolder::is_shared;  // in a sticky folder further up, others
                                                      // cannot rename what is not theirs
  for (fs::path above = file.parent_path(); problem.empty(); above = above.parent_path()) {
    problem = problem_of(above, "the folder ", !holds_it);
    holds_it = false;
    if (above == above.root_path()) break;
  }
  return problem;
}

}  // namespace banach
