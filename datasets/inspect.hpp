// SPDX-License-Identifier: Apache-2.0
// HDF5 files in words, for people.
#pragma once
#include "datasets/file_tree.hpp"

namespace banach {

/// A line per object: name, shape, type, storage, filters (and how to get a missing one), size,
/// dimension scales, attributes. Members of a group that differ in their numbers only are shown
/// once.
BANACH_API std::string inspect_text(const FileTree& tree);

/// A text for every object that is equal where shapes, types and members are.
std::string structure(const FileTree& tree, const Hdf5Object& object);
/// The name with every run of digits as '#'.
std::string numbered(const std::string& name);

/// "1.3 MB"
BANACH_API std::string size_text(std::int64_t bytes);
/// "(64, 41, 128)"
BANACH_API std::string shape_text(const Shape& shape);

}  // namespace banach
