#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""optimizers.py PROBLEM...: the end of optimizers.md from docs/optimizers/PROBLEM.csv (bench_optimizers), on
stdout, and a picture docs/optimizers/PROBLEM.png: median error over the seeds against median CPU seconds, with the
range of the seeds in the same colour."""
import csv
import math
import pathlib
import statistics
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent / "optimizers"
targets = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8]
# Label, colour, dash of what the pictures show; the tables have all.
styles = {
    "adam": ("Adam", "#7f7f7f", 1),
    "soap": ("SOAP", "#e69f00", 1),
    "lbfgs": ("L-BFGS", "#8c564b", 2),
    "ssbroyden": ("SSBroyden", "#0072b2", 1),
    "levenberg_marquardt": ("Levenberg-Marquardt", "#d62728", 1),
    "natural_gradient": ("natural gradient", "#2ca02c", 4),
    "variable_projection": ("variable projection", "#cc79a7", 1),
    "random_features": ("random features", "#000000", 1),
}

head = """set terminal pngcairo enhanced size 1000,520 font 'Sans,11' background '#ffffff'
set logscale xy
set format x '%g'
set format y '10^{%T}'
set xlabel 'CPU seconds'
set ylabel 'relative L2 error'
set grid back linetype 1 linecolor '#dddddd' linewidth 0.7
set border 3 linecolor '#555555'
set tics nomirror out
set rmargin 24
unset key"""


def about(problem):
    """What the study says of itself."""
    lines = open(here.parents[1] / "plugins/problems/studies/optimizers" / f"{problem}.toml").read().splitlines()
    return "\n".join(line[2:] for line in lines if line.startswith("# ") and "Sample run" not in line)


def read(problem):
    """{configuration: [[(step, seconds, error), ...] of each seed]}"""
    out = {}
    with open(here / f"{problem}.csv") as file:
        for row in csv.DictReader(file):
            name = row["configuration"].replace(f"{problem}_random_features", "random_features")
            seeds = out.setdefault(name, {})
            seeds.setdefault(row["seed"], []).append((int(row["step"]), float(row["seconds"]), float(row["error"])))
    return {name: list(seeds.values()) for name, seeds in out.items()}


def median_curve(seeds):
    """[(seconds, error, least, largest)] at every step that a seed has measured; one that has ended stays as it is."""
    out = []
    for step in sorted({row[0] for rows in seeds for row in rows}):
        there = [[row for row in rows if row[0] <= step][-1] for rows in seeds if rows[0][0] <= step]
        if len(there) < len(seeds):
            continue
        errors = [row[2] for row in there]
        out.append((statistics.median(row[1] for row in there), statistics.median(errors), min(errors), max(errors)))
    return out


def seconds_text(seconds):
    return f"{seconds:.3f}" if seconds < 0.1 else f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"


def time_to(seeds, target):
    """Median over the seeds of the seconds of the first error below the target; - where not every one came there."""
    times = [next((row[1] for row in rows if row[2] <= target), None) for rows in seeds]
    return "-" if None in times else seconds_text(statistics.median(times))


def last(seeds, column):
    return statistics.median(rows[-1][column] for rows in seeds)


def table(curves):
    reached = min(row[2] for seeds in curves.values() for rows in seeds for row in rows)
    shown = [t for t in targets if t >= reached]
    print("\n| optimizer | " + " | ".join(f"{t:.0e}" for t in shown) + " | error | at seconds | steps |\n" +
          "|---" * (len(shown) + 4) + "|")
    for name, seeds in sorted(curves.items(), key=lambda item: last(item[1], 2)):
        print("|", " | ".join([name] + [time_to(seeds, t) for t in shown] +
                              [f"{last(seeds, 2):.1e}", seconds_text(last(seeds, 1)), f"{last(seeds, 0):.0f}"]), "|")


def label_heights(ends, gap):
    """Heights in [0, 1] near those of the ends, in the same order, at least a gap apart."""
    order = sorted(range(len(ends)), key=lambda i: ends[i])
    out = [min(max(end, 0.02), 0.98) for end in ends]
    for _ in range(200):
        for a, b in zip(order, order[1:]):
            overlap = gap - (out[b] - out[a])
            if overlap > 0:
                out[a], out[b] = out[a] - overlap / 2, out[b] + overlap / 2
        out = [y + max(0.02 - out[order[0]], 0) + min(0.98 - out[order[-1]], 0) for y in out]
    return out


def picture(problem, curves):
    drawn = {name: median_curve(seeds) for name, seeds in curves.items() if name in styles}
    rows = [row for curve in drawn.values() for row in curve]
    x = [min(row[0] for row in rows) / 1.2, max(row[0] for row in rows) * 1.2]
    x[0] = max(x[0], x[1] / 2000)
    low = math.floor(math.log10(min(row[1] for row in rows)))
    high = math.log10(2 * max(row[1] for row in rows))
    ends = [(math.log10(curve[-1][1]) - low) / (high - low) for curve in drawn.values()]
    heights = label_heights(ends, 0.055)
    script = [head, f"set output '{here / problem}.png'", f"set xrange [{x[0]}:{x[1]}]",
              f"set yrange [1e{low}:{10 ** high}]"]
    bands, lines = [], []
    for number, (name, curve) in enumerate(drawn.items()):
        text, colour, dash = styles[name]
        script.append(f"$c{number} << END\n" + "\n".join(" ".join(f"{v:.5g}" for v in row) for row in curve) + "\nEND")
        script.append(f"set label '{text}' at graph 1.03, graph {heights[number]:.3f} textcolor rgb '{colour}'")
        script.append(f"set arrow from {curve[-1][0]:.5g},{curve[-1][1]:.5g} to graph 1.025, graph "
                      f"{heights[number]:.3f} nohead linecolor rgb '{colour}' linewidth 0.8 dashtype 3")
        if len(curve) > 1:
            bands.append(f"$c{number} using 1:3:4 with filledcurves fillcolor rgb '{colour}' "
                         "fillstyle transparent solid 0.12 noborder")
            lines.append(f"$c{number} using 1:2 with lines linewidth 2 dashtype {dash} linecolor rgb '{colour}'")
        mark = "" if len(curve) <= 8 else f" every ::{len(curve) - 1}"
        lines.append(f"$c{number} using 1:2{mark} with points pointtype 7 pointsize 0.9 linecolor rgb '{colour}'")
    script.append("plot " + ", \\\n  ".join(bands + lines))
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True)
    subprocess.run([sys.executable, here.parent / "shrink.py", here / f"{problem}.png"], check=True)


for problem in sys.argv[1:]:
    curves = read(problem)
    picture(problem, curves)
    print(f"\n### [{problem}](../plugins/problems/studies/optimizers/{problem}.toml)\n{about(problem)}\n"
          f"Seeds in the table: {max(len(seeds) for seeds in curves.values())}.")
    table(curves)
    print(f"\n![{problem}: error against CPU seconds](optimizers/{problem}.png)")
