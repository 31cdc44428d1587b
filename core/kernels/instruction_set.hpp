// SPDX-License-Identifier: Apache-2.0
// The table of all kernels of one instruction set, BANACH_ISA.
#include "core/kernels/adam_kernels.hpp"
#include "core/kernels/jet_kernels.hpp"
#include "core/kernels/jet_product_kernels.hpp"
#include "core/kernels/matrix_kernels.hpp"
#include "core/kernels/spectral_kernels.hpp"
#include "core/kernels/transposed_kernels.hpp"

#define BANACH_TEXT_(x) #x
#define BANACH_TEXT(x) BANACH_TEXT_(x)

namespace banach {
namespace BANACH_ISA {
namespace {
template <class T>
constexpr Kernels<T> all = {BANACH_TEXT(BANACH_ISA),
                            static_cast<int>(lanes<T>),
                            multiply<T>,
                            multiply_transposed<T>,
                            jet_forward<T>,
                            jet_backward<T>,
                            jet_product<T>,
                            jet_product_adjoint<T>,
                            scale<T>,
                            shift<T>,
                            times<T>,
                            add_numbers<T>,
                            sum<T>,
                            add_sums<T>,
                            activate<T>,
                            fill_rows<T>,
                            sum_rows<T>,
                            butterfly<T>,
                            join_complex<T>,
                            expand_complex<T>,
                            adam<T>};
}

const Kernels<float>& table(float) { return all<float>; }
const Kernels<double>& table(double) { return all<double>; }

}  // namespace BANACH_ISA
}  // namespace banach
