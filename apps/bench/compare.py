# SPDX-License-Identifier: Apache-2.0
"""Steps of Banach against the same steps of its peers, alternating within one run, one thread each; writes
the table of ratios into docs/benchmarks.md and README.md.

    python3 apps/bench/compare.py [--only=TEXT] [PYTHON...]

Peers are those that the given interpreters can import (python3 without any): PyTorch, JAX, DeepXDE and
neuraloperator. Needs a build with -DBANACH_BENCH=ON, and half an hour of a machine that does nothing else.
`--only` prints the rows that have TEXT in their names (DGM, FNO) and writes nothing: a table is of one machine."""
import argparse
import pathlib
import platform
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
bench = root / "apps" / "bench"
programs = root / "build" / "bin"
heat = ["bench_step", "plugins/problems/heat_primer.toml"]

# What is timed, the program with its arguments, and scripts of the peers.
rows = [
    ("heat, 3 x 32, 64 points, float32", heat, "--",
     {"torch": "heat_step.py", "jax": "heat_jax.py", "deepxde": "heat_deepxde.py"}),
    ("heat, 1024 points, float32", heat + ["sampling.points=1024"], "--",
     {"torch": "heat_step.py 1024", "jax": "heat_jax.py 1024", "deepxde": "heat_deepxde.py 1024"}),
    ("heat, 64 points, float64", heat + ["dtype=float64"], "--",
     {"torch": "heat_step.py float64", "jax": "heat_jax.py float64", "deepxde": "heat_deepxde.py float64"}),
    ("DGM, 4 layers of 128, FitzHugh-Nagumo, 128 points", ["bench_step", "apps/bench/dgm.toml"], "--",
     {"torch": "dgm_step.py"}),
    ("DeepONet, 64 functions x 1000 points, data", ["bench_operators", "deeponet"], None,
     {"torch": "operator_step.py deeponet"}),
    ("DeepONet, 64 functions x 1000 points, from an equation; peer: zero coordinate shift",
     ["bench_physics", "apps/bench/physics_deeponet.toml"], None, {"torch": "zcs_step.py"}),
    ("DeepONet, 64 functions x 1000 points, from an equation, malloc of the peer as it comes",
     ["bench_physics", "--malloc=default", "apps/bench/physics_deeponet.toml"], None, {"torch": "zcs_step.py"}),
]
for grid, modes in ((16, "6,7"), (64, "12,13"), (128, "12,13")):
    for malloc, note in (("ours", ""), ("default", ", malloc of the peer as it comes")):
        size = f"--grid={grid} --modes={modes}"
        rows.append((f"FNO, 16 functions of {grid} x {grid}, width 32, modes {modes}{note}",
                     ["bench_operators", "fno", *size.split(), f"--malloc={malloc}"], None,
                     {"torch": f"operator_step.py fno {size}", "neuralop": f"operator_step.py neuraloperator {size}"}))
names = {"torch": "PyTorch", "jax": "JAX", "deepxde": "DeepXDE", "neuralop": "neuraloperator"}


def peers(pythons):
    """[(module, version, interpreter)] of all that can be imported."""
    out = []
    for python in pythons:
        for module in names:
            # DeepXDE talks while it is imported.
            got = subprocess.run([python, "-c", f"import {module}; print('version', {module}.__version__)"],
                                 capture_output=True, text=True)
            version = re.search(r"^version (\S+)$", got.stdout, re.M)
            if version and (module, version[1]) not in [(m, v) for m, v, _ in out]:
                out.append((module, version[1], python))
    return out


def measure(command, divider, python, script):
    """(microseconds of a step, of the peer's, ratio), or None where the peer failed."""
    words = [str(programs / command[0]), *command[1:], *([divider] if divider else []), python,
             *str(bench / script).split()]
    got = subprocess.run(words, cwd=root, capture_output=True, text=True)
    found = re.search(r"banach (\d+) us/step.*?peer (\d+) us/step.*?ratio ([\d.]+)", got.stdout)
    if not found:
        print(" ".join(words), "gave no time:", (got.stdout + got.stderr)[-300:], file=sys.stderr)
        return None
    return int(found[1]), int(found[2]), float(found[3])


def time(microseconds):
    for unit, size in (("s", 10**6), ("ms", 10**3)):
        if microseconds >= size:
            return f"{microseconds / size:.3g} {unit}"
    return f"{microseconds} us"


def processor():
    """Its name, and the largest vectors that it has."""
    info = {key.strip(): value.strip() for key, _, value in
            (line.partition(":") for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines())}
    flags = info.get("flags", "").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "no AVX2")
    return f"{info.get('model name', platform.processor())} ({vectors})"


def replace(path, table):
    text = path.read_text()
    begin, end = "<!-- benchmarks -->\n", "<!-- end of benchmarks -->"
    before, rest = text.split(begin)
    path.write_text(before + begin + table + end + rest.split(end)[1])


def main():
    parser = argparse.ArgumentParser(description="Steps of Banach against those of its peers.")
    parser.add_argument("--only", default="", metavar="TEXT", help="print these rows, write nothing")
    parser.add_argument("python", nargs="*", help="interpreters that have the peers (python3)")
    arguments = parser.parse_args()
    wanted = [row for row in rows if arguments.only in row[0]]
    if not wanted:
        parser.error(f"no row has \"{arguments.only}\" in its name; there are: " + "; ".join(r[0] for r in rows))
    found = peers(arguments.python or ["python3"])
    heads = [f"{names[m]} {v}" for m, v, _ in found]
    lines = ["| step | Banach | " + " | ".join(heads) + " |", "|---|---|" + "---|" * len(found)]
    for title, command, divider, scripts in wanted:
        got = [measure(command, divider, p, scripts[m]) if m in scripts else None for m, _, p in found]
        own = sorted(g[0] for g in got if g)
        if not own:
            continue
        cells = [f"{time(g[1])} (**{g[2]:.1f}x**)" if g else "" for g in got]
        lines.append(f"| {title} | {time(own[len(own) // 2])} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    lines += ["", f"Medians of CPU time for one training step on one thread of: {processor()}; in brackets the peer's "
              "time over", "Banach's, the median of rounds that alternate. Written by `python3 apps/bench/compare.py`.", ""]
    if arguments.only:
        return
    for path in (root / "docs" / "benchmarks.md", root / "README.md"):
        replace(path, "\n".join(lines))


if __name__ == "__main__":
    main()
