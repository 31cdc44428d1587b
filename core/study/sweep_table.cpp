// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "core/parameters/names.hpp"
#include "core/run/metrics_log.hpp"
#include "core/study/outcome.hpp"

namespace banach {
namespace {

std::vector<const TrialOutcome*> of_point(const SweepTable& table, std::size_t point) {
  std::vector<const TrialOutcome*> out;
  for (const auto& o : table.outcomes)
    if (o.point == static_cast<std::int64_t>(point)) out.push_back(&o);
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->seed < b->seed; });
  return out;
}

// Every metric that some trial has, in the order of their first appearance.
std::vector<std::string> metric_names(const SweepTable& table) {
  std::vector<std::string> out;
  for (std::size_t p = 0; p < table.points.size(); ++p)
    for (const auto* o : of_point(table, p))
      for (const auto& [name, value] : o->metrics)
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  // What depends on the clock stands last.
  std::stable_partition(out.begin(), out.end(), [](const auto& n) { return n != "train_seconds"; });
  return out;
}

Spread spread(const std::vector<const TrialOutcome*>& trials, const std::string& metric) {
  std::vector<double> values;
  for (const auto* o : trials)
    if (o->complete()) values.push_back(o->metric(metric));
  return spread_of(values);
}

bool shown(const std::string& metric) {
  return metric.rfind("residual.", 0) != 0 && metric != "validation_loss";
}

std::string number(const std::string& metric, double value) {
  if (metric == "steps") return fmt::format("{:.6g}", value);
  return metric == "train_seconds" ? fmt::format("{:.1f}", value) : fmt::format("{:.3e}", value);
}

std::size_t failures(const std::vector<const TrialOutcome*>& trials) {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [](const auto* o) { return !o->complete(); }));
}

std::string point_text(const std::string& label, const std::vector<const TrialOutcome*>& trials,
                       const std::vector<std::string>& names, std::size_t width) {
  std::string out = label;
  if (const auto failed = failures(trials))
    out += fmt::format("  ({} of {} failed)", failed, trials.size());
  out += "\n";
  for (const auto& name : names) {
    const Spread s = spread(trials, name);
    if (!shown(name) || s.count == 0) continue;
    out += fmt::format("  {:<{}}  {:>10}  {:>10}  {:>10}  {:>10}  {:>4}\n", name, width,
                       number(name, s.mean), s.count > 1 ? number(name, s.deviation) : "-",
                       number(name, s.min), number(name, s.max), s.count);
  }
  return out;
}

}  // namespace

std::string SweepTable::text() const {
  const auto names = metric_names(*this);
  std::size_t width = 6;
  for (const auto& name : names)
    if (shown(name)) width = std::max(width, name.size());
  std::string out = fmt::format("  {:<{}}  {:>10}  {:>10}  {:>10}  {:>10}  {:>4}\n", "metric",
                                width, "mean", "deviation", "min", "max", "runs");
  for (std::size_t p = 0; p < points.size(); ++p)
    out += point_text(points[p].text, of_point(*this, p), names, width);
  return out;
}

namespace {

std::string key_columns(const SweepTable& table) {
  std::string out = "point,label";
  for (const auto& key : table.keys) out += "," + csv_cell(key);
  return out;
}

std::string key_cells(const SweepTable& table, std::size_t p) {
  std::string out = fmt::format("{},{}", p, csv_cell(table.points[p].text));
  for (const auto& key : table.keys) {
    const auto value = table.points[p].values.find(key);
    out += "," + (value == table.points[p].values.end() ? "" : csv_value(value->second));
  }
  return out;
}

}  // namespace

std::string SweepTable::trials_csv() const {
  const auto names = metric_names(*this);
  std::string out = key_columns(*this) + ",seed,state,code,error";
  for (const auto& name : names) out += "," + csv_cell(name);
  out += "\n";
  for (std::size_t p = 0; p < points.size(); ++p)
    for (const auto* o : of_point(*this, p)) {
      out += fmt::format("{},{},{},{},{}", key_cells(*this, p), o->seed, csv_cell(o->state),
                         o->code, csv_cell(o->error));
      for (const auto& name : names) {
        const double value = o->metric(name);
        out += "," + (value == value ? shortest(value) : "");
      }
      out += "\n";
    }
  return out;
}

std::string SweepTable::summary_csv() const {
  const auto names = metric_names(*this);
  std::string out = key_columns(*this) + ",complete,failed";
  for (const auto& name : names)
    for (const char* what : {"mean", "deviation", "min", "max"})
      out += "," + csv_cell(name + "." + what);
  out += "\n";
  for (std::size_t p = 0; p < points.size(); ++p) {
    const auto trials = of_point(*this, p);
    const auto failed = failures(trials);
    out += fmt::format("{},{},{}", key_cells(*this, p), trials.size() - failed, failed);
    for (const auto& name : names) {
      const Spread s = spread(trials, name);
      out += s.count == 0 ? ",,,,"
                          : fmt::format(",{},{},{},{}", shortest(s.mean),
                                        s.count > 1 ? shortest(s.deviation) : "", shortest(s.min),
                                        shortest(s.max));
    }
    out += "\n";
  }
  return out;
}

}  // namespace banach
