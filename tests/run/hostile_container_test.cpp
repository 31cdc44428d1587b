// SPDX-License-Identifier: Apache-2.0
// Files whose hashes are right and whose content is not: what an attacker or a foreign writer
// makes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/run/container.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

void put(std::vector<std::byte>& out, ByteView bytes) {
  out.insert(out.end(), bytes.data, bytes.data + bytes.size);
}

void put(std::vector<std::byte>& out, std::uint64_t value) {
  put(out, ByteView(reinterpret_cast<const std::byte*>(&value), 8));
}

/// A container with this header, 256 bytes of data and correct hashes.
std::vector<std::byte> forge(const std::string& header, std::uint64_t claimed_length) {
  auto out = encode(Container{});
  out.resize(16);  // magic, version, zero
  put(out, claimed_length);
  put(out, ByteView(header));
  const auto inner = sha256(out);
  put(out, ByteView(inner.data(), inner.size()));
  out.resize((out.size() + 63) / 64 * 64 + 256);
  const auto outer = sha256(out);
  put(out, ByteView(outer.data(), outer.size()));
  put(out, out.size() + 16);
  put(out, ByteView(std::string_view("BNC-end\n")));
  return out;
}

std::string refusal(const std::string& header, std::uint64_t claimed_length) {
  return testing::error_of([&] { decode(forge(header, claimed_length), "x.ck"); }).second;
}

std::string refusal(const std::string& header) { return refusal(header, header.size()); }

std::string with_tensors(const std::string& tensors) {
  return R"({"meta":{},"tensors":[)" + tensors + "]}";
}

std::string tensor(const std::string& shape, const std::string& offset, const std::string& bytes,
                   const std::string& name = "\"w\"", const std::string& dtype = "\"F32\"") {
  return fmt::format(R"({{"name":{},"dtype":{},"shape":{},"offset":{},"bytes":{}}})", name, dtype,
                     shape, offset, bytes);
}

TEST(HostileContainer, TheForgeryItselfIsGood) {
  const auto header = with_tensors(tensor("[64]", "0", "256"));
  EXPECT_EQ(decode(forge(header, header.size()), "x.ck").blob("w").bytes.size(), 256u);
}

TEST(HostileContainer, EachDefectOfATensorIsNamed) {
  const std::pair<std::string, std::string> cases[] = {
      {tensor("[4611686018427387904,4]", "0", "0"), "has a shape whose size overflows"},
      {tensor("[4294967296,4294967296]", "0", "0"), "has a shape whose size overflows"},
      {tensor("[1000000000000]", "0", "4000000000000"), "lies outside of the file"},
      {tensor("[1000000000000]", "0", "256"), "has 256 bytes, its shape needs 4000000000000"},
      {tensor("[-1]", "0", "4"), "has the extent -1 in its shape"},
      {tensor("[18446744073709551615]", "0", "4"),
       "has the extent 18446744073709551615 in its shape"},
      {tensor("[1e2]", "0", "400"), "has the extent 100.0 in its shape"},
      {tensor("[\"4\"]", "0", "16"), "has the extent \"4\" in its shape"},
      {tensor("7", "0", "4"), "has no usable shape"},
      {tensor("null", "0", "4"), "has no usable shape"},
      {tensor("[16]", "-64", "64"), "has no usable offset"},
      {tensor("[16]", "9223372036854775808", "64"), "has no usable offset"},
      {tensor("[16]", "9223372036854775744", "64"), "lies outside of the file"},
      {tensor("[16]", "320", "64"), "lies outside of the file"},
      {tensor("[65]", "0", "260"), "lies outside of the file"},
      {tensor("[16]", "4", "64"), "is not aligned to 64 bytes"},
      {tensor("[16]", "0", "-1"), "has no usable size"},
      {tensor("[16]", "0", "64", "\"w\"", "\"F128\""), "has the unknown dtype \"F128\""},
      {tensor("[16]", "0", "64", "\"w\"", "4"), "has the unknown dtype 4"},
      {tensor("[32]", "0", "128") + "," + tensor("[16]", "64", "64", "\"v\""),
       "overlaps the one before it"},
      {tensor("[16]", "64", "64") + "," + tensor("[16]", "0", "64", "\"v\""),
       "overlaps the one before it"},
      {tensor("[16]", "0", "64") + "," + tensor("[16]", "64", "64"), "stands there twice"},
  };
  for (const auto& [tensors, text] : cases)
    EXPECT_NE(refusal(with_tensors(tensors)).find(text), std::string::npos)
        << tensors << "\n"
        << refusal(with_tensors(tensors));
  for (const std::string name : {"\"\"", "null", "3"})
    EXPECT_EQ(refusal(with_tensors(tensor("[1]", "0", "4", name))), "x.ck: a tensor has no name");
  EXPECT_EQ(refusal(with_tensors("[]")), "x.ck: a tensor has no name");
}

TEST(HostileContainer, RankBeyondReasonIsRefused) {
  std::string shape = "1";
  for (int i = 0; i < 100; ++i) shape += ",1";
  EXPECT_EQ(refusal(with_tensors(tensor("[" + shape + "]", "0", "4"))),
            "x.ck: tensor \"w\" has no usable shape");
}

TEST(HostileContainer, DeepJsonIsRefusedBeforeItIsParsed) {
  for (const int depth : {70, 1'000, 1'000'000}) {
    const auto deep = std::string(static_cast<std::size_t>(depth), '[') +
                      std::string(static_cast<std::size_t>(depth), ']');
    EXPECT_EQ(refusal(R"({"meta":{"a":)" + deep + R"(},"tensors":[]})"),
              "x.ck: the checkpoint's header is nested deeper than 64");
  }
  const std::string brackets(1000, '[');
  const auto header = R"({"meta":{"a":")" + brackets + R"(\""},"tensors":[]})";
  EXPECT_EQ(decode(forge(header, header.size()), "x.ck").value<std::string>("a"), brackets + '"');
}

TEST(HostileContainer, HeadersOfAnotherKindAreRefused) {
  for (const std::string header :
       {"", "{", "[]", "null", "{}", R"({"meta":{}})", R"({"meta":[],"tensors":[]})",
        R"({"meta":{},"tensors":{}})", R"({"meta":{},"tensors":[]} x)", "\xff\xfe"})
    EXPECT_EQ(refusal(header), "x.ck: the checkpoint's header is not what format 1 asks for")
        << header;
}

TEST(HostileContainer, HeaderLengthsBeyondTheFileAreRefused) {
  const auto header = with_tensors("");
  for (const std::uint64_t length :
       {std::uint64_t{100'000}, std::uint64_t{1} << 40, ~std::uint64_t{0}, ~std::uint64_t{0} - 55,
        std::uint64_t{1} << 63})
    EXPECT_EQ(refusal(header, length),
              fmt::format("x.ck: the checkpoint's header of {} bytes is too long", length));
  EXPECT_EQ(refusal(header, header.size() + 1),
            "x.ck: the checkpoint is damaged: its header's SHA-256 does not match");
}

}  // namespace
}  // namespace banach
