// SPDX-License-Identifier: Apache-2.0
// What every verb that reads a run takes.
#pragma once
#include <nlohmann/json.hpp>

#include "apps/app.hpp"
#include "banach/model.hpp"

namespace banach {

struct RunOptions {
  std::string run, device;
  bool best = false;
  std::int64_t threads = 0;

  LoadOptions load(const Context& context) const;
};

/// RUN, --best, --device, --threads and the options of plugins.
void add_run_options(CLI::App& verb, RunOptions& options, Context& context);

/// One line each, on stderr.
void say(const std::vector<std::string>& notices);

}  // namespace banach
