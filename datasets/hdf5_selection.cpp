// SPDX-License-Identifier: Apache-2.0
#include "datasets/hdf5_selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "banach/config.hpp"

namespace banach {
namespace {

using Extent = std::vector<hsize_t>;

Hdf5Handle space_of(const Shape& shape) {
  const Extent extent(shape.begin(), shape.end());
  return {extent.empty()
              ? H5Screate(H5S_SCALAR)
              : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
          H5Sclose};
}

Hdf5Handle selected(const Shape& shape, H5S_seloper_t how, const Extent& start,
                    const Extent& stride, const Extent& count, const Extent& block,
                    Hdf5Handle space = {}) {
  if (!space.valid()) space = space_of(shape);
  const bool none = std::find(count.begin(), count.end(), hsize_t{0}) != count.end() ||
                    std::find(block.begin(), block.end(), hsize_t{0}) != block.end();
  if (none && how == H5S_SELECT_SET)
    H5Sselect_none(space.get());
  else if (!none)
    H5Sselect_hyperslab(space.get(), how, start.data(), stride.data(), count.data(), block.data());
  return space;
}

bool bounds(hid_t selection, Extent& first, Extent& last) {
  const int rank = std::max(0, H5Sget_simple_extent_ndims(selection));
  first.assign(static_cast<std::size_t>(rank), 0), last = first;
  return rank > 0 && H5Sget_select_npoints(selection) > 0 &&
         H5Sget_select_bounds(selection, first.data(), last.data()) >= 0;
}

Hdf5Gap box_of(const hsize_t* first, const hsize_t* last, std::size_t rank,
               const std::string& why) {
  Hdf5Gap box{Shape(rank), Shape(rank), why};
  for (std::size_t d = 0; d < rank; ++d) {
    box.start[d] = static_cast<std::int64_t>(first[d]);
    box.count[d] = static_cast<std::int64_t>(last[d] - first[d] + 1);
  }
  return box;
}

}  // namespace

Hyperslab::Hyperslab(hid_t space) {
  const auto rank = static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space)));
  start.assign(rank, 0), stride.assign(rank, 1), count.assign(rank, 1), block.assign(rank, 1);
  if (H5Sget_select_type(space) != H5S_SEL_HYPERSLABS || H5Sis_regular_hyperslab(space) <= 0)
    return;
  H5Sget_regular_hyperslab(space, start.data(), stride.data(), count.data(), block.data());
  for (std::size_t d = 0; d < rank; ++d)
    if (count[d] == H5S_UNLIMITED || block[d] == H5S_UNLIMITED) unlimited = static_cast<int>(d);
}

std::int64_t Hyperslab::blocks_within(const Shape& shape) const {
  const auto u = static_cast<std::size_t>(unlimited);
  const auto room = shape[u] - static_cast<std::int64_t>(start[u]);
  const auto step = static_cast<std::int64_t>(stride[u]);
  if (block[u] == H5S_UNLIMITED) return room > 0;
  return std::max<std::int64_t>(0, (room + step - 1) / step);
}

Hdf5Handle Hyperslab::block_of(const Shape& shape, std::int64_t b) const {
  const auto u = static_cast<std::size_t>(unlimited);
  auto from = start, blocks = count;
  from[u] += static_cast<hsize_t>(b) * stride[u];
  blocks[u] = 1;
  return selected(shape, H5S_SELECT_SET, from, stride, blocks, block);
}

std::int64_t Hyperslab::slices_within(const Shape& shape) const {
  const auto u = static_cast<std::size_t>(unlimited);
  const auto room = shape[u] - static_cast<std::int64_t>(start[u]);
  if (room <= 0) return 0;
  if (block[u] == H5S_UNLIMITED) return room;
  const auto step = static_cast<std::int64_t>(stride[u]),
             each = static_cast<std::int64_t>(block[u]);
  return room / step * each + std::min(room % step, each);
}

Hdf5Handle Hyperslab::slices(const Shape& shape, std::int64_t entries) const {
  const auto u = static_cast<std::size_t>(unlimited);
  auto blocks = count, each = block, from = start;
  if (block[u] == H5S_UNLIMITED) {
    blocks[u] = 1, each[u] = static_cast<hsize_t>(entries);
    return selected(shape, H5S_SELECT_SET, from, stride, blocks, each);
  }
  blocks[u] = static_cast<hsize_t>(entries) / block[u];
  auto out = selected(shape, H5S_SELECT_SET, from, stride, blocks, each);
  from[u] += blocks[u] * stride[u];
  each[u] = static_cast<hsize_t>(entries) % block[u];
  const bool none = blocks[u] == 0;
  blocks[u] = 1;
  return selected(shape, none ? H5S_SELECT_SET : H5S_SELECT_OR, from, stride, blocks, each,
                  std::move(out));
}

Hdf5Handle full_selection(const Shape& shape) {
  const Extent zero(shape.size(), 0), one(shape.size(), 1);
  if (shape.empty()) return space_of(shape);
  return selected(shape, H5S_SELECT_SET, zero, one, one, Extent(shape.begin(), shape.end()));
}

Hdf5Handle on_extent(hid_t selection, const Shape& shape) {
  if (H5Sget_select_type(selection) != H5S_SEL_HYPERSLABS) return full_selection(shape);
  auto space = space_of(shape);
  H5Sselect_copy(space.get(), selection);
  return space;
}

Hdf5Handle within_shape(hid_t selection, const Shape& shape) {
  const Hyperslab slab(selection);
  if (slab.unlimited >= 0) return slab.slices(shape, slab.slices_within(shape));
  auto out = on_extent(selection, shape);
  if (lies_within(out.get(), shape)) return out;
  const Extent zero(shape.size(), 0), one(shape.size(), 1);
  H5Sselect_hyperslab(out.get(), H5S_SELECT_AND, zero.data(), nullptr, one.data(),
                      Extent(shape.begin(), shape.end()).data());
  return out;
}

bool lies_within(hid_t selection, const Shape& shape) {
  Extent first, last;
  if (!bounds(selection, first, last)) return H5Sget_select_npoints(selection) == 0;
  bool inside = last.size() == shape.size();
  for (std::size_t d = 0; inside && d < last.size(); ++d)
    inside = static_cast<std::int64_t>(last[d]) < shape[d];
  return inside;
}

// H5Scombine_select would say it in one call, and crashes in some versions of the library.
Hdf5Handle without(Hdf5Handle selection, hid_t taken, const Shape& shape) {
  const auto part = within_shape(taken, shape);
  if (shape.empty()) {
    H5Sselect_none(selection.get());
    return selection;
  }
  if (H5Sget_select_npoints(part.get()) > 0 && H5Sis_regular_hyperslab(part.get()) > 0) {
    const Hyperslab slab(part.get());
    H5Sselect_hyperslab(selection.get(), H5S_SELECT_NOTB, slab.start.data(), slab.stride.data(),
                        slab.count.data(), slab.block.data());
    return selection;
  }
  for (const auto& box : boxes_of(part.get(), "", std::numeric_limits<hssize_t>::max())) {
    if (H5Sget_select_npoints(selection.get()) == 0) break;
    const Extent start(box.start.begin(), box.start.end()),
        block(box.count.begin(), box.count.end()), one(start.size(), 1);
    H5Sselect_hyperslab(selection.get(), H5S_SELECT_NOTB, start.data(), nullptr, one.data(),
                        block.data());
  }
  return selection;
}

Hdf5Handle projected(hid_t from, hid_t where, const Shape& shape, const Hdf5Gap& box) {
  const Extent start(box.start.begin(), box.start.end()), block(box.count.begin(), box.count.end()),
      one(box.start.size(), 1);
  const auto part = selected(shape, H5S_SELECT_SET, start, one, one, block);
  return {H5Sselect_project_intersection(from, where, part.get()), H5Sclose};
}

std::vector<Hdf5Gap> boxes_of(hid_t selection, const std::string& why, std::int64_t most) {
  Extent first, last;
  if (H5Sget_select_npoints(selection) <= 0) return {};
  if (!bounds(selection, first, last)) return {{{}, {}, why}};  // a single number
  const auto rank = first.size();
  const auto count = H5Sget_select_type(selection) == H5S_SEL_HYPERSLABS
                         ? H5Sget_select_hyper_nblocks(selection)
                         : 0;
  if (count <= 0 || count > most) return {box_of(first.data(), last.data(), rank, why)};
  const auto blocks = static_cast<std::size_t>(count);
  Extent corners(2 * rank * blocks);
  H5Sget_select_hyper_blocklist(selection, 0, static_cast<hsize_t>(count), corners.data());
  std::vector<Hdf5Gap> out;
  for (std::size_t i = 0; i < blocks; ++i)
    out.push_back(box_of(&corners[2 * rank * i], &corners[2 * rank * i + rank], rank, why));
  return out;
}

std::string range_text(hid_t selection) {
  Extent first, last;
  if (!bounds(selection, first, last)) return "[]";
  std::vector<std::string> parts;
  for (std::size_t d = 0; d < first.size(); ++d)
    parts.push_back(fmt::format("{}:{}", first[d], last[d] + 1));
  return "[" + join(parts) + "]";
}

}  // namespace banach
