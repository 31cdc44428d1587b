# SPDX-License-Identifier: Apache-2.0
# Sourced by demo.sh and test.sh: packages, configuration, build. Each step is skipped when done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(g++ cmake ninja-build libtorch-dev libhdf5-dev libboost-dev libtomlplusplus-dev
  libcli11-dev libfmt-dev nlohmann-json3-dev libgtest-dev libssl-dev libfftw3-dev liblzf-dev)
run_packages=(libopenblas0 gnuplot-nox)  # speed, and pictures
test_packages=(python3-h5py)             # an independent reader of what predict writes

say() { printf '== %s\n' "$*"; }

give_up() {  # exit code, one line
  printf '%s\n' "$2" >&2
  exit "$1"
}

# missing_packages NAME...: those that dpkg does not list as installed.
missing_packages() {
  local installed name
  installed=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' "$@" 2>/dev/null || true)"
  for name in "$@"; do
    [[ $installed == *" installed=$name "* ]] || printf '%s\n' "$name"
  done
}

# Sets as_root to the words that let apt-get run as root here; fails where nothing does.
find_root() {
  as_root=()
  if ((EUID == 0)); then return; fi
  command -v sudo >/dev/null || return 1
  if sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  elif [[ -t 0 && -t 2 && -z ${CI:-} ]]; then  # somebody is there to type a password
    as_root=(sudo)
  else
    return 1
  fi
}

# install_packages NAME...: leaves the system alone when nothing is missing.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    foreign_system=1  # no packages to look up: the configuration tells whether all is there
    return
  fi
  local missing command apt
  missing=$(missing_packages "$@")
  [[ -n $missing ]] || return 0
  missing=${missing//$'\n'/ }
  command="sudo apt-get update && sudo apt-get install --no-install-recommends $missing"
  if ! find_root; then
    [[ -z $(missing_packages "${build_packages[@]}") ]] ||
      give_up 69 "Packages are missing; install them with: $command"
    say "going on without $missing; to have it: $command"
    return
  fi
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600)
  say "installing with apt-get (log: build/packages.log): $missing"
  mkdir -p build
  # shellcheck disable=SC2086  # one word per package
  if ! { "${apt[@]}" update || echo "update failed: going on with the lists at hand"
    "${apt[@]}" install -y --no-install-recommends $missing; } </dev/null >build/packages.log 2>&1; then
    grep '^E:' build/packages.log >&2 || true
    give_up 69 "apt-get could not install the packages; try: $command"
  fi
  rm -f build/.configured
}

configure() {
  local cache=build/CMakeCache.txt
  if [[ -f $cache ]] && ! { grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache" &&
    grep -qxF "CMAKE_GENERATOR:INTERNAL=Ninja" "$cache"; }; then
    say "build/ belongs to another place or generator: configuring anew"
    rm -rf "$cache" build/CMakeFiles build/.configured
  fi
  if [[ -f build/build.ninja && build/.configured -nt CMakePresets.json ]]; then return; fi
  say "configuring (cmake --preset default)"
  if ! { command -v cmake && command -v ninja; } >/dev/null || ! cmake --preset default; then
    [[ -z ${foreign_system:-} ]] || give_up 69 "Not a Debian or Ubuntu system; install what these\
 packages hold there, then repeat: ${build_packages[*]}"
    give_up 70 "The configuration failed: see the lines above."
  fi
  touch build/.configured
}

# As many compilers as memory allows: one that reads LibTorch's headers needs 1.5 GB.
jobs_for_memory() {
  local cores kib limit
  cores=$(nproc)
  kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)
  if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1024 < kib)); then kib=$((limit / 1024)); fi
  local jobs=$((kib / 1500000))
  if ((jobs > cores)); then jobs=$cores; fi
  printf '%s\n' $((jobs > 0 ? jobs : 1))
}

build() {
  local jobs
  jobs=$(jobs_for_memory)
  say "building (ninja -C build -j $jobs $1)"
  cmake --build build --target "$1" -j "$jobs" </dev/null
}
