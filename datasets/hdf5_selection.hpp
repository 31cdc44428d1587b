// SPDX-License-Identifier: Apache-2.0
// Selections of the HDF5 library as boxes, and what can be done with them; for hdf5_virtual.cpp
// alone.
#pragma once
#include "datasets/hdf5_reader_impl.hpp"

namespace banach {

/// A regular selection; all of a dataspace is one, too.
struct Hyperslab {
  explicit Hyperslab(hid_t space);
  std::vector<hsize_t> start, stride, count, block;
  int unlimited = -1;  // the axis without end

  /// Blocks along the axis without end that begin within the shape.
  std::int64_t blocks_within(const Shape& shape) const;
  /// The b-th of them.
  Hdf5Handle block_of(const Shape& shape, std::int64_t b) const;
  /// Entries of the axis without end that lie within the shape.
  std::int64_t slices_within(const Shape& shape) const;
  /// The selection with so many entries along that axis.
  Hdf5Handle slices(const Shape& shape, std::int64_t entries) const;
};

Hdf5Handle full_selection(const Shape& shape);
/// A selection on a dataspace of this shape.
Hdf5Handle on_extent(hid_t selection, const Shape& shape);
/// What of a selection lies within the shape.
Hdf5Handle within_shape(hid_t selection, const Shape& shape);
bool lies_within(hid_t selection, const Shape& shape);
/// A selection without what another one holds.
Hdf5Handle without(Hdf5Handle selection, hid_t taken, const Shape& shape);
/// Where the part of `from` that lies in a box is shown by `where`; not valid where the library
/// cannot tell.
Hdf5Handle projected(hid_t from, hid_t where, const Shape& shape, const Hdf5Gap& box);
/// A selection as boxes, all of them with this reason; its surrounding box where there are more
/// than `most`.
std::vector<Hdf5Gap> boxes_of(hid_t selection, const std::string& why, std::int64_t most = 1 << 16);
/// "[0:8, 0:16]", of the surrounding box.
std::string range_text(hid_t selection);

}  // namespace banach
