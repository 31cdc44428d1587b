// SPDX-License-Identifier: Apache-2.0
#include "core/operators/rollout.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>

#include "datasets/trajectories.hpp"

namespace banach {
namespace {

using at::Tensor;
using Names = std::vector<std::string>;

// Whether windows cut the variable: its mapping has an axis of time that no index dropped.
// Variables without axes come from presets, or are inputs at later times.
bool windowed(const std::map<std::string, VariableParameters>& mapped, const std::string& name) {
  const auto found = mapped.find(name);
  if (found == mapped.end()) return true;
  const Names& axes = found->second.axes.names;
  const Value* time = found->second.select.find("time");
  const bool has_time = axes.empty() || std::count(axes.begin(), axes.end(), "time") > 0;
  return has_time && !(time && time->get<std::int64_t>());
}

bool same_numbers(const DatasetParameters& p, const std::string& name) {
  const auto in = p.inputs.find(name), out = p.outputs.find(name);
  if (in == p.inputs.end() || out == p.outputs.end()) return true;
  const VariableParameters &a = in->second, &b = out->second;
  return a.transform == b.transform && a.scale == b.scale && a.offset == b.offset;
}

std::int64_t place(const Names& names, const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? -1 : at - names.begin();
}

Names without(Names names, std::int64_t at) {
  if (at >= 0) names.erase(names.begin() + at);
  return names;
}

// [B, channels, axes...] <-> [B, steps, components, axes...]; steps slowest among channels.
Tensor steps_of(const Tensor& values, std::int64_t time, std::int64_t components) {
  if (time >= 0) return values.movedim(time, 1);
  auto shape = values.sizes().vec();
  shape[1] /= components;
  shape.insert(shape.begin() + 2, components);
  return values.reshape(shape);
}
Tensor array_of(const Tensor& steps, std::int64_t time) {
  return time >= 0 ? steps.movedim(1, time) : steps.flatten(1, 2);
}

Names names_of(const OperatorData& data, const std::vector<std::size_t>& which) {
  Names out;
  for (const std::size_t i : which) out.push_back(data.info.variables[i].name);
  return out;
}

}  // namespace

std::string RollOut::link(const OperatorData& data, const DataVariable& output, Link& link) {
  const WindowParameters& window = *data.parameters.window;
  const DataVariable& input = data.input(link.input);
  if (!same_numbers(data.parameters, output.name))
    return fmt::format(
        "\"{}\" has another transform, scale or offset as an input than as an output", output.name);
  std::int64_t in_time = -1, out_time = -1;
  auto in = static_cast<std::int64_t>(input.channels.size());
  if (window.time_as == "axis") {
    in_time = place(input.axes, window.n_in == window.n_out ? "time" : "time_in");
    out_time = place(output.axes, "time");
    link.input_time = in_time + 2, link.out_time = out_time + 2;
    link.components = link.channels;
  } else {
    in /= window.n_in;
    link.components = link.channels / window.n_out;
  }
  const Names own = without(input.axes, in_time), there = without(output.axes, out_time);
  if (in == link.components && own == there) return "";
  return fmt::format(
      "one step of \"{}\" has {} channels on ({}) as an input, but {} on ({}) as an output",
      output.name, in, join(own, " "), link.components, join(there, " "));
}

std::string RollOut::connect(const OperatorData& data, std::vector<Link>& links) {
  const DatasetParameters& p = data.parameters;
  if (!p.window) return "the data set has no [dataset.window]: none of its samples follows another";
  if (data.own_points) return "every sample has points of its own";
  std::int64_t first = 0;
  for (const std::size_t i : data.outputs) {
    const DataVariable& output = data.info.variables[i];
    Link one;
    one.first = first, one.channels = static_cast<std::int64_t>(output.channels.size());
    first += one.channels;
    if (!windowed(p.outputs, output.name)) continue;
    for (one.input = 0; one.input < data.inputs.size(); ++one.input) {
      const DataVariable& input = data.input(one.input);
      if (input.name != output.name || input.role != DataVariable::Role::input) continue;
      if (!windowed(p.inputs, input.name)) continue;
      if (auto why = link(data, output, one); !why.empty()) return why;
      links.push_back(one);
    }
  }
  if (!links.empty()) return "";
  return fmt::format(
      "no output is an input of the next window (inputs in time: {}; outputs: {}): leave "
      "dataset.outputs out, or give the input the name of the output",
      data.inputs.empty() ? "none" : join(names_of(data, data.inputs)),
      data.outputs.empty() ? "none" : join(names_of(data, data.outputs)));
}

std::string RollOut::missing(const OperatorData& data) {
  std::vector<Link> links;
  const std::string why = connect(data, links);
  return why.empty() ? "" : "roll-out: " + why;
}

RollOut::RollOut(const OperatorData& data, const Normaliser* scales) {
  if (const std::string why = connect(data, links_); !why.empty())
    throw ConfigError("roll-out: " + why);
  const WindowParameters& window = *data.parameters.window;
  shift_ = window.n_out * window.stride;
  steps_in_ = window.n_in;
  delta_ = window.target == "delta";
  if (!scales) return;
  for (Link& link : links_) compose(data, *scales, link);
}

void RollOut::compose(const OperatorData& data, const Normaliser& scales, Link& l) const {
  const DataVariable& input = data.input(l.input);
  const WindowParameters& window = *data.parameters.window;
  const auto steps = [&](const Tensor& which, double otherwise, Shape shape, std::int64_t time,
                         std::int64_t count) {
    Tensor values = which.defined() ? which : at::full({shape[1]}, otherwise, at::kDouble);
    if (values.dim() == 1)
      for (std::size_t k = 2; k < shape.size(); ++k) shape[k] = 1;
    values = values.reshape(shape);
    if (time >= 0) shape[static_cast<std::size_t>(time)] = count;
    return steps_of(values.expand(shape), time, l.components);
  };
  const auto given = [&](const Tensor& which, double otherwise) {
    return steps(which, otherwise, array_shape(data.info, input, 1), l.input_time, window.n_in);
  };
  const auto made = [&](const Tensor& which, double otherwise) {
    Shape shape = array_shape(data.info, data.info.variables[data.outputs[0]], 1);
    shape[1] = l.channels;
    return steps(which.defined() ? which.narrow(0, l.first, l.channels) : which, otherwise, shape,
                 l.out_time, window.n_out);
  };
  const Scaling &in = scales.input(l.input), &loss = scales.loss();
  const Tensor shift = given(in.shift, 0), scale = given(in.scale, 1);
  const Tensor unit = made(loss.scale, 1), last = shift.narrow(1, steps_in_ - 1, 1);
  const Tensor start = delta_ ? last + made(loss.shift, 0) : made(loss.shift, 0);
  const auto joined = [&](const Tensor& a, const Tensor& b) {  // the last steps of both
    auto size = a.sizes().vec();
    size[1] = b.size(1);
    return at::cat({a, b.expand(size)}, 1).narrow(1, b.size(1), steps_in_);
  };
  l.gain = joined(scale, unit) / scale;
  l.offset = (joined(shift, start) - shift) / scale;
  l.ratio = scale.narrow(1, steps_in_ - 1, 1) / unit;
}

std::int64_t RollOut::windows(const std::vector<std::int64_t>& trajectories,
                              std::int64_t sample) const {
  const auto end = std::upper_bound(trajectories.begin(), trajectories.end(), sample);
  return end == trajectories.end() ? 0 : (*end - 1 - sample) / shift_ + 1;
}

// The last state given, [B, 1, components, axes...].
Tensor RollOut::last(const Link& link, const OperatorBatch& given) const {
  return steps_of(given.inputs[link.input], link.input_time, link.components)
      .narrow(1, steps_in_ - 1, 1);
}

Tensor RollOut::states(const Tensor& outputs, const OperatorBatch& given) const {
  if (!delta_) return outputs;
  std::vector<Tensor> parts;
  std::int64_t next = 0;
  const auto keep_until = [&](std::int64_t end) {
    if (end > next) parts.push_back(outputs.narrow(1, next, end - next));
  };
  for (const Link& l : links_) {
    keep_until(l.first);
    const Tensor steps = steps_of(outputs.narrow(1, l.first, l.channels), l.out_time, l.components);
    const Tensor start = last(l, given);
    const Tensor state =
        l.ratio.defined() ? at::addcmul(steps, start, l.ratio.to(steps.options())) : steps + start;
    parts.push_back(array_of(state, l.out_time));
    next = l.first + l.channels;
  }
  keep_until(outputs.size(1));
  return at::cat(parts, 1);
}

Tensor RollOut::comparable(const Tensor& outputs, const OperatorBatch& given,
                           const OperatorBatch& real) const {
  if (!delta_) return outputs;
  return states(outputs, given) - states(at::zeros_like(outputs), real);
}

OperatorBatch RollOut::after(const OperatorBatch& now, const Tensor& outputs, OperatorBatch next,
                             const Tensor& rows) const {
  const Tensor found = states(outputs, now);
  for (const Link& l : links_) {
    const Tensor given = steps_of(now.inputs[l.input], l.input_time, l.components);
    const Tensor made = steps_of(found.narrow(1, l.first, l.channels), l.out_time, l.components);
    const Tensor all = at::cat({given, made}, 1);
    Tensor last = all.narrow(1, all.size(1) - steps_in_, steps_in_);
    if (rows.defined()) last = last.index_select(0, rows);
    if (l.gain.defined())
      last = at::addcmul(l.offset.to(last.options()), last, l.gain.to(last.options()));
    next.inputs[l.input] = array_of(last, l.input_time).contiguous();
  }
  return next;
}

std::string rollout_misfit(const OperatorData* data, const Dataset* dataset, std::int64_t windows) {
  if (!data) return "roll-out: there is no [dataset]";
  if (auto why = RollOut::missing(*data); !why.empty() || !dataset) return why;
  const RollOut rollout(*data);
  const auto firsts = trajectories(*dataset, Split::train);
  std::int64_t most = 0;
  for (const std::int64_t first : firsts) most = std::max(most, rollout.windows(firsts, first));
  if (most >= windows) return "";
  return fmt::format(
      "roll-out: the longest training trajectory holds {} windows that follow from each other",
      most);
}

}  // namespace banach
