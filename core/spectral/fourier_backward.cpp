// SPDX-License-Identifier: Apache-2.0
#include "core/spectral/fourier_network.hpp"

#include <algorithm>

namespace banach {

template <class T>
struct FourierNetwork<T>::Backward {
  const FourierNetwork& n;
  std::int64_t samples;
  const T *x, *dy;
  T* dx;
  Kept kept;
  T *mixed, *spectrum;  // derivatives by the spectra after mixing and before
  T *field, *parts;     // derivatives by z of a layer; gradients of the parts

  std::int64_t offset(std::int64_t layer, std::int64_t sample, const Tile& tile) const {
    return layer * kept.field + sample * n.sample_numbers() + tile.place * n.shape_.width;
  }
  T* gradient(std::int64_t part, std::int64_t place) const {
    return parts + part * n.part_numbers_ + place;
  }

  void project(std::int64_t sample, const Tile& tile, T* dz, T* gradient, const Bench& b) const {
    const std::int64_t width = n.shape_.width, outputs = n.shape_.outputs;
    const T* const value = kept.values + offset(n.shape_.depth, sample, tile);
    const T* const from = dy + sample * outputs * n.plain_points_;
    if (n.shape_.points != n.shape_.padded) std::fill_n(dz, tile.points * width, T(0));
    n.for_runs(tile, [&](std::int64_t place, std::int64_t point, std::int64_t count) {
      for (std::int64_t o = 0; o < outputs; ++o)
        for (std::int64_t i = 0; i < count; ++i)
          b.thin[i * outputs + o] = from[o * n.plain_points_ + point + i];
      n.projection_.pull_back(count, {value + place * width, width, 1}, b.thin, gradient,
                              dz + place * width, b.perceptron);
    });
  }
  void lift(std::int64_t sample, const Tile& tile, const T* dvalue, T* gradient,
            const Bench& b) const {
    const std::int64_t inputs = n.shape_.inputs, first = sample * inputs * n.plain_points_;
    n.for_runs(tile, [&](std::int64_t place, std::int64_t point, std::int64_t count) {
      n.lifting_.pull_back(count, {x + first + point, 1, n.plain_points_},
                           dvalue + place * n.shape_.width, gradient, dx ? b.thin : nullptr,
                           b.perceptron);
      for (std::int64_t c = 0; dx && c < inputs; ++c)
        for (std::int64_t i = 0; i < count; ++i)
          dx[first + c * n.plain_points_ + point + i] = b.thin[i * inputs + c];
    });
  }
  // From dz of a tile to what the layer's convolution put there.
  void enter(std::int64_t l, std::int64_t sample, std::int64_t part, const Tile& tile, const T* dz,
             const Bench& b) const {
    const Layer& layer = n.layers_[static_cast<std::size_t>(l)];
    if (layer.perceptron)
      layer.perceptron->pull_back(tile.points,
                                  {kept.convolved + offset(l, sample, tile), n.shape_.width, 1}, dz,
                                  gradient(part, layer.perceptron_place), b.s, b.perceptron);
    n.analyse(AxisTransform<T>::sum, tile, layer.perceptron ? b.s : dz, b);
  }
  void finish(std::int64_t sample, const Bench& b) const {
    n.transform_->analyse(AxisTransform<T>::sum, b.t, b.transform, mixed + sample * n.shape_.width,
                          samples);
  }
  void start(std::int64_t sample, std::int64_t part, const Bench& b) const {
    for (const Tile& tile : n.tiles_) {
      T* const dz = field + offset(0, sample, tile);
      project(sample, tile, dz, gradient(part, n.projection_place_), b);
      enter(n.shape_.depth - 1, sample, part, tile, dz, b);
    }
    finish(sample, b);
  }
  void retreat(std::int64_t l, std::int64_t sample, std::int64_t part, const Bench& b) const {
    const Layer& layer = n.layers_[static_cast<std::size_t>(l)];
    n.transform_->synthesise(AxisTransform<T>::mean, spectrum + sample * n.shape_.width, samples,
                             b.transform, b.t);
    for (const Tile& tile : n.tiles_) {
      const std::int64_t points = tile.points, width = n.shape_.width;
      T* const dz = field + offset(0, sample, tile);
      layer.skip.pull_back(points, {kept.values + offset(l, sample, tile), width, 1}, dz,
                           gradient(part, layer.skip_place), b.z, b.perceptron);
      n.synthesise(AxisTransform<T>::mean, tile, b.z, b);
      if (l == 0) {
        lift(sample, tile, b.z, gradient(part, 0), b);
        continue;
      }
      n.kernels_.times(points * width, b.z, kept.slopes + offset(l - 1, sample, tile), dz, false);
      enter(l - 1, sample, part, tile, dz, b);
    }
    if (l > 0) finish(sample, b);
  }
  void mix(std::int64_t l, T* gradient, const std::vector<Bench>& benches,
           const Workers& workers) const {
    const std::int64_t width = n.shape_.width, rows = 2 * samples;
    const std::int64_t mode = n.transform_->mode_stride(samples);
    const T* const weights = n.weights_[n.layers_[static_cast<std::size_t>(l)].spectral];
    const T* const values = kept.spectra + l * kept.spectrum;
    workers.share(n.transform_->modes(), [&](std::int64_t begin, std::int64_t end, std::int64_t w) {
      T* const product = benches[static_cast<std::size_t>(w)].product;
      Product<T> p{};
      p.m = width, p.n = 2 * width, p.k = rows;
      p.a_row = 1, p.a_column = width, p.b_row = p.c_row = 2 * width;
      p.b = product;
      for (std::int64_t m = begin; m < end; ++m) {
        const std::int64_t weight = m * width * width * 2;
        n.kernels_.expand_complex(samples, width, mixed + m * mode, product);
        p.a = values + m * mode;
        p.c = gradient + weight;
        n.kernels_.multiply(p);
        T* const out = spectrum + m * mode;
        n.kernels_.multiply_transposed({rows, width, 2 * width, product, 2 * width, 1,
                                        weights + weight, 2 * width, out, width});
      }
    });
  }
  void collect(const std::vector<T*>& gradients) const {
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (n.places_[i] < 0) continue;
      const auto next = std::find_if(n.places_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                     n.places_.end(), [](auto place) { return place >= 0; });
      const std::int64_t size = (next == n.places_.end() ? n.part_numbers_ : *next) - n.places_[i];
      for (std::int64_t part = 0; part < n.parts(samples); ++part)
        n.kernels_.scale(size, 1, gradient(part, n.places_[i]), gradients[i], part > 0);
    }
  }
};

template <class T>
void FourierNetwork<T>::backward(std::int64_t samples, const T* x, const T* dy, const T* kept,
                                 const std::vector<T*>& gradients, T* dx, T* scratch,
                                 const Workers& workers) const {
  Shelf keep{const_cast<T*>(kept)}, shelf{scratch};
  const auto benches = this->benches(shelf, samples, workers.number);
  const Backward pass{*this,
                      samples,
                      x,
                      dy,
                      dx,
                      arrange(keep, samples, true),
                      shelf.take(spectrum_numbers(samples)),
                      shelf.take(spectrum_numbers(samples)),
                      shelf.take(samples * sample_numbers()),
                      shelf.take(parts(samples) * part_numbers_)};
  std::fill_n(pass.parts, parts(samples) * part_numbers_, T(0));
  for_samples(samples, benches, workers,
              [&](std::int64_t s, std::int64_t part, const Bench& b) { pass.start(s, part, b); });
  for (std::int64_t l = shape_.depth; l-- > 0;) {
    pass.mix(l, gradients[layers_[static_cast<std::size_t>(l)].spectral], benches, workers);
    for_samples(samples, benches, workers, [&](std::int64_t s, std::int64_t part, const Bench& b) {
      pass.retreat(l, s, part, b);
    });
  }
  pass.collect(gradients);
}

template void FourierNetwork<float>::backward(std::int64_t, const float*, const float*,
                                              const float*, const std::vector<float*>&, float*,
                                              float*, const Workers&) const;
template void FourierNetwork<double>::backward(std::int64_t, const double*, const double*,
                                               const double*, const std::vector<double*>&, double*,
                                               double*, const Workers&) const;

}  // namespace banach
