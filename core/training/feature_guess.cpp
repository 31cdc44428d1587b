// SPDX-License-Identifier: Apache-2.0
#include "core/training/feature_guess.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "core/optimizers/least_squares.hpp"

namespace banach {
namespace {

std::string column(std::size_t unknown) { return "guess." + std::to_string(unknown); }

// The experiment with one term: a solution, or its difference from values beside the points.
Experiment with_term(Experiment e, const Solution& solution, bool difference) {
  const Unknowns unknowns = e.unknowns;
  RecordedTerm term;
  term.term = interior("guess", [=](const Field& u) {
    std::vector<Expression> out;
    for (std::size_t i = 0; i < unknowns.size(); ++i)
      out.push_back(difference ? u[unknowns[i]] - u.data(column(i)) : u[unknowns[i]]);
    return concat(out);
  });
  term.residual = record_term(e, term.term, in_scales(e, solution));
  e.terms = {term};
  return e;
}

}  // namespace

FeatureGuess::FeatureGuess(const Experiment& experiment, const Bank& own, std::vector<Bank> frozen,
                           bool fused)
    : experiment_(experiment),
      own_(own),
      frozen_(std::move(frozen)),
      fused_(fused),
      solution_(with_term(experiment, experiment.trained, false), {1.0}, Derivatives::exact,
                own.parameters, own.buffers, fused),
      difference_(with_term(experiment, experiment.trained, true), {1.0}, Derivatives::exact,
                  own.parameters, own.buffers, fused) {
  solution_.set_frozen(frozen_);
  difference_.set_frozen(frozen_);
}

at::Tensor FeatureGuess::look(ResidualObjective& at, const at::Tensor& points) {
  at::NoGradGuard no_grad;
  points_ = points.clone();
  at.set_points({{points_, {}, {}}});
  // Residuals are divided by the root of their number.
  return at.residuals().view({points_.size(0), -1}) *
         std::sqrt(static_cast<double>(points_.size(0)));
}

void FeatureGuess::begin(const at::Tensor& points) {
  if (!experiment_.guess) return;
  ResidualObjective guess(with_term(experiment_, *experiment_.guess, false), {1.0},
                          Derivatives::exact, own_.parameters, own_.buffers, fused_);
  guess.set_frozen(frozen_);
  values_ = look(guess, points);
}

void FeatureGuess::remember(const at::Tensor& points, const at::Tensor& parameters,
                            const at::Tensor& buffers) {
  at::NoGradGuard no_grad;
  solution_.parameters().copy_(parameters);
  solution_.set_buffers(buffers);
  values_ = look(solution_, points);
}

at::Tensor FeatureGuess::fit(const at::Tensor& parameters, const at::Tensor& buffers,
                             double rcond) {
  at::NoGradGuard no_grad;
  PointSet set{points_, {}, {}};
  for (std::int64_t i = 0; i < values_.size(1); ++i)
    set.data[column(static_cast<std::size_t>(i))] = values_.narrow(1, i, 1).contiguous();
  difference_.parameters().copy_(parameters);
  difference_.set_buffers(buffers);
  difference_.set_points({set});
  const at::Tensor r = difference_.residuals().to(at::kCPU, at::kDouble);
  const at::Tensor j = difference_.jacobian().to(at::kCPU, at::kDouble);
  return parameters + least_squares_step(j, r, rcond).to(parameters.options());
}

}  // namespace banach
