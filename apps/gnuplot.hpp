// SPDX-License-Identifier: Apache-2.0
// Pictures through gnuplot, without a display.
#pragma once
#include <filesystem>
#include <fstream>
#include <string>

namespace banach {

/// One picture: fill script() and data files, then draw(). The kind is that of the file's
/// extension: png, svg or pdf.
class Gnuplot {
 public:
  /// Error: Exit::usage for another extension, Exit::no_input where gnuplot is not installed.
  Gnuplot(std::filesystem::path picture, int width, int height, double font_scale);
  ~Gnuplot();
  Gnuplot(const Gnuplot&) = delete;
  Gnuplot& operator=(const Gnuplot&) = delete;

  /// A data file that the script finds under this name.
  std::ofstream data(const std::string& name) const;
  std::ostream& script() { return script_; }
  /// Runs gnuplot and puts the picture in its place; DataError (Exit::io) with what gnuplot said.
  void draw();

 private:
  int run() const;
  std::filesystem::path picture_, program_, folder_;
  std::ofstream script_;
};

/// Text as a quoted gnuplot string in which nothing is markup.
std::string gnuplot_text(const std::string& text);

}  // namespace banach
