// SPDX-License-Identifier: Apache-2.0
// What a step of the fused executor takes from the heap: nothing.
#include <ATen/ATen.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "core/fused/fused_executor.hpp"
#include "tests/executor/catalog.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace banach::testing_only {
namespace {

TEST(FusedExecutor, AStepTakesNothingFromTheHeap) {
  Scene scene = on({{"x", -1, 2}, {"t", 0, 3}});
  const Laboratory l(scene, architecture("type = \"mlp\"\nwidth = 16\ndepth = 3"),
                     shipped().entries);
  std::vector<TapeTerm> terms;
  std::vector<Recorded> recorded = {
      l.record_body([](const Field& u) { return u.d("t") - 0.1 * u.d("xx") + u() * u.d("x"); }),
      l.record_body([](const Field& u) { return u() - sin(u.at("x")); })};
  for (const auto& r : recorded) terms.push_back({r.trace, r.root});
  std::string reason;
  auto fused = FusedExecutor::make(l.network(), Derivatives::exact, terms, at::kDouble, reason);
  ASSERT_TRUE(fused) << reason;
  fused->set_points({l.points(at::kDouble), l.points(at::kDouble)});
  const auto banks = l.leaves(at::kDouble);
  const std::vector<FusedTarget> targets(2);
  double losses[2];
  at::Tensor gradient;
  fused->losses(banks, targets, losses, &gradient);
  const long before = allocations;
  for (int i = 0; i < 3; ++i) fused->losses(banks, targets, losses, &gradient);
  EXPECT_EQ(allocations - before, 0);
  EXPECT_GT(before, 0);
}

}  // namespace
}  // namespace banach::testing_only
#endif
