// SPDX-License-Identifier: Apache-2.0
// What the trainer writes down: rows, progress, checkpoints.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/plugin/crash_handler.hpp"
#include "core/training/trainer.hpp"

namespace banach {
namespace {

void advise_resuming(const std::filesystem::path& run) {
  set_crash_advice("the last checkpoint is whole, resume with: banach train --resume " +
                   run.string());
}

}  // namespace

void Trainer::open_logs(bool resumed) {
  if (resumed) advise_resuming(folder_.path());
  std::vector<std::string> columns = {"stage", "lr", "loss"};
  for (const auto& term : loss_terms(plan_.experiment)) columns.push_back("loss." + term);
  const auto measured = Validation::columns(plan_.experiment);
  columns.insert(columns.end(), measured.begin(), measured.end());
  for (const auto& c : plan_.experiment.coefficients)
    if (c.role() == Coefficient::Role::learnable) columns.push_back("coefficient." + c.name());
  metrics_ = std::make_unique<MetricsLog>(folder_, columns);
  timing_ = std::make_unique<TimingLog>(folder_);
  // A run that was killed before its first checkpoint starts from the beginning, and so do its
  // logs.
  const std::int64_t last = resumed ? last_row() : -1;
  const std::int64_t rows = std::max(metrics_->truncate_after(last), timing_->truncate_after(last));
  const std::string cut = rows == 0   ? ""
                          : rows == 1 ? "; a row that was written after it is cut from the logs"
                                      : fmt::format(
                                            "; {} rows that were written after it are cut "
                                            "from the logs",
                                            rows);
  if (resumed || rows > 0)
    log_.note(
        fmt::format("{} at step {}{}", resumed ? "resumed" : "started again", state_.step, cut));
}

// Of the logs; the end of a run has a row of its own, which a longer run would not have had.
std::int64_t Trainer::last_row() const {
  const auto& c = plan_.configuration;
  const bool usual = due(c.output.log_every) || due(c.validation.every);
  const bool ended = state_.stage_step >= stage().parameters.steps || !state_.stage_stop.empty();
  return usual || ended ? state_.step : state_.step - 1;
}

std::vector<std::pair<std::string, double>> Trainer::coefficients() const {
  std::vector<std::pair<std::string, double>> out;
  const Layout& layout = plan_.experiment.network->layout;
  const at::Tensor parameters = objective_->parameters().detach();
  for (const auto& c : plan_.experiment.coefficients) {
    if (c.role() != Coefficient::Role::learnable) continue;
    const int slot = layout.find(coefficient_slot(c));
    BANACH_ASSERT(slot >= 0);
    const auto offset = layout.slots()[static_cast<std::size_t>(slot)].offset;
    out.emplace_back(c.name(), coefficient_value(c, parameters[offset].item<double>()));
  }
  return out;
}

namespace {
// A window has no value for terms whose points lie in others.
std::optional<double> found(const std::map<std::string, double>& values, const std::string& name) {
  const auto place = values.find(name);
  return place == values.end() ? std::nullopt : std::optional<double>(place->second);
}
}  // namespace

std::map<std::string, double> Trainer::term_losses() const {
  std::map<std::string, double> out;
  const at::Tensor losses = objective_->term_losses().cpu();
  const auto& names = objective_->term_names();
  for (std::size_t i = 0; i < names.size(); ++i) out[names[i]] = losses.data_ptr<double>()[i];
  return out;
}

void Trainer::row(bool validated) {
  std::vector<std::optional<double>> values = {static_cast<double>(state_.stage), lr_,
                                               loss_.item<double>()};
  const auto losses = term_losses();
  for (const auto& term : loss_terms(plan_.experiment)) values.push_back(found(losses, term));
  std::map<std::string, double> measured;
  if (validated) measured = Validation::values(*measured_);
  for (const auto& column : Validation::columns(plan_.experiment))
    values.push_back(found(measured, column));
  for (const auto& c : coefficients()) values.emplace_back(c.second);
  const double now = elapsed(), spent = now - timed_seconds_;
  try {
    metrics_->row(state_.step, values);
    timing_->row(state_.step, now,
                 spent > 0 ? static_cast<double>(state_.step - timed_step_) / spent : 0.0);
  } catch (const IoError& error) {
    if (plan_.configuration.checkpoint.on_error == "stop") throw;
    if (!rows_lost_)
      log_.warning(fmt::format("rows from step {} on are missing, training goes on: {}",
                               state_.step, error.what()));
    rows_lost_ = true;
  }
  timed_seconds_ = now, timed_step_ = state_.step;
}

void Trainer::show_progress(bool last) {
  ProgressFields fields;
  if (loss_.defined()) fields.emplace_back("loss", loss_.item<double>());
  if (measured_ && !measured_->unknowns.empty()) fields.emplace_back("error", measured_->error());
  if (loss_.defined()) {
    const auto losses = term_losses();
    for (const auto& term : objective_->term_names()) fields.emplace_back(term, losses.at(term));
  }
  if (last)
    progress_->finish(state_.step, fields);
  else
    progress_->show(state_.step, fields);
}

// Goes on in the folder that was opened, wherever it lies now.
void Trainer::look_at_folder() {
  if (moved_ || folder_.at_its_path()) return;
  moved_ = true;
  log_.warning(
      fmt::format("{} is no longer the folder of this run, which was moved or removed: what is "
                  "saved goes with it",
                  folder_.path().string()));
}

void Trainer::save_last() {
  look_at_folder();
  metrics_->sync();
  timing_->sync();
  checkpoints_.save(state_.step, to_container(capture()));
  saved_step_ = state_.step;
}

void Trainer::save() {
  try {
    save_last();
    advise_resuming(folder_.path());
  } catch (const IoError& error) {
    if (plan_.configuration.checkpoint.on_error == "stop") throw;
    log_.warning(
        fmt::format("step {} is not saved, training goes on: {}", state_.step, error.what()));
  }
}

void Trainer::save_best() {
  try {
    checkpoints_.save_best(state_.step, to_container(capture()));
  } catch (const IoError& error) {
    if (plan_.configuration.checkpoint.on_error == "stop") throw;
    log_.warning(fmt::format("the best of step {} is not saved, training goes on: {}", state_.step,
                             error.what()));
  }
}

}  // namespace banach
