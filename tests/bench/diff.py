"""Time and memory of `ingress2gw diff`: requests out of a file, asked twice of a live nginx and once of the routes
that diff serves itself.

usage: diff.py PROGRAM [-n RUNS] [COUNT...]

The floor, in the same run and in turn with it: h2load asks the same nginx three times as many requests and looks at
none of the answers. nginx is laid out as ingress-nginx, with an echo in Lua behind it, and works on the same processors.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "diff"))

import live  # noqa: E402
import run as cases  # noqa: E402
from timing import machine, measure  # noqa: E402

COUNTS = (1000, 10000)
RUNS = 3
HOSTS = 50


def requests(count):
    return ["http://host-%d.example.com/p%d/%d" % (i % HOSTS, i % 3, i) for i in range(count)]


def text():
    documents = []
    for host in range(HOSTS):
        documents += cases.ingress("host-%d" % host, {"host-%d.example.com" % host: [
            ("Prefix", "/", "front"), ("Prefix", "/p1", "one"), ("Prefix", "/p2", "two")]}, tls=False)
    return live.dump(documents)


def floor(nginx, folder, count):
    """Seconds for three times as many requests, without looking at answers."""
    uris = os.path.join(folder, "uris")
    with open(uris, "w", encoding="utf-8") as file:
        file.write("".join("http://127.0.0.1:%d/%d\n" % (nginx.http, i) for i in range(count)))
    start = time.perf_counter()
    subprocess.run(["h2load", "--h1", "-c8", "-n%d" % (3 * count), "-H", "Host: host-1.example.com", "-i", uris],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def compare(program, count, runs, folder, case, nginx):
    path = os.path.join(folder, "requests-%d" % count)
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join("GET %s\n" % url for url in requests(count)))
    command = [program, "diff", case.path("in.yaml"), *nginx.flags, "--requests=" + path]
    ours, floors = [], []
    for _ in range(runs):
        ours.append(measure(command))
        floors.append(floor(nginx, folder, count))
    seconds = statistics.median(one[0] for one in ours)
    print("%8d  %7.2f  %6.2f-%-6.2f %7.0f/s %8.1f %8.1f  %7.2f %6.2f" % (
        count, seconds, min(one[0] for one in ours), max(one[0] for one in ours), count / seconds,
        statistics.median(one[1] for one in ours) / count * 1e6, max(one[2] for one in ours) / (1 << 20),
        statistics.median(floors), seconds / statistics.median(floors)))


def main():
    program, *rest = sys.argv[1:]
    runs = RUNS
    if rest[:1] == ["-n"]:
        runs, rest = int(rest[1]), rest[2:]
    print("machine: %s" % machine())
    print("median of %d alternating runs; three requests for each one of the file; floor: h2load, as many requests" % runs)
    print("%8s  %7s  %13s %9s %8s %8s  %7s %6s" % ("requests", "seconds", "range", "rate", "CPU us", "peak MiB",
                                                  "floor s", "ratio"))
    with tempfile.TemporaryDirectory() as folder, cases.Case(text()) as case, case.nginx() as nginx:
        for count in [int(word) for word in rest] or COUNTS:
            compare(program, count, runs, folder, case, nginx)


if __name__ == "__main__":
    main()
