// SPDX-License-Identifier: Apache-2.0
#include "core/training/process_state.hpp"

#include <ATen/Parallel.h>
#include <torch/version.h>

#include <cfenv>
#include <cfloat>
#include <nlohmann/json.hpp>
#include <vector>

#include "banach/error.hpp"
#include "core/kernels/instruction_choice.hpp"
#include "core/parameters/json_text.hpp"

namespace banach {
namespace {

const char* rounding() {
  switch (std::fegetround()) {
    case FE_TONEAREST:
      return "to nearest";
    case FE_DOWNWARD:
      return "downward";
    case FE_UPWARD:
      return "upward";
    default:
      return "toward zero";
  }
}

bool flushes_to_zero() {
  volatile double least = DBL_MIN;
  volatile double half = least / 2;
  return half == 0;
}

std::string text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

}  // namespace

nlohmann::json process_state() {
  return {{"instruction_set", instruction_set()},
          {"rounding", rounding()},
          {"flush_to_zero", flushes_to_zero()},
          {"threads", at::get_num_threads()},
          {"libtorch", TORCH_VERSION}};
}

std::string process_changes(const nlohmann::json& recorded, const nlohmann::json& now) {
  if (!recorded.is_object()) return "";
  std::string out;
  for (const auto& [key, value] : now.items()) {
    const auto was = recorded.find(key);
    if (was == recorded.end() || *was == value) continue;
    std::string words = key;
    for (char& c : words)
      if (c == '_') c = ' ';
    out += (out.empty() ? "" : ", ") + words + " " + text(*was) + " -> " + text(value);
  }
  return out.empty() ? ""
                     : "the run was computed otherwise (" + out +
                           "): its further steps may round differently";
}

}  // namespace banach
