// SPDX-License-Identifier: Apache-2.0
#include "banach/model_c.h"

#include <algorithm>
#include <cstring>
#include <exception>

#include "banach/model.hpp"

struct banach_model {
  banach::Model model;
};

namespace {

/// No exception may reach a C or Fortran caller; its text goes to `error` instead.
template <class Call>
bool guarded(char* error, std::size_t size, const Call& call) {
  std::string text = "an exception of an unknown type";
  try {
    call();
    return true;
  } catch (const std::exception& e) {
    text = e.what();
  } catch (...) {
  }
  if (error != nullptr && size > 0) {
    const std::size_t length = std::min(size - 1, text.size());
    std::memcpy(error, text.data(), length);
    error[length] = '\0';
  }
  return false;
}

}  // namespace

banach_model* banach_model_load(const char* run, char* error, size_t error_size) {
  banach_model* model = nullptr;
  guarded(error, error_size, [&] { model = new banach_model{banach::Model::load(run)}; });
  return model;
}

int banach_model_axes(const banach_model* model) {
  return static_cast<int>(model->model.coordinates().size());
}

int banach_model_unknowns(const banach_model* model) {
  return static_cast<int>(model->model.unknowns().size());
}

int banach_model_predict(const banach_model* model, const double* points, int64_t count,
                         double* values, char* error, size_t error_size) {
  return guarded(error, error_size, [&] { model->model.predict(points, count, values); }) ? 0 : -1;
}

void banach_model_free(banach_model* model) { delete model; }
