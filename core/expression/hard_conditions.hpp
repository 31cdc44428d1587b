// SPDX-License-Identifier: Apache-2.0
// Conditions on the faces of a box, built into a function so that they hold exactly.
#pragma once
#include "banach/problem.hpp"
#include "core/expression/field.hpp"

namespace banach {

/// u = G + H[network]: G meets all conditions (transfinite interpolation of their values), H[.] all
/// of them with value zero. Axes with values alone (dirichlet, initial) cost a factor that vanishes
/// on the faces; axes with derivatives (neumann, robin) a correction by the network on those faces
/// (theory of functional connections, Mortari 2017). Periodic axes reach the network as cosine and
/// sine. G needs its values on all faces, edges and corners, 3^d - 1 of them for d axes with two
/// conditions each; axes whose values are zero cost nothing there, nor do those that many other
/// axes share one function with. Corrections by the network cost 3^m calls for m axes with
/// derivatives.
class BANACH_API HardConditions {
 public:
  HardConditions() = default;
  /// Terms that have a condition. ConfigError that names the terms when two of them fix the same
  /// unknown on the same face, or one of them fixes nothing.
  HardConditions(Domain domain, Unknowns unknowns, std::vector<Term> terms);

  bool empty() const { return terms_.empty(); }
  const std::vector<Term>& terms() const { return terms_; }
  /// The coordinates as the network sees them, one name and range each.
  Domain network_domain() const;
  /// A point of the box as the network sees it.
  Point network_point(const Point& point) const;
  /// The function with all conditions built in. ConfigError, with the number, where that takes more
  /// than 2500 values on faces, edges and corners.
  Solution around(const Solution& network) const;
  /// Finds now which axes the interpolation of values goes through, as around() does otherwise.
  const HardConditions& choose_axes();
  /// Takes them from conditions on the same faces, whose values vanish where these do.
  void choose_axes_of(const HardConditions& like);

 private:
  struct Face {
    Side side = Side::lower;
    double place = 0, normal = 1, alpha = 1, beta = 0;
    PointFunction value;
    std::string term;
    std::vector<double> shape;  // polynomial in s in [0, 1]: 1 by this face's condition, 0 by the
                                // other's
  };
  struct Conditioned {  // one axis of one unknown
    std::size_t axis = 0;
    std::vector<Face> faces;
    bool values_only() const;
  };
  using Scalar = std::function<Expression(const Point&)>;

  void add(const Term& term);
  void add_face(std::size_t unknown, std::size_t axis, Face face);
  void shape(Conditioned& conditioned) const;
  Expression unit(const Conditioned& conditioned, const Point& point) const;
  Expression polynomial(const Conditioned& c, const Face& face, const Point& point) const;
  Expression measure(const Conditioned& c, const Face& face, const Scalar& u, const Point& p) const;
  Expression value_at(const Face& face, std::size_t unknown, const Point& point) const;
  void choose_axes(std::size_t unknown);
  bool vanishes(const Conditioned& c, std::size_t unknown, const Point& point) const;
  bool one_function(std::size_t unknown, const Point& point) const;
  Scalar interpolation(std::size_t unknown) const;
  Scalar homogeneous(std::size_t unknown, const Solution& network) const;

  Domain domain_;
  Unknowns unknowns_;
  std::vector<Term> terms_;
  std::vector<std::vector<Conditioned>> conditions_;  // per unknown
  std::vector<std::vector<std::size_t>> chosen_;      // of them, those that G is made of
  std::vector<char> extended_;  // per unknown: G is the one function that all values are of
  std::vector<bool> periodic_;  // per axis
};

}  // namespace banach
