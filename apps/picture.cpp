// SPDX-License-Identifier: Apache-2.0
#include "apps/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/metrics_panels.hpp"
#include "core/training/grid.hpp"

namespace banach {
namespace {

constexpr int most_unknowns = 4;

/// One unknown on the points of the picture.
struct Shown {
  std::string name;
  std::vector<double> found, exact, error;  // the last two are empty without an exact solution
};

struct Picture {
  Grid grid;  // one or two axes with many points, the others with one
  std::vector<std::size_t> shown;
  std::vector<Shown> solutions;
  std::string left_out;
};

Picture evaluate_for_picture(const Model& model) {
  Picture picture;
  GridCounts counts;
  const Domain& domain = model.coordinates();
  for (std::size_t i = 0; i < domain.size(); ++i) {
    if (i < 2) picture.shown.push_back(i);
    counts[domain[i].name] = i >= 2 ? 1 : domain.size() == 1 ? 1000 : 200;
  }
  picture.grid = make_grid(domain, counts);
  for (std::size_t i = 2; i < domain.size(); ++i)
    add_remark(picture.left_out, fmt::format("a slice at {} = {:.4g}", domain[i].name,
                                             picture.grid.coordinate(i, 0)));
  const auto points = picture.grid.points(0, picture.grid.size());
  const auto found = model.predict(points);
  const auto exact = model.has_exact() ? model.exact(points) : std::vector<double>();
  const std::size_t width = model.unknowns().size();
  for (std::size_t k = 0; k < std::min<std::size_t>(width, most_unknowns); ++k) {
    Shown solution{model.unknowns()[k], {}, {}, {}};
    for (std::size_t i = k; i < found.size(); i += width) {
      solution.found.push_back(found[i]);
      if (exact.empty()) continue;
      solution.exact.push_back(exact[i]);
      solution.error.push_back(std::abs(found[i] - exact[i]));
    }
    picture.solutions.push_back(std::move(solution));
  }
  if (width > most_unknowns)
    add_remark(picture.left_out, fmt::format("the first {} of {} unknowns", most_unknowns, width));
  return picture;
}

std::pair<double, double> range_of(const Shown& s) {
  return colour_range(s.exact.empty() ? s.found : s.exact);
}

MapAxis map_axis(const Picture& picture, int i) {
  const auto& axis = picture.grid.axes[picture.shown[static_cast<std::size_t>(i)]];
  return {axis.name, axis.lower, axis.upper};
}

void write_map(Gnuplot& gnuplot, const Picture& picture, const std::string& file,
               const std::vector<double>& values) {
  auto out = gnuplot.data(file);
  const auto points = picture.grid.points(0, picture.grid.size());
  const std::size_t axes = picture.grid.axes.size();
  for (std::size_t i = 0; i < values.size(); ++i)
    out << points[i * axes] << ' ' << points[i * axes + 1] << ' ' << values[i] << '\n';
}

void draw_maps(Gnuplot& gnuplot, const PageLayout& layout, const Picture& picture, const Shown& s,
               int row) {
  const int columns = s.exact.empty() ? 1 : 3;
  const auto panel = [&](int column, const std::string& what, const std::vector<double>& values,
                         const std::string& title, const char* palette,
                         std::pair<double, double> range) {
    const std::string file = fmt::format("{}-{}", what, row);
    write_map(gnuplot, picture, file, values);
    layout.place(gnuplot.script(), row, column, columns);
    draw_map(gnuplot,
             {file, title, palette, range, map_axis(picture, 0), map_axis(picture, 1), "image"});
  };
  panel(0, "found", s.found, s.name + ", trained", viridis, range_of(s));
  if (s.exact.empty()) return;
  panel(1, "exact", s.exact, s.name + ", exact", viridis, range_of(s));
  const double most = largest(s.error);
  panel(2, "error", s.error, fmt::format("|{} - exact|, at most {:.2e}", s.name, most), magma,
        {0, most > 0 ? most : 1});
}

void draw_lines(Gnuplot& gnuplot, const PageLayout& layout, const Picture& picture, const Shown& s,
                int row) {
  const std::string file = fmt::format("solution-{}", row);
  auto out = gnuplot.data(file);
  for (std::size_t i = 0; i < s.found.size(); ++i) {
    out << picture.grid.coordinate(0, static_cast<std::int64_t>(i)) << ' ' << s.found[i];
    if (!s.exact.empty()) out << ' ' << s.exact[i] << ' ' << s.error[i];
    out << '\n';
  }
  out.close();
  auto& script = gnuplot.script();
  const std::string axis = picture.grid.axes[0].name;
  layout.place(script, row, 0, s.exact.empty() ? 1 : 2);
  curve_axes(script, s.name, axis, false);
  script << "plot '" << file << "' using 1:2 with lines linewidth 2.2 linecolor '"
         << curve_colours[0] << "' title 'trained'";
  if (s.exact.empty()) {
    script << '\n';
    return;
  }
  script << ", '" << file << "' using 1:3 with lines dashtype 2 linewidth 1.6 linecolor '#222222' "
         << "title 'exact'\n";
  layout.place(script, row, 1, 2);
  curve_axes(script, fmt::format("|{} - exact|, at most {:.2e}", s.name, largest(s.error)), axis,
             largest(s.error) > 0);
  script << "plot '" << file << "' using 1:4 with lines linewidth 1.4 linecolor '"
         << curve_colours[1] << "' notitle\n";
}

}  // namespace

std::string draw_run(const std::filesystem::path& run, const Model& model,
                     const std::filesystem::path& picture_file, int width) {
  const History metrics = history_of(run, model.unknowns());
  const int solutions =
      static_cast<int>(std::min<std::size_t>(model.unknowns().size(), most_unknowns));
  const PageLayout layout(metrics.rows() + solutions);
  const double scale = 1.0 * width / usual_width;  // letters shrink less than the picture
  Gnuplot gnuplot(picture_file, width, static_cast<int>(std::lround(layout.height * scale)),
                  std::sqrt(scale));
  const Picture picture = evaluate_for_picture(model);
  const auto name = std::filesystem::weakly_canonical(run).filename().string();
  const auto header = fmt::format("{}, step {}{}{}", name, model.step(),
                                  picture.left_out.empty() ? "" : ", ", picture.left_out);
  begin_page(gnuplot.script(), header);
  draw_metrics(gnuplot, layout, metrics);
  int row = metrics.rows();
  for (const auto& solution : picture.solutions) {
    (picture.shown.size() == 1 ? draw_lines : draw_maps)(gnuplot, layout, picture, solution, row++);
  }
  gnuplot.script() << "unset multiplot\n";
  gnuplot.draw();
  return picture.left_out;
}

}  // namespace banach
