// SPDX-License-Identifier: Apache-2.0
#include "core/training/feature_search.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/optimizers/least_squares.hpp"
#include "core/training/bending.hpp"
#include "core/training/feature_guess.hpp"
#include "core/training/last_layer.hpp"

namespace banach {
namespace {

constexpr int rounds = 3, most_steps = 8, halvings = 6;
constexpr double rcond = 1e-15;

double squares(const at::Tensor& r) { return at::dot(r, r).item<double>(); }

// What an architecture sees while it draws; remembers whether it asked for the solution.
class DrawPreparation final : public Preparation {
 public:
  DrawPreparation(const Experiment& experiment, Bending& bending, bool known, Stream points,
                  Stream stream, at::Tensor buffers)
      : layout_(experiment.network->layout),
        bending_(bending),
        known_(known),
        points_(points),
        stream_(stream),
        buffers_(std::move(buffers)) {}

  std::vector<double> points(int n) override { return bending_.spread_points(n, points_); }
  std::vector<double> bending(const std::vector<double>& points) override {
    asked = true;
    return known_ ? bending_.at_points(points) : std::vector<double>();
  }
  const Snapshots& snapshots() override { return none_; }
  Stream stream() const override { return stream_; }
  void set(int number, const std::vector<double>& values) override {
    const auto& slots = layout_.slots();
    if (number < 0 || static_cast<std::size_t>(number) >= slots.size())
      throw ConfigError("draw: there is no parameter number " + std::to_string(number));
    const Slot& slot = slots[static_cast<std::size_t>(number)];
    if (slot.trainable)
      throw ConfigError("draw: parameter \"" + slot.name + "\" is trained, not frozen");
    if (values.size() != static_cast<std::size_t>(slot.size))
      throw ConfigError("draw: parameter \"" + slot.name + "\" takes " + std::to_string(slot.size) +
                        " numbers, got " + std::to_string(values.size()));
    buffers_.narrow(0, slot.offset, slot.size)
        .copy_(at::tensor(values, at::TensorOptions(at::kDouble)));
  }

  bool asked = false;

 private:
  const Layout& layout_;
  Bending& bending_;
  bool known_;
  Stream points_, stream_;
  at::Tensor buffers_;
  Snapshots none_;
};

}  // namespace

FeatureSearch::FeatureSearch(SearchInput input)
    : in_(std::move(input)),
      // Recorded as const; drawing changes slots alone.
      architecture_(std::const_pointer_cast<Architecture>(in_.experiment.network->architecture)),
      names_(architecture_->draws()),
      objective_(in_.experiment, in_.weights, in_.derivatives, in_.parameters, in_.buffers,
                 in_.fused),
      places_(names_.size(), 0) {
  objective_.set_frozen(in_.frozen);
}

FeatureSearch::~FeatureSearch() = default;

bool FeatureSearch::can_choose(const Experiment& experiment) {
  return !experiment.data && !experiment.network->architecture->draws().empty();
}

void FeatureSearch::space(const Trial& present) {
  const Stream stream = in_.stream.child(0);
  known_ = bending_->look_at(present.parameters, present.buffers, stream);
  if (!known_) return;
  spacing_ = bending_->spacing();
  in_.points.set_spacing(spacing_);
  in_.held_out.set_spacing(spacing_);
}

void FeatureSearch::take(const Trial& trial) {
  at::NoGradGuard no_grad;
  objective_.parameters().copy_(trial.parameters);
  objective_.set_buffers(trial.buffers);
}

double FeatureSearch::held_out(const Trial& trial) {
  take(trial);
  objective_.set_points(in_.held_out.at_step(0));
  const double loss = squares(objective_.residuals());
  return std::isfinite(loss) ? std::sqrt(loss) : std::numeric_limits<double>::infinity();
}

// Those of the first equation, as they are spaced now.
at::Tensor FeatureSearch::interior_points() {
  const auto& terms = in_.experiment.terms;
  const auto inside = std::find_if(terms.begin(), terms.end(), [](const RecordedTerm& t) {
    return t.term.region.kind == Region::Kind::interior;
  });
  const auto place = inside == terms.end() ? 0 : inside - terms.begin();
  return in_.points.at_step(0)[static_cast<std::size_t>(place)].points;
}

// What the window resembles shows where features belong, and where Newton's method begins.
void FeatureSearch::begin() {
  const Experiment& e = in_.experiment;
  const Bank own{in_.parameters, in_.buffers};
  Experiment first = e;
  if (e.guess) first.trained = *e.guess;
  bending_ = std::make_unique<Bending>(first, in_.whole, own, in_.frozen, in_.fused);
  space({in_.parameters, in_.buffers, -1, 0});
  if (nonlinear_term(e).empty()) return;
  guess_ = std::make_unique<FeatureGuess>(e, own, in_.frozen, in_.fused);
  guess_->begin(interior_points());
}

// The best solution so far shows the same, and better.
void FeatureSearch::go_on() {
  space(*best_);
  best_->held_out = held_out(*best_);
  if (guess_) guess_->remember(interior_points(), best_->parameters, best_->buffers);
}

// Gauss-Newton steps until another linearisation would change little.
void FeatureSearch::solve(Trial& trial) {
  at::NoGradGuard no_grad;
  if (guess_ && guess_->known())
    trial.parameters = guess_->fit(trial.parameters, trial.buffers, rcond);
  take(trial);
  objective_.set_points(in_.points.at_step(0));
  at::Tensor r = objective_.residuals();
  for (int k = 0; k < most_steps; ++k) {
    const at::Tensor j = objective_.jacobian().to(at::kCPU, at::kDouble);
    const at::Tensor from = r.to(at::kCPU, at::kDouble);
    const at::Tensor step = least_squares_step(j, from, rcond);
    const double before = squares(from);
    const double length = shortened(step, before, r), after = squares(r);
    if (length == 0) break;
    const bool straight = length == 1 && after <= 2 * squares(from + at::mv(j, step));
    if (straight || after <= 1e-24 * before) break;
  }
  trial.parameters = objective_.parameters().detach().clone();
}

// The longest of 1, 1/2, ... steps that lowers the loss, taken, with the residuals there; else 0.
double FeatureSearch::shortened(const at::Tensor& step, double before, at::Tensor& residuals) {
  const at::Tensor start = objective_.parameters().detach().clone();
  double length = 1;
  for (int k = 0; k <= halvings; ++k, length /= 2) {
    objective_.parameters().copy_(start + step.to(start.options()) * length);
    const at::Tensor found = objective_.residuals();
    if (!(squares(found) < before)) continue;
    residuals = found;
    return length;
  }
  objective_.parameters().copy_(start);
  return 0;
}

void FeatureSearch::try_draw(std::int64_t draw, int round) {
  const auto way = static_cast<std::size_t>(draw);
  Trial trial{in_.parameters, in_.buffers.clone(), draw, 0};
  DrawPreparation preparation(
      in_.experiment, *bending_, known_, in_.stream.child(0),
      in_.stream.child(static_cast<std::uint64_t>(1 + round) * names_.size() + way), trial.buffers);
  architecture_->draw(static_cast<int>(draw), preparation);
  places_[way] = preparation.asked;
  const bool first = round == 0;
  if (first ? in_.previous >= 0 && draw != in_.previous && !preparation.asked : !preparation.asked)
    return;
  solve(trial);
  trial.held_out = held_out(trial);
  tried_ += fmt::format("{}{} {:.2g}", tried_.empty() ? "" : ", ",
                        names_[way] + (first ? "" : " again"), trial.held_out);
  if (!best_ || trial.held_out < best_->held_out) best_ = std::move(trial);
}

std::optional<FoundFeatures> FeatureSearch::run() {
  if (names_.empty() || !objective_.sum_of_squares()) return std::nullopt;
  const auto ways = static_cast<std::int64_t>(names_.size());
  begin();
  for (std::int64_t draw = 0; draw < ways; ++draw) try_draw(draw, 0);
  bending_ = std::make_unique<Bending>(in_.experiment, in_.whole, Bank{in_.parameters, in_.buffers},
                                       in_.frozen, in_.fused);
  for (int round = 1; round <= rounds; ++round) {
    if (std::none_of(places_.begin(), places_.end(), [](char asked) { return asked; })) break;
    go_on();
    const double before = best_->held_out;
    for (std::int64_t draw = 0; draw < ways; ++draw)
      if (places_[static_cast<std::size_t>(draw)]) try_draw(draw, round);
    if (best_->held_out > before / 2) break;
  }
  return FoundFeatures{best_->parameters, best_->buffers, spacing_, best_->draw,
                       fmt::format("features drawn with {}; held-out residuals: {}",
                                   names_[static_cast<std::size_t>(best_->draw)], tried_)};
}

}  // namespace banach
