// SPDX-License-Identifier: Apache-2.0
// A source of training data: an input function drawn at random and the solution that belongs to it.
#pragma once
#include <string>
#include <vector>

#include "banach/stream.hpp"

namespace banach {

/// One axis of the generated arrays; its values become a coordinate dataset.
struct GeneratedAxis {
  std::string name;
  std::vector<double> values;
  bool periodic = false;  // the point after the last one is the first
};

/// One array of every sample, [axes...].
struct GeneratedVariable {
  std::string name;
  std::vector<std::string> axes;  // names of GeneratedAxis, slowest first; none: one number
  bool input = false;             // else output
  std::string doc;
};

/// Data of an operator, one sample at a time.
class BANACH_API Generator {
 public:
  virtual ~Generator();
  virtual std::vector<GeneratedAxis> axes() const = 0;
  virtual std::vector<GeneratedVariable> variables() const = 0;
  /// Computes one sample: out[v] has room for variable v, row major. A pure function of the stream;
  /// called from several threads at once. DataError where no solution is found.
  virtual void sample(const Stream& stream, const std::vector<double*>& out) const = 0;
};

}  // namespace banach
