// SPDX-License-Identifier: Apache-2.0
#include "core/sampling/enroll.hpp"

#include "core/sampling/samplers.hpp"
#include "core/sampling/schedules.hpp"

namespace banach {
namespace {

template <class P>
void describe_warmup(Schema<P>& s) {
  s.field("warmup", &P::warmup, "steps of linear rise to the full rate").at_least(0);
}

template <class P>
void describe_gamma(Schema<P>& s) {
  s.field("gamma", &P::gamma, "factor of each decay").positive().at_most(1);
}

}  // namespace

void describe(Schema<UniformSampler::Parameters>&) {}
void describe(Schema<LatinHypercubeSampler::Parameters>&) {}
void describe(Schema<SobolSampler::Parameters>&) {}
void describe(Schema<HaltonSampler::Parameters>&) {}

void describe(Schema<GridSampler::Parameters>& s) {
  s.field("endpoints", &GridSampler::Parameters::endpoints,
          "whether the grid touches the ends of every axis; else midpoints of equal cells");
}

void describe(Schema<ConstantSchedule::Parameters>& s) { describe_warmup(s); }

void describe(Schema<StepDecaySchedule::Parameters>& s) {
  s.field("every", &StepDecaySchedule::Parameters::every, "steps between decays")
      .at_least(1)
      .required();
  describe_gamma(s);
  describe_warmup(s);
}

void describe(Schema<MultiStepSchedule::Parameters>& s) {
  s.field("at", &MultiStepSchedule::Parameters::at, "steps at which the rate decays")
      .at_least(0)
      .required();
  describe_gamma(s);
  describe_warmup(s);
}

void describe(Schema<ExponentialSchedule::Parameters>& s) {
  using P = ExponentialSchedule::Parameters;
  s.field("final", &P::final, "factor at the last step").positive();
  s.field("gamma", &P::gamma, "factor of each step; replaces `final` when given").positive();
  describe_warmup(s);
}

void describe(Schema<CosineSchedule::Parameters>& s) {
  describe_warmup(s);
  s.field("final", &CosineSchedule::Parameters::final, "factor at the end").at_least(0);
}

void describe(Schema<OneCycleSchedule::Parameters>& s) {
  using P = OneCycleSchedule::Parameters;
  s.field("rise", &P::rise, "fraction of the steps that the rate rises").at_least(0).at_most(1);
  s.field("start", &P::start, "factor at the first step").at_least(0);
  s.field("final", &P::final, "factor at the last step").at_least(0);
}

void describe(Schema<PlateauSchedule::Parameters>& s) {
  using P = PlateauSchedule::Parameters;
  s.field("patience", &P::patience, "steps without improvement before a decay").at_least(1);
  s.field("factor", &P::factor, "factor of each decay").positive().at_most(1);
  s.field("min", &P::min, "smallest factor").at_least(0);
  s.field("threshold", &P::threshold, "relative improvement that counts").at_least(0);
  describe_warmup(s);
}

void enroll_samplers(Registry& registry) {
  registry.sampler<UniformSampler>("uniform", "independent uniform points");
  registry.sampler<GridSampler>("grid", "the tensor grid whose size is closest to `points`");
  registry.sampler<LatinHypercubeSampler>("latin_hypercube",
                                          "equal strata on every axis, each hit once");
  registry.sampler<SobolSampler>("sobol", "Sobol sequence under a random digital shift");
  registry.sampler<HaltonSampler>("halton", "Halton sequence under random digit permutations");
}

void enroll_schedules(Registry& registry) {
  registry.schedule<ConstantSchedule>("constant", "the learning rate as it is");
  registry.schedule<StepDecaySchedule>("step", "decays every so many steps");
  registry.schedule<MultiStepSchedule>("multi_step", "decays at given steps");
  registry.schedule<ExponentialSchedule>("exponential", "decays a little at every step");
  registry.schedule<CosineSchedule>("cosine", "half a cosine down to `final`, after a warm-up");
  registry.schedule<OneCycleSchedule>("one_cycle",
                                      "rises, then falls far below the start (Smith, Topin)");
  registry.schedule<PlateauSchedule>("plateau", "decays when the metric stops improving");
}

}  // namespace banach
