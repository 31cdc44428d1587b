// SPDX-License-Identifier: Apache-2.0
#include "apps/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/gnuplot.hpp"
#include "apps/metrics_table.hpp"
#include "core/training/grid.hpp"

namespace banach {
namespace {

constexpr int most_unknowns = 4, row_height = 380, header_height = 44;
constexpr const char* viridis =
    "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', "
    "5 '#28ae80', 6 '#5ec962', 7 '#addc30', 8 '#fde725')\n";
constexpr const char* magma =
    "set palette defined (0 '#000004', 1 '#1d1147', 2 '#51127c', 3 '#832681', 4 '#b73779', "
    "5 '#e75263', 6 '#fc8961', 7 '#fec488', 8 '#fcfdbf')\n";
constexpr const char* colours[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44",
                                   "#66ccee", "#aa3377", "#ee8866", "#bbbbbb"};

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

void add_sentence(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : "; ") + more;
}

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
    add_sentence(picture.left_out, fmt::format("a slice at {} = {:.4g}", domain[i].name,
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
    add_sentence(picture.left_out,
                 fmt::format("the first {} of {} unknowns", most_unknowns, width));
  return picture;
}

/// Where the panels of the picture lie.
struct PageLayout {
  int rows, height;
  explicit PageLayout(int rows) : rows(rows), height(header_height + rows * row_height) {}
  void place(std::ostream& script, int row, int column, int columns) const {
    const double share = static_cast<double>(row_height) / height;
    script << fmt::format("set origin {},{}\nset size {},{}\n", 1.0 * column / columns,
                          (rows - 1 - row) * share, 1.0 / columns, share);
  }
};

void curve_axes(std::ostream& script, const std::string& title, const std::string& x, bool log) {
  script << "set title " << gnuplot_text(title) << "\nset xlabel " << gnuplot_text(x)
         << " offset 0,0.3"
         << "\nset autoscale xfix\nset autoscale y\nunset colorbox\n"
         << "set grid xtics ytics back linetype 1 linecolor '#dddddd' linewidth 0.7\n"
         << "set key below height 0.6 samplen 1.5 spacing 1.1\n"
         << (log ? "set logscale y\nset format y '10^{%T}'\n"
                 : "unset logscale y\nset format y '%g'\n");
}

/// "u.mae" of an unknown u.
bool is_error(const MetricCurve& curve, const Model& model) {
  const auto& unknowns = model.unknowns();
  const std::string owner = curve.name.substr(0, curve.name.rfind('.'));
  return owner != curve.name &&
         std::find(unknowns.begin(), unknowns.end(), owner) != unknowns.end();
}

bool is_loss(const MetricCurve& curve) {
  return curve.name == "loss" || curve.name.rfind("loss.", 0) == 0;
}

bool is_coefficient(const MetricCurve& curve) { return curve.name.rfind("coefficient.", 0) == 0; }

void plot_curves(Gnuplot& gnuplot, const std::vector<MetricCurve>& curves,
                 const std::string& title) {
  auto& script = gnuplot.script();
  curve_axes(script, title, "step", !is_coefficient(curves[0]));
  script << "set xrange [0:*]\n";
  std::vector<std::string> parts;
  std::size_t colour = 0;
  for (const auto& curve : curves) {
    const std::string file = fmt::format("metrics-{}-{}", title, parts.size());
    auto data = gnuplot.data(file);
    for (const auto& [step, value] : curve.points) data << step << ' ' << value << '\n';
    const bool total = curve.name == "loss";
    parts.push_back(fmt::format(
        "'{}' using 1:2 with lines linewidth {} linecolor '{}' title {}", file, total ? 1.8 : 1.2,
        total ? "#222222" : colours[colour++ % std::size(colours)], gnuplot_text(curve.name)));
  }
  script << "plot " << fmt::format("{}", fmt::join(parts, ", \\\n  ")) << "\nset xrange [*:*]\n";
}

std::pair<double, double> range_of(const Shown& s) {
  const auto& values = s.exact.empty() ? s.found : s.exact;
  auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *low < *high ? std::pair(*low, *high) : std::pair(*low - 0.5, *low + 0.5);
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

/// Round, and about a quarter of the width.
double tic_step(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(width / 4)));
  const double share = width / 4 / power;
  return power * (share < 1.5 ? 1 : share < 3 ? 2 : share < 7 ? 5 : 10);
}

void draw_map(Gnuplot& gnuplot, const Picture& picture, const std::string& file,
              const std::string& title, const char* palette, std::pair<double, double> range) {
  const auto& x = picture.grid.axes[picture.shown[0]];
  const auto& y = picture.grid.axes[picture.shown[1]];
  gnuplot.script()
      << "set title " << gnuplot_text(title) << "\nunset logscale\nset xlabel "
      << gnuplot_text(x.name) << " offset 0,0\nset ylabel " << gnuplot_text(y.name)
      << fmt::format("\nset xrange [{}:{}]\nset yrange [{}:{}]\nset cbrange [{}:{}]\n", x.lower,
                     x.upper, y.lower, y.upper, range.first, range.second)
      << fmt::format("set xtics {}\n", tic_step(x.upper - x.lower))
      << "set format '%g'\nunset grid\nset colorbox\nset cbtics font ',9' offset -0.7,0\n"
      << palette << "plot '" << file << "' using 1:2:3 with image notitle\n"
      << "unset ylabel\nset xtics autofreq\nset autoscale\n";
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
    draw_map(gnuplot, picture, file, title, palette, range);
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
  script << "plot '" << file << "' using 1:2 with lines linewidth 2.2 linecolor '" << colours[0]
         << "' title 'trained'";
  if (s.exact.empty()) {
    script << '\n';
    return;
  }
  script << ", '" << file << "' using 1:3 with lines dashtype 2 linewidth 1.6 linecolor '#222222' "
         << "title 'exact'\n";
  layout.place(script, row, 1, 2);
  curve_axes(script, fmt::format("|{} - exact|, at most {:.2e}", s.name, largest(s.error)), axis,
             largest(s.error) > 0);
  script << "plot '" << file << "' using 1:4 with lines linewidth 1.4 linecolor '" << colours[1]
         << "' notitle\n";
}

/// What the training measured, one group per panel.
struct History {
  std::vector<MetricCurve> losses, errors, coefficients;
  std::vector<std::pair<const std::vector<MetricCurve>*, const char*>> panels() const {
    std::vector<std::pair<const std::vector<MetricCurve>*, const char*>> out;
    for (const auto& panel : {std::pair(&losses, "loss"), std::pair(&errors, "error"),
                              std::pair(&coefficients, "coefficient")})
      if (!panel.first->empty()) out.push_back(panel);
    return out;
  }
};

/// The upper row.
void draw_metrics(Gnuplot& gnuplot, const PageLayout& layout, const History& metrics) {
  const auto panels = metrics.panels();
  int column = 0;
  for (const auto& [curves, title] : panels) {
    layout.place(gnuplot.script(), 0, column++, static_cast<int>(panels.size()));
    plot_curves(gnuplot, *curves, title);
  }
}

History history_of(const std::filesystem::path& run, const Model& model) {
  History out;
  for (auto& curve : read_metrics(run / "metrics.csv")) {
    if (curve.points.empty()) continue;
    if (is_loss(curve))
      out.losses.push_back(std::move(curve));
    else if (is_error(curve, model))
      out.errors.push_back(std::move(curve));
    else if (is_coefficient(curve))
      out.coefficients.push_back(std::move(curve));
  }
  return out;
}

}  // namespace

std::string draw_run(const std::filesystem::path& run, const Model& model,
                     const std::filesystem::path& picture_file, int width) {
  const History metrics = history_of(run, model);
  const int metric_rows = metrics.panels().empty() ? 0 : 1;
  const int solutions =
      static_cast<int>(std::min<std::size_t>(model.unknowns().size(), most_unknowns));
  const PageLayout layout(metric_rows + solutions);
  const double scale = 1.0 * width / usual_width;  // letters shrink less than the picture
  Gnuplot gnuplot(picture_file, width, static_cast<int>(std::lround(layout.height * scale)),
                  std::sqrt(scale));
  const Picture picture = evaluate_for_picture(model);
  auto& script = gnuplot.script();
  const auto name = std::filesystem::weakly_canonical(run).filename().string();
  const auto header = fmt::format("{}, step {}{}{}", name, model.step(),
                                  picture.left_out.empty() ? "" : ", ", picture.left_out);
  script << "set multiplot title " << gnuplot_text(header) << " font ',14'\n"
         << "set border linecolor '#555555'\nset tics nomirror out\n";
  draw_metrics(gnuplot, layout, metrics);
  int row = metric_rows;
  for (const auto& solution : picture.solutions) {
    (picture.shown.size() == 1 ? draw_lines : draw_maps)(gnuplot, layout, picture, solution, row++);
  }
  script << "unset multiplot\n";
  gnuplot.draw();
  return picture.left_out;
}

}  // namespace banach
