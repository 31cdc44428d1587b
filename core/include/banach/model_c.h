/* SPDX-License-Identifier: Apache-2.0 */
/* A trained run for C and Fortran programs. Points are [count][axes] in C, (axes, count) in Fortran. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#define BANACH_C_API __attribute__((visibility("default")))

typedef struct banach_model banach_model;

/* Loads a run directory. On failure: NULL, and why in `error`, at most `error_size` bytes. */
BANACH_C_API banach_model* banach_model_load(const char* run, char* error, size_t error_size);
BANACH_C_API int banach_model_axes(const banach_model* model);
BANACH_C_API int banach_model_unknowns(const banach_model* model);
/* All unknowns at `count` points into values[count][unknowns]; 0, or -1 and why in `error`. Any
 * number of threads may call it with the same model. */
BANACH_C_API int banach_model_predict(const banach_model* model, const double* points, int64_t count,
                                      double* values, char* error, size_t error_size);
BANACH_C_API void banach_model_free(banach_model* model);

#ifdef __cplusplus
}
#endif
