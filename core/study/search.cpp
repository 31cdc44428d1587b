// SPDX-License-Identifier: Apache-2.0
#include "core/study/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/parameters/names.hpp"
#include "core/run/metrics_log.hpp"
#include "core/sampling/samplers.hpp"
#include "core/study/tpe.hpp"

namespace banach {

using nlohmann::json;

namespace {

Stream stream_of(std::uint64_t seed, std::int64_t number) {
  return Stream(seed, "search", static_cast<std::uint64_t>(number));
}

json number_or_null(double value) { return std::isfinite(value) ? json(value) : json(); }

// Complete trials by value, then pruned ones: those that came further first.
bool better(const SearchTrial& a, const SearchTrial& b) {
  if (a.outcome.complete() != b.outcome.complete()) return a.outcome.complete();
  if (a.outcome.complete()) return a.value < b.value;
  const auto& x = a.reports.values.back();
  const auto& y = b.reports.values.back();
  if (x.first != y.first) return x.first > y.first;
  return std::isnan(y.second) ? !std::isnan(x.second) : x.second < y.second;
}

bool counts(const SearchTrial& t) {
  return t.ended &&
         (t.outcome.complete() || (t.outcome.state == "pruned" && !t.reports.values.empty()));
}

}  // namespace

Search::Search(SearchSettings settings, Journal& journal)
    : settings_(std::move(settings)), journal_(journal) {
  try {
    for (const auto& record : journal.records()) read(record);
  } catch (const json::exception& error) {
    throw DataError(fmt::format("trials.jsonl: damaged record: {}", error.what()));
  }
}

SearchTrial& Search::trial(std::int64_t number) {
  if (number < 0 || static_cast<std::size_t>(number) >= trials_.size())
    throw DataError(fmt::format("trials.jsonl: damaged record: there is no trial {}", number));
  return trials_[static_cast<std::size_t>(number)];
}

void Search::read(const json& record) {
  if (record.at("type") == "begin") {
    SearchTrial t;
    t.number = record.at("trial"), t.seed = record.at("seed");
    t.point = record.at("point").get<std::vector<double>>();
    if (t.point.size() != settings_.space.size() ||
        t.number != static_cast<std::int64_t>(trials_.size()))
      throw DataError("trials.jsonl: damaged record: it is no trial of this search");
    trials_.push_back(std::move(t));
    pruned_.push_back(0);
  } else if (record.at("type") == "end") {
    SearchTrial& t = trial(record.at("point"));
    t.outcome = to_outcome(record), t.ended = !t.outcome.lost();
    if (!t.ended) return;  // it is gone on with
    t.value = t.outcome.metric(settings_.metric);
    t.reports.values.clear();
    for (const auto& report : record.at("reports"))
      t.reports.values.emplace_back(report.at(0), report.at(1).is_number()
                                                      ? report.at(1).get<double>()
                                                      : std::numeric_limits<double>::quiet_NaN());
    t.reports.complete = t.outcome.complete();
  }
}

const SearchTrial& Search::begin() {
  SearchTrial t;
  t.number = static_cast<std::int64_t>(trials_.size());
  t.seed = static_cast<std::int64_t>(stream_of(settings_.seed, t.number).child(0).bits(0) >> 33);
  t.point = suggest(t.number);
  json words = json::array();
  for (const auto& o : overrides_at(settings_.space, t.point)) words.push_back(o.word());
  journal_.append({{"type", "begin"},
                   {"trial", t.number},
                   {"seed", t.seed},
                   {"point", t.point},
                   {"overrides", words}});
  trials_.push_back(std::move(t));
  pruned_.push_back(0);
  return trials_.back();
}

bool Search::report(std::int64_t number, std::int64_t step, double value) {
  SearchTrial& t = trial(number);
  char& pruned = pruned_[static_cast<std::size_t>(number)];
  if (pruned || (!t.reports.values.empty() && step <= t.reports.values.back().first)) return pruned;
  t.reports.values.emplace_back(step, value);
  std::vector<TrialReports> others;
  for (const auto& other : trials_)
    if (other.number != number) others.push_back(other.reports);
  pruned = should_prune(settings_.pruner, t.reports, others);
  return pruned;
}

void Search::end(std::int64_t number, TrialOutcome outcome) {
  SearchTrial& t = trial(number);
  outcome.point = number, outcome.seed = t.seed;
  if (pruned_[static_cast<std::size_t>(number)])
    outcome.state = "pruned", outcome.error.clear(), outcome.metrics.clear();
  t.value = outcome.metric(settings_.metric);
  if (outcome.complete() && !std::isfinite(t.value))
    outcome.state = "failed", outcome.error = settings_.metric + " is missing or not finite";
  json record = to_json(outcome);
  record["reports"] = json::array();
  for (const auto& [step, value] : t.reports.values)
    record["reports"].push_back({step, number_or_null(value)});
  journal_.append(std::move(record));
  t.outcome = std::move(outcome), t.ended = true;
  t.reports.complete = t.outcome.complete();
}

std::vector<double> Search::suggest(std::int64_t number) const {
  const Stream stream = stream_of(settings_.seed, number).child(1);
  if (settings_.sampler == "tpe") return suggest_by_order(stream);
  const auto d = settings_.space.size();
  std::vector<double> out(d);
  if (settings_.sampler == "sobol") {
    const auto n = static_cast<std::size_t>(number) + 1;
    std::vector<double> all(n * d);
    SobolSampler({}).points(number + 1, static_cast<int>(d), Stream(settings_.seed, "search.sobol"),
                            all.data());
    std::copy(all.end() - static_cast<std::ptrdiff_t>(d), all.end(), out.begin());
  } else {
    for (std::size_t i = 0; i < d; ++i) out[i] = stream.child(i).uniform(0);
  }
  for (std::size_t i = 0; i < d; ++i) out[i] = settings_.space[i].from_unit(out[i]);
  return out;
}

std::vector<double> Search::suggest_by_order(const Stream& stream) const {
  std::vector<const SearchTrial*> ended;
  for (const auto& t : trials_)
    if (counts(t)) ended.push_back(&t);
  std::vector<std::vector<double>> points;
  points.reserve(ended.size());
  for (const auto* t : ended) points.push_back(t->point);
  std::vector<std::size_t> order(ended.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return better(*ended[a], *ended[b]); });
  return suggest_tpe(settings_.space, points, order, stream);
}

std::vector<std::int64_t> Search::open() const {
  std::vector<std::int64_t> out;
  for (const auto& t : trials_)
    if (!t.ended) out.push_back(t.number);
  return out;
}

std::vector<TrialOutcome> Search::outcomes() const {
  std::vector<TrialOutcome> out;
  for (const auto& t : trials_)
    if (t.ended) out.push_back(t.outcome);
  return out;
}

const SearchTrial* Search::best() const {
  const SearchTrial* out = nullptr;
  for (const auto& t : trials_)
    if (t.ended && t.outcome.complete() && (!out || t.value < out->value)) out = &t;
  return out;
}

std::string Search::csv() const {
  std::string out = "trial,state,value,seed";
  for (const auto& d : settings_.space) out += "," + csv_cell(d.key);
  out += ",steps,code,error\n";
  for (const auto& t : trials_) {
    out += fmt::format("{},{},{},{}", t.number, t.ended ? t.outcome.state : "open",
                       t.ended && t.outcome.complete() ? shortest(t.value) : "", t.seed);
    for (const auto& o : overrides_at(settings_.space, t.point)) out += "," + csv_value(o.value);
    const double all = t.outcome.metric("steps");
    const auto steps = all == all                 ? static_cast<std::int64_t>(all)
                       : t.reports.values.empty() ? 0
                                                  : t.reports.values.back().first;
    out += fmt::format(",{},{},{}\n", steps, t.outcome.code, csv_cell(t.outcome.error));
  }
  return out;
}

}  // namespace banach
