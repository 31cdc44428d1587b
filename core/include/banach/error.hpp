// SPDX-License-Identifier: Apache-2.0
// Errors that a user can mend (exceptions), and our own bugs (BANACH_ASSERT).
#pragma once
#include <stdexcept>
#include <string>

#include "banach/export.hpp"

namespace banach {

/// Process exit codes, after sysexits; 128 + n for signal n.
enum class Exit : int {
  done = 0,
  usage = 64,
  bad_data = 65,
  no_input = 66,
  plugin = 69,
  internal = 70,
  cannot_create = 73,
  io = 74,
  saved = 75,  // stopped early, state saved: resume me
  diverged = 76,
  config = 78
};

/// Base of everything that the user can mend; what() is complete: where, what, how to fix it.
class BANACH_API Error : public std::runtime_error {
 public:
  Error(Exit code, const std::string& text) : std::runtime_error(text), code_(code) {}
  ~Error() override;
  Exit code() const { return code_; }

 private:
  Exit code_;
};

/// A configuration that does not hold; may carry several lines, one for each problem found.
class BANACH_API ConfigError : public Error {
 public:
  explicit ConfigError(const std::string& text) : Error(Exit::config, text) {}
  ~ConfigError() override;
};

/// A plugin that is missing, refused or throws.
class BANACH_API PluginError : public Error {
 public:
  explicit PluginError(const std::string& text) : Error(Exit::plugin, text) {}
  ~PluginError() override;
};

/// A file (checkpoint, dataset, run directory) that is missing, damaged, locked or not writable.
class BANACH_API DataError : public Error {
 public:
  explicit DataError(const std::string& text, Exit code = Exit::bad_data) : Error(code, text) {}
  ~DataError() override;
};

namespace detail {
[[noreturn]] BANACH_API void assertion_failed(const char* text, const char* file, int line);
}

}  // namespace banach

/// For our own bugs only: prints the place and throws std::logic_error (exit code 70).
#define BANACH_ASSERT(condition) \
  ((condition) ? void(0) : ::banach::detail::assertion_failed(#condition, __FILE__, __LINE__))
