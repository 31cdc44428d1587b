#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The pages of the catalog, from what the plugins say of themselves:
#   docs/make.sh pages     writes the pages anew
#   docs/make.sh configuration  the reference of all TOML keys alone, on standard output
#   docs/make.sh gallery   also trains every ready configuration with seed 0 on one core (in build/gallery,
#                          where finished runs are kept), draws it, and writes gallery.md
#   docs/make.sh operators trains plugins/operators/*.toml likewise (in build/gallery-operators), draws them, and
#                          writes the end of operators.md; `operators finished` takes what is there and trains nothing
#   docs/make.sh derivatives, docs/make.sh optimizers
#                          run the studies behind derivatives.md and optimizers.md (a build with -DBANACH_BENCH=ON)
#                          and write their ends; with `finished` from what is there already
#   docs/make.sh optimizers PROBLEM...   runs these problems of the study anew
# Needs a finished build, and for the gallery gnuplot and python3.
set -euo pipefail
cd "$(dirname "$0")/.."
banach=${BANACH:-build/bin/banach}
runs=build/gallery
operator_runs=build/gallery-operators

fail() {
  echo "make.sh: $*" >&2
  exit 1
}

# names FOLDER: of the plugins there.
names() { basename -s .cpp -a plugins/"$1"/*.cpp; }

# configurations KIND NAME: the ready TOML files that use the problem, architecture (also as the branch or trunk
# of another one) or generator NAME.
configurations() {
  local file table tables=("$1")
  [[ $1 != architecture ]] || tables+=(architecture.branch architecture.trunk)
  [[ $1 != generator ]] || tables=(dataset.generate)
  for file in plugins/problems/*.toml plugins/operators/*.toml; do
    for table in "${tables[@]}"; do
      [[ $(type_of "$table" "$file") != "$2" ]] || echo "$file"
    done
  done
}

# type_of TABLE FILE: the `type` of a table, of the file or of that which it extends.
type_of() {
  local type base
  type=$(awk -v table="[$1]" '/^\[/ { inside = $1 == table } inside && $1 == "type" { gsub(/"/, "", $3); print $3 }' "$2")
  base=$(awk '$1 == "extends" { gsub(/"/, "", $3); print $3 }' "$2")
  [[ -z $type && -n $base ]] && type_of "$1" "$(dirname "$2")/$base" || echo "$type"
}

# comment FILE: what a configuration says of itself before its first line.
comment() {
  awk '!/^#/ { exit } !/Sample run/ { sub(/^# ?/, ""); print }' "$1" | sed -E 's/([*<|])/\\\1/g'
}

# ready FOLDER KIND NAME: the configurations that use it; with pictures, unless NAME has one of its own.
ready() {
  local file name picture
  for file in $(configurations "$2" "$3"); do
    name=$(basename -s .toml "$file")
    if [[ $1 == architectures && -n $(showcase "$3") ]]; then
      printf -- '- [%s.toml](../../%s): ' "$name" "$file"
      comment "$file" | sed -E '/^(.*[.:;])( .*)?$/ { s//\1/; q }' | paste -sd ' ' | sed -E 's/[:;]$/./'
      continue
    fi
    printf '\n### [%s.toml](../../%s)\n' "$name" "$file"
    comment "$file"
    picture=../$(basename "$(dirname "$file")")/$name.png
    [[ ! -f docs/$1/$picture ]] || printf '\n![%s](%s)\n' "$name" "${picture#"../$1/"}"
  done
}

# showcase ARCHITECTURE: a configuration and overrides that show what it does; nothing where it is for operators.
showcase() {
  case $1 in
    fno | deeponet | pod | linear | multi_stage) ;;
    periodic) echo 'burgers architecture={type="periodic",axes=["x"]} stage.0.steps=2000' ;;
    neural_ode_adaptive) echo 'regression architecture={type="neural_ode_adaptive"} stage.0.steps=2000' ;;
    dgm) echo 'heat architecture={type="dgm",width=32,layers=2} stage.0.steps=2000' ;;
    *) echo "heat architecture={type=\"$1\"} stage.0.steps=2000" ;;
  esac
}

# show NAME: trains the showcase of an architecture, where that is not done, and draws it.
show() {
  local words run=$runs/architecture.$1
  read -r -a words <<<"$(showcase "$1")"
  ((${#words[@]} > 0)) || return 0
  "$banach" train "plugins/problems/${words[0]}.toml" "${words[@]:1}" threads=1 --quiet --json --out "$run" >"$scratch"
  "$banach" plot "$run" --width 880 --force --out "docs/architectures/$1.png" >/dev/null
  python3 docs/shrink.py "docs/architectures/$1.png"
}

# page FOLDER KIND NAME: the page of one entry.
page() {
  local text=plugins/$1/$3.md list
  [[ -f $text ]] || fail "$text is missing"
  [[ $(head -c 2 "$text") == "# " ]] || printf '# %s\n\n' "$3"
  cat "$text"
  echo
  "$banach" describe "$2.$3" --markdown
  if [[ $1 == architectures && -f docs/architectures/$3.png && -n $(showcase "$3") ]]; then
    printf '\n`banach train plugins/problems/%s`:\n\n![%s](%s.png)\n' \
      "$(showcase "$3" | sed -E "s/ (architecture=[^ ]+)/.toml '\\1'/")" "$3" "$3"
  fi
  list=$(ready "$@")
  [[ -z $list ]] || printf '\n## Ready configurations\n%s\n' "$list"
}

# index FOLDER: a list of its pages, with what the catalog says of each.
index() {
  local name
  for name in $(names "$1"); do
    printf -- '- [`%s`](%s/%s.md): %s\n' "$name" "$1" "$name" \
      "$(awk -v heading="## ${1%s} \`$name\`" '$0 == heading { getline; print }' "docs/$1/$name.md")"
  done
}

# users GENERATOR: the ready configurations that learn from its samples.
users() {
  local file list=""
  for file in $(configurations generator "$1"); do
    list+="${list:+, }[$(basename "$file")](../$file)"
  done
  [[ -z $list ]] || printf '\nUsed by %s.\n' "$list"
}

# generators: the page of all of them.
generators() {
  local name
  printf '# Generators\n\nWritten by `docs/make.sh`. `banach generate FILE.toml` writes a data set as HDF5: one dataset for every variable,\n'
  printf '`[sample, axes...]`, with its coordinates attached. Sample i depends on the seed and on i alone, not on threads, nor on\n'
  printf 'how often the command was stopped and called again.\n\n'
  "$banach" generate --help | sed 's/^/    /; s/ *$//'
  printf '\nThe table `[generator]` has, beside the parameters of the generator:\n\n'
  printf '| parameter | default | meaning |\n|---|---|---|\n'
  printf '| `type` | | a generator by its name |\n| `samples` | `1000` | how many |\n| `seed` | `0` | of the random streams |\n'
  printf '| `dtype` | `"float32"` | numbers in the file, or `"float64"` |\n| `file` | the name with .h5 | relative to the TOML file |\n'
  for name in $(names generators); do
    [[ -f plugins/generators/$name.md ]] || fail "plugins/generators/$name.md is missing"
    printf '\n'
    "$banach" describe "generator.$name" --markdown >"$scratch"
    sed -E "1s/.*/## $name/" "$scratch" | sed -n 1,3p
    cat "plugins/generators/$name.md"
    printf '\n'
    sed 1,3d "$scratch"
    [[ ! -f plugins/generators/$name.toml ]] ||
      printf '\nReady: [%s.toml](../plugins/generators/%s.toml).\n' "$name" "$name"
    users "$name"
  done
}

# configuration: the reference of all TOML keys, with the parameters of what has no page of its own.
configuration() {
  local kind
  cat core/training/configuration.md
  echo
  "$banach" describe configuration --markdown
  for kind in optimizer schedule sampler; do
    printf '\n'
    "$banach" describe "$kind" --markdown
  done
}

pages() {
  local name
  mkdir -p docs/problems docs/architectures
  for name in $(names problems); do page problems problem "$name" >"docs/problems/$name.md"; done
  for name in $(names architectures); do page architectures architecture "$name" >"docs/architectures/$name.md"; done
  {
    printf '# Catalog\n\nWritten by `docs/make.sh`: what every plugin says of itself, and what its author wrote beside it.\n'
    printf 'The [gallery](gallery.md) shows what the ready configurations reach. Guides: [learn an operator](operators.md),\n'
    printf '[bring your own HDF5](data.md), [measured values](observations.md), [which optimizer for what](optimizers.md),\n'
    printf '[exact derivatives against differences](derivatives.md), [write a plugin](plugins.md),\n'
    printf '[what is loaded and run](security.md).\n'
    printf 'Reference: [every key of a TOML file](configuration.md).\n'
    printf '\n## Problems\n'
    index problems
    printf '\n## Architectures\n'
    index architectures
    printf '\n## Generators\n[Generators](generators.md) of training data for operators.\n'
  } >docs/README.md
  generators >docs/generators.md
  configuration >docs/configuration.md
}

# train NAME: the run in build/gallery/NAME, as far as it is not done; anew where the configuration has changed.
train() {
  local run=$runs/$1 changed=73
  local command=("$banach" train "plugins/problems/$1.toml" --seed 0 threads=1 --quiet --json --out "$run")
  if [[ -e $run/resolved.toml && ! -e $run/result.json ]]; then
    "$banach" train --resume "$run" --quiet --json
  else
    "${command[@]}" || { (($? == changed)) && "${command[@]}" --force; }
  fi >"$scratch"
}

# row NAME: its line of the table, from the result of the run.
row() {
  python3 - "$1" "$(type_of problem "$runs/$1/resolved.toml")" \
    "$(type_of architecture "$runs/$1/resolved.toml")" "$scratch" <<'PYTHON'
import json
import sys

name, problem, architecture, file = sys.argv[1:]
with open(file) as result:
    result = json.load(result)
unknowns = result["unknowns"].items()
known = [f"{n} = {c['value']:.4g}" for n, c in result["coefficients"].items()]
print("|", " | ".join([
    f"[{name}](../plugins/problems/{name}.toml)",
    f"[{problem}](problems/{problem}.md)",
    f"[{architecture}](architectures/{architecture}.md)",
    "<br>".join(f"{u}: {e['mae']:.1e}" for u, e in unknowns),
    "<br>".join(f"{u}: {e['relative_l2']:.1e}" for u, e in unknowns),
    "<br>".join(known),
    f"{result['train_seconds']:.0f}",
    str(result["steps"]),
]), "|")
PYTHON
}

gallery() {
  local name configured
  configured=$(basename -s .toml -a plugins/problems/*.toml)
  mkdir -p "$runs" docs/problems
  {
    printf '# Gallery\n\nEvery ready configuration, trained with seed 0 and one thread by `docs/make.sh gallery`. Errors refer to the exact\n'
    printf 'solution, or to the reference of the problem, on the points of `[evaluate]`. Seconds are wall time of the\n'
    printf 'training, beside whatever else the machine did.\n\n'
    printf '| configuration | problem | architecture | mean absolute error | relative L2 error | found | seconds | steps |\n'
    printf '|---|---|---|---|---|---|---|---|\n'
    for name in $configured; do
      echo "$name" >&2
      train "$name"
      row "$name"
      "$banach" plot "$runs/$name" --width 880 --force --out "docs/problems/$name.png" >/dev/null
      python3 docs/shrink.py "docs/problems/$name.png"
    done
    for name in $(names architectures); do
      echo "architecture $name" >&2
      show "$name"
    done
    for name in $configured; do printf '\n## %s\n![%s](problems/%s.png)\n' "$name" "$name" "$name"; done
  } >"$scratch.md"
  mv "$scratch.md" docs/gallery.md
}

# operator_row NAME: its line of the table of operators, from result.json of the run.
operator_row() {
  python3 - "$1" "$(type_of architecture "$operator_runs/$1/resolved.toml")" "$operator_runs/$1/result.json" <<'PYTHON'
import json
import sys

name, architecture, file = sys.argv[1:]
with open(file) as result:
    result = json.load(result)
baselines = [f"{method}: {errors['relative_l2']:.1e}" for method, unknowns in result.get("baselines", {}).items()
             for errors in unknowns.values()]
print("|", " | ".join([
    f"[{name}](#{name})",
    architecture,
    "<br>".join(f"{u}: {e['relative_l2']:.1e}" for u, e in result["unknowns"].items()),
    "<br>".join(baselines),
    " x ".join(str(n) for n in result["resolution"].values()),
    str(result["samples"]),
    f"{result['train_seconds']:.0f}",
    str(result["steps"]),
]), "|")
PYTHON
}

# operators [finished]: the gallery of operators.
operators() {
  local name names=() pages=docs/operators.md
  mkdir -p "$operator_runs" docs/operators
  for name in $(basename -s .toml -a plugins/operators/*.toml); do
    if [[ ${1-} != finished && ! -f $operator_runs/$name/result.json ]]; then
      echo "$name" >&2
      "$banach" train "plugins/operators/$name.toml" --seed 0 threads=1 --quiet --out "$operator_runs/$name" >&2
    fi
    [[ ! -f $operator_runs/$name/result.json ]] || names+=("$name")
  done
  {
    awk '/^## Gallery/ { exit } { print }' "$pages"
    printf '## Gallery\nConfigurations in `plugins/operators/`, trained with one thread; written by `docs/make.sh operators`. Relative L2\n'
    printf 'errors are those of the test samples. Seconds are wall time of the training, beside whatever else the machine did.\n\n'
    printf '| configuration | architecture | relative L2 error | without a network | points | samples | seconds | steps |\n'
    printf '|---|---|---|---|---|---|---|---|\n'
    for name in "${names[@]}"; do operator_row "$name"; done
    for name in "${names[@]}"; do
      "$banach" plot "$operator_runs/$name" --width 880 --force --out "docs/operators/$name.png" >/dev/null
      python3 docs/shrink.py "docs/operators/$name.png"
      printf '\n### %s\n%s\n\n`banach train plugins/operators/%s.toml`:\n\n![%s](operators/%s.png)\n' "$name" \
        "$(comment "plugins/operators/$name.toml")" "$name" "$name" "$name"
    done
  } >"$scratch.md"
  mv "$scratch.md" "$pages"
}

# derivatives_picture FOLDER: spectra and curves of the study of derivatives, one row per equation.
derivatives_picture() {
  gnuplot <<GNUPLOT
set terminal pngcairo enhanced size 1180,640 font 'Sans,9' background '#ffffff'
set output 'docs/derivatives.png'
set datafile separator ','
set multiplot layout 2,4
set logscale y
set format y '10^{%T}'
set grid back linetype 1 linecolor '#dddddd' linewidth 0.7
set border linecolor '#555555'
set tics nomirror out
set key below samplen 1.5
variants = 'exact h=1e-2 h=1e-3 h=1e-4'
colours = '#000000 #1b9e77 #d95f02 #7570b3'
do for [equation in 'poisson biharmonic'] {
  set title equation.', 200 features: singular values'
  set xlabel 'number'
  plot for [i=1:4] '$1/'.equation.'_features.'.word(variants, i).'.start.csv' using 1:2 with lines lw 1.6 lc rgb word(colours, i) title word(variants, i)
  set title equation.', network: eigenvalues of J J^T'
  plot for [i=1:4] '$1/'.equation.'_lm.'.word(variants, i).'.start.csv' using 1:(column(2)**2) with lines lw 1.6 lc rgb word(colours, i) title word(variants, i)
  set xlabel 'steps'
  set title equation.', Adam: relative L2 error'
  plot for [i=1:4] '$1/'.equation.'_adam.'.word(variants, i).'.curve.csv' using 1:3 with lines lw 1.6 lc rgb word(colours, i) title word(variants, i)
  set title equation.', LM: relative L2 error'
  plot for [i=1:4] '$1/'.equation.'_lm.'.word(variants, i).'.curve.csv' using 1:3 with lines lw 1.6 lc rgb word(colours, i) title word(variants, i)
}
GNUPLOT
  python3 docs/shrink.py docs/derivatives.png
}

# derivatives [finished]: the study of derivatives, its picture and the tables at the end of derivatives.md.
derivatives() {
  local page=docs/derivatives.md study=build/derivatives
  [[ ${1-} == finished ]] || build/bin/bench_derivatives "$study" plugins/problems/studies/derivatives/*.toml >&2
  derivatives_picture "$study"
  {
    awk '{ print } /^## Measured/ { exit }' "$page"
    python3 - "$study/summary.csv" <<'PYTHON'
import csv
import sys

with open(sys.argv[1]) as file:
    rows = list(csv.DictReader(file))
short = lambda text: f"{float(text):.1e}" if text else ""


def table(which, heads, cells):
    print("| equation | derivatives | " + " | ".join(heads) + " |\n" + "|---" * (len(heads) + 2) + "|")
    for row in rows:
        equation, kind = row["name"].split("_")
        if kind == which:
            print("|", " | ".join([equation, row["derivatives"]] + cells(row)), "|")


numbers = [f"s_{k}" for k in (1, 20, 40, 80)]
print("\n### 200 frozen features: singular values of the matrix and the solution\n")
table("features", numbers + ["counted", "entropy", "largest error"],
      lambda r: [short(r[f"start.{k}"]) for k in (1, 20, 40, 80)] +
      [r["start.counted"], r["start.entropy"], short(r["max_error"])])
for which, title in (("adam", "Adam, 3 000 steps"), ("lm", "Levenberg and Marquardt, 60 steps at most")):
    print(f"\n### Network, {title}: Jacobian before and after, and the solution\n")
    table(which, ["counted", "entropy", "counted after", "entropy after", "loss", "relative L2 error"],
          lambda r: [r["start.counted"], r["start.entropy"], r["end.counted"], r["end.entropy"],
                     short(r["loss"]), short(r["relative_l2"])])
PYTHON
  } >"$scratch.md"
  mv "$scratch.md" "$page"
}

# optimizers [finished | PROBLEM...]: errors against CPU seconds, the end of optimizers.md; without a word all problems.
optimizers() {
  local page=docs/optimizers.md study=build/optimizers problem all
  all=(heat fredholm fitzhugh_nagumo burgers allen_cahn)
  mkdir -p "$study" docs/optimizers
  [[ ${1-} == finished ]] || for problem in "${@:-${all[@]}}"; do
    build/bin/bench_optimizers "$study/$problem.csv" 3 20 "plugins/problems/studies/optimizers/$problem.toml" \
      "plugins/problems/${problem}_random_features.toml" >&2
    cp "$study/$problem.csv" docs/optimizers/
  done
  {
    awk '{ print } /^## Measured/ { exit }' "$page"
    python3 docs/optimizers.py "${all[@]}"
  } >"$scratch.md"
  mv "$scratch.md" "$page"
}

[[ -x $banach ]] || fail "$banach is missing; build it: cmake --preset default && cmake --build --preset default"
scratch=$(mktemp)
trap 'rm -f "$scratch" "$scratch.md"' EXIT
case ${1-} in
  pages) pages ;;
  configuration) configuration ;;
  gallery) gallery && pages ;;
  operators) operators "${2-}" ;;
  derivatives) derivatives "${2-}" ;;
  optimizers) optimizers "${@:2}" ;;
  *) fail "say pages, configuration, gallery, operators, derivatives or optimizers" ;;
esac
