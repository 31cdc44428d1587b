// SPDX-License-Identifier: Apache-2.0
// Panels of a picture: where they lie, curves and maps.
#pragma once
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "apps/gnuplot.hpp"

namespace banach {

constexpr int usual_width = 1320;  // of a picture in pixels
constexpr const char* curve_colours[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44",
                                         "#66ccee", "#aa3377", "#ee8866", "#bbbbbb"};
constexpr const char* viridis =
    "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', "
    "5 '#28ae80', 6 '#5ec962', 7 '#addc30', 8 '#fde725')\n";
constexpr const char* magma =
    "set palette defined (0 '#000004', 1 '#1d1147', 2 '#51127c', 3 '#832681', 4 '#b73779', "
    "5 '#e75263', 6 '#fc8961', 7 '#fec488', 8 '#fcfdbf')\n";

/// Rows of panels below a header; all numbers are pixels at the usual width.
struct PageLayout {
  int rows, row_height, strip, height;
  /// `strip`: what lies free above the panels of a row, for a line of text.
  explicit PageLayout(int rows, int row_height = 380, int strip = 0);
  /// The next panel is the one in this place of `columns` equal ones.
  void place(std::ostream& script, int row, int column, int columns) const;
  /// Height of the middle of a row's strip as a share of the page, from below.
  double strip_place(int row) const;
};

/// Begins a page with a header and what all panels share.
void begin_page(std::ostream& script, const std::string& header);

/// Title and axes for `plot ... with lines`.
void curve_axes(std::ostream& script, const std::string& title, const std::string& x, bool log);

struct MapAxis {
  std::string name;
  double lower = 0, upper = 1;
};
struct MapPanel {
  std::string file, title;  // file: x, y, value in every line
  const char* palette;
  std::pair<double, double> range;  // of the colours
  MapAxis x, y;
  std::string style = "image";
};
void draw_map(Gnuplot& gnuplot, const MapPanel& map);

/// Smallest and largest value, apart from each other.
std::pair<double, double> colour_range(const std::vector<double>& values);
double largest(const std::vector<double>& values);  // 0 of none

/// Joins remarks with semicolons.
void add_remark(std::string& text, const std::string& more);

}  // namespace banach
