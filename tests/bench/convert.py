"""Time and memory of `ingress2gw convert` against the floor: libyaml's bare events on the same bytes.

usage: convert.py PROGRAM FLOOR [-n RUNS] [--rich] [COUNT...]

Runs alternate (floor, program, two floors at once, floor, ...), so that a machine that slows down slows
all of them. Printed are medians, with the range between the fastest and the slowest run.
"""

import os
import statistics
import subprocess
import sys
import tempfile

from timing import Side, machine, measure, together

GENERATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gen_ingresses.py")
COUNTS = (1000, 10000, 100000)
RUNS = 5


def compare(program, floor, count, runs, folder, kind):
    path = os.path.join(folder, "ingresses-%d.yaml" % count)
    with open(path, "wb") as file:
        subprocess.run([sys.executable, GENERATOR, *kind, str(count)], stdout=file, check=True)
    size = os.path.getsize(path)
    ours, bare = Side([program, "convert", "-f", path]), Side([floor, path])
    for side in (bare, ours):
        measure(side.command)  # fills the page cache
    pairs = []
    for _ in range(runs):
        bare.run()
        ours.run()
        pairs.append(together([floor, path]))
    seconds = ours.median(0)
    print("%9d %6.1f  %7.3f %13s %7.3f %6.0f %8.1f %7.1f  %7.3f %13s %7.3f %6.2f %5.2f" % (
        count, size / 1e6, seconds, ours.spread(), ours.median(1), size / 1e6 / seconds,
        ours.median(2) / (1 << 20), seconds / count * 1e6, bare.median(0), bare.spread(),
        bare.median(1), seconds / bare.median(0),
        statistics.median(pairs) / bare.median(0)))
    os.remove(path)
    return seconds / count


def main():
    program, floor, *rest = sys.argv[1:]
    runs = RUNS
    if rest[:1] == ["-n"]:
        runs, rest = int(rest[1]), rest[2:]
    kind = rest[:1] if rest[:1] == ["--rich"] else []
    counts = [int(word) for word in rest[len(kind):]] or COUNTS
    print("machine: %s" % machine())
    print("median of %d alternating runs, release build, output to /dev/null" % runs)
    print("%9s %6s  %7s %13s %7s %6s %8s %7s  %7s %13s %7s %6s %5s" % (
        "Ingresses", "MB", "seconds", "range", "CPU s", "MB/s", "peak MiB", "us each", "floor s",
        "range", "CPU s", "ratio", "pair"))
    with tempfile.TemporaryDirectory() as folder:
        each = [compare(program, floor, count, runs, folder, kind) for count in counts]
    if len(each) > 1:
        print("an Ingress of the largest run costs %.2f times one of the smallest" % (
            each[-1] / each[0]))


main()
