// SPDX-License-Identifier: Apache-2.0
#include "core/training/solution_notices.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/training/points.hpp"
#include "core/training/problem_notices.hpp"
#include "core/training/recorded_function.hpp"

namespace banach {
namespace {

constexpr std::int64_t lines = 8, samples = 201;
constexpr double still = 0.02;    // of the range of an unknown: what counts as no change
constexpr double flat = 1e-3;     // of its size: the same for a solution that is constant
constexpr double most = 0.5;      // of the axis
constexpr double resting = 0.05;  // of the residuals of other constants: a fixed point
constexpr double wrong = 0.3;     // an error from which on the solution is looked at

// The axis along which a solution evolves: that of its initial condition, or the only one.
std::int64_t axis_of_evolution(const Experiment& e) {
  const auto terms = e.problem->terms();
  for (std::size_t a = 0; a < e.domain.size(); ++a)
    for (const Term& term : terms)
      if (term.condition && term.condition->type == Condition::Type::initial &&
          term.region.axis == e.domain[a].name)
        return static_cast<std::int64_t>(a);
  return e.domain.size() == 1 ? 0 : -1;
}

/// The trained solution on lines along one axis, [lines, samples, unknowns].
class States {
 public:
  States(const Experiment& e, const std::vector<Bank>& banks, Derivatives derivatives,
         std::int64_t axis)
      : e_(e), axis_(axis) {
    const auto axes = static_cast<std::int64_t>(e.domain.size());
    const auto unknowns = static_cast<std::int64_t>(e.unknowns.size());
    at::Tensor points = at::empty({lines, samples, axes}, at::kDouble);
    for (std::int64_t k = 0; k < axes; ++k) {
      const Axis& a = e.domain[static_cast<std::size_t>(k)];
      at::Tensor unit = (at::arange(lines, at::kDouble) + 0.5) * std::sqrt(2.0 + 3.0 * double(k));
      unit = (unit - unit.floor()).unsqueeze(1).expand({lines, samples});
      if (k == axis) unit = at::linspace(0, 1, samples, at::kDouble).expand({lines, samples});
      points.select(2, k).copy_(a.lower + (a.upper - a.lower) * unit);
    }
    values_ = at::empty({lines, samples, unknowns}, at::kDouble);
    const RecordedFunction solution(e.network, derivatives, e.solution, e.origins, unknowns,
                                    e.scales, banks);
    solution(points.data_ptr<double>(), lines * samples, values_.data_ptr<double>());
    high_ = values_.amax({0, 1}), low_ = values_.amin({0, 1});
    end_ = values_.select(1, samples - 1).mean(0);
  }

  bool constant() const {
    const at::Tensor size = at::maximum(high_.abs(), low_.abs());
    return (high_ - low_).le(flat * size).all().item<bool>();
  }
  // Samples at the end that no unknown leaves its last value in, on any line.
  std::int64_t at_rest() const {
    const at::Tensor off = (values_ - end_).abs().gt(still * (high_ - low_)).any(2).any(0);
    const at::Tensor moving = off.nonzero();
    return moving.size(0) == 0 ? samples : samples - 1 - moving.max().item<std::int64_t>();
  }
  std::string text() const {
    std::vector<std::string> out;
    for (std::size_t k = 0; k < e_.unknowns.size(); ++k)
      out.push_back(fmt::format("{} = {:.3g}", e_.unknowns[k],
                                end_[static_cast<std::int64_t>(k)].item<double>()));
    return join(out);
  }
  double start_of_rest() const {
    const Axis& a = e_.domain[static_cast<std::size_t>(axis_)];
    const double part = double(samples - at_rest()) / double(samples - 1);
    return a.lower + (a.upper - a.lower) * std::min(1.0, part);
  }

  // Whether the equations hold for the last state as they do not for others.
  bool fixed_point() const {
    const double here = residual(end_);
    double there = residual(end_ + end_.abs().clamp_min(1.0));
    for (std::int64_t i = 0; i < samples; i += 10) there = std::max(there, residual(values_[0][i]));
    return std::isfinite(here) && here <= resting * there;
  }

 private:
  // Root of the mean square of all equations for a constant solution.
  double residual(const at::Tensor& state) const {
    const Solution solution = [&](const Point&) {
      std::vector<Expression> out;
      for (std::int64_t k = 0; k < state.numel(); ++k) out.emplace_back(state[k].item<double>());
      return concat(out);
    };
    const auto& layout = e_.network->layout;
    const Bank bank{at::zeros({layout.parameters()}, at::kDouble),
                    at::zeros({layout.buffers()}, at::kDouble)};
    at::Tensor middle = at::empty({1, static_cast<std::int64_t>(e_.domain.size())}, at::kDouble);
    for (std::size_t k = 0; k < e_.domain.size(); ++k)
      middle.select(1, static_cast<std::int64_t>(k))
          .fill_((e_.domain[k].lower + e_.domain[k].upper) / 2);
    const at::Tensor at = point_tensor(middle, e_.origins, at::kDouble);
    double sum = 0;
    for (const RecordedTerm& t : e_.terms) {
      if (t.term.region.kind != Region::Kind::interior || t.term.kind == Term::Kind::energy)
        continue;
      const Recorded r = record_term(e_, t.term, solution);
      sum += node_values(e_, r.trace, r.root, {at, {}, {}}, bank).square().sum().item<double>();
    }
    return std::sqrt(sum);
  }

  const Experiment& e_;
  std::int64_t axis_;
  at::Tensor values_, high_, low_, end_;
};

std::string advice(const States& states) {
  try {
    if (states.fixed_point())
      return ": a fixed point of the equations, where their residuals vanish whatever the initial "
             "condition is; if the solution does not come to rest there, train with [windows] or "
             "weigh the conditions more";
  } catch (const Error&) {  // equations that ask for more than a point
  }
  return ": check that it should be";
}

}  // namespace

std::string constant_notice(const Experiment& e, const std::vector<Bank>& banks,
                            Derivatives derivatives) {
  const auto axis = axis_of_evolution(e);
  const States states(e, banks, derivatives, std::max<std::int64_t>(axis, 0));
  if (states.constant())
    return fmt::format("the trained solution is constant, {}{}", states.text(), advice(states));
  if (axis < 0 || double(states.at_rest()) < most * double(samples)) return "";
  return fmt::format("the trained solution is constant from {} = {:.3g} on, {}{}",
                     e.domain[static_cast<std::size_t>(axis)].name, states.start_of_rest(),
                     states.text(), advice(states));
}

void add_solution_notices(nlohmann::json& result, const RunPlan& plan,
                          const std::vector<Bank>& banks) {
  const Experiment& e = plan.experiment;
  double error = 0;
  for (const auto& unknown : result.at("unknowns"))
    error = std::max(error, unknown.at("relative_l2").is_number()
                                ? unknown.at("relative_l2").get<double>()
                                : 1.0);
  result["error_known"] = !result.at("unknowns").empty();
  if (e.data || (e.known() && error < wrong)) return;
  if (const auto text = constant_notice(e, banks, plan.derivatives); !text.empty())
    result["notices"].push_back(text);
}

std::string solution_notices_text(const nlohmann::json& r) {
  std::string out;
  if (!r.value("error_known", true) && !r.contains("held_out"))
    out +=
        "error: unknown, for there is no exact solution, reference or data to compare with; the "
        "residuals alone do not tell how far the solution is from the right one\n";
  if (r.contains("notices"))
    for (const auto& notice : r.at("notices")) out += "note: " + notice.get<std::string>() + "\n";
  return out;
}

}  // namespace banach
