// SPDX-License-Identifier: Apache-2.0
#include "tests/run/fault/power_loss.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <map>

#include "core/run/atomic_file.hpp"
#include "tests/run/fault/check.hpp"

namespace banach::fault {
namespace {

namespace fs = std::filesystem;

enum class Unsynced { lost, zeros, half, all };

struct Inode {
  std::string durable, current;
};

/// What a directory operation leaves behind: names that appear and names that go.
struct DirectoryChange {
  std::map<std::string, int> set;
  std::vector<std::string> erased;
};

using Directory = std::map<std::string, int>;

void perform(Directory& directory, const DirectoryChange& change) {
  for (const auto& name : change.erased) directory.erase(name);
  for (const auto& [name, inode] : change.set) directory[name] = inode;
}

class Disk {
 public:
  explicit Disk(fs::path folder) : folder_(std::move(folder)) {}

  void replay(const Event& event) {
    const auto fd = event.head.fd;
    const auto name = fs::path(event.a).filename().string();
    switch (event.head.kind) {
      case 'd':
      case 'o':
        return open(event, name);
      case 'w':
        inodes_[static_cast<std::size_t>(open_[fd])].current += event.a;
        return;
      case 's':
        return sync(open_[fd]);
      case 'c':
        open_.erase(fd);
        return;
      case 'r': {
        const auto target = fs::path(event.b).filename().string();
        return change({{{target, now_.at(name)}}, {name}});
      }
      case 'u':
        return change({{}, {name}});
    }
  }

  /// Which of the pending changes may be on the disk: all subsets of a few, else every beginning
  /// and all but one.
  std::vector<std::vector<bool>> survivors() const {
    const auto n = pending_.size();
    std::vector<std::vector<bool>> chosen;
    if (n <= 4) {
      for (unsigned bits = 0; bits < 1u << n; ++bits) {
        chosen.emplace_back(n);
        for (std::size_t i = 0; i < n; ++i) chosen.back()[i] = bits >> i & 1;
      }
      return chosen;
    }
    for (std::size_t k = 0; k <= n; ++k) {
      chosen.emplace_back(n);
      for (std::size_t i = 0; i < k; ++i) chosen.back()[i] = true;
    }
    for (std::size_t k = 0; k + 1 < n; ++k) {
      chosen.emplace_back(n, true);
      chosen.back()[k] = false;
    }
    return chosen;
  }

  void lay_out(const fs::path& target, const std::vector<bool>& survives, Unsynced data) const {
    auto directory = synced_;
    for (std::size_t i = 0; i < survives.size(); ++i)
      if (survives[i]) perform(directory, pending_[i]);
    for (const auto& entry : fs::directory_iterator(target)) fs::remove(entry.path());
    for (const auto& [name, inode] : directory)
      std::ofstream(target / name, std::ios::binary)
          << content(inodes_[static_cast<std::size_t>(inode)], data);
  }

 private:
  static constexpr int folder_inode = -1;

  static std::string content(const Inode& inode, Unsynced data) {
    if (inode.durable == inode.current || data == Unsynced::lost) return inode.durable;
    if (data == Unsynced::all) return inode.current;
    const bool grown = inode.current.compare(0, inode.durable.size(), inode.durable) == 0;
    const auto kept = grown ? inode.durable.size() : 0;
    const auto rest = inode.current.size() - kept;
    if (data == Unsynced::half) return inode.current.substr(0, kept + rest / 2);
    return inode.current.substr(0, kept) + std::string(rest, '\0');
  }

  void open(const Event& event, const std::string& name) {
    if (fs::path(event.a) == folder_) {
      open_[event.head.fd] = folder_inode;
      return;
    }
    if (now_.count(name) == 0) {
      change({{{name, static_cast<int>(inodes_.size())}}, {}});
      inodes_.emplace_back();
    }
    open_[event.head.fd] = now_.at(name);
    if (event.head.flags & O_TRUNC)
      inodes_[static_cast<std::size_t>(now_.at(name))].current.clear();
  }

  void sync(int inode) {
    if (inode != folder_inode) {
      auto& file = inodes_[static_cast<std::size_t>(inode)];
      file.durable = file.current;
      return;
    }
    synced_ = now_;
    pending_.clear();
  }

  void change(DirectoryChange change) {
    perform(now_, change);
    pending_.push_back(std::move(change));
  }

  fs::path folder_;
  std::vector<Inode> inodes_;
  Directory synced_, now_;
  std::vector<DirectoryChange> pending_;
  std::map<int, int> open_;
};

}  // namespace

std::vector<Event> read_trace(const fs::path& path) {
  const auto bytes = read_file(path);
  const auto text = ByteView(bytes).text();
  std::vector<Event> events;
  for (std::size_t place = 0; place < text.size();) {
    Event event;
    std::memcpy(&event.head, text.data() + place, sizeof event.head);
    place += sizeof event.head;
    event.a = text.substr(place, event.head.a_size);
    event.b = text.substr(place + event.head.a_size, event.head.b_size);
    place += event.head.a_size + event.head.b_size;
    events.push_back(std::move(event));
  }
  return events;
}

PowerLossResult power_loss(const std::string& kind, const std::vector<Event>& trace,
                           const fs::path& folder, const fs::path& scratch) {
  Disk disk(folder);
  Promises promises;
  PowerLossResult result;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    if (trace[i].head.kind == 'a')
      promises.take(trace[i].a);
    else
      disk.replay(trace[i]);
    for (const auto& survives : disk.survivors())
      for (const auto data : {Unsynced::lost, Unsynced::zeros, Unsynced::half, Unsynced::all}) {
        disk.lay_out(scratch, survives, data);
        const auto wrong = broken_promise(kind, scratch, promises);
        ++result.states;
        if (wrong.empty()) continue;
        ++result.lost;
        if (result.first_loss.empty())
          result.first_loss = fmt::format("after call {} of {}: {}", i + 1, trace.size(), wrong);
      }
  }
  return result;
}

}  // namespace banach::fault
