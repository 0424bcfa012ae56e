"""Time and memory of `ingress2gw lint` against `ingress2gw convert` on the same Ingresses.

usage: lint.py PROGRAM [-n RUNS] [--rich] [COUNT...]

Runs alternate, so that a machine that slows down slows both. Linting does what converting does, writes no
objects, judges the findings and prints them: text looks up every source line, concise does not.
"""

import os
import subprocess
import sys
import tempfile

from timing import Side, machine, measure

GENERATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gen_ingresses.py")
COUNTS = (1000, 10000)
RUNS = 5


def row(name, count, side, other):
    print("%-14s %9d  %7.3f %13s %7.3f %8.1f %7.2f %7.2f" % (
        name, count, side.median(0), side.spread(), side.median(1), side.median(2) / (1 << 20),
        side.median(0) / other.median(0), side.median(1) / other.median(1)))


def compare(program, count, runs, folder, kind):
    path = os.path.join(folder, "ingresses-%d.yaml" % count)
    baseline = os.path.join(folder, "known-%d.json" % count)
    with open(path, "wb") as file:
        subprocess.run([sys.executable, GENERATOR, *kind, str(count)], stdout=file, check=True)
    sides = {
        "convert": Side([program, "convert", "-q", path]),
        "lint concise": Side([program, "lint", "-q", "-o", "concise", path]),
        "lint text": Side([program, "lint", "-q", path]),
        "lint baseline": Side([program, "lint", "-q", "--baseline=" + baseline, path]),
    }
    measure([program, "lint", "-q", "--update-baseline", "--baseline=" + baseline, path])
    for _ in range(runs):
        for side in sides.values():
            side.run()
    for name, side in sides.items():
        row(name, count, side, sides["convert"])
    os.remove(path)


def main():
    program, *rest = sys.argv[1:]
    runs = RUNS
    if rest[:1] == ["-n"]:
        runs, rest = int(rest[1]), rest[2:]
    kind = rest[:1] if rest[:1] == ["--rich"] else []
    counts = [int(word) for word in rest[len(kind):]] or COUNTS
    print("machine: %s" % machine())
    print("median of %d alternating runs, release build, output to /dev/null; ratios to convert" % runs)
    print("%-14s %9s  %7s %13s %7s %8s %7s %7s" % (
        "", "Ingresses", "seconds", "range", "CPU s", "peak MiB", "ratio", "CPU"))
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            compare(program, count, runs, folder, kind)


main()
