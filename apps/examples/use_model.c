// SPDX-License-Identifier: Apache-2.0
// A trained run inside a C program; Fortran binds to the same five functions.
// Sample run: banach train heat.toml && use_model_c runs/heat 1.5 0.25
#include <banach/model_c.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  char error[1000] = "usage: use_model_c RUN COORDINATE...";
  double point[16], values[16];
  if (argc < 2) {
    fprintf(stderr, "%s\n", error);
    return 64;
  }
  banach_model* model = banach_model_load(argv[1], error, sizeof error);
  if (model && argc == 2 + banach_model_axes(model) && argc <= 18) {
    for (int i = 2; i < argc; ++i) point[i - 2] = atof(argv[i]);
    if (banach_model_unknowns(model) <= 16 &&
        banach_model_predict(model, point, 1, values, error, sizeof error) == 0) {
      for (int i = 0; i < banach_model_unknowns(model); ++i) printf("%.17g\n", values[i]);
      banach_model_free(model);
      return 0;
    }
  }
  if (model) banach_model_free(model);
  fprintf(stderr, "%s\n", error);
  return 66;
}
