// SPDX-License-Identifier: Apache-2.0
#include "datasets/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "banach/error.hpp"
#include "datasets/axis_match.hpp"
#include "datasets/inspect.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_bytes = 64 << 20;  // read of every split

const char* role_name(DataVariable::Role role) {
  switch (role) {
    case DataVariable::Role::input:
      return "input";
    case DataVariable::Role::output:
      return "output";
    case DataVariable::Role::parameter:
      return "parameter";
    default:
      return "points";
  }
}

struct Statistics {
  double low = INFINITY, high = -INFINITY, sum = 0;
  std::int64_t count = 0, zeros = 0;  // zeros: samples of several numbers that are 0 throughout
  void add(const DataArray& array, std::size_t samples) {
    const auto each = array.bytes.size() / (samples * sizeof(double));
    std::vector<double> values(each);
    for (std::size_t i = 0; i < samples; ++i) {
      std::memcpy(values.data(), array.bytes.data() + i * each * sizeof(double),
                  each * sizeof(double));
      zeros +=
          each > 1 && std::all_of(values.begin(), values.end(), [](double x) { return x == 0; });
      for (const double value : values) {
        low = std::min(low, value);
        high = std::max(high, value);
        sum += value;
        ++count;
      }
    }
  }
  std::string remarks() const {
    if (low == high) return "; all are equal";
    return zeros == 0 ? ""
                      : fmt::format("; {} sample{} 0 throughout: were they written?", zeros,
                                    zeros == 1 ? " is" : "s are");
  }
};

std::string axes_text(const DatasetInfo& info) {
  std::string out;
  for (const auto& axis : info.axes) {
    out += fmt::format("axis {}: {} points", axis.name, axis.size);
    if (!axis.values.empty())
      out += fmt::format(", {:.6g} to {:.6g}{}{}", axis.values.front(), axis.values.back(),
                         axis.units.empty() ? "" : " " + axis.units,
                         axis.periodic ? ", periodic" : "");
    if (const Spacing spacing = spacing_of(axis.values); !spacing.even)
      out += fmt::format(", not equidistant: steps differ by a factor of {:.3g}", spacing.ratio());
    out += "\n";
  }
  if (info.shortest_step > 0 && info.time_step == 0)
    out += fmt::format("window: {}, which the network is not told\n", step_text(info));
  if (!info.points.empty())
    out += fmt::format("points: {} with coordinates {}\n",
                       info.points.size() / std::max<std::size_t>(1, info.dimensions.size()),
                       join(info.dimensions));
  if (const auto& w = info.weights; !w.empty())
    out +=
        fmt::format("weights of points: {:.6g} to {:.6g}\n", *std::min_element(w.begin(), w.end()),
                    *std::max_element(w.begin(), w.end()));
  return out;
}

/// "input u [channel 2, x 32, y 32]: u.0, u.1"
std::string variables_text(const DatasetInfo& info) {
  std::string out;
  for (const auto& v : info.variables) {
    out += fmt::format("{} {}  [channel {}", role_name(v.role), v.name, v.channels.size());
    for (const auto& name : v.axes) {
      const auto* axis = info.axis(name);
      out += fmt::format(", {} {}", name, axis ? axis->size : 0);
    }
    out += "]" + (v.units.empty() ? "" : " in " + v.units);
    out += v.channels.size() > 1 ? ": " + join(v.channels) + "\n" : "\n";
  }
  return out;
}

std::string plan_text(const Dataset& dataset) {
  std::string out;
  for (const auto& plan : dataset.plan())
    out += fmt::format("reads {} ({}, {}, {}) {}{}\n", plan.variable, plan.dataset, plan.layout,
                       size_text(plan.bytes), plan.in_memory ? "into memory" : "in blocks",
                       plan.reason.empty() ? "" : ": " + plan.reason);
  return out;
}

/// Reads samples one by one or in groups, and keeps account.
class Reading {
 public:
  explicit Reading(const Dataset& dataset) : dataset_(dataset) {
    for (const auto& v : dataset.info().variables) sample_bytes_ += 8 * dataset.info().numbers(v);
  }
  std::string split(const std::string& name, Split split) {
    const auto size = dataset_.size(split);
    std::string out = fmt::format("{}: {} samples", name, size);
    if (size == 0) return out + "\n";
    const auto most =
        std::max<std::int64_t>(1, most_bytes / std::max<std::int64_t>(1, sample_bytes_));
    const auto count = std::min(size, most);
    statistics_.assign(dataset_.info().variables.size(), {});
    refused_ = 0;
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < count; i += 16) {
      std::vector<std::int64_t> samples;
      for (auto j = i; j < std::min(count, i + 16); ++j) samples.push_back(j * size / count);
      if (!read(split, samples))
        for (const auto sample : samples)
          if (!read(split, {sample})) ++refused_;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    out += count < size ? fmt::format(", {} of them read", count) : ", all read";
    out +=
        fmt::format(" at {}/s\n",
                    size_text(static_cast<std::int64_t>(static_cast<double>(count * sample_bytes_) /
                                                        std::max(1e-9, seconds.count()))));
    out += fmt::format("  NaN, infinity or damage: {}\n",
                       refused_ == 0 ? "none" : fmt::format("{} samples", refused_));
    return out + table();
  }
  const std::string& error() const { return error_; }

 private:
  bool read(Split split, const std::vector<std::int64_t>& samples) {
    try {
      const auto arrays = dataset_.read(split, samples, NumberType::float64);
      for (std::size_t v = 0; v < arrays.size(); ++v) statistics_[v].add(arrays[v], samples.size());
      return true;
    } catch (const DataError& error) {
      if (samples.size() == 1 && error_.empty()) error_ = error.what();
      return false;
    }
  }
  std::string table() const {
    std::string out;
    for (std::size_t v = 0; v < statistics_.size(); ++v) {
      const auto& s = statistics_[v];
      if (s.count == 0) continue;
      const auto& variable = dataset_.info().variables[v];
      out += fmt::format("  {} {}: {:.6g} to {:.6g}, mean {:.6g}{}\n", role_name(variable.role),
                         variable.name, s.low, s.high, s.sum / static_cast<double>(s.count),
                         s.remarks());
    }
    return out;
  }

  const Dataset& dataset_;
  std::int64_t sample_bytes_ = 0, refused_ = 0;
  std::vector<Statistics> statistics_;
  std::string error_;
};

}  // namespace

CheckResult check_dataset(const DatasetParameters& parameters) {
  const auto dataset = Dataset::open(parameters);
  Reading reading(*dataset);
  CheckResult out;
  out.text = axes_text(dataset->info()) + variables_text(dataset->info()) + plan_text(*dataset);
  out.text += reading.split("train", Split::train);
  out.text += reading.split("validation", Split::validation);
  out.text += reading.split("test", Split::test);
  out.error = reading.error();
  for (const auto& variant : parameters.test) {
    if (variant.name.empty() || variant.name == "test") continue;  // the test split itself
    const auto other = Dataset::open(parameters, variant.name);
    Reading more(*other);
    out.text += more.split("test set " + variant.name, Split::test);
    const std::string units = other_units(dataset->info(), other->info());
    if (out.error.empty()) out.error = more.error();
    if (out.error.empty() && !units.empty())
      out.error = "test set \"" + variant.name + "\": " + units;
  }
  return out;
}

}  // namespace banach
