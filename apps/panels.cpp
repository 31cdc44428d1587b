// SPDX-License-Identifier: Apache-2.0
#include "apps/panels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/parameters/names.hpp"

namespace banach {
namespace {

constexpr int header_height = 44;

/// Round, and about a quarter of the width.
double tic_step(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(width / 4)));
  const double share = width / 4 / power;
  return power * (share < 1.5 ? 1 : share < 3 ? 2 : share < 7 ? 5 : 10);
}

}  // namespace

PageLayout::PageLayout(int rows, int row_height, int strip)
    : rows(rows),
      row_height(row_height),
      strip(strip),
      height(header_height + rows * (row_height + strip)) {}

void PageLayout::place(std::ostream& script, int row, int column, int columns) const {
  const double above = static_cast<double>(row_height + strip) / height;
  script << fmt::format("set origin {},{}\nset size {},{}\n", 1.0 * column / columns,
                        (rows - 1 - row) * above, 1.0 / columns,
                        static_cast<double>(row_height) / height);
}

double PageLayout::strip_place(int row) const {
  return ((rows - row) * (row_height + strip) - 0.5 * strip) / height;
}

void begin_page(std::ostream& script, const std::string& header) {
  script << "set multiplot title " << gnuplot_text(header) << " font ',14'\n"
         << "set border linecolor '#555555'\nset tics nomirror out\n";
}

void curve_axes(std::ostream& script, const std::string& title, const std::string& x, bool log) {
  script << "set title " << gnuplot_text(title) << "\nset xlabel " << gnuplot_text(x)
         << " offset 0,0.3"
         << "\nset autoscale xfix\nset autoscale y\nunset colorbox\n"
         << "set grid xtics ytics back linetype 1 linecolor '#dddddd' linewidth 0.7\n"
         << "set key below height 0.6 samplen 1.5 spacing 1.1\n"
         << (log ? "set logscale y\nset format y '10^{%T}'\n"
                 : "unset logscale y\nset format y '%g'\n");
}

void draw_map(Gnuplot& gnuplot, const MapPanel& map) {
  gnuplot.script() << "set title " << gnuplot_text(map.title) << "\nunset logscale\nset xlabel "
                   << gnuplot_text(map.x.name) << " offset 0,0\nset ylabel "
                   << gnuplot_text(map.y.name)
                   << fmt::format("\nset xrange [{}:{}]\nset yrange [{}:{}]\nset cbrange [{}:{}]\n",
                                  map.x.lower, map.x.upper, map.y.lower, map.y.upper,
                                  map.range.first, map.range.second)
                   << fmt::format("set xtics {}\n", tic_step(map.x.upper - map.x.lower))
                   << "set format '%g'\nunset grid\nset colorbox\nset cbtics font ',9' offset "
                      "-0.7,0\n"
                   << map.palette << "plot '" << map.file << "' using 1:2:3 with " << map.style
                   << " notitle\nunset ylabel\nset xtics autofreq\nset autoscale\n";
}

std::pair<double, double> colour_range(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *low < *high ? std::pair(*low, *high) : std::pair(*low - 0.5, *low + 0.5);
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

void add_remark(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : "; ") + more;
}

}  // namespace banach
