// SPDX-License-Identifier: Apache-2.0
// The whole binary contract between the engine and a plugin: ONE data symbol, readable without
// running any of the plugin's code.
#pragma once
#include <cstdint>

#include "banach/registry.hpp"

#define BANACH_API_VERSION 3  // bump on any change to a class in include/banach

#define BANACH_TEXT_(x) #x
#define BANACH_TEXT(x) BANACH_TEXT_(x)
#ifdef _GLIBCXX_DEBUG
#define BANACH_STAMP_DEBUG "1"
#else
#define BANACH_STAMP_DEBUG "0"
#endif
#ifdef __SANITIZE_ADDRESS__
#define BANACH_STAMP_ASAN "1"
#else
#define BANACH_STAMP_ASAN "0"
#endif
/// "none" unless banach/tensor_architecture.hpp was included: torch-free plugins survive an
/// upgrade.
#ifndef BANACH_STAMP_TORCH
#define BANACH_STAMP_TORCH "none"
#endif
#define BANACH_STAMP_MARK "@(#)banach-plugin "
#define BANACH_STAMP                                                                      \
  BANACH_STAMP_MARK "api=" BANACH_TEXT(                                                   \
      BANACH_API_VERSION) " torch=" BANACH_STAMP_TORCH                                    \
                          " cxx11abi=" BANACH_TEXT(                                       \
                              _GLIBCXX_USE_CXX11_ABI) " glibcxxdebug=" BANACH_STAMP_DEBUG \
                                                      " asan=" BANACH_STAMP_ASAN

extern "C" {
struct banach_plugin_descriptor {
  std::uint32_t api;   // first, forever
  std::uint32_t size;  // sizeof(banach_plugin_descriptor)
  const char* stamp;   // BANACH_STAMP
  const char* built_with;
  const char* name;
  const char* version;
  void (*enroll)(banach::Registry&);
};
}

/// BANACH_PLUGIN("heat", "1.0.0", registry) { registry.problem<Heat>("heat", "one line"); }
#define BANACH_PLUGIN(name_, version_, registry_)                                   \
  static void banach_enroll_(::banach::Registry&);                                  \
  extern "C" BANACH_API const banach_plugin_descriptor banach_plugin;               \
  const banach_plugin_descriptor banach_plugin = {BANACH_API_VERSION,               \
                                                  sizeof(banach_plugin_descriptor), \
                                                  BANACH_STAMP,                     \
                                                  __VERSION__,                      \
                                                  name_,                            \
                                                  version_,                         \
                                                  &banach_enroll_};                 \
  static void banach_enroll_(::banach::Registry& registry_)
