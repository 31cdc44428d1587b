// SPDX-License-Identifier: Apache-2.0
// MappedDataset: how it is opened, and which trajectories of which files make its splits.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "banach/error.hpp"
#include "core/parameters/memory.hpp"
#include "datasets/axis_match.hpp"
#include "datasets/mapped_dataset.hpp"
#include "datasets/splits.hpp"

namespace banach {
namespace {

std::int64_t budget_bytes(double budget) {
  constexpr double most = 9e18;  // fits into 64 bits
  const auto free = static_cast<double>(std::max<std::int64_t>(available_memory(), 0));
  return static_cast<std::int64_t>(std::min(budget > 1 ? budget * 1e9 : budget * free, most));
}

bool is_test_split(const DataVariantParameters& variant) {
  return variant.name.empty() || variant.name == "test";
}

const DataVariantParameters& find_variant(const DatasetParameters& parameters,
                                          const std::string& name) {
  std::vector<std::string> names;
  for (const auto& variant : parameters.test) {
    if (variant.name == name) return variant;
    names.push_back(variant.name);
  }
  throw ConfigError(fmt::format("dataset.test: there is no test set \"{}\"; there are: {}", name,
                                names.empty() ? "none" : join(names)));
}

/// What `open` gives; errors begin with the name of the test set that it opens.
template <class Open>
decltype(auto) of_test_set(const std::string& name, const Open& open) {
  const std::string before = "test set \"" + name + "\": ";
  try {
    return open();
  } catch (const DataError& error) {
    throw DataError(before + error.what(), error.code());
  } catch (const ConfigError& error) {
    throw ConfigError(before + error.what());
  }
}

Indices all_of(const DataSource& source) {
  Indices all(static_cast<std::size_t>(source.trajectories()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

}  // namespace

// The box of the points of some training samples, by which networks scale their coordinates.
void MappedDataset::measure_own_points() {
  const auto place =
      std::find_if(info_.variables.begin(), info_.variables.end(),
                   [](const auto& v) { return v.role == DataVariable::Role::points; });
  const std::int64_t samples = std::min<std::int64_t>(256, size(Split::train));
  if (place == info_.variables.end() || samples == 0) return;
  std::vector<std::int64_t> some(static_cast<std::size_t>(samples));
  std::iota(some.begin(), some.end(), std::int64_t{0});
  const auto arrays = read(Split::train, some, NumberType::float64);
  const auto& bytes = arrays[static_cast<std::size_t>(place - info_.variables.begin())].bytes;
  const auto* x = reinterpret_cast<const double*>(bytes.data());
  const std::size_t dimensions = place->channels.size();
  const std::size_t count = static_cast<std::size_t>(info_.numbers(*place)) / dimensions;
  info_.lower.resize(dimensions);
  info_.upper.resize(dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) {
    info_.lower[d] = info_.upper[d] = x[d * count];
    for (std::size_t s = 0; s < some.size(); ++s)
      for (std::size_t i = 0; i < count; ++i) {
        const double v = x[(s * dimensions + d) * count + i];
        info_.lower[d] = std::min(info_.lower[d], v);
        info_.upper[d] = std::max(info_.upper[d], v);
      }
  }
}

MappedDataset::MappedDataset(const DatasetParameters& p, const std::string& variant)
    : window_(p.window),
      budget_(budget_bytes(p.memory_budget)),
      without_numbers_(p.no_numbers_yet) {
  if (window_) span_ = window_->stride * (window_->n_in + window_->n_out - 1);
  if (!variant.empty()) {
    const auto& own = find_variant(p, variant);
    const auto& source =
        of_test_set(variant, [&]() -> const DataSource& { return add_source(p, own, "test"); });
    if (!own.files.empty() || !own.rename.empty()) {
      set_part(Split::test, source, all_of(source));
      return;
    }
    const auto parts = divide(p.split, source.trajectories(),
                              {p.train.has_value(), p.validation.has_value(), false}, p.of_run);
    for (std::size_t k = 0; k < 3; ++k) set_part(static_cast<Split>(k), source, parts[k]);
    return;
  }
  const auto own_test = std::find_if(p.test.begin(), p.test.end(), is_test_split);
  const SeparateSplits separate{p.train.has_value(), p.validation.has_value(),
                                own_test != p.test.end()};
  const auto whole = [&](Split split, const DataVariantParameters& own, const char* name) {
    const auto& source = add_source(p, own, name);
    set_part(split, source, all_of(source));
  };
  if (separate.train) whole(Split::train, *p.train, "train");
  if (!separate.train || !p.files.empty()) {
    const auto& source = add_source(p, {}, "files");
    const auto parts = divide(p.split, source.trajectories(), separate, p.of_run);
    const bool elsewhere[] = {separate.train, separate.validation, separate.test};
    for (std::size_t k = 0; k < 3; ++k)
      if (!elsewhere[k]) set_part(static_cast<Split>(k), source, parts[k]);
  }
  if (separate.validation) whole(Split::validation, *p.validation, "validation");
  if (separate.test) whole(Split::test, *own_test, "test");
  if (!without_numbers_) measure_own_points();
}

MappedDataset::MappedDataset(const DatasetParameters& p, const DatasetInfo& training)
    : window_(p.window), budget_(budget_bytes(p.memory_budget)) {
  if (window_) span_ = window_->stride * (window_->n_in - 1);  // what follows is not needed
  sources_.push_back(std::make_unique<DataSource>(p, DataVariantParameters(), &training));
  const auto& source = *sources_.back();
  info_ = source.info();
  source.keep_rows();
  set_part(Split::test, source, all_of(source));
}

const DataSource& MappedDataset::add_source(const DatasetParameters& parameters,
                                            const DataVariantParameters& own,
                                            const std::string& name) {
  sources_.push_back(std::make_unique<DataSource>(parameters, own));
  const auto& source = *sources_.back();
  if (sources_.size() == 1)
    info_ = source.info();
  else
    require_same(source.info(), name);
  source.keep_rows();
  return source;
}

void MappedDataset::require_same(const DatasetInfo& other, const std::string& name) const {
  const auto fail = [&](const std::string& what) {
    throw DataError(fmt::format("dataset.{}: {}", name, what));
  };
  for (std::size_t i = 0; i < info_.variables.size(); ++i) {
    const auto &a = info_.variables[i], &b = other.variables[i];
    if (a.channels != b.channels || a.axes != b.axes)
      fail(fmt::format("\"{}\" has {} channels on ({}), but {} on ({}) in the training data",
                       b.name, b.channels.size(), join(b.axes), a.channels.size(), join(a.axes)));
  }
  for (const auto& axis : info_.axes)
    if (const auto* same = other.axis(axis.name); !same || same->size != axis.size)
      fail(fmt::format("axis \"{}\" has {} entries, but {} in the training data", axis.name,
                       same ? same->size : 0, axis.size));
  if (const auto why = coordinates_differ(info_, other); !why.empty())
    fail(why + "; files on other points are further test sets: [[dataset.test]] with a name");
  const double step = info_.time_step, now = other.time_step;
  if (std::abs(step - now) > 1e-3 * std::max(std::abs(step), std::abs(now)))
    fail(fmt::format("{}, but {} in the training data", step_text(other), step_text(info_)));
  if (const auto text = other_units(info_, other); !text.empty()) fail(text);
}

std::int64_t MappedDataset::windows(const DataSource& source, std::int64_t trajectory) const {
  if (!window_) return 1;
  return std::max<std::int64_t>(0, source.times(trajectory) - span_);
}

void MappedDataset::set_part(Split split, const DataSource& source, Indices trajectories) {
  auto& part = parts_[static_cast<std::size_t>(split)];
  part.source = &source;
  part.first.push_back(0);
  std::int64_t longest = 0;
  for (const auto trajectory : trajectories) {
    longest = std::max(longest, source.times(trajectory));
    part.first.push_back(part.first.back() + windows(source, trajectory));
  }
  if (window_ && !trajectories.empty() && part.first.back() == 0)
    throw ConfigError(fmt::format(
        "dataset.window: n_in = {}, n_out = {} and stride = {} need {} times, the longest "
        "trajectory has {}",
        window_->n_in, window_->n_out, window_->stride, span_ + 1, longest));
  if (!without_numbers_) source.require_stored(trajectories);
  part.trajectories = std::move(trajectories);
  make_blocks(part);
}

}  // namespace banach
