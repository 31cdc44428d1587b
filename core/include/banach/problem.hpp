// SPDX-License-Identifier: Apache-2.0
// What is known about a solution: domain, unknowns, equations, conditions, exact solution.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "banach/coefficient.hpp"

namespace banach {

/// One coordinate axis [lower, upper]; periodic: both ends are the same point.
struct Axis {
  std::string name;
  double lower = 0, upper = 1;
  bool periodic = false;
};
/// An axis-aligned box; the order of the axes is the order of the network's inputs.
using Domain = std::vector<Axis>;
using Unknowns = std::vector<std::string>;
/// An input function of an operator problem: a function of the coordinates `over`, given by its
/// values on `sensors` points (what the data set brings; 0 in the problem's own words).
struct InputFunction {
  std::string name;
  int sensors = 0;
  std::vector<std::string> over;
};

/// A point of the domain: one expression per coordinate.
class BANACH_API Point {
 public:
  Point() = default;
  explicit Point(std::vector<std::pair<std::string, Expression>> coordinates);
  /// A coordinate by name; ConfigError that lists the coordinates otherwise.
  Expression operator[](std::string_view coordinate) const;
  /// The same point with one coordinate replaced.
  Point with(std::string_view coordinate, E value) const;
  const std::vector<std::pair<std::string, Expression>>& coordinates() const { return values_; }

 private:
  std::vector<std::pair<std::string, Expression>> values_;
};

/// A function of the point, or a plain number. Width: the number of unknowns that it is compared
/// to.
class PointFunction {
 public:
  PointFunction(double constant = 0.0)
      : f_([constant](const Point&) { return Expression(constant); }) {}
  PointFunction(Coefficient c) : f_([c](const Point&) { return Expression(c); }) {}
  template <class F, class = std::enable_if_t<std::is_invocable_r_v<Expression, F, const Point&>>>
  PointFunction(F f) : f_(std::move(f)) {}
  Expression operator()(const Point& p) const { return f_(p); }

 private:
  std::function<Expression(const Point&)> f_;
};
/// The exact solution: all unknowns side by side, [rows, unknowns].
using Exact = PointFunction;

/// All unknowns at points [n, axes] row major -> [n, unknowns], by a classical method whose own
/// error is far below that of any network here. The axes are the domain's, then coefficients that
/// are inputs.
using Reference = std::function<std::vector<double>(const std::vector<double>& points)>;
/// What a classical method gives on its own nodes [n, axes], [n, unknowns]: an error to compare to.
struct Baseline {
  std::string name;
  std::vector<double> points, values;
};

/// Quadrature on a box: nodes [n, axes] row major, weights [n].
struct BANACH_API Quadrature {
  std::vector<double> nodes, weights;
  int axes = 1;
  /// Nodes and weights are uniform random numbers, drawn anew for every point and step; `nodes`
  /// then holds lower and upper bound of every axis.
  bool random = false;
  /// Gauss-Legendre with n nodes on [a, b].
  static Quadrature gauss(int n, double a, double b);
  /// Composite trapezoid with n nodes on [a, b], ends included.
  static Quadrature trapezoid(int n, double a, double b);
  /// Clenshaw-Curtis with n nodes on [a, b], ends included.
  static Quadrature clenshaw_curtis(int n, double a, double b);
  /// Monte Carlo with n nodes in [a, b], drawn anew for every point in every step; its loss has a
  /// floor and its minimiser a bias (the variance of the estimate depends on the solution).
  static Quadrature monte_carlo(int n, double a, double b);
  /// Tensor product with another rule; two random rules draw as many nodes as the first.
  Quadrature times(const Quadrature& other) const;
};

struct FieldState;

/// The solution as a field on one set of points, constraints built in; derivatives only on demand.
class BANACH_API Field {
 public:
  explicit Field(std::shared_ptr<const FieldState> state);
  /// The first unknown.
  Expression operator()() const;
  operator Expression() const { return (*this)(); }
  /// An unknown by name; its `d` is the total derivative by the term's coordinates.
  Expression operator[](std::string_view unknown) const;
  /// All unknowns, [rows, unknowns].
  Expression all() const;
  /// Partial derivative by THIS field's arguments: "t", "xx", "xxyy"; of the first unknown by
  /// default.
  Expression d(std::string_view by, std::string_view unknown = {}) const;
  /// A coordinate of the points.
  Expression at(std::string_view coordinate) const;
  const Point& point() const;
  /// An axis of the domain by name.
  const Axis& axis(std::string_view name) const;
  const Unknowns& unknowns() const;
  /// Per-row numbers that come with the point set (targets, weights), by column name.
  Expression data(std::string_view column) const;
  /// Values of an input function on its sensors, [functions, sensors].
  Expression function(std::string_view name) const;
  /// An input function at the term's points, [functions, points, 1]; it has derivatives by the
  /// coordinates that it depends on.
  Expression input(std::string_view name) const;
  /// The same solution at moved points: periodic ends, delays, jumps.
  Field with(std::string_view coordinate, E value) const;
  /// Integral over fixed nodes of kernel(field at the nodes): `over` names as many coordinates as
  /// the quadrature has axes ("y", or "x,y"). kernel(here, there): there is the field at the node.
  Expression integral(
      std::string_view over, const Quadrature& quadrature,
      const std::function<Expression(const Field& here, const Field& there)>& kernel) const;
  /// Integral from `lower` to the point's own coordinate (Volterra), n Gauss-Legendre nodes.
  Expression integral_to(
      std::string_view over, double lower, int n,
      const std::function<Expression(const Field& here, const Field& there)>& kernel) const;

 private:
  std::shared_ptr<const FieldState> state_;
};

/// An earlier solution, ansatz included, whose parameters no longer change: all its unknowns at a
/// point.
using Frozen = std::function<Expression(const Point&)>;

enum class Side { lower, upper };
using Body = std::function<Expression(const Field&)>;

/// Where a term's points lie: the whole box, one face, or given points [n, axes].
struct Region {
  enum class Kind { interior, face, points } kind = Kind::interior;
  std::string axis;
  Side side = Side::lower;
  std::vector<std::vector<double>> points;
};

/// A condition in a form that hard constraints and time windows understand:
/// alpha * u + beta * du/dn = value on a face (n outward); periodic has no value.
struct Condition {
  enum class Type { initial, dirichlet, neumann, robin, periodic } type = Type::dirichlet;
  PointFunction value;
  std::string unknown;  // empty: all
  double alpha = 1, beta = 0;
};

/// One part of the objective. squares: mean over the points of the residual's squares, summed over
/// its columns; energy: mean of the density itself (Deep Ritz).
struct Term {
  enum class Kind { squares, energy };
  std::string name;
  Region region;
  Body body;
  Kind kind = Kind::squares;
  std::optional<Condition> condition;
};
using Terms = std::vector<Term>;

/// Residual inside the box.
BANACH_API Term interior(std::string name, Body residual);
/// Residual on a face.
BANACH_API Term face(std::string name, std::string axis, Side side, Body residual);
/// Residual on given points [n, axes].
BANACH_API Term at_points(std::string name, std::vector<std::vector<double>> points, Body residual);
/// Mean of a density over the box, minimised (Deep Ritz); it has no residual vector.
BANACH_API Term energy(std::string name, Body density);
/// u = value on the lower face of `axis`.
BANACH_API Term initial(std::string name, std::string axis, PointFunction value,
                        std::string unknown = "");
/// u = value on a face.
BANACH_API Term dirichlet(std::string name, std::string axis, Side side, PointFunction value,
                          std::string unknown = "");
/// Outward normal derivative = value on a face.
BANACH_API Term neumann(std::string name, std::string axis, Side side, PointFunction value,
                        std::string unknown = "");
/// alpha * u + beta * (outward normal derivative) = value on a face.
BANACH_API Term robin(std::string name, std::string axis, Side side, double alpha, double beta,
                      PointFunction value, std::string unknown = "");
/// u and its derivatives along `axis` below order `smoothness` agree on both faces.
BANACH_API Term periodic(std::string name, std::string axis, int smoothness = 2);

class BANACH_API Problem {
 public:
  virtual ~Problem();
  virtual Domain domain() const = 0;
  virtual Unknowns unknowns() const = 0;
  /// Bodies must be pure: they are recorded twice at start-up and both records must agree.
  virtual Terms terms() const = 0;
  /// Input functions of an operator problem.
  virtual std::vector<InputFunction> functions() const;
  /// Ansatz around the network (hard constraints): x * (1 - x) * network + sin(x).
  virtual Expression solution(const Point& point, E network) const;
  /// Checked against terms() before a run: what it does not satisfy is said.
  virtual std::optional<Exact> exact() const;
  /// A classical solution for the errors, where exact() has none.
  virtual std::optional<Reference> reference() const;
  /// Errors of classical methods, reported beside those of the network.
  virtual std::vector<Baseline> baselines() const;
};

}  // namespace banach
