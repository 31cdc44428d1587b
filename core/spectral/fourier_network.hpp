// SPDX-License-Identifier: Apache-2.0
// A Fourier neural operator on the CPU, forward and backward. Channels are the last axis of all
// that it keeps. Samples are independent of each other but for the mixing of channels, which takes
// one frequency of all samples at once.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/spectral/grid_transform.hpp"
#include "core/spectral/pointwise.hpp"

namespace banach {

struct FourierShape {
  std::int64_t inputs, outputs, width, depth, projection, lifting;  // lifting: 0 for one map
  bool channel_mlp;
  int function;                                     // Function
  std::vector<std::int64_t> modes, points, padded;  // for each axis
};

/// Threads: `share` runs body(begin, end, worker) on parts of [0, count), worker < `number`.
struct Workers {
  using Body = std::function<void(std::int64_t begin, std::int64_t end, std::int64_t worker)>;
  std::int64_t number;
  std::function<void(std::int64_t count, const Body& body)> share;
};

/// Weights and gradients are in the order of creation: lifting; for each layer the spectral ones
/// [modes, width, width, 2], the channel perceptron and the skip; projection. Results do not depend
/// on the number of workers.
template <class T>
class FourierNetwork {
 public:
  FourierNetwork(const FourierShape& shape, std::shared_ptr<const GridTransform<T>> transform,
                 std::vector<const T*> weights);

  /// Numbers that forward() leaves for backward(); without one it needs fewer.
  std::int64_t kept(std::int64_t samples, bool backward) const;
  /// Numbers that the passes write to besides.
  std::int64_t scratch(std::int64_t samples, std::int64_t workers, bool backward) const;
  /// x [samples, inputs, points] -> y [samples, outputs, points]
  void forward(std::int64_t samples, const T* x, T* y, T* kept, bool backward, T* scratch,
               const Workers& workers) const;
  /// Overwrites the gradients by the weights, and that by x unless null.
  void backward(std::int64_t samples, const T* x, const T* dy, const T* kept,
                const std::vector<T*>& gradients, T* dx, T* scratch, const Workers& workers) const;

 private:
  using Scale = typename GridTransform<T>::Scale;
  // Lines [line, line + lines): as many points from `place` on.
  struct Tile {
    std::int64_t line, lines, place, points;
  };
  struct Layer {
    std::size_t spectral;                       // index of the weight
    std::int64_t perceptron_place, skip_place;  // in the gradients of a part
    std::optional<Perceptron<T>> perceptron;
    Perceptron<T> skip;
  };
  // Hands out pieces of memory one after the other; without any it only counts.
  struct Shelf {
    T* memory = nullptr;
    std::int64_t used = 0;
    T* take(std::int64_t numbers);
  };
  // What a worker writes to.
  struct Bench {
    T *t, *transform, *z, *s, *thin, *perceptron, *product;
  };
  struct Kept {
    T *values, *slopes, *convolved, *spectra;
    std::int64_t field, spectrum;  // numbers for a layer; 0: the layers share them
  };
  struct Forward;
  struct Backward;

  void make_tiles();
  void make_layers();
  void set(Perceptron<T>& perceptron, std::size_t& next);
  std::int64_t sample_numbers() const;
  std::int64_t spectrum_numbers(std::int64_t samples) const;
  std::int64_t parts(std::int64_t samples) const;
  Kept arrange(Shelf& shelf, std::int64_t samples, bool backward) const;
  Bench bench(Shelf& shelf, std::int64_t samples) const;
  std::vector<Bench> benches(Shelf& shelf, std::int64_t samples, std::int64_t workers) const;

  // body(offset in the tile, point without padding, count) on pieces of the tile.
  template <class F>
  void for_runs(const Tile& tile, const F& body) const;
  template <class F>
  void for_samples(std::int64_t samples, const std::vector<Bench>& benches, const Workers& workers,
                   const F& body) const;

  void lift(const Tile& tile, const T* x, T* value, const Bench& b) const;
  void project(const Tile& tile, const T* value, T* y, const Bench& b) const;
  void convolve(const Layer& layer, const Tile& tile, const T* value, T* convolved, T* z,
                const Bench& b) const;
  void analyse(Scale scale, const Tile& tile, const T* x, const Bench& b) const;
  void synthesise(Scale scale, const Tile& tile, T* x, const Bench& b) const;
  void mix(const Layer& layer, std::int64_t samples, const T* in, T* out,
           const std::vector<Bench>& benches, const Workers& workers) const;

  FourierShape shape_;
  std::shared_ptr<const GridTransform<T>> transform_;
  std::vector<const T*> weights_;
  const Kernels<T>& kernels_ = kernels<T>();
  std::int64_t plain_points_ = 1;
  std::vector<std::int64_t> plain_lines_;  // number of a line without padding, -1 for none
  Perceptron<T> lifting_, projection_;
  std::vector<Layer> layers_;
  std::vector<Tile> tiles_;
  std::vector<std::int64_t> places_;  // of the weights in the gradients of a part; -1: spectral
  std::int64_t part_numbers_ = 0, projection_place_ = 0;
};

}  // namespace banach

#include "core/spectral/fourier_tiles.hpp"
