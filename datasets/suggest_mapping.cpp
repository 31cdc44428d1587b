// SPDX-License-Identifier: Apache-2.0
// The mapping of a file that no preset knows, from shapes and names.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/inspect.hpp"
#include "datasets/presets.hpp"
#include "datasets/suggest_guess.hpp"

namespace banach {
namespace {

bool timed(const Candidate& one) {
  return one.has_time() || std::count(one.axes.begin(), one.axes.end(), "time") > 0;
}

VariableParameters parameters(const Candidate& one, const std::string& axes = "") {
  VariableParameters v;
  v.path = one.path;
  v.axes.names = one.axes;
  if (!axes.empty()) v.axes = labels(axes);
  return v;
}

std::string name_of(const Candidate& one) { return key_of(one); }

/// One number per sample.
bool is_single(const Candidate& one) {
  return std::all_of(one.axes.begin(), one.axes.end(),
                     [](const auto& axis) { return axis == "sample" || axis == "_"; });
}

}  // namespace

std::string key_of(const Candidate& one) {
  auto path = one.path;
  while (last_name(path).find('{') != std::string::npos && !parent_of(path).empty())
    path = parent_of(path);
  auto name = last_name(path);
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

namespace {

/// The mapping's paths with another group in place of `train`.
DataVariantParameters variant(const DatasetParameters& p, const std::string& train,
                              const std::string& group) {
  DataVariantParameters v;
  v.files = p.files;
  for (const auto* variables : {&p.inputs, &p.outputs})
    for (const auto& [name, one] : *variables)
      if (one.path.rfind(train + "/", 0) == 0)
        v.rename[one.path] = group + one.path.substr(train.size());
  return v;
}

}  // namespace

Guess::Guess(const FileTree& tree, const std::vector<std::string>& files) : tree_(tree) {
  s_.dataset.files = files;
  several_ = files.size() > 1;
  for (const auto* object : tree_.all())
    reversed_ = reversed_ || tree_.attribute(object->path, "MATLAB_class");
}

Suggestion Guess::run() {
  if (reversed_) {
    s_.dataset.axis_order = "reversed";
    s_.notes.emplace_back("axes are those that MATLAB shows: the file stores them reversed");
  }
  candidates_ = find_candidates(tree_, reversed_);
  find_samples();
  find_coordinates();
  stack_points();
  for (auto& variable : variables_) name_axes(variable);
  if (!unaligned()) assign();
  add_parameters();
  other_splits();
  time_names();
  return std::move(s_);
}

// Values on sensors, a point, and one output for each pair of them.
bool Guess::unaligned() {
  const Candidate *branch = nullptr, *trunk = nullptr, *out = nullptr;
  if (variables_.size() != 3) return false;
  for (const auto& one : variables_) {
    if (one.shape.size() != 2) return false;
    const bool output = role(one) > 0 && one.shape[1] == 1;
    (one.shape[1] > 4 ? branch : output ? out : trunk) = &one;
  }
  if (!branch || !trunk || !out) return false;
  auto& p = s_.dataset;
  p.coords.clear();
  s_.notes.clear();
  auto& values = p.inputs[name_of(*branch)] = parameters(*branch, "sample sensor");
  values.role = "branch";
  auto& points = p.inputs[name_of(*trunk)] = parameters(*trunk, "sample dim");
  points.role = "trunk";
  p.outputs[name_of(*out)] = parameters(*out, "sample channel");
  return true;
}

void Guess::assign() {
  auto& p = s_.dataset;
  if (variables_.empty()) refuse("holds no arrays that share a first axis");
  variables_.erase(
      std::remove_if(variables_.begin(), variables_.end(),
                     [&](const auto& one) { return is_single(one) && role(one) <= 0; }),
      variables_.end());
  find_time();
  const bool told = std::any_of(variables_.begin(), variables_.end(), [&](const auto& one) {
    return !tree_.text(one.example, "role").empty();
  });
  if (!told && std::all_of(variables_.begin(), variables_.end(), timed)) {
    for (const auto& one : variables_) p.inputs[name_of(one)] = parameters(one);
    p.window = WindowParameters();
    s_.notes.emplace_back("every array has a time axis: a state is predicted from the one before");
    return;
  }
  for (const auto& one : variables_)
    (is_output(one) ? p.outputs : p.inputs)[name_of(one)] = parameters(one);
  if (p.inputs.empty() || p.outputs.empty()) refuse("does not tell inputs from outputs");
  for (auto& [name, input] : p.inputs) take_log(name, input);
}

// 1: output, -1: input; by the attribute that `banach generate` writes, or by name.
int Guess::role(const Candidate& one) const {
  const auto role = tree_.text(one.example, "role");
  return role == "output" ? 1 : role == "input" ? -1 : role_of_name(one.path);
}

// Where names say nothing, the last one.
bool Guess::is_output(const Candidate& one) {
  int inputs = 0, outputs = 0;
  for (const auto& v : variables_) {
    inputs += role(v) < 0;
    outputs += role(v) > 0;
  }
  if (role(one) != 0) return role(one) > 0;
  if (outputs > 0) return false;
  if (inputs > 0) return true;
  const bool last = &one == &variables_.back();
  if (last)
    s_.notes.push_back("names do not tell inputs from outputs: see whether " + name_of(one) +
                       " is the output");
  return last;
}

// Positive inputs over more than a decade vary by factors.
void Guess::take_log(const std::string& name, VariableParameters& input) {
  double low = INFINITY, high = -INFINITY;
  int looked = 0;
  for (const auto& one : candidates_) {
    if (one.path != input.path) continue;
    for (const auto* object : tree_.all()) {
      const bool alike = object->path == one.example ||
                         (one.has_sample() && parent_of(object->path) == parent_of(one.example));
      if (!alike || ++looked > 16) continue;
      for (const double value : tree_.values(object->path)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  if (!(low > 0) || !(high / low > 10)) return;
  input.transform = "log";
  s_.notes.push_back(fmt::format(
      "{} is positive and spans a factor of {:.3g}: its logarithm is taken", name, high / low));
}

// Groups train, validation and test.
void Guess::other_splits() {
  const auto train = sibling_group(tree_, {"train", "training"});
  const auto validation = sibling_group(tree_, {"validation", "valid", "val"});
  const auto test = sibling_group(tree_, {"test", "testing"});
  auto& p = s_.dataset;
  if (train.empty() || (validation.empty() && test.empty())) return;
  p.split.train.text = validation.empty() ? "0.9" : "1.0";
  p.split.validation.text = validation.empty() ? "0.1" : "0.0";
  p.split.test.text = "0.0";
  if (!validation.empty()) p.validation = variant(p, train, validation);
  if (test.empty()) return;
  p.test.push_back(variant(p, train, test));
  p.test.back().name = "test";
}

// Groups that are called 0_1, 0_2.
void Guess::time_names() {
  for (const auto& one : variables_)
    if (one.has_time() && one.example.find('_', one.path.find("{time}")) != std::string::npos)
      s_.dataset.time_decimal = "_";
}

void Guess::refuse(const std::string& why) const {
  std::string list;
  for (const auto& one : candidates_)
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", one.path, shape_text(one.shape));
  throw DataError(
      fmt::format("{} {}; write [dataset.inputs] and [dataset.outputs] by hand from: "
                  "{}",
                  tree_.file().string(), why, list.empty() ? "nothing" : list));
}

Suggestion suggest_mapping(const FileTree& tree, const std::vector<std::string>& files) {
  return Guess(tree, files).run();
}

}  // namespace banach
