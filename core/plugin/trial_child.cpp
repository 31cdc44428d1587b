// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/trial_child.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/plugin/open.hpp"
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

std::string report(const Opened& plugin) {
  std::string out = fmt::format("plugin {} {}, built with {}\n", plugin.origin.plugin,
                                plugin.origin.version, plugin.built_with);
  for (const auto& entry : plugin.entries.entries())
    out += fmt::format("enrols {} {}: {}\n", entry.kind, entry.name, entry.doc);
  if (plugin.changed_floating_point)
    out += "changes how the process computes when it is loaded; that is undone\n";
  return out;
}

}  // namespace

void be_trial_child(const std::vector<std::filesystem::path>& files, std::size_t first,
                    std::size_t count, int pipe) {
  teller = pipe;
  isolate();
  report_throwing_initialisers([](const char* words) { tell(TrialMessage::threw, words); });
  for (std::size_t i = first; i < first + count; ++i) {
    tell(TrialMessage::opening);
    auto& plugin = *new Opened;  // never destroyed: a damaged one might not survive that
    open_plugin(files[i], plugin);
    if (plugin.problem.empty())
      tell(TrialMessage::passed, report(plugin));
    else
      tell(TrialMessage::refused, plugin.problem);
  }
  ::_exit(0);
}

}  // namespace banach
