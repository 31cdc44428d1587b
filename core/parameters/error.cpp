// SPDX-License-Identifier: Apache-2.0
#include "banach/error.hpp"

namespace banach {

Error::~Error() = default;
ConfigError::~ConfigError() = default;
PluginError::~PluginError() = default;
DataError::~DataError() = default;

void detail::assertion_failed(const char* text, const char* file, int line) {
  throw std::logic_error(std::string("internal error: ") + text + " failed at " + file + ":" +
                         std::to_string(line));
}

}  // namespace banach
