// SPDX-License-Identifier: Apache-2.0
#include "core/spectral/fourier_network.hpp"

#include <numeric>

namespace banach {
namespace {

constexpr std::int64_t most_parts = 16, tile_points = 64;

std::int64_t product(const std::vector<std::int64_t>& x) {
  return std::accumulate(x.begin(), x.end(), std::int64_t{1}, std::multiplies<>());
}
// Rows of matrices begin on a cache line's border.
std::int64_t rounded(std::int64_t numbers) { return (numbers + 15) / 16 * 16; }

}  // namespace

template <class T>
FourierNetwork<T>::FourierNetwork(const FourierShape& shape,
                                  std::shared_ptr<const GridTransform<T>> transform,
                                  std::vector<const T*> weights)
    : shape_(shape),
      transform_(std::move(transform)),
      weights_(std::move(weights)),
      plain_points_(product(shape.points)),
      lifting_(shape.inputs, shape.lifting, shape.width, shape.function),
      projection_(shape.width, shape.projection, shape.outputs, shape.function) {
  make_tiles();
  make_layers();
}

template <class T>
void FourierNetwork<T>::make_tiles() {
  const std::int64_t line = transform_->line(), lines = transform_->lines();
  const std::int64_t together = std::max<std::int64_t>(1, tile_points / line);
  for (std::int64_t l = 0; l < lines; l += together) {
    const std::int64_t own = std::min(together, lines - l);
    tiles_.push_back({l, own, l * line, own * line});
  }
  if (shape_.points == shape_.padded) return;
  for (std::int64_t l = 0; l < lines; ++l) {
    std::int64_t rest = l, step = 1, number = 0;
    for (std::size_t a = shape_.points.size() - 1; a-- > 0;) {
      const std::int64_t x = rest % shape_.padded[a];
      rest /= shape_.padded[a];
      number = number < 0 || x >= shape_.points[a] ? -1 : number + x * step;
      step *= shape_.points[a];
    }
    plain_lines_.push_back(number);
  }
}

template <class T>
void FourierNetwork<T>::set(Perceptron<T>& perceptron, std::size_t& next) {
  for (auto& map : perceptron.maps()) {
    map.set(weights_[next], weights_[next + 1]);
    places_.push_back(part_numbers_);
    places_.push_back(part_numbers_ + map.in * map.out);
    part_numbers_ += map.size();
    next += 2;
  }
}

template <class T>
void FourierNetwork<T>::make_layers() {
  std::size_t next = 0;
  const std::int64_t width = shape_.width;
  set(lifting_, next);
  for (std::int64_t l = 0; l < shape_.depth; ++l) {
    Layer layer{next++, part_numbers_, 0, {}, {width, 0, width, shape_.function}};
    places_.push_back(-1);
    if (shape_.channel_mlp) {
      layer.perceptron.emplace(width, width, width, shape_.function);
      set(*layer.perceptron, next);
    }
    layer.skip_place = part_numbers_;
    set(layer.skip, next);
    layers_.push_back(std::move(layer));
  }
  projection_place_ = part_numbers_;
  set(projection_, next);
}

template <class T>
std::int64_t FourierNetwork<T>::sample_numbers() const {
  return rounded(transform_->lines() * transform_->line() * shape_.width);
}

template <class T>
std::int64_t FourierNetwork<T>::spectrum_numbers(std::int64_t samples) const {
  return rounded(transform_->modes() * transform_->mode_stride(samples));
}

template <class T>
std::int64_t FourierNetwork<T>::parts(std::int64_t samples) const {
  return std::min(samples, most_parts);
}

template <class T>
T* FourierNetwork<T>::Shelf::take(std::int64_t numbers) {
  T* const out = memory ? memory + used : nullptr;
  used += rounded(numbers);
  return out;
}

template <class T>
typename FourierNetwork<T>::Kept FourierNetwork<T>::arrange(Shelf& shelf, std::int64_t samples,
                                                            bool backward) const {
  Kept out{};
  const std::int64_t depth = shape_.depth, spectrum = spectrum_numbers(samples);
  if (backward) out.field = samples * sample_numbers(), out.spectrum = spectrum;
  out.values = shelf.take(backward ? (depth + 1) * out.field : samples * sample_numbers());
  out.slopes = shelf.take((depth - 1) * out.field);
  out.convolved = shelf.take(shape_.channel_mlp ? depth * out.field : 0);
  out.spectra = shelf.take(backward ? depth * spectrum : spectrum);
  return out;
}

template <class T>
std::int64_t FourierNetwork<T>::kept(std::int64_t samples, bool backward) const {
  Shelf shelf;
  arrange(shelf, samples, backward);
  return shelf.used;
}

template <class T>
typename FourierNetwork<T>::Bench FourierNetwork<T>::bench(Shelf& shelf,
                                                           std::int64_t samples) const {
  const std::int64_t points = tiles_[0].points;
  std::int64_t perceptron =
      std::max(lifting_.scratch(longest_run), projection_.scratch(longest_run));
  if (shape_.channel_mlp) perceptron = std::max(perceptron, layers_[0].perceptron->scratch(points));
  Bench b{};
  b.t = shelf.take(transform_->lines() * transform_->line_numbers());
  b.transform = shelf.take(transform_->scratch());
  b.z = shelf.take(points * shape_.width);
  b.s = shelf.take(points * shape_.width);
  b.thin = shelf.take(longest_run * std::max(shape_.inputs, shape_.outputs));
  b.perceptron = shelf.take(perceptron);
  b.product = shelf.take(4 * samples * shape_.width);
  return b;
}

template <class T>
std::vector<typename FourierNetwork<T>::Bench> FourierNetwork<T>::benches(
    Shelf& shelf, std::int64_t samples, std::int64_t workers) const {
  std::vector<Bench> out;
  for (std::int64_t w = 0; w < workers; ++w) out.push_back(bench(shelf, samples));
  return out;
}

template <class T>
std::int64_t FourierNetwork<T>::scratch(std::int64_t samples, std::int64_t workers,
                                        bool backward) const {
  Shelf shelf;
  benches(shelf, samples, workers);
  shelf.take(spectrum_numbers(samples));
  if (backward) {
    shelf.take(spectrum_numbers(samples));
    shelf.take(samples * sample_numbers());
    shelf.take(parts(samples) * part_numbers_);
  }
  return shelf.used;
}

template <class T>
void FourierNetwork<T>::analyse(Scale scale, const Tile& tile, const T* x, const Bench& b) const {
  for (std::int64_t i = 0; i < tile.lines; ++i)
    transform_->analyse_line(scale, x + i * transform_->line() * shape_.width,
                             b.t + (tile.line + i) * transform_->line_numbers(), b.transform);
}

template <class T>
void FourierNetwork<T>::synthesise(Scale scale, const Tile& tile, T* x, const Bench& b) const {
  for (std::int64_t i = 0; i < tile.lines; ++i)
    transform_->synthesise_line(scale, b.t + (tile.line + i) * transform_->line_numbers(),
                                x + i * transform_->line() * shape_.width, b.transform);
}

template class FourierNetwork<float>;
template class FourierNetwork<double>;

}  // namespace banach
