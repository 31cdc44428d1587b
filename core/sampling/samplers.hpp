// SPDX-License-Identifier: Apache-2.0
// The samplers that the engine brings.
#pragma once
#include "banach/registry.hpp"
#include "banach/sampler.hpp"

namespace banach {

/// Independent uniform points.
class UniformSampler : public Sampler {
 public:
  struct Parameters {};
  explicit UniformSampler(const Parameters&) {}
  void points(std::int64_t n, int d, const Stream& stream, double* out) const override;
};

/// The tensor grid whose size is closest to the number asked for; axes differ by one point at most.
class GridSampler : public Sampler {
 public:
  struct Parameters {
    bool endpoints = true;
  };
  explicit GridSampler(const Parameters& parameters) : endpoints_(parameters.endpoints) {}
  std::int64_t count(std::int64_t n, int d) const override;
  void points(std::int64_t n, int d, const Stream& stream, double* out) const override;
  bool random() const override { return false; }

 private:
  bool endpoints_;
};

/// n strata on every axis, each hit once.
class LatinHypercubeSampler : public Sampler {
 public:
  struct Parameters {};
  explicit LatinHypercubeSampler(const Parameters&) {}
  void points(std::int64_t n, int d, const Stream& stream, double* out) const override;
};

/// The first n points of the Sobol sequence, under a random digital shift.
class SobolSampler : public Sampler {
 public:
  struct Parameters {};
  explicit SobolSampler(const Parameters&) {}
  void points(std::int64_t n, int d, const Stream& stream, double* out) const override;
};

/// The first n points of the Halton sequence, every digit under a random permutation.
class HaltonSampler : public Sampler {
 public:
  struct Parameters {};
  explicit HaltonSampler(const Parameters&) {}
  void points(std::int64_t n, int d, const Stream& stream, double* out) const override;
};

void describe(Schema<UniformSampler::Parameters>& s);
void describe(Schema<GridSampler::Parameters>& s);
void describe(Schema<LatinHypercubeSampler::Parameters>& s);
void describe(Schema<SobolSampler::Parameters>& s);
void describe(Schema<HaltonSampler::Parameters>& s);

}  // namespace banach
