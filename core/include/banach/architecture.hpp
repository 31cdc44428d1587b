// SPDX-License-Identifier: Apache-2.0
// A parametrised function. Expression architectures own no memory: their layers name slots of one
// flat parameter vector. No torch here.
#pragma once
#include "banach/initialisation.hpp"
#include "banach/problem.hpp"
#include "banach/stream.hpp"

namespace banach {

/// What an architecture must map: coordinates (with ranges) and input functions to outputs.
struct Signature {
  Domain coordinates;
  std::vector<InputFunction> functions;
  int outputs = 1;
  int channels = 0;  // input channels of a grid operator; 0 where points are mapped
  std::vector<std::int64_t> grid = {};  // points along each coordinate of the training grid, if any
  int fields = 1;  // of a trunk: the outputs it serves, with outputs / fields features for each
};

/// y = x W + b; weight [in, out], bias [out].
struct BANACH_API Linear {
  int weight = -1, bias = -1, in = 0, out = 0;
  Expression operator()(E x) const;
};

/// A learnable (or fixed) row, [1, width]: scales, shifts, adaptive slopes.
struct BANACH_API Row {
  int slot = -1, width = 0;
  operator Expression() const;
};

/// The named inputs of one evaluation.
class BANACH_API Inputs {
 public:
  Inputs(Expression points, std::vector<std::pair<std::string, Expression>> functions = {});
  /// Coordinates, [points, axes], in the order of the signature.
  const Expression& points() const { return points_; }
  /// Values of an input function on its sensors, [functions, sensors].
  const Expression& function(std::string_view name) const;
  const std::vector<std::pair<std::string, Expression>>& functions() const { return functions_; }

 private:
  Expression points_;
  std::vector<std::pair<std::string, Expression>> functions_;
};

/// Training outputs of a data set: `count` samples on the same `points`.
struct Snapshots {
  std::int64_t count = 0, size = 0;  // samples; points of each
  std::vector<double> points;        // [size, axes]
  std::vector<double> values;        // [count, size, outputs], normalised as the network's outputs
};

/// What an architecture may look at when it sets its buffers (features, bases).
class BANACH_API Preparation {
 public:
  virtual ~Preparation();
  /// n collocation points of the interior, [n, axes] row major.
  virtual std::vector<double> points(int n) = 0;
  /// How fast the present solution turns along every axis at points [n, axes]: the inverse of the
  /// length over which it changes by its whole range, in units of half the axis (of a time window:
  /// half the window); of several unknowns the largest. Empty where there is no solution yet.
  virtual std::vector<double> bending(const std::vector<double>& points);
  /// The training split, never validation or test; empty without a data set on fixed points.
  virtual const Snapshots& snapshots() = 0;
  /// A reproducible random stream for this architecture.
  virtual Stream stream() const = 0;
  /// Sets a slot of the architecture (Row::slot, Linear::weight) to these numbers.
  virtual void set(int slot, const std::vector<double>& values) = 0;
};

/// One network of a sum over k of amplitude_k N_k(frequency_k x); they are trained one by one.
struct Level {
  int first = 0, last = 0;  // its slots are [first, last), as Builder::slots() counts them
  /// Frozen slots [1] and [axes], zero and ones until the level begins; -1: always part of the sum.
  int amplitude = -1, frequency = -1;
};

class BANACH_API Architecture {
 public:
  virtual ~Architecture();
  /// The function itself, [points, outputs]; recorded, so it must be pure.
  virtual Expression forward(const Inputs& inputs) const = 0;
  /// All but the linear last layer, [points, features]; empty when the architecture has none.
  virtual std::optional<Expression> features(const Inputs& inputs) const;
  /// Called once before a fresh run; looks at training data only.
  virtual void prepare(Preparation& preparation);
  /// Ways of drawing the frozen layers, by name; several are tried at the start of every window, on
  /// residuals, and the best is kept. Empty where there is nothing to choose.
  virtual std::vector<std::string> draws() const;
  /// Sets the frozen layers in the way of this number.
  virtual void draw(int way, Preparation& preparation);
  /// Of a trunk whose outputs are a basis taken from the training data, one block of functions for
  /// each field: how many functions a block has, the first of which is the mean and belongs to
  /// every sum with the coefficient one. 0 for all others.
  virtual int basis() const;
  /// The networks of a sum, in the order in which they are added; each ends with a linear layer.
  /// Empty for all others.
  virtual std::vector<Level> levels() const;
};

/// Hands out parameter slots and sub-architectures while an architecture is constructed.
class BANACH_API Builder {
 public:
  virtual ~Builder();
  virtual const Signature& signature() const = 0;
  /// A learnable slot of this shape; names are unique within the architecture.
  virtual int slot(const std::string& name, std::vector<std::int64_t> shape, const Init& init,
                   int fan_in, int fan_out, bool trainable = true) = 0;
  /// How many slots have been handed out so far: the number of the next one.
  virtual int slots() const = 0;
  /// The sub-architecture of the table [architecture.<name>], which has its own `type`. `as` opens
  /// the names of its parameters where one table describes several parts.
  virtual std::shared_ptr<Architecture> part(const std::string& name, const Signature& signature,
                                             const std::string& as = "") = 0;
  /// Whether there is a table [architecture.<name>] with a `type`.
  virtual bool has_part(const std::string& name) const = 0;

  int inputs() const { return static_cast<int>(signature().coordinates.size()); }
  int outputs() const { return signature().outputs; }
  Linear linear(const std::string& name, int in, int out,
                const Init& weight = Init{Init::Kind::xavier_uniform},
                const std::optional<Init>& bias = Init{Init::Kind::zeros});
  /// Like linear, but never trained: part of the checkpoint, not of the parameter vector.
  Linear fixed(const std::string& name, int in, int out, const Init& weight, const Init& bias);
  /// `parts` layers of in -> out side by side in one, [in, parts * out]: each starts as it would
  /// alone. ConfigError for orthogonal weights.
  Linear packed(const std::string& name, int in, int out, int parts, const Init& weight,
                const std::optional<Init>& bias = Init{Init::Kind::zeros});
  Row row(const std::string& name, int width, const Init& init, bool trainable = true);
};

/// Coordinates mapped from their ranges to [-1, 1], column by column.
BANACH_API Expression scaled(E points, const Domain& coordinates);

}  // namespace banach
