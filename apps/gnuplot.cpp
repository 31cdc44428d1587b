// SPDX-License-Identifier: Apache-2.0
#include "apps/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "core/run/atomic_file.hpp"
#include "core/run/signals.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

fs::path find_program(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::istringstream folders(variable ? variable : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto file = fs::path(folder) / name;
    if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  throw Error(Exit::no_input,
              "pictures are drawn by gnuplot, which is not installed; install it with: apt install "
              "gnuplot-nox");
}

std::string terminal_of(const fs::path& picture, int width, int height, double font) {
  const std::string kind = picture.extension().string();
  if (kind == ".png")
    return fmt::format(
        "pngcairo enhanced size {},{} font 'Sans,11' fontscale {:.2f} background '#ffffff'", width,
        height, font);
  if (kind == ".svg")
    return fmt::format(
        "svg enhanced size {},{} dynamic font 'Sans,13' fontscale {:.2f} background '#ffffff'",
        width, height, font);
  if (kind == ".pdf")
    return fmt::format(
        "pdfcairo enhanced size {},{} font 'Sans,11' fontscale {:.2f} background '#ffffff'",
        width / 100.0, height / 100.0, font);
  throw Error(Exit::usage, fmt::format("{}: pictures are .png, .svg or .pdf", picture.string()));
}

std::string content(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

}  // namespace

Gnuplot::Gnuplot(fs::path picture, int width, int height, double font)
    : picture_(std::move(picture)), scratch_(picture_), folder_(scratch_.path()) {
  const auto terminal = terminal_of(picture_, width, height, font);
  program_ = find_program("gnuplot");
  script_.open(folder_ / "script.gp");
  script_ << "set terminal " << terminal << "\nset output 'picture'\nset encoding utf8\n";
}

std::ofstream Gnuplot::data(const std::string& name) const {
  std::ofstream out(folder_ / name);
  out.precision(10);
  return out;
}

int Gnuplot::run() const {
  const auto log = (folder_ / "log").string();
  const char* arguments[] = {"gnuplot", "-d", "script.gp", nullptr};  // without start-up files
  const pid_t child = ::fork();
  if (child < 0) throw IoError(program_, "start", errno);
  if (child == 0) {  // only calls that are safe in the child of a program with threads
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (::chdir(folder_.c_str()) == 0 && out >= 0 && ::dup2(out, 1) >= 0 && ::dup2(out, 2) >= 0)
      ::execv(program_.c_str(), const_cast<char* const*>(arguments));
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Gnuplot::draw() {
  script_ << "unset output\n";
  script_.close();
  if (script_.fail()) throw IoError(folder_, "write to", ENOSPC);
  require_no_signal();
  const int status = run();
  require_no_signal();
  std::error_code error;
  if (status != 0 || fs::file_size(folder_ / "picture", error) == 0 || error)
    throw DataError(fmt::format("{}: gnuplot failed with exit code {}: {}", picture_.string(),
                                status, content(folder_ / "log")),
                    Exit::io);
  write_atomically(picture_, read_file(folder_ / "picture"));
}

}  // namespace banach
