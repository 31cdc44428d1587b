// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/elf.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

// The linker's name for our own ELF header: what this process is, is what it can load.
extern "C" const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

namespace banach {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

/// The first byte behind [offset, offset + count * size), saturating.
std::uint64_t end_of(std::uint64_t offset, std::uint64_t count, std::uint64_t size) {
  std::uint64_t length = 0, end = 0;
  if (__builtin_mul_overflow(count, size, &length)) return UINT64_MAX;
  if (__builtin_add_overflow(offset, length, &end)) return UINT64_MAX;
  return end;
}

}  // namespace

std::string elf_problem(std::string_view bytes) {
  Header header;
  if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
    return "not a shared library";
  if (bytes.size() < sizeof header)
    return "truncated: " + std::to_string(bytes.size()) + " of at least " +
           std::to_string(sizeof header) + " bytes";
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] ||
      header.e_ident[EI_DATA] != __ehdr_start.e_ident[EI_DATA] ||
      header.e_machine != __ehdr_start.e_machine)
    return "built for another machine";
  if (header.e_type != ET_DYN || header.e_phnum == 0 || header.e_phentsize != sizeof(Segment))
    return "not a shared library";

  std::uint64_t need = std::max(end_of(header.e_phoff, header.e_phnum, header.e_phentsize),
                                end_of(header.e_shoff, header.e_shnum, header.e_shentsize));
  for (int i = 0; need <= bytes.size() && i < header.e_phnum; ++i) {
    Segment segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    const std::uint64_t end = end_of(segment.p_offset, 1, segment.p_filesz);
    if (end > bytes.size()) need = end;
  }
  if (need > bytes.size())
    return "truncated: " + std::to_string(bytes.size()) + " of at least " + std::to_string(need) +
           " bytes";
  return "";
}

}  // namespace banach
