// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/trial_child.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "core/plugin/open.hpp"
#include "core/plugin/watched.hpp"
#include "core/run/quiet_child.hpp"

namespace banach {
namespace {

int teller = -1;  // the pipe

void tell(TrialMessage::Kind kind, const std::string& words = "") {
  TrialMessage head;
  head.kind = kind, head.size = static_cast<std::uint32_t>(words.size());
  std::string text(sizeof head, '\0');
  std::memcpy(text.data(), &head, sizeof head);
  text += words;
  for (std::size_t done = 0; done < text.size();) {
    const auto count = ::write(teller, text.data() + done, text.size() - done);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

/// Whatever this process does on signals, exits and output is not for its copy.
void isolate() {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  become_quiet_child(address_space() + (std::uint64_t{4} << 30));
  // Registered last, so the first to be called: what this process wants done at its end is its own.
  ::on_exit([](int status, void*) { ::_exit(status); }, nullptr);
}

std::string report(const Opened& plugin, const Registry& entries) {
  std::string out = fmt::format("plugin {} {}, built with {}\n", plugin.origin.plugin,
                                plugin.origin.version, plugin.built_with);
  for (const auto& entry : entries.entries())
    out += fmt::format("enrols {} {}: {}\n", entry.kind, entry.name, entry.doc);
  if (plugin.changed_floating_point)
    out += "changes how the process computes when it is loaded; that is undone\n";
  return out;
}

/// What a wild pointer meets depends on what lies where.
void move_memory() {
  ::mallopt(M_PERTURB, 0x5a);
  ::mmap(nullptr, 0x1234000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  std::vector<std::vector<char>> blocks;
  for (std::size_t i = 0; i < 4096; ++i) blocks.emplace_back(16 + i * 37 % 1000, '\x5a');
  for (std::size_t i = 0; i < blocks.size(); i += 2) std::vector<char>().swap(blocks[i]);
  new auto(std::move(blocks));  // for as long as the child lives
}

/// What a catalog does with a plugin until its end; damage that such a use betrays is found here.
std::string use(Opened& plugin) {
  Registry catalog;
  catalog.absorb(watched(plugin.entries, std::make_shared<std::atomic<bool>>(false)));
  plugin.entries = Registry();
  const std::string out = report(plugin, catalog);
  catalog = Registry();
  ::malloc_trim(0);
  return out;
}

}  // namespace

void be_trial_child(const std::filesystem::path& file, int pipe, bool moved) {
  teller = pipe;
  isolate();
  report_throwing_initialisers([](const char* words) { tell(TrialMessage::threw, words); });
  tell(TrialMessage::opening);
  if (moved) move_memory();
  Opened plugin;
  open_plugin(file, plugin);
  if (plugin.problem.empty())
    tell(TrialMessage::passed, use(plugin));
  else
    tell(TrialMessage::refused, plugin.problem);
  ::_exit(0);
}

}  // namespace banach
