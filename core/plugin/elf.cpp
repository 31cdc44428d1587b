// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/elf.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

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

/// The struct at an offset of a file; false where the file ends before.
template <class T>
bool read_at(std::string_view bytes, std::uint64_t offset, T& out) {
  if (end_of(offset, 1, sizeof out) > bytes.size()) return false;
  std::memcpy(&out, bytes.data() + offset, sizeof out);
  return true;
}

/// The loaded parts of a library, and what its dynamic section says of them.
struct Image {
  std::string_view bytes;
  std::vector<Segment> loaded;
  std::uint64_t symbols = 0, strings = 0;  // virtual addresses; 0: none

  explicit Image(std::string_view all) : bytes(all) {
    Header header;
    if (!read_at(bytes, 0, header)) return;
    Segment dynamic{}, segment;
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
      if (!read_at(bytes, header.e_phoff + i * sizeof segment, segment)) return;
      if (segment.p_type == PT_LOAD) loaded.push_back(segment);
      if (segment.p_type == PT_DYNAMIC) dynamic = segment;
    }
    ElfW(Dyn) entry;
    for (std::uint64_t at = 0; at + sizeof entry <= dynamic.p_filesz; at += sizeof entry) {
      if (!read_at(bytes, dynamic.p_offset + at, entry) || entry.d_tag == DT_NULL) return;
      if (entry.d_tag == DT_SYMTAB) symbols = entry.d_un.d_ptr;
      if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_ptr;
    }
  }

  /// What the file holds from a virtual address to the end of its segment.
  std::string_view from(std::uint64_t address) const {
    for (const Segment& s : loaded)
      if (address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz &&
          end_of(s.p_offset, 1, s.p_filesz) <= bytes.size())
        return bytes.substr(s.p_offset + (address - s.p_vaddr), s.p_filesz - (address - s.p_vaddr));
    return {};
  }
};

}  // namespace

bool elf_exports(std::string_view bytes, std::string_view symbol) {
  using Symbol = ElfW(Sym);
  const Image image(bytes);
  const auto strings = image.from(image.strings);
  auto table = image.from(image.symbols);
  // How many symbols there are is nowhere said; their names follow them, as every linker has it.
  if (image.strings > image.symbols)
    table = table.substr(0, std::min<std::uint64_t>(table.size(), image.strings - image.symbols));
  Symbol entry;
  for (std::uint64_t at = 0; read_at(table, at, entry); at += sizeof entry) {
    if (entry.st_shndx == SHN_UNDEF || entry.st_name >= strings.size()) continue;
    const auto name = strings.substr(entry.st_name);
    if (name.size() > symbol.size() && name.substr(0, symbol.size()) == symbol &&
        name[symbol.size()] == '\0')
      return true;
  }
  return false;
}

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
