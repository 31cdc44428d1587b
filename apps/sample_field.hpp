// SPDX-License-Identifier: Apache-2.0
// One function of one sample of a data set, as far as a picture can show it.
#pragma once
#include "apps/panels.hpp"
#include "core/operators/operator_data.hpp"

namespace banach {

struct SampleField {
  std::vector<MapAxis> axes;         // one: a curve; two: a map
  std::vector<double> x, y, values;  // y is empty for curves
  std::string style = "image";       // of the map
};

/// `values` [axes...] of a variable on `axes` of the data set: space before time, the first two;
/// of others the middle, of time the last, which `remarks` then says. Long axes are thinned.
SampleField sample_field(const OperatorData& data, const std::vector<std::string>& axes,
                         const at::Tensor& values, std::string& remarks);

void draw_field_map(Gnuplot& gnuplot, const SampleField& field, const std::string& file,
                    const std::string& title, const char* palette, std::pair<double, double> range);

struct FieldCurve {
  const SampleField* field;
  std::string title, look;  // look: of the line
};
void draw_field_curves(Gnuplot& gnuplot, const std::vector<FieldCurve>& curves,
                       const std::string& file, const std::string& title, bool log = false);

}  // namespace banach
