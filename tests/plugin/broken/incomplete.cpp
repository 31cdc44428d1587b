// SPDX-License-Identifier: Apache-2.0
// A descriptor without a function.
#include <banach/plugin.hpp>

extern "C" BANACH_API const banach_plugin_descriptor banach_plugin;
const banach_plugin_descriptor banach_plugin = {BANACH_API_VERSION,
                                                sizeof(banach_plugin_descriptor),
                                                BANACH_STAMP,
                                                __VERSION__,
                                                "incomplete",
                                                "1.0.0",
                                                nullptr};
