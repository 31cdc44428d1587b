// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/user_file.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <vector>

#include "core/parameters/json_text.hpp"
#include "core/plugin/ownership.hpp"
#include "core/run/atomic_file.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr off_t most = off_t{32} << 20;  // bytes that such a file may have

std::string home() {
  const char* given = std::getenv("HOME");
  if (given && *given == '/') return given;
  std::vector<char> room(1 << 14);
  passwd entry{}, *found = nullptr;
  if (getpwuid_r(geteuid(), &entry, room.data(), room.size(), &found) != 0 || !found) return "";
  return found->pw_dir && *found->pw_dir == '/' ? found->pw_dir : "";
}

bool private_to_me(const struct stat& info) {
  return info.st_uid == geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool private_folder(const fs::path& folder) {
  struct stat info {};
  std::error_code failed;
  const fs::path real = fs::canonical(folder, failed);
  return !failed && stat(real.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         private_to_me(info) && ownership_problem(real).empty();
}

json parsed(const fs::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!in.open() || fstat(in.get(), &info) != 0 || !S_ISREG(info.st_mode) || !private_to_me(info) ||
      info.st_size > most)
    return nullptr;
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::read(in.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  json out = json::parse(text, nullptr, false);
  return out.is_object() ? out : json(nullptr);
}

/// Waits a moment for other writers, not for ever: locks of network file systems may hang.
bool locked(int fd) {
  for (int i = 0; i < 100; ++i) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    ::usleep(10'000);
  }
  return false;
}

bool replace(const fs::path& file, const std::string& text) {
  std::string name = file.string() + ".XXXXXX";
  Descriptor out(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
  if (!out.open()) return false;
  try {
    write_all(out.get(), std::string_view(text), name);
    if (::fsync(out.get()) == 0 && ::close(out.release()) == 0 &&
        ::rename(name.c_str(), file.c_str()) == 0)
      return true;
  } catch (const IoError&) {  // told by the result
  }
  ::unlink(name.c_str());
  return false;
}

}  // namespace

fs::path user_folder(const char* variable, const char* below) {
  const char* given = std::getenv(variable);
  if (given && *given == '/') return fs::path(given) / "banach";
  const std::string root = home();
  return root.empty() ? fs::path() : fs::path(root) / below / "banach";
}

json read_user_file(const fs::path& file) {
  if (file.empty() || !private_folder(file.parent_path())) return nullptr;
  return parsed(file);
}

bool change_user_file(const fs::path& file, const std::function<void(json&)>& change) {
  if (file.empty()) return false;
  const fs::path folder = file.parent_path();
  std::error_code failed;
  if (!fs::exists(folder, failed)) {
    fs::create_directories(folder.parent_path(), failed);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
  }
  if (!private_folder(folder)) return false;
  std::signal(SIGXFSZ, SIG_IGN);  // a file over `ulimit -f` must not end the process
  const Descriptor lock(
      ::open((file.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock.open() || !locked(lock.get())) return false;
  json content = parsed(file);
  if (content.is_null()) content = json::object();
  try {
    change(content);
    return replace(file, json_text(content, 1) + "\n");
  } catch (const json::exception&) {
    return false;  // a path that is not UTF-8
  }
}

}  // namespace banach
