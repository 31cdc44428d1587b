// SPDX-License-Identifier: Apache-2.0
#include "core/training/validation.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/sampling/samplers.hpp"
#include "core/training/known_solution.hpp"
#include "core/training/points.hpp"
#include "core/training/recorded_function.hpp"

namespace banach {
namespace {

constexpr std::int64_t chunk = 1 << 18;

std::vector<SamplingChoice> fixed_choices(const Experiment& experiment, std::int64_t points) {
  const auto sampler = std::make_shared<SobolSampler>(SobolSampler::Parameters{});
  const std::size_t terms = experiment.terms.size() + experiment.held_out.size();
  return std::vector<SamplingChoice>(terms, SamplingChoice{sampler, points, 0});
}

nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

// What the errors refer to, in double precision.
at::Tensor known_values(const Experiment& experiment, std::vector<double>& points,
                        at::TensorOptions options) {
  const auto known = known_solution(experiment);
  if (!known) return {};
  const auto rows = static_cast<std::int64_t>(points.size() / experiment.domain.size());
  at::Tensor out = at::empty({rows, static_cast<std::int64_t>(experiment.unknowns.size())},
                             at::TensorOptions(at::kDouble));
  known(points.data(), rows, out.data_ptr<double>());
  return out.to(options.device());
}

// Trained terms, then what was held out.
Experiment with_held_out(const Experiment& experiment) {
  Experiment out = experiment;
  out.terms.insert(out.terms.end(), experiment.held_out.begin(), experiment.held_out.end());
  for (auto& term : out.terms) term.batch = 0;
  return out;
}

// Observations of one unknown that is learned in other units are reported in its own.
double unit_of(const Experiment& e, const RecordedTerm& term) {
  if (e.scales.empty() || term.data.size() != 1) return 1;
  for (std::size_t k = 0; k < e.scales.size(); ++k)
    if (term.data.count("observed." + e.unknowns[k]) > 0) return e.scales[k].scale;
  return 1;
}

}  // namespace

Measurer::~Measurer() = default;

std::vector<UnknownError> errors_of(const Unknowns& unknowns, const at::Tensor& values,
                                    const at::Tensor& reference) {
  std::vector<UnknownError> out;
  const at::Tensor off = values - reference;
  for (std::size_t i = 0; i < unknowns.size(); ++i) {
    const auto column = static_cast<std::int64_t>(i);
    const at::Tensor e = off.select(1, column), u = reference.select(1, column);
    const double scale = u.norm().item<double>();
    const double norm = e.norm().item<double>();
    out.push_back({unknowns[i], e.abs().mean().item<double>(), scale > 0 ? norm / scale : norm,
                   e.abs().max().item<double>()});
  }
  return out;
}

double Measurement::error() const {
  double out = std::numeric_limits<double>::quiet_NaN();
  for (const auto& u : unknowns)
    if (!(out >= u.relative_l2)) out = u.relative_l2;
  return out;
}

nlohmann::json to_json(const std::vector<UnknownError>& errors) {
  auto out = nlohmann::json::object();
  for (const auto& e : errors)
    out[e.name] = {{"mae", number(e.mae)},
                   {"relative_l2", number(e.relative_l2)},
                   {"max_error", number(e.max_error)}};
  return out;
}

nlohmann::json baselines_json(const Experiment& e) {
  auto out = nlohmann::json::object();
  const auto known = known_solution(e);
  if (!known) return out;
  for (const Baseline& baseline : e.baselines) {
    auto points = baseline.points;
    auto values = baseline.values;
    const auto width = static_cast<std::int64_t>(e.unknowns.size());
    const at::Tensor reference = known_values(e, points, at::TensorOptions(at::kDouble));
    if (static_cast<std::int64_t>(values.size()) != reference.numel())
      throw PluginError("baseline \"" + baseline.name + "\" has " + std::to_string(values.size()) +
                        " values for " + std::to_string(reference.size(0)) + " points");
    const at::Tensor found = at::from_blob(values.data(), {reference.size(0), width}, at::kDouble);
    out[baseline.name] = to_json(errors_of(e.unknowns, found, reference));
  }
  return out;
}

nlohmann::json to_json(const Measurement& m) {
  nlohmann::json out = {{"unknowns", nlohmann::json::object()},
                        {"terms", nlohmann::json::object()},
                        {"validation_loss", number(m.loss)}};
  out["unknowns"] = to_json(m.unknowns);
  for (const auto& t : m.terms) out["terms"][t.name] = {{"rms", number(t.rms)}};
  for (const auto& t : m.held_out) out["held_out"][t.name] = {{"rms", number(t.rms)}};
  return out;
}

Validation::Validation(const Experiment& experiment, Derivatives derivatives, const Grid& grid,
                       std::int64_t points, std::vector<double> weights, std::uint64_t seed,
                       at::TensorOptions options)
    : experiment_(experiment),
      weights_(std::move(weights)),
      terms_(experiment.network, derivatives),
      solution_(experiment.network, derivatives),
      collocation_(with_held_out(experiment), fixed_choices(experiment, points),
                   seed ^ 0x76616c6964617465ull, options) {
  for (const auto& term : experiment.terms) terms_.add(term.residual.trace, term.residual.root);
  for (const auto& term : experiment.held_out) terms_.add(term.residual.trace, term.residual.root);
  solution_.add(experiment.solution.trace, experiment.solution.root);
  auto numbers = grid.points(0, grid.size());
  reference_ = known_values(experiment, numbers, options);
  grid_ = point_tensor(numbers, experiment.origins, options);
}

Validation::~Validation() = default;

at::Tensor Validation::predict(const std::vector<Bank>& banks, const at::Tensor& points) {
  at::NoGradGuard no_grad;
  const auto outputs = static_cast<std::int64_t>(experiment_.unknowns.size());
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < points.size(0); first += chunk) {
    const at::Tensor part = points.narrow(0, first, std::min(chunk, points.size(0) - first));
    parts.push_back(solution_.evaluate(banks, {{part, {}, {}}})[0].expand({part.size(0), outputs}));
  }
  return in_own_units(experiment_.scales, at::cat(parts));
}

void Validation::errors(const std::vector<Bank>& banks, Measurement& out) {
  if (reference_.defined())
    out.unknowns =
        errors_of(experiment_.unknowns, predict(banks, grid_).to(at::kDouble), reference_);
}

void Validation::norms(const std::vector<Bank>& banks, Measurement& out) {
  at::NoGradGuard no_grad;
  const auto values = terms_.evaluate(banks, collocation_.at_step(0));
  const std::size_t trained = experiment_.terms.size();
  std::map<std::string, double> means;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool held = i >= trained;
    const Term& term = held ? experiment_.held_out[i - trained].term : experiment_.terms[i].term;
    const at::Tensor v = values[i].to(at::kDouble);
    const double rows =
        v.dim() == 0 ? 1 : static_cast<double>(v.numel()) / static_cast<double>(v.size(-1));
    const bool squares = term.kind == Term::Kind::squares;
    const double mean = (squares ? v.square().sum() : v.sum()).item<double>() / rows;
    const double unit =
        unit_of(experiment_, held ? experiment_.held_out[i - trained] : experiment_.terms[i]);
    (held ? out.held_out : out.terms)
        .push_back({term.name, squares ? unit * std::sqrt(mean) : mean});
    means[term.name] = mean;  // what was held out comes last and wins
  }
  for (std::size_t i = 0; i < trained; ++i)
    out.loss += weights_[i] * means[experiment_.terms[i].term.name];
}

Measurement Validation::measure(const std::vector<Bank>& banks) {
  Measurement out;
  std::vector<Bank> fixed;
  for (const auto& bank : banks) fixed.push_back({bank.parameters.detach(), bank.buffers});
  errors(fixed, out);
  norms(fixed, out);
  return out;
}

std::vector<std::string> Validation::columns(const Experiment& experiment) {
  std::vector<std::string> out;
  if (experiment.known() || (experiment.data && !experiment.data->outputs.empty()))
    for (const auto& u : experiment.unknowns)
      for (const char* what : {".mae", ".relative_l2", ".max_error"}) out.push_back(u + what);
  if (experiment.data) return out;
  for (const auto& term : experiment.terms) out.push_back("residual." + term.term.name);
  for (const auto& term : experiment.held_out) out.push_back("held_out." + term.term.name);
  return out;
}

std::map<std::string, double> Validation::values(const Measurement& m) {
  std::map<std::string, double> out;
  for (const auto& u : m.unknowns) {
    out[u.name + ".mae"] = u.mae;
    out[u.name + ".relative_l2"] = u.relative_l2;
    out[u.name + ".max_error"] = u.max_error;
  }
  for (const auto& t : m.terms) out["residual." + t.name] = t.rms;
  for (const auto& t : m.held_out) out["held_out." + t.name] = t.rms;
  return out;
}

}  // namespace banach
