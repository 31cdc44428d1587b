// SPDX-License-Identifier: Apache-2.0
#include "core/training/validation.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/sampling/samplers.hpp"

namespace banach {
namespace {

constexpr std::int64_t chunk = 1 << 18;

std::vector<SamplingChoice> fixed_choices(const Experiment& experiment, std::int64_t points) {
  const auto sampler = std::make_shared<SobolSampler>(SobolSampler::Parameters{});
  return std::vector<SamplingChoice>(experiment.terms.size(), SamplingChoice{sampler, points, 0});
}

nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

// The exact solution in double precision: what the errors refer to.
at::Tensor exact_values(const Experiment& experiment, const at::Tensor& points) {
  at::NoGradGuard no_grad;
  Evaluator evaluator(experiment.network, Derivatives::exact);
  evaluator.add(experiment.exact->trace, experiment.exact->root);
  const auto options = points.options().dtype(at::kDouble);
  const Bank bank{at::zeros({experiment.network->layout.parameters()}, options),
                  at::zeros({experiment.network->layout.buffers()}, options)};
  const at::Tensor value = evaluator.evaluate({bank}, {{points.to(at::kDouble), {}, {}}})[0];
  return value.expand({points.size(0), static_cast<std::int64_t>(experiment.unknowns.size())})
      .contiguous();
}

}  // namespace

double Measurement::error() const {
  double out = std::numeric_limits<double>::quiet_NaN();
  for (const auto& u : unknowns)
    if (!(out >= u.relative_l2)) out = u.relative_l2;
  return out;
}

nlohmann::json to_json(const Measurement& m) {
  nlohmann::json out = {{"unknowns", nlohmann::json::object()},
                        {"terms", nlohmann::json::object()}};
  for (const auto& u : m.unknowns)
    out["unknowns"][u.name] = {{"mae", number(u.mae)},
                               {"relative_l2", number(u.relative_l2)},
                               {"max_error", number(u.max_error)}};
  for (const auto& t : m.terms) out["terms"][t.name] = {{"rms", number(t.rms)}};
  return out;
}

Validation::Validation(const Experiment& experiment, Derivatives derivatives, const Grid& grid,
                       std::int64_t points, std::vector<double> weights, std::uint64_t seed,
                       at::TensorOptions options)
    : experiment_(experiment),
      weights_(std::move(weights)),
      terms_(experiment.network, derivatives),
      solution_(experiment.network, derivatives),
      collocation_(experiment, fixed_choices(experiment, points), seed ^ 0x76616c6964617465ull,
                   options) {
  for (const auto& term : experiment.terms) terms_.add(term.residual.trace, term.residual.root);
  solution_.add(experiment.solution.trace, experiment.solution.root);
  const auto axes = static_cast<std::int64_t>(experiment.domain.size());
  auto numbers = grid.points(0, grid.size());
  const at::Tensor points64 = at::from_blob(numbers.data(), {grid.size(), axes}, at::kDouble)
                                  .to(options.dtype(at::kDouble), false, true);
  if (experiment.exact) reference_ = exact_values(experiment, points64);
  grid_ = points64.to(options);
}

Validation::~Validation() = default;

at::Tensor Validation::predict(const Bank& bank, const at::Tensor& points) {
  at::NoGradGuard no_grad;
  const auto outputs = static_cast<std::int64_t>(experiment_.unknowns.size());
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < points.size(0); first += chunk) {
    const at::Tensor part = points.narrow(0, first, std::min(chunk, points.size(0) - first));
    parts.push_back(
        solution_.evaluate({bank}, {{part, {}, {}}})[0].expand({part.size(0), outputs}));
  }
  return at::cat(parts);
}

void Validation::errors(const Bank& bank, Measurement& out) {
  if (!reference_.defined()) return;
  const at::Tensor off = predict(bank, grid_).to(at::kDouble).sub(reference_);
  for (std::size_t i = 0; i < experiment_.unknowns.size(); ++i) {
    const auto column = static_cast<std::int64_t>(i);
    const at::Tensor e = off.select(1, column), u = reference_.select(1, column);
    const double scale = u.norm().item<double>();
    const double norm = e.norm().item<double>();
    out.unknowns.push_back({experiment_.unknowns[i], e.abs().mean().item<double>(),
                            scale > 0 ? norm / scale : norm, e.abs().max().item<double>()});
  }
}

void Validation::norms(const Bank& bank, Measurement& out) {
  at::NoGradGuard no_grad;
  const auto values = terms_.evaluate({bank}, collocation_.at_step(0));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Term& term = experiment_.terms[i].term;
    const at::Tensor v = values[i].to(at::kDouble);
    const double rows =
        v.dim() == 0 ? 1 : static_cast<double>(v.numel()) / static_cast<double>(v.size(-1));
    const bool squares = term.kind == Term::Kind::squares;
    const double mean = (squares ? v.square().sum() : v.sum()).item<double>() / rows;
    out.terms.push_back({term.name, squares ? std::sqrt(mean) : mean});
    out.loss += weights_[i] * mean;
  }
}

Measurement Validation::measure(const Bank& bank) {
  Measurement out;
  const Bank fixed{bank.parameters.detach(), bank.buffers};
  errors(fixed, out);
  norms(fixed, out);
  return out;
}

std::vector<std::string> Validation::columns(const Experiment& experiment) {
  std::vector<std::string> out;
  if (experiment.exact)
    for (const auto& u : experiment.unknowns)
      for (const char* what : {".mae", ".relative_l2", ".max_error"}) out.push_back(u + what);
  for (const auto& term : experiment.terms) out.push_back("residual." + term.term.name);
  return out;
}

std::vector<double> Validation::values(const Measurement& m) {
  std::vector<double> out;
  for (const auto& u : m.unknowns) out.insert(out.end(), {u.mae, u.relative_l2, u.max_error});
  for (const auto& t : m.terms) out.push_back(t.rms);
  return out;
}

}  // namespace banach
