// SPDX-License-Identifier: Apache-2.0
#include "core/study/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "banach/error.hpp"
#include "core/parameters/names.hpp"
#include "core/run/metrics_log.hpp"

namespace banach {

using nlohmann::json;

namespace {

void add(Metrics& out, const std::string& name, const json& object, const char* key) {
  const auto place = object.find(key);
  if (place != object.end() && place->is_number()) out.emplace_back(name, place->get<double>());
}

const json& part(const json& object, const char* key) {
  static const json nothing = json::object();
  const auto place = object.find(key);
  return place != object.end() && place->is_object() ? *place : nothing;
}

bool says_something(const std::string& line) {
  return line.find_first_not_of(" \t\r") != std::string::npos;
}

}  // namespace

Metrics metrics_of(const json& result) {
  Metrics out;
  for (const auto& [name, errors] : part(result, "unknowns").items())
    for (const char* key : {"mae", "relative_l2", "max_error"})
      add(out, name + "." + key, errors, key);
  for (const auto& [name, term] : part(result, "terms").items())
    add(out, "residual." + name, term, "rms");
  for (const auto& [name, term] : part(result, "held_out").items())
    add(out, "held_out." + name, term, "rms");
  for (const auto& [name, coefficient] : part(result, "coefficients").items())
    add(out, "coefficient." + name, coefficient, "value");
  for (const char* key : {"score", "validation_loss", "steps", "train_seconds"})
    add(out, key, result, key);
  return out;
}

double TrialOutcome::metric(const std::string& name) const {
  for (const auto& [key, value] : metrics)
    if (key == name) return value;
  return std::numeric_limits<double>::quiet_NaN();
}

bool TrialOutcome::lost() const {
  const auto is = [this](Exit exit) { return code == static_cast<int>(exit); };
  return state == "failed" && (is(Exit::cannot_create) || is(Exit::io) || is(Exit::saved));
}

std::string mostly_failed(const std::vector<TrialOutcome>& outcomes) {
  const auto failed = static_cast<std::size_t>(std::count_if(
      outcomes.begin(), outcomes.end(), [](const auto& o) { return o.state == "failed"; }));
  if (2 * failed <= outcomes.size()) return "";
  return fmt::format("{} of {} trials failed", failed, outcomes.size());
}

json to_json(const TrialOutcome& o) {
  json metrics = json::array();  // in their order
  for (const auto& [name, value] : o.metrics) metrics.push_back({name, value});
  return {{"type", "end"},  {"point", o.point}, {"seed", o.seed},    {"state", o.state},
          {"code", o.code}, {"error", o.error}, {"metrics", metrics}};
}

TrialOutcome to_outcome(const json& record) {
  try {
    TrialOutcome o{record.at("point"), record.at("seed"),  record.at("state"),
                   record.at("code"),  record.at("error"), {}};
    for (const auto& metric : record.at("metrics"))
      if (metric.at(1).is_number()) o.metrics.emplace_back(metric.at(0), metric.at(1));
    if (o.state != "complete" && o.state != "failed" && o.state != "pruned")
      throw DataError(fmt::format("trials.jsonl: damaged record: \"{}\" is no end of a trial",
                                  one_line(o.state)));
    return o;
  } catch (const json::exception& error) {
    throw DataError(fmt::format("trials.jsonl: damaged record: {}", error.what()));
  }
}

std::string last_line(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (says_something(line)) out = line;
    at = end + 1;
  }
  return out;
}

Spread spread_of(const std::vector<double>& values) {
  Spread out;
  double sum = 0, squares = 0;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    out.min = out.count == 0 ? v : std::min(out.min, v);
    out.max = out.count == 0 ? v : std::max(out.max, v);
    sum += v, ++out.count;
  }
  if (out.count == 0) return out;
  const auto n = static_cast<double>(out.count);
  out.mean = sum / n;
  for (const double v : values)
    if (std::isfinite(v)) squares += (v - out.mean) * (v - out.mean);
  if (out.count > 1) out.deviation = std::sqrt(squares / (n - 1));
  return out;
}

std::string csv_value(const std::string& toml) {
  const bool text = toml.size() > 1 && toml.front() == '"' && toml.back() == '"';
  const bool plain = text && toml.find('\\') == std::string::npos;
  return csv_cell(plain ? toml.substr(1, toml.size() - 2) : toml);
}

}  // namespace banach
