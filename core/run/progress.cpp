// SPDX-License-Identifier: Apache-2.0
#include "core/run/progress.hpp"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace banach {
namespace {

using namespace std::chrono_literals;

constexpr int least_bar = 10, most_bar = 40;

std::string clock_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
  const auto s = static_cast<std::int64_t>(seconds);
  if (s < 3600) return fmt::format("{:02}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string rate_text(double rate) {
  if (!(rate > 0)) return "?it/s";
  return rate >= 1 ? fmt::format("{:.1f}it/s", rate) : fmt::format("{:.1f}s/it", 1 / rate);
}

double fraction(const ProgressState& s) {
  return s.total > 0 ? std::clamp(double(s.step) / double(s.total), 0.0, 1.0) : 0.0;
}

/// All between the bar and the fields.
std::string numbers(const ProgressState& s) {
  if (s.total <= 0)
    return fmt::format("{} [{}, {}", s.step, clock_text(s.elapsed), rate_text(s.rate));
  const double left = s.rate > 0 ? double(s.total - s.step) / s.rate : -1.0;
  return fmt::format("{}/{} [{}<{}, {}", s.step, s.total, clock_text(s.elapsed), clock_text(left),
                     rate_text(s.rate));
}

std::string tail(const ProgressState& s, std::size_t fields) {
  auto text = numbers(s);
  for (std::size_t i = 0; i < fields; ++i)
    text += fmt::format(", {}={:.1e}", s.fields[i].first, s.fields[i].second);
  return text + ']';
}

std::string bar(double share, int width, bool utf8) {
  if (!utf8) {
    const auto full = static_cast<std::size_t>(share * width);
    return std::string(full, '#') + std::string(static_cast<std::size_t>(width) - full, ' ');
  }
  static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int units = static_cast<int>(share * width * 8);
  std::string text;
  for (int i = 0; i < units / 8; ++i) text += "█";
  const int used = units / 8 + (units % 8 ? 1 : 0);
  return text + eighths[units % 8] + std::string(static_cast<std::size_t>(width - used), ' ');
}

int columns_of(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool locale_is_utf8() { return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0; }

}  // namespace

std::string progress_bar(const ProgressState& s, int columns, bool utf8) {
  if (s.total <= 0) return progress_text(s).substr(0, static_cast<std::size_t>(columns));
  const auto head = fmt::format("{}: {:3}%|", s.label, static_cast<int>(fraction(s) * 100));
  const auto room = [&](const std::string& text) {
    return columns - static_cast<int>(head.size() + 2 + text.size());
  };
  auto fields = s.fields.size();
  auto text = tail(s, fields);
  while (fields > 0 && room(text) < least_bar) text = tail(s, --fields);
  const auto width = std::clamp(room(text), 0, most_bar);
  if (room(text) < 0)
    return fmt::format("{}: {:3}%", s.label, static_cast<int>(fraction(s) * 100))
        .substr(0, static_cast<std::size_t>(columns));
  return head + bar(fraction(s), width, utf8) + "| " + text;
}

std::string progress_text(const ProgressState& s) {
  const auto text = tail(s, s.fields.size());
  if (s.total <= 0) return fmt::format("{}: {}", s.label, text);
  return fmt::format("{}: {:3}% {}", s.label, static_cast<int>(fraction(s) * 100), text);
}

Progress::Mode Progress::mode_of(int fd, bool quiet) {
  if (quiet) return Mode::quiet;
  return ::isatty(fd) ? Mode::terminal : Mode::plain;
}

Progress::Progress(std::string label, std::int64_t first, std::int64_t total, Mode mode, int fd,
                   Clock::time_point now)
    : label_(std::move(label)),
      total_(total),
      counted_(first),
      mode_(mode),
      fd_(fd),
      utf8_(locale_is_utf8()),
      start_(now),
      counted_at_(now),
      next_(mode == Mode::quiet   ? Clock::time_point::max()
            : mode == Mode::plain ? now + 2s
                                  : now + 100ms) {}

Progress::~Progress() { clear(); }

void Progress::count(std::int64_t step, Clock::time_point now) {
  const std::chrono::duration<double> passed = now - counted_at_;
  if (step <= counted_ || passed.count() <= 0) return;
  constexpr double smoothing = 0.3;
  pace_ += smoothing * (passed.count() / double(step - counted_) - pace_);
  weight_ += smoothing * (1 - weight_);
  counted_ = step;
  counted_at_ = now;
}

double Progress::rate() const { return pace_ > 0 ? weight_ / pace_ : 0; }

ProgressState Progress::state(std::int64_t step, const ProgressFields& fields,
                              Clock::time_point now) const {
  const std::chrono::duration<double> elapsed = now - start_;
  return {label_, step, total_, elapsed.count(), rate(), fields};
}

void Progress::draw(const std::string& line, bool stays) {
  std::string text = mode_ == Mode::terminal ? '\r' + line + "\x1b[K" : line;
  if (stays || mode_ == Mode::plain) text += '\n';
  drawn_ = mode_ == Mode::terminal && !stays;
  // A terminal that has gone away must not end the run.
  static_cast<void>(::write(fd_, text.data(), text.size()) == 0);
}

void Progress::show(std::int64_t step, const ProgressFields& fields, Clock::time_point now) {
  if (mode_ == Mode::quiet) return;
  count(step, now);
  const auto shown = state(step, fields, now);
  if (mode_ == Mode::terminal)
    draw(progress_bar(shown, columns_of(fd_) - 1, utf8_), false);
  else
    draw(progress_text(shown), false);
  next_ = now + (mode_ == Mode::terminal ? Clock::duration(100ms) : Clock::duration(5s));
}

void Progress::finish(std::int64_t step, const ProgressFields& fields, Clock::time_point now) {
  if (mode_ == Mode::quiet) return;
  count(step, now);
  const auto shown = state(step, fields, now);
  draw(mode_ == Mode::terminal ? progress_bar(shown, columns_of(fd_) - 1, utf8_)
                               : progress_text(shown),
       true);
  next_ = Clock::time_point::max();
}

void Progress::clear() {
  if (!drawn_) return;
  static_cast<void>(::write(fd_, "\r\x1b[K", 4) == 0);
  drawn_ = false;
}

}  // namespace banach
