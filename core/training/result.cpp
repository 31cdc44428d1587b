// SPDX-License-Identifier: Apache-2.0
#include "core/training/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "core/operators/operator_report.hpp"
#include "core/training/solution_notices.hpp"

namespace banach {
namespace {

using nlohmann::json;

std::string number(const json& object, const char* key) {
  const auto place = object.find(key);
  return place != object.end() && place->is_number() ? fmt::format("{:.3e}", place->get<double>())
                                                     : "-";
}

json coefficients_json(const RunPlan& plan, const Trainer& trainer) {
  json out = json::object();
  for (const auto& [name, value] : trainer.coefficients()) {
    out[name]["value"] = std::isfinite(value) ? json(value) : json();
    for (const auto& c : plan.experiment.coefficients)
      if (c.name() == name && std::isfinite(c.truth())) out[name]["truth"] = c.truth();
  }
  return out;
}

std::size_t widest(const json& object, std::size_t least) {
  for (const auto& entry : object.items()) least = std::max(least, entry.key().size());
  return least;
}

}  // namespace

json result_json(const RunPlan& plan, Trainer& trainer, const Outcome& outcome,
                 const std::string& run) {
  const Measurement end = trainer.final_measurement();
  json out = plan.experiment.data ? operator_report(plan, trainer.all_banks(), {}) : to_json(end);
  add_solution_notices(out, plan, trainer.all_banks());
  out["validation_loss"] = std::isfinite(end.loss) ? json(end.loss) : json();
  const double score = trainer.score(end);
  out["score"] = std::isfinite(score) ? json(score) : json();
  out["warnings"] = remarks(trainer.closing(end));
  out["name"] = plan.configuration.name;
  out["run"] = run;
  out["coefficients"] = coefficients_json(plan, trainer);
  if (auto baselines = baselines_json(plan.experiment); !baselines.empty())
    out["baselines"] = std::move(baselines);
  out["steps"] = trainer.state().step;
  out["train_seconds"] = trainer.state().seconds;
  out["stop_reason"] = outcome.stop_reason;
  out["best_step"] = trainer.state().best ? json(trainer.state().best_step) : json();
  return out;
}

namespace {

std::string errors_table(const json& rows, const char* title) {
  const auto width = widest(rows, 7);
  std::string out = fmt::format("{:<{}}  {:>10}  {:>11}  {:>10}\n", title, width, "MAE",
                                "relative L2", "max error");
  for (const auto& [name, e] : rows.items())
    out += fmt::format("{:<{}}  {:>10}  {:>11}  {:>10}\n", name, width, number(e, "mae"),
                       number(e, "relative_l2"), number(e, "max_error"));
  return out;
}

// Errors of the first, the middle and the last window.
std::string rollout_table(const json& rollout) {
  const json& steps = rollout.at("steps");
  const auto at = [&](const char* key, std::size_t k) {
    const json& value = rollout.at(key).at(k);
    return value.is_number() ? fmt::format("{:.3e}", value.get<double>()) : "-";
  };
  std::string out = fmt::format("{:<14}  {:>11}  {:>10}\n", "roll-out", "relative L2", "NRMSE");
  const std::size_t last = steps.size() - 1;
  for (const std::size_t k : std::set<std::size_t>{0, last / 2, last}) {
    const auto times = steps.at(k).get<std::int64_t>();
    out += fmt::format("{:<14}  {:>11}  {:>10}\n",
                       fmt::format("after {} time{}", times, times == 1 ? "" : "s"),
                       at("relative_l2", k), at("nrmse", k));
  }
  return out;
}

std::string norms_table(const json& rows, const char* title) {
  const auto width = widest(rows, std::max<std::size_t>(7, std::strlen(title)));
  std::string out = fmt::format("{:<{}}  {:>10}\n", title, width, "RMS");
  for (const auto& [name, t] : rows.items())
    out += fmt::format("{:<{}}  {:>10}\n", name, width, number(t, "rms"));
  return out;
}

json baseline_rows(const json& baselines) {
  json out = json::object();
  for (const auto& [method, unknowns] : baselines.items())
    for (const auto& [unknown, errors] : unknowns.items())
      out[unknowns.size() == 1 ? method : method + ", " + unknown] = errors;
  return out;
}

std::string split_line(const json& r) {
  const auto samples = r.value("samples", std::int64_t{0});
  const char* mean = samples == 1               ? ""
                     : r.value("pooled", false) ? "; relative L2 is that of all together"
                                                : "; relative L2 is the mean of theirs";
  return fmt::format("on the {} sample{} of the {} split{}\n", samples, samples == 1 ? "" : "s",
                     r.value("split", std::string()), mean);
}

}  // namespace

std::string result_text(const json& r) {
  std::string out;
  if (!r.at("unknowns").empty()) out += errors_table(r.at("unknowns"), "unknown");
  if (r.contains("tests"))
    for (const auto& [name, test] : r.at("tests").items())
      out += test.contains("refused") ? test.at("refused").get<std::string>() + "\n"
                                      : errors_table(test.at("unknowns"), name.c_str());
  if (r.contains("baselines") && !r.at("baselines").empty())
    out += errors_table(baseline_rows(r.at("baselines")),
                        r.contains("split") ? "baseline" : "classical");
  if (r.contains("rollout")) out += rollout_table(r.at("rollout"));
  if (!r.at("terms").empty()) out += norms_table(r.at("terms"), "term");
  if (r.contains("split")) out += split_line(r);
  out += solution_notices_text(r);
  if (r.contains("held_out")) out += norms_table(r.at("held_out"), "held out");
  for (const auto& [name, c] : r.at("coefficients").items()) {
    out += fmt::format("{} = {}", name, number(c, "value"));
    out += c.contains("truth") ? fmt::format(" (true value {})\n", number(c, "truth")) : "\n";
  }
  if (r.contains("warnings"))
    for (const auto& warning : r.at("warnings"))
      out += "warning: " + warning.get<std::string>() + "\n";
  out += fmt::format("stopped: {} (step {}, {:.1f} s)\n", r.value("stop_reason", std::string()),
                     r.value("steps", std::int64_t{0}), r.value("train_seconds", 0.0));
  out += fmt::format("run: {}\n", r.value("run", std::string()));
  return out;
}

}  // namespace banach
