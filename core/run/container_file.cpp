// SPDX-License-Identifier: Apache-2.0
#include "core/run/container_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

#include "core/parameters/memory.hpp"
#include "core/run/container_format.hpp"

namespace banach {

Container read_container(const Descriptor& file, const std::filesystem::path& path) try {
  using namespace container_format;
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) throw IoError(path, "read", errno);
  const auto size = static_cast<std::size_t>(info.st_size);
  std::array<std::byte, prefix_size> start{};
  std::array<std::byte, end_size> end{};
  const auto some = read_part(file, start.data(), start.size(), 0, path);
  const auto last = size < end_size ? 0 : size - end_size;
  read_part(file, end.data(), end.size(), static_cast<std::int64_t>(last), path);
  verify_ends({start.data(), some}, {end.data(), end.size()}, size, path.string());
  constexpr double copies = 2;  // the file and the tensors out of it
  if (const auto shortage = memory_shortage(copies * static_cast<double>(size), path.string(),
                                            "use a machine with more of it");
      !shortage.empty())
    throw DataError(shortage);
  return decode(read_all(file, path), path.string());
} catch (const std::bad_alloc&) {
  throw DataError(fmt::format("{}: the checkpoint does not fit into memory", path.string()));
}

}  // namespace banach
