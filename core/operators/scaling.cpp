// SPDX-License-Identifier: Apache-2.0
#include "core/operators/scaling.hpp"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"

namespace banach {
namespace {

// One channel of one sample, shift and scale its own.
template <class From, class To>
void scale_run(const From* from, std::int64_t n, double shift, double scale, To* to) {
  const double factor = 1 / scale;
  if (std::isnormal(factor))
    for (std::int64_t i = 0; i < n; ++i)
      to[i] = static_cast<To>((static_cast<double>(from[i]) - shift) * factor);
  else
    for (std::int64_t i = 0; i < n; ++i)
      to[i] = static_cast<To>((static_cast<double>(from[i]) - shift) / scale);
}

template <class From, class To>
void scale_points(const From* from, std::int64_t n, const double* shift, const double* scale,
                  To* to) {
  for (std::int64_t i = 0; i < n; ++i)
    to[i] = static_cast<To>((static_cast<double>(from[i]) - shift[i]) / scale[i]);
}

struct Block {
  std::int64_t samples, channels, points, all, first;  // all: channels of the target
};

template <class From, class To>
void scale_block(const From* from, const Block& b, const Scaling& scaling, To* to) {
  const bool known = scaling.defined(), own = known && scaling.shift.dim() == 2;
  const double* shift = known ? scaling.shift.data_ptr<double>() : nullptr;
  const double* scale = known ? scaling.scale.data_ptr<double>() : nullptr;
  for (std::int64_t s = 0; s < b.samples; ++s)
    for (std::int64_t c = 0; c < b.channels; ++c) {
      To* const target = to + (s * b.all + b.first + c) * b.points;
      const From* const source = from + (s * b.channels + c) * b.points;
      const std::int64_t k = b.first + c;
      if (own)
        scale_points(source, b.points, shift + k * b.points, scale + k * b.points, target);
      else
        scale_run(source, b.points, known ? shift[k] : 0, known ? scale[k] : 1, target);
    }
}

template <class From>
void scale_any(const From* from, const Block& b, const Scaling& scaling, at::Tensor& out) {
  BANACH_ASSERT(out.is_contiguous() && out.device().is_cpu());
  if (out.scalar_type() == at::kDouble)
    scale_block(from, b, scaling, out.data_ptr<double>());
  else
    scale_block(from, b, scaling, out.data_ptr<float>());
}

std::int64_t points_of(const at::Tensor& t) {
  return t.numel() / std::max<std::int64_t>(1, t.size(0) * t.size(1));
}

void require_points(const Scaling& scaling, std::int64_t points) {
  if (scaling.defined() && scaling.shift.dim() == 2 && scaling.shift.size(1) != points)
    throw ConfigError(
        "dataset.normalisation.per = \"point\" belongs to the points of the training data; other "
        "resolutions need per = \"channel\"");
}

}  // namespace

at::Tensor Scaling::shaped(const at::Tensor& which, const at::Tensor& like) const {
  require_points(*this, points_of(like));
  std::vector<std::int64_t> shape{1, like.size(1)};
  for (std::int64_t k = 2; k < like.dim(); ++k)
    shape.push_back(which.dim() == 2 ? like.size(k) : 1);
  return which.reshape(shape);
}

at::Tensor Scaling::undone(const at::Tensor& z) const {
  const at::Tensor wide = z.detach().to(at::kCPU, at::kDouble);
  return defined() ? at::addcmul(shaped(shift, z), wide, shaped(scale, z)) : wide;
}

at::Tensor Scaling::to(const Scaling& other, const at::Tensor& z) const {
  const auto part = [&](const Scaling& from, const at::Tensor& which, double otherwise) {
    return from.defined() ? from.shaped(which, z) : at::full({1}, otherwise, at::kDouble);
  };
  const at::Tensor unit = part(other, other.scale, 1);
  const at::Tensor factor = part(*this, scale, 1) / unit;
  const at::Tensor offset = (part(*this, shift, 0) - part(other, other.shift, 0)) / unit;
  return at::addcmul(offset.to(z.options()), z, factor.to(z.options()));
}

void scale_into(const DataArray& raw, std::int64_t channels, const Scaling& scaling,
                at::Tensor& out, std::int64_t first) {
  const Block block{out.size(0), channels, points_of(out), out.size(1), first};
  require_points(scaling, block.points);
  if (raw.type == NumberType::float64)
    scale_any(reinterpret_cast<const double*>(raw.bytes.data()), block, scaling, out);
  else
    scale_any(reinterpret_cast<const float*>(raw.bytes.data()), block, scaling, out);
}

at::Tensor scaled_copy(const at::Tensor& raw, const Scaling& scaling,
                       const at::TensorOptions& options) {
  const at::Tensor from = raw.cpu().contiguous();
  at::Tensor out = at::empty(from.sizes(), options.device(at::kCPU).requires_grad(false));
  const Block block{from.size(0), from.size(1), points_of(from), from.size(1), 0};
  require_points(scaling, block.points);
  if (from.scalar_type() == at::kDouble)
    scale_any(from.data_ptr<double>(), block, scaling, out);
  else
    scale_any(from.data_ptr<float>(), block, scaling, out);
  return out.to(options);
}

}  // namespace banach
