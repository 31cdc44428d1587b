// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/memory_optimizer.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "banach/error.hpp"

namespace banach {
namespace {

// "float64 [2241]"
std::string shape_text(const at::Tensor& t) {
  std::string out = std::string(c10::toString(t.scalar_type())) + " [";
  for (std::int64_t i = 0; i < t.dim(); ++i) out += (i ? ", " : "") + std::to_string(t.size(i));
  return out + "]";
}

void check_saved(const State& state, const std::string& name, const at::Tensor& like) {
  const auto place = state.find(name);
  if (place == state.end())
    throw DataError("the saved optimizer state has no \"" + name +
                    "\": resume with the optimizer and options of the run");
  const at::Tensor& t = place->second;
  if (!t.defined() || t.sizes() != like.sizes() || t.scalar_type() != like.scalar_type())
    throw DataError("the saved optimizer state \"" + name + "\" is " +
                    (t.defined() ? shape_text(t) : "empty") + " where " + shape_text(like) +
                    " is needed: resume with the model and dtype of the run");
}

}  // namespace

State copies_of(const NamedTensors& tensors) {
  State out;
  for (const auto& [name, tensor] : tensors) out[name] = tensor.clone();
  return out;
}

void copy_into(const NamedTensors& tensors, const State& state) {
  for (const auto& [name, tensor] : tensors) check_saved(state, name, tensor);
  for (const auto& entry : state)
    if (std::none_of(tensors.begin(), tensors.end(),
                     [&](const auto& t) { return t.first == entry.first; }))
      throw DataError("the saved optimizer state has \"" + entry.first +
                      "\", which this optimizer does not keep: resume with the optimizer and "
                      "options of the run");
  c10::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) tensor.copy_(state.at(name));
}

void check_real(const at::Tensor& parameters) {
  if (!at::isFloatingType(parameters.scalar_type()))
    throw ConfigError("optimizers need real parameters, not " +
                      std::string(c10::toString(parameters.scalar_type())) +
                      ": store complex weights as real [..., 2]");
}

void MemoryOptimizer::reset(const at::Tensor& parameters) {
  check_real(parameters);
  BANACH_ASSERT(parameters.dim() == 1);
  tensors_.clear();
  finished_.clear();
  step_ = keep_count("step");
  evaluations_ = keep_count("evaluations");
  prepare(parameters);
}

at::Tensor MemoryOptimizer::step(Objective& objective, double lr) {
  if (tensors_.empty()) reset(objective.parameters());
  finished_.clear();
  ++count(step_);
  return advance(objective, lr);
}

void MemoryOptimizer::restore(const State& state) {
  BANACH_ASSERT(!tensors_.empty());
  State whole = state;
  complete(whole);
  copy_into(tensors_, whole);
  finished_.clear();
}

at::Tensor MemoryOptimizer::keep(std::string name, at::Tensor tensor) {
  tensors_.emplace_back(std::move(name), tensor);
  return tensor;
}

at::Tensor MemoryOptimizer::keep_number(std::string name, double value) {
  return keep(std::move(name), at::full({}, value, at::kDouble));
}

at::Tensor MemoryOptimizer::keep_count(std::string name) {
  return keep(std::move(name), at::zeros({}, at::kLong));
}

}  // namespace banach
