// SPDX-License-Identifier: Apache-2.0
// What to know about a training that has come to its end.
#pragma once
#include <map>

#include "core/training/validation.hpp"

namespace banach {

/// A finished training between its start and its end. Losses that are unknown are NaN.
struct Closing {
  double start_loss = 0;                // validation loss of the untrained network
  std::map<std::string, double> start;  // RMS of its residuals
  Measurement end;                      // on points or samples that were not trained on
  std::map<std::string, double> own;    // RMS of residuals on the points that were trained on last
  std::map<std::string, double> fresh;  // of the same terms on other points
  double own_loss = 0;                  // of a data set: loss of the last batch; else NaN
  double epsilon = 0;                   // of the number format
  double lr = 0;                        // of the last stage
};

/// Sentences, each with what to try: the loss ended above where it began, residuals (or errors)
/// beside the training points are 100 times those on them, a solution no better than zero.
BANACH_API std::vector<std::string> remarks(const Closing& closing);

}  // namespace banach
