// SPDX-License-Identifier: Apache-2.0
#include "core/run/fingerprint.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/parameters/input_file.hpp"
#include "core/run/atomic_file.hpp"

namespace banach {
namespace {

constexpr std::int64_t block = std::int64_t{1} << 16;
constexpr std::int64_t most_of_all = std::int64_t{1} << 28, most_of_one = std::int64_t{1} << 24;

void read_block(int fd, std::int64_t offset, std::int64_t count, std::vector<std::byte>& out,
                const std::filesystem::path& path) {
  const std::size_t first = out.size();
  out.resize(first + static_cast<std::size_t>(count));
  for (std::int64_t done = 0; done < count;) {
    const auto got = ::pread(fd, out.data() + first + done, static_cast<std::size_t>(count - done),
                             offset + done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw IoError(path, "read", errno);
    if (got == 0) break;  // became shorter meanwhile: what is missing counts as zeros
    done += got;
  }
}

FilePrint look_at(const std::filesystem::path& path, std::int64_t looked_at) {
  const Descriptor file(open_regular(path));
  if (!file.open()) throw IoError(path, "open", errno, Exit::no_input);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) throw IoError(path, "look at", errno);
  FilePrint out{path.string(), static_cast<std::int64_t>(info.st_size),
                static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 +
                    static_cast<std::int64_t>(info.st_mtim.tv_nsec),
                looked_at, ""};
  const std::string size = std::to_string(out.size) + "\n";
  std::vector<std::byte> bytes(size.size());
  std::transform(size.begin(), size.end(), bytes.begin(), [](char c) { return std::byte(c); });
  if (out.size <= looked_at) {
    read_block(file.get(), 0, out.size, bytes, path);
  } else {
    const std::int64_t blocks = std::max<std::int64_t>(2, looked_at / block);
    for (std::int64_t k = 0; k < blocks; ++k) {
      const double share = static_cast<double>(k) / static_cast<double>(blocks - 1);
      const std::int64_t room = std::max<std::int64_t>(0, out.size - block);
      read_block(file.get(), static_cast<std::int64_t>(share * static_cast<double>(room)),
                 std::min(block, out.size), bytes, path);
    }
  }
  out.hash = sha256_hex(bytes);
  return out;
}

}  // namespace

std::vector<FilePrint> prints_of(const std::vector<std::string>& paths) {
  std::vector<FilePrint> out;
  const auto count = std::max<std::int64_t>(1, static_cast<std::int64_t>(paths.size()));
  const std::int64_t each = std::clamp(most_of_all / count, 2 * block, most_of_one);
  for (const auto& path : paths) out.push_back(look_at(path, each));
  return out;
}

bool still_same(const FilePrint& print, const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0 || info.st_size != print.size) return false;
  return look_at(file, print.looked_at).hash == print.hash;
}

nlohmann::json to_json(const std::vector<FilePrint>& prints) {
  auto out = nlohmann::json::array();
  for (const auto& print : prints)
    out.push_back({{"path", print.path},
                   {"size", print.size},
                   {"modified", print.modified},
                   {"looked_at", print.looked_at},
                   {"sha256", print.hash}});
  return out;
}

std::vector<FilePrint> file_prints(const nlohmann::json& json, const std::string& origin) try {
  std::vector<FilePrint> out;
  for (const auto& print : json)
    out.push_back({print.at("path").get<std::string>(), print.at("size").get<std::int64_t>(),
                   print.at("modified").get<std::int64_t>(),
                   print.at("looked_at").get<std::int64_t>(),
                   print.at("sha256").get<std::string>()});
  return out;
} catch (const nlohmann::json::exception& error) {
  throw DataError(origin + ": the record of the data files is damaged: " + error.what());
}

}  // namespace banach
