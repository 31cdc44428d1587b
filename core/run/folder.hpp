// SPDX-License-Identifier: Apache-2.0
// A folder that is held open, so that nobody can put another one, or a link, in its place.
#pragma once
#include <memory>
#include <optional>

#include "core/run/atomic_file.hpp"

namespace banach {

/// A folder by its descriptor. The path that leads to it may hold links; its files are reached
/// below the descriptor, are regular, and are never links: DataError otherwise. Copies share the
/// descriptor. A `name` is one entry, without slashes.
class BANACH_API Folder {
 public:
  /// Opens it; IoError, with Exit::no_input where there is none.
  Folder(const std::filesystem::path& path);
  /// The same; nullopt if the folder does not exist.
  static std::optional<Folder> find(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  int descriptor() const { return held_->get(); }

  /// Whether a file of that name is there: a regular one, no link.
  bool has(const std::string& name) const;
  /// All entries, sorted; DataError where the folder cannot be read.
  std::vector<std::string> names() const;
  /// Whether `path()` still leads to this folder.
  bool at_its_path() const;
  /// Whether the entry `name` is the file behind this descriptor.
  bool holds(const std::string& name, const Descriptor& file) const;

  /// A file to read; IoError, with Exit::no_input where there is none.
  Descriptor to_read(const std::string& name) const;
  /// All bytes of a file; DataError where they do not fit into memory.
  std::vector<std::byte> read(const std::string& name) const;
  std::string text(const std::string& name) const;

  /// A file to write in place (`flags`: O_RDWR | O_CREAT ...). It must have no other name that
  /// would change with it, and belong to the user or to whom the folder belongs. A `code` other
  /// than Exit::bad_data is that of all refusals.
  Descriptor to_write(const std::string& name, int flags, Exit code = Exit::io) const;
  /// Replaces a file by these bytes, durably: as a whole or, after an IoError, not at all.
  void write(const std::string& name, ByteView bytes) const;

  /// Removes a file or a link; what is not there is removed. IoError.
  void remove(const std::string& name) const;
  /// Removes an entry and, of a folder, all that is in it; no link is followed. IoError.
  void remove_tree(const std::string& name) const;
  /// Removes what killed writers left; only for whoever holds the folder's lock.
  void remove_temporaries() const;
  /// Makes the entries durable.
  void sync() const;

  /// A folder in it, if there is one; DataError where a link or a file is in its place.
  std::optional<Folder> find_folder(const std::string& name) const;
  /// The same, made where it is missing.
  Folder make_folder(const std::string& name) const;

 private:
  Folder(std::filesystem::path path, Descriptor held);
  Descriptor open(const std::string& name, int flags, Exit code) const;
  Descriptor create_temporary(const std::string& name, const std::string& final_name) const;

  std::filesystem::path path_;
  std::shared_ptr<const Descriptor> held_;
};

}  // namespace banach
