// SPDX-License-Identifier: Apache-2.0
#include "core/training/run_state.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>

#include "core/parameters/json_text.hpp"

namespace banach {
namespace {

constexpr const char* optimizer_prefix = "optimizer/";

struct Type {
  at::ScalarType scalar;
  const char* name;
};
constexpr Type types[] = {{at::kFloat, "F32"}, {at::kDouble, "F64"}, {at::kLong, "I64"},
                          {at::kInt, "I32"},   {at::kBool, "BOOL"},  {at::kByte, "U8"}};

nlohmann::json optional_number(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

std::optional<double> read_optional(const Container& container, const char* key) {
  const auto value = container.value<nlohmann::json>(key);
  return value.is_number() ? std::optional<double>(value.get<double>()) : std::nullopt;
}

/// A list of objects whose texts at these keys, where there are some, are texts.
nlohmann::json listed(const Container& container, const char* key,
                      std::initializer_list<const char*> texts) {
  auto list = container.value<nlohmann::json>(key);
  const auto sound = [&](const nlohmann::json& item) {
    return item.is_object() && std::all_of(texts.begin(), texts.end(), [&](const char* text) {
             return !item.contains(text) || item.at(text).is_string();
           });
  };
  if (!list.is_array() || !std::all_of(list.begin(), list.end(), sound))
    throw DataError(std::string("checkpoint: no usable value \"") + key + "\"");
  return list;
}

}  // namespace

Blob to_blob(const std::string& name, const at::Tensor& tensor) {
  const at::Tensor t = tensor.detach().cpu().contiguous();
  for (const auto& type : types) {
    if (type.scalar != t.scalar_type()) continue;
    const auto* first = static_cast<const std::byte*>(t.data_ptr());
    return {name, type.name, t.sizes().vec(),
            std::vector<std::byte>(first, first + static_cast<std::size_t>(t.nbytes()))};
  }
  throw DataError("checkpoint: tensor \"" + name +
                  "\" has a type that cannot be saved: " + c10::toString(t.scalar_type()));
}

at::Tensor to_tensor(const Blob& blob) {
  for (const auto& type : types) {
    if (blob.dtype != type.name) continue;
    at::Tensor out = at::empty(blob.shape, type.scalar);
    BANACH_ASSERT(static_cast<std::size_t>(out.nbytes()) == blob.bytes.size());
    if (!blob.bytes.empty()) std::memcpy(out.data_ptr(), blob.bytes.data(), blob.bytes.size());
    return out;
  }
  throw DataError("checkpoint: tensor \"" + blob.name + "\" has the unexpected type " + blob.dtype);
}

void finish_window(RunState& s) {
  const auto append = [](at::Tensor& done, const at::Tensor& present) {
    const at::Tensor row = present.detach().cpu().clone().unsqueeze(0);
    done = done.defined() ? at::cat({done, row}) : row;
  };
  append(s.done_parameters, s.parameters);
  append(s.done_buffers, s.buffers);
  ++s.window;
}

std::vector<Bank> banks_of(const RunState& s, at::Device device) {
  std::vector<Bank> out;
  for (std::int64_t k = 0; k < s.window; ++k)
    out.push_back({s.done_parameters[k].to(device), s.done_buffers[k].to(device)});
  out.push_back({s.parameters.to(device), s.buffers.to(device)});
  return out;
}

Container to_container(const RunState& s) {
  Container out;
  out.meta = {{"stage", s.stage},
              {"stage_step", s.stage_step},
              {"stage_stop", s.stage_stop},
              {"window", s.window},
              {"draw", s.draw},
              {"best", optional_number(s.best)},
              {"best_step", s.best_step},
              {"plateau_best", optional_number(s.plateau_best)},
              {"plateau_step", s.plateau_step},
              {"loss_factor", s.loss_factor},
              {"seconds", s.seconds},
              {"stage_seconds", s.stage_seconds},
              {"configuration", s.configuration},
              {"plugins", s.plugins},
              {"slots", s.slots},
              {"dataset", s.dataset},
              {"files", s.files},
              {"start", s.start},
              {"stamp", s.stamp}};
  out.blobs.push_back(to_blob("parameters", s.parameters));
  out.blobs.push_back(to_blob("buffers", s.buffers));
  if (s.window > 0) {
    out.blobs.push_back(to_blob("windows/parameters", s.done_parameters));
    out.blobs.push_back(to_blob("windows/buffers", s.done_buffers));
  }
  if (s.scales.defined()) out.blobs.push_back(to_blob("scales", s.scales));
  if (s.spacing.defined()) out.blobs.push_back(to_blob("spacing", s.spacing));
  out.blobs.push_back(
      make_blob("schedule", {static_cast<std::int64_t>(s.schedule.size())}, s.schedule.data()));
  for (const auto& [name, tensor] : s.optimizer)
    out.blobs.push_back(to_blob(optimizer_prefix + name, tensor));
  return out;
}

RunState to_state(const Container& c, const std::string& origin) try {
  require_plain_texts(c.meta, "checkpoint", {"configuration", "units"});
  RunState s;
  s.step = c.value<std::int64_t>("step");
  s.stage = c.value<std::int64_t>("stage");
  s.stage_step = c.value<std::int64_t>("stage_step");
  s.stage_stop = c.value<std::string>("stage_stop");
  s.window = c.value<std::int64_t>("window");
  s.draw = c.meta.value("draw", std::int64_t{-1});   // absent in older checkpoints
  s.loss_factor = c.meta.value("loss_factor", 1.0);  // likewise
  s.best = read_optional(c, "best");
  s.best_step = c.value<std::int64_t>("best_step");
  s.plateau_best = read_optional(c, "plateau_best");
  s.plateau_step = c.value<std::int64_t>("plateau_step");
  s.seconds = c.value<double>("seconds");
  s.stage_seconds = c.value<double>("stage_seconds");
  s.configuration = c.value<std::string>("configuration");
  s.plugins = listed(c, "plugins", {"name", "version", "path"});
  s.slots = listed(c, "slots", {"name"});
  s.dataset = c.value<nlohmann::json>("dataset");
  s.files = c.meta.value("files", nlohmann::json());  // absent in older checkpoints
  s.stamp = c.value<std::string>("stamp");
  s.start = c.meta.value("start", nlohmann::json());
  s.parameters = to_tensor(c.blob("parameters"));
  s.buffers = to_tensor(c.blob("buffers"));
  if (s.window > 0) {
    s.done_parameters = to_tensor(c.blob("windows/parameters"));
    s.done_buffers = to_tensor(c.blob("windows/buffers"));
  }
  s.schedule = values_of<double>(c.blob("schedule"));
  const std::string prefix = optimizer_prefix;
  for (const auto& blob : c.blobs) {
    if (blob.name == "spacing") s.spacing = to_tensor(blob);
    if (blob.name == "scales") s.scales = to_tensor(blob);
  }
  for (const auto& blob : c.blobs)
    if (blob.name.rfind(prefix, 0) == 0)
      s.optimizer[blob.name.substr(prefix.size())] = to_tensor(blob);
  return s;
} catch (const DataError& error) {
  throw DataError(origin + ": " + error.what());
} catch (const nlohmann::json::exception& error) {
  throw DataError(origin + ": the checkpoint is damaged: " + error.what());
}

}  // namespace banach
