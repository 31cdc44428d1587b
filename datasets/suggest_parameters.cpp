// SPDX-License-Identifier: Apache-2.0
// Numbers that come once per sample.
#include <fmt/format.h>

#include <algorithm>

#include "datasets/inspect.hpp"
#include "datasets/suggest_guess.hpp"

namespace banach {

/// Samples of one file; 0 where groups or files are the samples.
std::int64_t Guess::sample_count() const {
  for (const auto& one : variables_)
    if (!one.axes.empty() && one.axes.front() == "sample") return one.shape.front();
  return 0;
}

void Guess::add_parameters() {
  const auto& p = s_.dataset;
  const auto is_used = [&](const Candidate& one) {
    for (const auto* variables : {&p.inputs, &p.outputs})
      for (const auto& [name, v] : *variables)
        if (v.path == one.path) return true;
    for (const auto& [axis, c] : p.coords) {
      const auto& stack = c.stack;
      if (c.path == one.path || c.path == one.example ||
          std::find(stack.begin(), stack.end(), one.path) != stack.end())
        return true;
    }
    return false;
  };
  const auto samples = sample_count();
  for (const auto& one : candidates_) {
    const bool per_sample = samples > 1 && one.path.find('{') == std::string::npos &&
                            !one.shape.empty() && one.shape.front() == samples &&
                            one.numbers == samples;
    const bool per_group = one.has_sample() && one.numbers == 1;
    const bool per_file = several_ && one.numbers == 1 && one.path.find('{') == std::string::npos;
    if ((per_sample || per_group || per_file) && !is_used(one)) add_parameter(one);
  }
  if (!several_) return;
  for (const auto& one : tree_.find("")->attributes)
    if (one.numbers.size() == 1)
      s_.notes.push_back(fmt::format(
          "the attribute {0} of the files is not used: params.{0} = \"@{0}\" makes it an input",
          one.name));
}

void Guess::add_parameter(const Candidate& one) {
  const auto name = key_of(one);
  if (role(one) > 0) {
    s_.notes.push_back(
        fmt::format("{} {} is one number per sample and is called like an output: it is left out; "
                    "if it is one, "
                    "write it into [dataset.outputs]",
                    one.path, shape_text(one.shape)));
    return;
  }
  auto& parameter = s_.dataset.params[name];
  parameter.path = one.path;
  if (one.shape.size() == 1 && !one.has_sample() && !several_) return;  // the reader knows it
  for (std::size_t i = 0; i < one.shape.size(); ++i)
    parameter.axes.names.emplace_back(i == 0 && one.shape[0] > 1 ? "sample" : "_");
}

}  // namespace banach
