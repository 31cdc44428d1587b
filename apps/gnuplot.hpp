// SPDX-License-Identifier: Apache-2.0
// Pictures through gnuplot, without a display.
#pragma once
#include <filesystem>
#include <fstream>
#include <string>

#include "core/run/scratch_folder.hpp"

namespace banach {

/// One picture: fill script() and data files, then draw(). The kind is that of the file's
/// extension: png, svg or pdf.
class Gnuplot {
 public:
  /// Error: Exit::usage for another extension, Exit::no_input where gnuplot is not installed.
  Gnuplot(std::filesystem::path picture, int width, int height, double font_scale);

  /// A data file that the script finds under this name.
  std::ofstream data(const std::string& name) const;
  std::ostream& script() { return script_; }
  /// Runs gnuplot and puts the picture in its place; DataError (Exit::io) with what gnuplot said.
  void draw();

 private:
  int run() const;
  std::filesystem::path picture_, program_;
  ScratchFolder scratch_;
  const std::filesystem::path& folder_;
  std::ofstream script_;
};

}  // namespace banach
