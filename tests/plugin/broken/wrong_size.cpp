// SPDX-License-Identifier: Apache-2.0
// A descriptor of another size under the right stamp.
#include "../toy.hpp"

static void enroll(banach::Registry& registry) {
  registry.problem<Toy>("toy", "exponential decay");
}
extern "C" BANACH_API const banach_plugin_descriptor banach_plugin;
const banach_plugin_descriptor banach_plugin = {
    BANACH_API_VERSION, 8, BANACH_STAMP, __VERSION__, "wrong_size", "1.0.0", &enroll};
