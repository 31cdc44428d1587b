// SPDX-License-Identifier: Apache-2.0
#include "core/operators/data_match.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/operators/point_match.hpp"
#include "datasets/axis_match.hpp"

namespace banach {
namespace {

class Matcher {
 public:
  Matcher(const Experiment& experiment, const OperatorData& data, std::string origin)
      : grid_(experiment.network->grid() != nullptr),
        trained_(*experiment.data),
        out_(data),
        origin_(std::move(origin)) {}

  MatchedData match() {
    check_channels();
    check_times();
    if (grid_)
      match_grid();
    else
      match_points();
    return {std::make_shared<const OperatorData>(std::move(out_)), std::move(notices_)};
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw DataError(origin_ + ": " + what); }

  void check_channels() const {
    if (out_.inputs.size() != trained_.inputs.size())
      fail(fmt::format("there are {} inputs, {} in the training data", out_.inputs.size(),
                       trained_.inputs.size()));
    for (std::size_t k = 0; k < out_.inputs.size(); ++k) {
      const auto now = out_.input(k).channels.size(), before = trained_.input(k).channels.size();
      if (now != before)
        fail(fmt::format("input \"{}\" has {} channels, {} in the training data",
                         out_.input(k).name, now, before));
    }
    if (!out_.outputs.empty() && out_.unknowns.size() != trained_.unknowns.size())
      fail(fmt::format("the outputs have {} channels, {} in the training data",
                       out_.unknowns.size(), trained_.unknowns.size()));
  }

  // Windows of another step are states of another map.
  void check_times() const {
    const DatasetInfo &now = out_.info, &before = trained_.info;
    if (!trained_.parameters.window || now.shortest_step == 0) return;
    // Runs of older versions remember the names of the steps alone.
    const bool known = before.shortest_step > 0;
    const auto near = [](double a, double b) { return std::abs(a - b) <= 1e-3 * std::abs(b); };
    const bool same = known ? near(now.shortest_step, before.shortest_step) &&
                                  near(now.longest_step, before.longest_step)
                            : now.time_values == before.time_values;
    if (!same)
      fail(fmt::format(
          "{}; in the training data {}", step_text(now),
          known ? step_text(before) : "the first one is " + before.time_values.front()));
  }

  void match_grid() {
    if (out_.axes != trained_.axes || !out_.grid)
      fail(fmt::format("the points are on ({}), those of the training on ({})",
                       join(out_.axes, " "), join(trained_.axes, " ")));
    const bool same = trained_.parameters.normalisation.per == "point";
    for (const auto& name : out_.axes)
      if (const auto why = grid_misfit(*trained_.info.axis(name), *out_.info.axis(name), same);
          !why.empty())
        fail(fmt::format("axis \"{}\" {}", name, why));
    out_.scales = trained_.domain;
  }

  void match_points() {
    out_.resampling.resize(out_.inputs.size());
    bool needed = false;
    for (std::size_t k = 0; k < out_.inputs.size(); ++k) {
      match_input(k);
      needed = needed || !out_.resampling[k].lines.empty();
    }
    if (!needed) out_.resampling.clear();
    check_outputs();
  }

  void match_input(std::size_t k) {
    const auto &now = out_.input(k), &before = trained_.input(k);
    if (now.axes.size() != before.axes.size())
      fail(fmt::format("input \"{}\" lies on ({}), in the training on ({})", now.name,
                       join(now.axes, " "), join(before.axes, " ")));
    for (std::size_t d = 0; d < now.axes.size(); ++d) {
      const DataAxis &here = *out_.info.axis(now.axes[d]),
                     &there = *trained_.info.axis(before.axes[d]);
      const auto dim = static_cast<std::int64_t>(d) + 2;
      auto& lines = out_.resampling[k].lines;
      if (here.name == "point" && !trained_.info.points.empty()) {
        match_listed(now.name, dim, lines);
      } else if (here.values.empty() || there.values.empty()) {
        if (here.size != there.size)
          fail(fmt::format("input \"{}\" has {} points along \"{}\", {} in the training", now.name,
                           here.size, here.name, there.size));
      } else if (first_difference(there.values, here.values)) {
        move_sensors(now.name, there, here, dim, lines);
      }
    }
  }

  void move_sensors(const std::string& input, const DataAxis& there, const DataAxis& here,
                    std::int64_t dim, std::vector<Resampling::Line>& lines) {
    try {
      lines.push_back(interpolation(there, here, dim));
    } catch (const DataError& error) {
      fail(fmt::format("the points of input \"{}\" along \"{}\" {}", input, here.name,
                       error.what()));
    }
    notices_.push_back(
        fmt::format("{}: input \"{}\" is {} along \"{}\", {} in the training: its values are "
                    "interpolated linearly",
                    origin_, input, range_text(here.values), here.name, range_text(there.values)));
  }

  // Points without an order: the same ones, wherever they stand in the list.
  void match_listed(const std::string& input, std::int64_t dim,
                    std::vector<Resampling::Line>& lines) {
    const DatasetInfo &now = out_.info, &before = trained_.info;
    if (now.points.size() == before.points.size() && !first_difference(before.points, now.points))
      return;
    const auto places = places_of_points(before.points, now.points, before.dimensions.size());
    if (!places)
      fail(
          fmt::format("input \"{}\" is given at other points than in the training, and scattered "
                      "points cannot be interpolated; give it at the same ones",
                      input));
    lines.push_back({dim, at::tensor(*places, at::kLong), {}, {}});
  }

  void check_outputs() {
    if (out_.own_points) return;
    if (trained_.parameters.normalisation.per == "point" && !out_.outputs.empty() &&
        !coordinates_differ(trained_.info, out_.info).empty())
      fail("normalisation.per = \"point\" belongs to the points of the training: " +
           coordinates_differ(trained_.info, out_.info));
    if (!out_.points.defined()) return;
    if (out_.domain.size() != trained_.domain.size())
      fail(fmt::format("the points have {} coordinates, {} in the training", out_.domain.size(),
                       trained_.domain.size()));
    for (std::size_t k = 0; k < out_.domain.size(); ++k) check_range(k);
  }

  void check_range(std::size_t k) const {
    const Axis &now = out_.domain[k], &before = trained_.domain[k];
    const at::Tensor column = out_.points.select(1, static_cast<std::int64_t>(k));
    const double low = column.min().item<double>(), high = column.max().item<double>();
    const double near = std::max(coordinate_tolerance({before.lower, before.upper}),
                                 1e-6 * (before.upper - before.lower));
    if (low >= before.lower - near && high <= before.upper + near) return;
    fail(
        fmt::format("\"{}\" runs from {:.7g} to {:.7g}, in the training data from {:.7g} to "
                    "{:.7g}: nothing was learnt outside",
                    now.name, low, high, before.lower, before.upper));
  }

  bool grid_;
  const OperatorData& trained_;
  OperatorData out_;
  std::string origin_;
  std::vector<std::string> notices_;
};

}  // namespace

MatchedData match_data(const Experiment& experiment, std::shared_ptr<const OperatorData> data,
                       const std::string& origin) {
  return Matcher(experiment, *data, origin).match();
}

}  // namespace banach
