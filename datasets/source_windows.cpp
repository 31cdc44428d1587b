// SPDX-License-Identifier: Apache-2.0
// SourceBuilder: windows over time, and the description of it all.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/axis_match.hpp"
#include "datasets/source_builder.hpp"

namespace banach {

void SourceBuilder::finish() {
  auto& info = out_.info_;
  for (const auto& axis : axes_) info.axes.push_back(axis.axis);
  info.time_values = time_values_;
  // inputs, parameters, outputs
  std::stable_sort(out_.variables_.begin(), out_.variables_.end(),
                   [](const SourceVariable& a, const SourceVariable& b) {
                     const auto rank = [](Role role) {
                       return role == Role::output ? 2 : role == Role::parameter ? 1 : 0;
                     };
                     return rank(a.info.role) < rank(b.info.role);
                   });
  for (auto& variable : out_.variables_)
    for (std::size_t i = 0; variable.same >= 0 && i < out_.variables_.size(); ++i)
      if (out_.variables_[i].info.role == Role::input &&
          out_.variables_[i].info.name == variable.info.name)
        variable.same = static_cast<int>(i);
  out_.reference_ = 0;
  for (std::size_t i = out_.variables_.size(); i-- > 0;) {
    const auto& variable = out_.variables_[i];
    if (variable.info.role != Role::parameter) out_.reference_ = i;
  }
  for (std::size_t i = 0; i < out_.variables_.size(); ++i)
    if (out_.variables_[i].windowed) out_.reference_ = i;
  for (auto& variable : out_.variables_) {
    auto ordered = std::vector<std::string>();
    for (const auto& axis : info.axes)
      if (std::count(variable.info.axes.begin(), variable.info.axes.end(), axis.name) > 0)
        ordered.push_back(axis.name);
    variable.info.axes = ordered;
    info.variables.push_back(variable.info);
  }
}

/// Puts the times of windows in order, and finds the steps between those of one window.
void SourceBuilder::find_time_steps(const SourceVariable& reference) {
  const auto at = static_cast<std::size_t>(reference.layout.axis("time"));
  const auto& picks = reference.dims[at].picks;
  std::optional<CoordinateParameters> from;
  if (const auto found = p_.coords.find("time"); found != p_.coords.end())
    from = found->second;
  else
    from = scale_of("time");
  if (!from || picks.size() < 2) return;
  auto values = CoordinateReader(out_.files_, *out_.cache_, p_)
                    .axis({"time", reference.layout.axes[at].size, picks, true}, *from)
                    .values;
  const auto rank = places_in_order(values, false, "dataset.coords.time");
  if (!rank.empty()) rank_times(rank);
  values = in_order(values, rank);
  const auto stride = static_cast<std::size_t>(p_.window->stride);
  if (values.size() <= stride) return;
  auto& info = out_.info_;
  std::vector<double> reached{values[0]};  // as far as steps of a window lead, one after another
  for (std::size_t i = stride; i < values.size(); ++i)
    reached.push_back(reached.back() + values[i] - values[i - stride]);
  const auto spacing = spacing_of(reached);
  info.shortest_step = spacing.shortest, info.longest_step = spacing.longest;
  if (!spacing.even) return;
  const double step = values[1] - values[0];
  const double mean = (values[stride] - values[0]) / static_cast<double>(stride);
  info.time_step = std::abs(step - mean) > 1e-3 * mean ? mean : step;
}

void SourceBuilder::rank_times(const Indices& rank) {
  for (auto& variable : out_.variables_) {
    if (!variable.windowed) continue;
    auto& dim = variable.dims[static_cast<std::size_t>(variable.layout.axis("time"))];
    for (const auto& block : variable.layout.blocks)
      if (dim.selection.of(block.time).size() != rank.size())
        throw DataError(fmt::format(
            "dataset.coords.time: times do not rise, and trajectories differ in length (dataset "
            "\"{}\"): store them in rising order",
            block.pieces.front().path));
    dim.rank = rank;
  }
}

/// Names channels and axes of one window; the arrays of the files keep all times.
void SourceBuilder::cut_windows() {
  const auto& window = *p_.window;
  const auto& reference = out_.variables_[out_.reference_];
  if (!reference.windowed) throw ConfigError("dataset.window: no variable has an axis \"time\"");
  find_time_steps(reference);
  const double step = out_.info_.time_step;
  const auto later = [&](std::int64_t steps) {
    return step != 0 ? fmt::format("{:+.6g}", step * static_cast<double>(steps * window.stride))
                     : fmt::format("{:+d}", steps * window.stride);
  };
  for (std::int64_t i = 1; i <= window.n_out; ++i) time_values_.push_back(later(i));
  const bool as_axis = window.time_as == "axis";
  const double unit = (step != 0 ? step : 1) * static_cast<double>(window.stride);
  const auto add_axis = [&](const std::string& name, std::int64_t count, std::int64_t first) {
    Axis axis;
    axis.label = "time";
    axis.axis = {name, count, {}, false};
    for (std::int64_t i = 0; i < count; ++i)
      axis.axis.values.push_back(unit * static_cast<double>(first + i));
    axes_.insert(axes_.begin(), axis);
  };
  const auto in_name = window.n_in == window.n_out ? "time" : "time_in";
  if (as_axis) {
    if (window.n_in != window.n_out) add_axis("time_in", window.n_in, 1 - window.n_in);
    add_axis("time", window.n_out, 1);
    if (training_) out_.info_.output_axes.insert(out_.info_.output_axes.begin(), "time");
  }
  for (auto& variable : out_.variables_) {
    if (!variable.windowed) continue;
    const bool output = variable.info.role == Role::output;
    if (as_axis) {
      variable.info.axes.insert(variable.info.axes.begin(), output ? "time" : in_name);
      continue;
    }
    std::vector<std::string> channels;
    const auto count = output ? window.n_out : window.n_in;
    for (std::int64_t t = 0; t < count; ++t)
      for (const auto& name : variable.info.channels)
        channels.push_back(
            count == 1 ? name : fmt::format("{}[{}]", name, later(output ? t + 1 : t + 1 - count)));
    variable.info.channels = std::move(channels);
  }
}

}  // namespace banach
