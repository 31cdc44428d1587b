# SPDX-License-Identifier: Apache-2.0
"""Steps of this build against those of another build, of an earlier commit say: does a change make a step slower?

    python3 apps/bench/against.py [--rounds=31] [--only=TEXT] OTHER_BUILD

Every round asks this build, the other one and this build once more for the same number of steps, one thread each. The
table has the medians over the rounds of this build's CPU time for a step, of its ratio to the other build's, and of its
ratio to itself, which tells how far the machine can be trusted. Both builds need -DBANACH_BENCH=ON."""
import argparse
import os
import pathlib
import statistics
import subprocess

from compare import heat, root, time

# What is timed, the program with its arguments, and how many steps of it take about a tenth of a second.
rows = [
    ("heat, 3 x 32, 64 points, float32", heat + ["--"], 1000),
    ("heat, 1024 points, float32", heat + ["sampling.points=1024", "--"], 80),
    ("heat, 64 points, float64", heat + ["dtype=float64", "--"], 500),
    ("DGM, 4 layers of 128, FitzHugh-Nagumo, 128 points", ["bench_step", "apps/bench/dgm.toml", "--"], 25),
    ("DeepONet, 64 functions x 1000 points, data", ["bench_operators", "deeponet"], 25),
    ("DeepONet, 64 functions x 1000 points, from an equation",
     ["bench_physics", "apps/bench/physics_deeponet.toml"], 10),
    ("FNO, 16 functions of 16 x 16", ["bench_operators", "fno", "--grid=16", "--modes=6,7"], 12),
    ("FNO, 16 functions of 64 x 64", ["bench_operators", "fno", "--grid=64", "--modes=12,13"], 1),
    ("FNO, 16 functions of 128 x 128", ["bench_operators", "fno", "--grid=128", "--modes=12,13"], 1),
]


class Program:
    """A benchmark that waits for numbers of steps."""

    def __init__(self, build, words):
        # The path of the library that is linked into the program may be that of another build.
        self.process = subprocess.Popen([str(build / "bin" / words[0]), *words[1:], "--serve"], cwd=root, text=True,
                                        env={**os.environ, "LD_LIBRARY_PATH": str(build / "lib")},
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.microseconds(1)  # one after the other: they may generate the same data set

    def microseconds(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(self.process.args)} gave no time")
        return float(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(builds, words, steps, rounds):
    """Medians of (microseconds per step, ratio to the other build, ratio to itself)."""
    programs = [Program(build, words) for build in builds]
    got = []
    for number in range(rounds + 1):
        new, old, again = (p.microseconds(steps) for p in programs)
        if number > 0:  # the first round warms up
            got.append((new, new / old, again / new))
    for program in programs:
        program.end()
    return [statistics.median(column) for column in zip(*got)]


def main():
    parser = argparse.ArgumentParser(description="Steps of this build against those of another build.")
    parser.add_argument("--rounds", type=int, default=31, help="of which the medians are taken (31)")
    parser.add_argument("--only", default="", metavar="TEXT", help="rows with this in their names")
    parser.add_argument("build", type=pathlib.Path, help="the other build folder")
    arguments = parser.parse_args()
    build = root / "build"
    print("| step | this build | over the other | over itself |\n|---|---|---|---|")
    for title, words, steps in rows:
        if arguments.only in title:
            own, ratio, itself = measure([build, arguments.build.resolve(), build], words, steps, arguments.rounds)
            print(f"| {title} | {time(round(own))} | {ratio:.3f} | {itself:.3f} |", flush=True)


if __name__ == "__main__":
    main()
