// SPDX-License-Identifier: Apache-2.0
#include "core/spectral/fourier_network.hpp"

#include <algorithm>

namespace banach {

template <class T>
void FourierNetwork<T>::lift(const Tile& tile, const T* x, T* value, const Bench& b) const {
  if (shape_.points != shape_.padded) std::fill_n(value, tile.points * shape_.width, T(0));
  for_runs(tile, [&](std::int64_t offset, std::int64_t point, std::int64_t count) {
    lifting_.apply(count, {x + point, 1, plain_points_}, value + offset * shape_.width, false,
                   b.perceptron);
  });
}

template <class T>
void FourierNetwork<T>::project(const Tile& tile, const T* value, T* y, const Bench& b) const {
  for_runs(tile, [&](std::int64_t offset, std::int64_t point, std::int64_t count) {
    projection_.apply(count, {value + offset * shape_.width, shape_.width, 1}, b.thin, false,
                      b.perceptron);
    for (std::int64_t o = 0; o < shape_.outputs; ++o)
      for (std::int64_t i = 0; i < count; ++i)
        y[o * plain_points_ + point + i] = b.thin[i * shape_.outputs + o];
  });
}

// z [points, width] of a tile: what the layer's activation acts on.
template <class T>
void FourierNetwork<T>::convolve(const Layer& layer, const Tile& tile, const T* value, T* convolved,
                                 T* z, const Bench& b) const {
  const std::int64_t points = tile.points, width = shape_.width;
  layer.skip.apply(points, {value, width, 1}, z, false, nullptr);
  if (!layer.perceptron) return synthesise(AxisTransform<T>::sum, tile, z, b);
  T* const s = convolved ? convolved : b.s;
  std::fill_n(s, points * width, T(0));
  synthesise(AxisTransform<T>::sum, tile, s, b);
  layer.perceptron->apply(points, {s, width, 1}, z, true, b.perceptron);
}

template <class T>
void FourierNetwork<T>::mix(const Layer& layer, std::int64_t samples, const T* in, T* out,
                            const std::vector<Bench>& benches, const Workers& workers) const {
  const std::int64_t width = shape_.width, mode = transform_->mode_stride(samples);
  workers.share(transform_->modes(), [&](std::int64_t begin, std::int64_t end, std::int64_t w) {
    T* const product = benches[static_cast<std::size_t>(w)].product;
    Product<T> p{};
    p.m = 2 * samples, p.n = 2 * width, p.k = width;
    p.a_row = width, p.a_column = 1, p.b_row = p.c_row = 2 * width;
    p.c = product;
    for (std::int64_t m = begin; m < end; ++m) {
      p.a = in + m * mode;
      p.b = weights_[layer.spectral] + m * width * width * 2;
      kernels_.multiply(p);
      kernels_.join_complex(samples, width, product, out + m * mode);
    }
  });
}

template <class T>
struct FourierNetwork<T>::Forward {
  const FourierNetwork& n;
  std::int64_t samples;
  T* y;
  Kept kept;
  bool backward;

  T* at(T* fields, std::int64_t layer, std::int64_t sample) const {
    return fields + layer * kept.field + sample * n.sample_numbers();
  }
  T* spectrum(std::int64_t layer, std::int64_t sample) const {
    return kept.spectra + layer * kept.spectrum + sample * n.shape_.width;
  }
  void start(const T* x, std::int64_t sample, const Bench& b) const {
    for (const Tile& tile : n.tiles_) {
      T* const value = at(kept.values, 0, sample) + tile.place * n.shape_.width;
      n.lift(tile, x, value, b);
      n.analyse(AxisTransform<T>::mean, tile, value, b);
    }
    n.transform_->analyse(AxisTransform<T>::mean, b.t, b.transform, spectrum(0, sample), samples);
  }
  void advance(std::int64_t l, const T* mixed, std::int64_t sample, const Bench& b) const {
    const Layer& layer = n.layers_[static_cast<std::size_t>(l)];
    const bool last = l + 1 == n.shape_.depth;
    n.transform_->synthesise(AxisTransform<T>::sum, mixed + sample * n.shape_.width, samples,
                             b.transform, b.t);
    for (const Tile& tile : n.tiles_) {
      const std::int64_t place = tile.place * n.shape_.width;
      T* const value = at(kept.values, l + 1, sample) + place;
      T* const z = last && backward ? value : b.z;
      n.convolve(layer, tile, at(kept.values, l, sample) + place,
                 backward && layer.perceptron ? at(kept.convolved, l, sample) + place : nullptr, z,
                 b);
      if (last) {
        n.project(tile, z, y + sample * n.shape_.outputs * n.plain_points_, b);
        continue;
      }
      n.kernels_.activate(n.shape_.function, tile.points * n.shape_.width, z, value,
                          backward ? at(kept.slopes, l, sample) + place : nullptr);
      n.analyse(AxisTransform<T>::mean, tile, value, b);
    }
    if (!last)
      n.transform_->analyse(AxisTransform<T>::mean, b.t, b.transform, spectrum(l + 1, sample),
                            samples);
  }
};

template <class T>
void FourierNetwork<T>::forward(std::int64_t samples, const T* x, T* y, T* kept, bool backward,
                                T* scratch, const Workers& workers) const {
  Shelf keep{kept}, shelf{scratch};
  const auto benches = this->benches(shelf, samples, workers.number);
  T* const mixed = shelf.take(spectrum_numbers(samples));
  const Forward pass{*this, samples, y, arrange(keep, samples, backward), backward};
  for_samples(samples, benches, workers, [&](std::int64_t s, std::int64_t, const Bench& b) {
    pass.start(x + s * shape_.inputs * plain_points_, s, b);
  });
  for (std::int64_t l = 0; l < shape_.depth; ++l) {
    mix(layers_[static_cast<std::size_t>(l)], samples, pass.spectrum(l, 0), mixed, benches,
        workers);
    for_samples(samples, benches, workers, [&](std::int64_t s, std::int64_t, const Bench& b) {
      pass.advance(l, mixed, s, b);
    });
  }
}

template void FourierNetwork<float>::forward(std::int64_t, const float*, float*, float*, bool,
                                             float*, const Workers&) const;
template void FourierNetwork<double>::forward(std::int64_t, const double*, double*, double*, bool,
                                              double*, const Workers&) const;

}  // namespace banach
