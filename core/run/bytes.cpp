// SPDX-License-Identifier: Apache-2.0
#include "core/run/bytes.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "banach/error.hpp"

namespace banach {

Digest sha256(ByteView bytes) {
  Digest digest;
  unsigned int length = 0;
  const int ok = EVP_Digest(bytes.data, bytes.size, reinterpret_cast<unsigned char*>(digest.data()),
                            &length, EVP_sha256(), nullptr);
  BANACH_ASSERT(ok == 1 && length == digest.size());
  return digest;
}

std::string sha256_hex(ByteView bytes) {
  std::string text;
  for (const std::byte b : sha256(bytes)) text += fmt::format("{:02x}", std::to_integer<int>(b));
  return text;
}

}  // namespace banach
