// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/code_ranges.hpp"

#include <dlfcn.h>
#include <link.h>

#include <array>
#include <atomic>

namespace banach {
namespace {

struct Range {
  std::uintptr_t first = 0, last = 0;
  const char* file = nullptr;
};
constexpr std::size_t most = 1024;  // plugins beyond that are not named by their addresses
std::array<Range, most> ranges;
std::atomic<std::size_t> count{0};

struct Search {
  std::uintptr_t base;
  const char* file;
};

int add_code(dl_phdr_info* info, std::size_t, void* data) {
  const auto& search = *static_cast<Search*>(data);
  if (info->dlpi_addr != search.base) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X)) continue;
    const std::size_t place = count.load(std::memory_order_relaxed);
    if (place == most) return 1;
    const std::uintptr_t first = info->dlpi_addr + segment.p_vaddr;
    ranges[place] = {first, first + segment.p_memsz, search.file};
    count.store(place + 1, std::memory_order_release);
  }
  return 1;
}

}  // namespace

// Called by one thread at a time, like everything that opens plugins.
void remember_code(void* handle, const std::string& file) {
  link_map* map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !map) return;
  Search search{map->l_addr, (new std::string(file))->c_str()};  // for good, like the library
  dl_iterate_phdr(add_code, &search);
}

const char* plugin_with_code(std::uintptr_t address) noexcept {
  const std::size_t known = count.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < known; ++i)
    if (address >= ranges[i].first && address < ranges[i].last) return ranges[i].file;
  return nullptr;
}

}  // namespace banach
