// SPDX-License-Identifier: Apache-2.0
#include "datasets/splits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "banach/stream.hpp"
#include "datasets/array_layout.hpp"

namespace banach {
namespace {

constexpr const char* names[] = {"train", "validation", "test"};

struct Share {
  std::optional<Slice> slice;
  double fraction = 0;
};

Share share(const std::string& text, const char* name) {
  const auto key = fmt::format("dataset.split.{}", name);
  if (text.find(':') != std::string::npos) return {Slice::parse(text, key), 0};
  Share out;
  try {
    out.fraction = time_of_name(text, ".", key);
  } catch (const DataError&) {
    out.fraction = -1;
  }
  if (!(out.fraction >= 0 && out.fraction <= 1))
    throw ConfigError(fmt::format(
        "{}: \"{}\" is neither a fraction from 0 to 1 nor a slice like \"0:1000\"", key, text));
  return out;
}

/// A slice that asks for samples that there are not, or for none though it does not say so.
void refuse_beyond(const Slice& slice, const std::string& text, std::size_t k, std::int64_t count) {
  const auto place = [&](std::int64_t at) { return at < 0 ? at + count : at; };
  const auto start = place(slice.start.value_or(0)), stop = place(slice.stop.value_or(count));
  if (start < 0 || stop < 0 || start > count || stop > count)
    throw ConfigError(
        fmt::format("dataset.split.{}: \"{}\" reaches beyond the {} samples, which are "
                    "numbered 0 to {}",
                    names[k], text, count, count - 1));
  const bool none = slice.start && slice.stop && *slice.start == *slice.stop;  // meant
  if (start >= stop && !none)
    throw ConfigError(
        fmt::format("dataset.split.{}: \"{}\" leaves none of the {} samples; \"0:0\" "
                    "says that none is meant",
                    names[k], text, count));
}

void refuse_mixture(const Share& share, const std::string& text, std::size_t k) {
  static const double usual[] = {0.8, 0.1, 0.1};  // where nothing was said
  if (share.slice || share.fraction == 0 || share.fraction == usual[k]) return;
  throw ConfigError(fmt::format(
      "dataset.split.{}: {} is a fraction, and other splits are slices: write every one as a slice",
      names[k], text));
}

void refuse_overlap(const std::array<Indices, 3>& parts) {
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = a + 1; b < 3; ++b) {
      Indices both;
      std::set_intersection(parts[a].begin(), parts[a].end(), parts[b].begin(), parts[b].end(),
                            std::back_inserter(both));
      if (!both.empty())
        throw ConfigError(fmt::format("dataset.split: {} and {} both hold trajectory {}", names[a],
                                      names[b], both.front()));
    }
}

std::array<Indices, 3> by_fraction(const SplitParameters& parameters,
                                   const std::array<double, 3>& fractions, std::int64_t count) {
  if (fractions[0] + fractions[1] + fractions[2] > 1 + 1e-9)
    throw ConfigError(fmt::format("dataset.split: the fractions add up to {}, more than 1",
                                  fractions[0] + fractions[1] + fractions[2]));
  Indices order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  if (parameters.shuffle)
    order = Stream(static_cast<std::uint64_t>(parameters.seed), "split").permutation(count);
  std::array<Indices, 3> parts;
  double sum = 0;
  std::int64_t at = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    sum += fractions[k];
    auto end = std::min<std::int64_t>(count, std::llround(sum * static_cast<double>(count)));
    if (k == 0 && fractions[0] > 0)
      end = std::max<std::int64_t>(end, std::min<std::int64_t>(1, count));
    end = std::max(end, at);
    parts[k].assign(order.begin() + at, order.begin() + end);
    std::sort(parts[k].begin(), parts[k].end());
    at = end;
  }
  return parts;
}

}  // namespace

std::array<Indices, 3> divide(const SplitParameters& parameters, std::int64_t count,
                              const SeparateSplits& separate, bool lenient) {
  const bool elsewhere[] = {separate.train, separate.validation, separate.test};
  const std::string texts[] = {parameters.train.text, parameters.validation.text,
                               parameters.test.text};
  std::array<Share, 3> shares;
  bool slices = false;
  for (std::size_t k = 0; k < 3; ++k) {
    shares[k] = share(texts[k], names[k]);
    if (elsewhere[k]) continue;
    slices = slices || shares[k].slice;
  }
  std::array<Indices, 3> parts;
  if (slices) {
    // Those that were left at their fractions get nothing; a fraction of what slices leave would be
    // anybody's guess.
    for (std::size_t k = 0; k < 3; ++k) {
      if (elsewhere[k]) continue;
      if (!lenient) refuse_mixture(shares[k], texts[k], k);
      if (!shares[k].slice) continue;
      if (!lenient) refuse_beyond(*shares[k].slice, texts[k], k, count);
      parts[k] = shares[k].slice->of(count);
    }
    refuse_overlap(parts);
    return parts;
  }
  std::array<double, 3> sizes{};
  for (std::size_t k = 0; k < 3; ++k)
    if (!elsewhere[k])
      sizes[k] = shares[k].fraction;
    else if (k > 0 && !separate.train && !shares[k].slice)
      sizes[0] += shares[k].fraction;
  return by_fraction(parameters, sizes, count);
}

}  // namespace banach
