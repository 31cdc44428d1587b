// SPDX-License-Identifier: Apache-2.0
// fuzz_names COUNT: every byte, pairs of what formats treat as their own, and COUNT random texts
// through every writer of names, each read back by an independent reader: gnuplot, sh, and Python's
// xml and csv; toml++ and nlohmann's JSON. 77 where gnuplot or python3 is missing.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <sstream>

#include "core/parameters/json_text.hpp"
#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/toml.hpp"
#include "core/parameters/toml_guard.hpp"
#include "core/run/scratch_folder.hpp"

namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

const Texts pieces = {"\\",
                      std::string(1, '\0'),
                      "\n",
                      "\r",
                      "\t",
                      "'",
                      "''",
                      "\"",
                      "\"\"",
                      "`id`",
                      "`",
                      "$(id)",
                      "${HOME}",
                      "%s",
                      "%n",
                      "#",
                      ";",
                      ",",
                      ", \\\n",
                      "{",
                      "}",
                      "^",
                      "_",
                      "@",
                      "&",
                      "~",
                      "<",
                      ">",
                      "]]>",
                      "<!--",
                      "&amp;",
                      "=",
                      "=1+1",
                      "\x1b[2J",
                      "\x7f",
                      "\xc2\x85",
                      "\xc3\xa9",
                      "\xe2\x80\xa8",
                      "\xe2\x80\xae",
                      "\xff",
                      "\xed\xa0\x80",
                      " ",
                      "u",
                      ";system(\"id>F\")#",
                      "!id",
                      "\\134",
                      "\\n",
                      "|id"};

std::string hex(const std::string& text) {
  std::ostringstream out;
  for (const char c : text)
    out << "0123456789abcdef"[static_cast<unsigned char>(c) >> 4]
        << "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  return out.str();
}

Texts texts(std::size_t count) {
  Texts out;
  for (int byte = 0; byte < 256; ++byte) out.emplace_back(1, static_cast<char>(byte));
  for (const auto& a : pieces)
    for (const auto& b : pieces) out.push_back("u" + a + b);
  std::mt19937_64 random(1);
  while (out.size() < 256 + pieces.size() * pieces.size() + count) {
    std::string text;
    for (auto n = 1 + random() % 8; n > 0; --n)
      text += random() % 4 == 0 ? std::string(1, static_cast<char>(random()))
                                : pieces[random() % pieces.size()];
    out.push_back(std::move(text));
  }
  return out;
}

class Check {
 public:
  Check(const Texts& texts, const fs::path& folder) : texts_(texts), folder_(folder) {}

  /// The file's content by `command` (in the folder) as lines of hexadecimal digits.
  void program(const char* what, const std::string& file, const std::string& content,
               const std::string& command, const std::function<std::string(std::string)>& wanted) {
    std::ofstream(folder_ / file, std::ios::binary) << content;
    const auto output = folder_ / "read";
    fs::remove(output);
    if (std::system(("cd '" + folder_.string() + "' && " + command).c_str()) != 0)
      return fail(what, "the reader failed", "");
    std::ifstream in(output);
    for (const auto& text : texts_) {
      std::string line;
      std::getline(in, line);
      if (line != hex(wanted(text))) fail(what, text, "read as " + line);
    }
  }
  void own(const char* what, const std::function<bool(const std::string&)>& holds) {
    for (const auto& text : texts_)
      if (!holds(text)) fail(what, text, "");
  }
  int failures() const { return failures_; }

 private:
  void fail(const char* what, const std::string& text, const std::string& how) {
    if (++failures_ < 20)
      std::cerr << what << ": " << hex(text) << " (" << banach::one_line(text) << ") " << how
                << '\n';
  }
  const Texts& texts_;
  const fs::path& folder_;
  int failures_ = 0;
};

/// What the enhanced text of gnuplot shows: a backslash says that the next character is itself.
constexpr const char* read_gnuplot = R"run(gnuplot -d script.gp && python3 -c "
import re
for line in open('shown', 'rb').read().split(b'\n')[:-1]:
    print(re.sub(rb'\\\\(.)', rb'\\1', line, flags=re.S).hex(), file=open('read', 'a'))")run";
constexpr const char* read_shell = R"run(sh words.sh > words && python3 -c "
for word in open('words', 'rb').read().split(b'\0')[:-1]:
    print(word.hex(), file=open('read', 'a'))")run";
constexpr const char* read_xml = R"run(python3 -c "
import xml.etree.ElementTree as tree
for item in tree.parse('names.xml').getroot():
    assert item.text == item.get('name')
    print(item.text.encode().hex(), file=open('read', 'a'))")run";
constexpr const char* read_csv = R"run(python3 -c "
import csv
for row in csv.reader(open('names.csv', newline='', encoding='latin-1'), strict=True):
    assert len(row) == 3 and row[0] == row[1] and row[2] == '1'
    print(row[0].encode('latin-1').hex(), file=open('read', 'a'))")run";

std::string without_nul(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  return text;
}

void check_programs(Check& check, const Texts& all) {
  using namespace banach;
  std::string gnuplot = "set print 'shown'\n", shell, xml = "<names>\n", csv;
  for (const auto& text : all) {
    gnuplot += "print " + gnuplot_text(text) + "\n";
    shell += "printf '%s\\0' " + shell_word(without_nul(text)) + "\n";
    xml += "<n name=\"" + xml_text(text) + "\">" + xml_text(text) + "</n>\n";
    const auto cell = csv_cell(without_nul(text));
    csv += cell + ',' + cell + ",1\n";
  }
  check.program("gnuplot", "script.gp", gnuplot, read_gnuplot, one_line);
  check.program("shell", "words.sh", shell, read_shell, without_nul);
  check.program("XML", "names.xml", xml + "</names>\n", read_xml, one_line);
  check.program("CSV", "names.csv", csv, read_csv, without_nul);
}

/// A name that may be one comes back from a TOML, as key, value and comment; others are refused.
bool in_toml(const std::string& text) {
  using namespace banach;
  Table table;
  bool read = true;
  try {
    table = parse_toml("# " + one_line(text) + "\n" + key_text(text) + " = " +
                           to_text(Value(Value::List{Value(text), Value(1)})) + "\n",
                       "x");
  } catch (const ConfigError&) {
    read = false;
  }
  if (read != name_problem(text).empty()) return false;
  if (!read) return true;
  const auto* list = table.entries.size() == 1 && table.entries[0].first == text
                         ? table.entries[0].second.get<Value::List>()
                         : nullptr;
  return list && list->size() == 2 && *(*list)[0].get<std::string>() == text;
}

bool in_json(const std::string& text) {
  using namespace banach;
  const auto line = json_text(nlohmann::json{{text, text}});
  const auto back = parse_json(line, "x");
  return invalid_utf8(text) != std::string::npos || (back.size() == 1 && back.at(text) == text);
}

/// On one line, without any character that a terminal or log would act upon, and stable.
bool in_lines(const std::string& text) {
  using namespace banach;
  const auto line = one_line(text);
  return name_problem(line, line.size()).empty() && one_line(line) == line &&
         (!name_problem(text).empty() || line == text) &&
         printable(text + "\n" + text) == printable(text) + "\n" + printable(text);
}

int run(std::size_t count) {
  if (std::system("gnuplot --version >/dev/null 2>&1 && python3 --version >/dev/null 2>&1") != 0) {
    std::cerr << "skipped: gnuplot or python3 is not installed\n";
    return 77;
  }
  const banach::ScratchFolder folder(".");
  const Texts all = texts(count);
  Check check(all, folder.path());
  check_programs(check, all);
  check.own("TOML", in_toml);
  check.own("JSON", in_json);
  check.own("lines", in_lines);
  std::cout << all.size() << " texts through 7 writers, " << check.failures() << " failures\n";
  return check.failures() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: fuzz_names COUNT\n";
    return 2;
  }
  return run(static_cast<std::size_t>(std::atol(argv[1])));
}
