"""Time and memory of validating HTTPRoutes: the engine alone, and `ingress2gw validate` against the floor,
libyaml's bare events on the same bytes.

usage: validate.py PROGRAM FLOOR CHECK [-n RUNS] [COUNT...]

The HTTPRoutes are those that convert makes of generated Ingresses, two of each. CHECK reads them once and
checks them again and again, on both ways through the schema. Runs alternate, so that a machine that slows
down slows all.
"""

import os
import re
import subprocess
import sys
import tempfile

from timing import Side, machine, measure

GENERATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gen_ingresses.py")
COUNTS = (1000, 10000, 100000)
RUNS = 5


def routes(program, folder, count):
    """A file of that many HTTPRoutes."""
    ingresses, path = os.path.join(folder, "in.yaml"), os.path.join(folder, "routes-%d.yaml" % count)
    with open(ingresses, "wb") as file:
        subprocess.run([sys.executable, GENERATOR, str((count + 1) // 2)], stdout=file, check=True)
    run = subprocess.run([program, "convert", "-q", "--fail-on=never", "--no-comments", ingresses],
                         stdout=subprocess.PIPE, check=True)
    objects = [o for o in run.stdout.decode().split("---\n") if re.search(r"^kind: HTTPRoute$", o, re.M)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("---\n".join(objects[:count]))
    return path


def engine(check, path, *way):
    """Objects a second of CPU."""
    rounds = "1" if way else "5"
    out = subprocess.run([check, path, rounds, *way], stdout=subprocess.PIPE, check=True).stdout.decode()
    return int(re.search(r"(\d+) objects/s", out).group(1))


def compare(program, floor, check, count, runs, folder):
    path = routes(program, folder, count)
    ours, bare = Side([program, "validate", "-q", path]), Side([floor, path])
    for side in (bare, ours):
        measure(side.command)  # fills the page cache
    quick, general = [], []
    for _ in range(runs):
        bare.run()
        ours.run()
        quick.append(engine(check, path))
        general.append(engine(check, path, "general"))
    print("%9d %6.1f  %7.3f %13s %7.3f %9.0f %8.1f  %7.3f %7.3f %6.2f  %9d %9d" % (
        count, os.path.getsize(path) / 1e6, ours.median(0), ours.spread(), ours.median(1),
        count / ours.median(1), ours.median(2) / (1 << 20), bare.median(0), bare.median(1),
        ours.median(1) / bare.median(1), sorted(quick)[runs // 2], sorted(general)[runs // 2]))
    os.remove(path)


def main():
    program, floor, check, *rest = sys.argv[1:]
    runs = RUNS
    if rest[:1] == ["-n"]:
        runs, rest = int(rest[1]), rest[2:]
    print("machine: %s" % machine())
    print("median of %d alternating runs, release build; the last two: objects/s of the engine alone" % runs)
    print("%9s %6s  %7s %13s %7s %9s %8s  %7s %7s %6s  %9s %9s" % (
        "routes", "MB", "seconds", "range", "CPU s", "per CPU s", "peak MiB", "floor s", "CPU s", "ratio",
        "short way", "general"))
    with tempfile.TemporaryDirectory() as folder:
        for count in [int(word) for word in rest] or COUNTS:
            compare(program, floor, check, count, runs, folder)


main()
