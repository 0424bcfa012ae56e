#!/usr/bin/env python3
"""`serve`, nginx and haproxy as reverse proxies in front of the same backend, one worker each on one processor; client
and backend on another. What counts is the processor's time for a request, and its ratio: rounds are interleaved, so that a
machine that is shared slows all alike.

usage: serve.py PROGRAM [-n ROUNDS] [-r REQUESTS] [CASE...]
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile

from proxies import HAPROXY, Case, Haproxy, Nghttpd, Nginx, Serve, free_port, nginx, pin, prefixes

SIZES = {"0": 0, "1k": 1024, "100k": 102400, "call": 69}
CASES = {
    "h1-0": Case("0", 1, False, 1, 1, 1.0, False),
    "h1-1k": Case("1k", 1, False, 1, 1, 1.0, False),
    "h1-100k": Case("100k", 1, False, 1, 1, 0.2, False),
    "h1-0-100-routes": Case("0", 100, False, 1, 1, 1.0, False),
    "h1-0-10000-routes": Case("0", 10000, False, 1, 1, 1.0, False),
    "h1-0-10000-regex": Case("0", 10000, False, 1, 1, 0.1, True),
    "h2-0": Case("0", 1, False, 2, 1, 1.0, False),
    "h2-100k": Case("100k", 1, False, 2, 1, 0.2, False),
    "grpc": Case("call", 1, False, 2, 2, 1.0, False),
    "tls-1k": Case("1k", 1, True, 1, 1, 1.0, False),
    "tls-h2-1k": Case("1k", 1, True, 2, 1, 1.0, False),
}
URLS = 4096  # each connection asks them in turn, from the first one on: so they are mixed anew for each run


class Load:
    """What clients do: h2load with what it takes."""

    def __init__(self, folder):
        self.urls, self.log = os.path.join(folder, "urls"), os.path.join(folder, "log")
        self.message = os.path.join(folder, "message")
        with open(self.message, "wb") as file:
            file.write(b"\0\0\0\0\x40" + b"m" * 64)  # a gRPC message: not compressed, its length

    def run(self, name, proxy, port, requests):
        """Asks; latencies in microseconds, sorted."""
        case = CASES[name]
        paths = [p.rstrip("/") + "/" + case.size for p in prefixes(case)]
        random.shuffle(paths)
        with open(self.urls, "w", encoding="ascii") as file:
            file.writelines("%s://a.test:%d%s\n" % ("https" if case.tls else "http", port, p)
                            for p in paths[:URLS])
        words = ["h2load", "-n", str(requests), "-i", self.urls, "--connect-to=127.0.0.1:%d" % port, "-t", "1",
                 "--log-file=" + self.log, "-H", ":authority: a.test", "-H", "Cookie: session=0123456789abcdef"]
        words += ["-c", "8", "-m", "32"] if case.client == 2 else ["--h1", "-c", "64"]
        if case.backend == 2:
            words += ["-d", self.message, "-H", "content-type: application/grpc", "-H", "te: trailers"]
        if os.path.exists(self.log):
            os.remove(self.log)
        done = subprocess.run(words, preexec_fn=pin(1), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        with open(self.log, encoding="ascii") as file:
            rows = [line.split() for line in file]
        good = sorted(int(row[2]) for row in rows if row[1] == "200")
        if done.returncode or len(good) != requests:
            sys.exit("%s: %s answered %d of %d requests well\n%s" % (
                name, proxy, len(good), requests, done.stdout.decode("utf-8", "replace")[-1500:]))
        return good


def percentile(sorted_values, of):
    return sorted_values[min(len(sorted_values) - 1, len(sorted_values) * of // 100)]


def measure(load, name, proxy, requests):
    """(processor time of a request in us, p50, p99)."""
    before = proxy.cpu()
    times = load.run(name, type(proxy).__name__, proxy.port, requests)
    return (proxy.cpu() - before) / 1000 / requests, percentile(times, 50), percentile(times, 99)


def spread(ours, theirs):
    ratios = sorted(o / t for o, t in zip(ours, theirs))
    return "%.2f (%.2f-%.2f)" % (statistics.median(ratios), ratios[0], ratios[-1])


def column(rounds, proxy, what):
    return [one[proxy][what] for one in rounds]


def show(name, rounds, proxies):
    """Two lines a case: processor, then latency and memory."""
    cpu = {p: column(rounds, p, 0) for p in proxies}
    others = [p for p in proxies if p != "serve"]
    print("%-18s us: %s  serve/%s" % (name, "  ".join("%s %.1f" % (p, statistics.median(cpu[p])) for p in proxies), "  serve/".join(
        "%s %s" % (p, spread(cpu["serve"], cpu[p])) for p in others)))
    print("%-18s p50/p99 ms: %s  p99 serve/%s  RSS (anonymous) MB: %s" % (
        "", "  ".join("%s %.1f/%.1f" % (p, statistics.median(column(rounds, p, 1)) / 1000, statistics.median(column(rounds, p, 2)) / 1000)
                      for p in proxies),
        "  serve/".join("%s %s" % (p, spread(column(rounds, "serve", 2), column(rounds, p, 2))) for p in others),
        "  ".join("%s %.1f (%.1f)" % ((p,) + tuple(n / 1e6 for n in proxies[p].memory())) for p in proxies)), flush=True)
    return statistics.median(cpu["serve"])


def run(name, args, folder, backends, certificate, load):
    case = CASES[name]
    backend, requests = backends[case.backend], int(args.requests * case.share)
    proxies = {"nginx": nginx(folder, name, case, backend, certificate)}
    if os.access(HAPROXY, os.X_OK) and not case.regex:
        proxies["haproxy"] = Haproxy(folder, name, case, backend, certificate)
    proxies["serve"] = Serve(args.program, folder, name, case, backend, certificate)
    order, rounds = list(proxies), []
    for proxy in proxies.values():
        measure(load, name, proxy, max(requests // 10, 200))
    for i in range(args.rounds):
        turn = order[i % len(order):] + order[:i % len(order)]
        rounds.append({p: measure(load, name, proxies[p], requests) for p in turn})
    ours = show(name, rounds, proxies)
    for proxy in proxies.values():
        proxy.stop()
    return ours


def write_files(folder):
    """The backend's files, and a certificate."""
    root = os.path.join(folder, "root")
    os.makedirs(root)
    for name, size in SIZES.items():
        with open(os.path.join(root, name), "wb") as file:
            file.write(b"a" * size)
        os.chmod(os.path.join(root, name), 0o644)
    for path in (folder, root):
        os.chmod(path, 0o755)
    certificate = os.path.join(folder, "crt"), os.path.join(folder, "key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=a.test", "-addext", "subjectAltName=DNS:a.test", "-out",
                    certificate[0], "-keyout", certificate[1]], check=True, stderr=subprocess.DEVNULL)
    return root, certificate


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("-n", dest="rounds", type=int, default=5)
    parser.add_argument("-r", dest="requests", type=int, default=40000)
    parser.add_argument("cases", nargs="*", default=[])
    args = parser.parse_intermixed_args()
    unknown = [c for c in args.cases if c not in CASES]
    if unknown:
        sys.exit("no case %s; there are %s" % (", ".join(unknown), " ".join(CASES)))
    with tempfile.TemporaryDirectory() as folder:
        root, certificate = write_files(folder)
        plain, h2c = free_port(), free_port()
        backends = [Nginx(folder, "backend", "server { listen 127.0.0.1:%d; root %s; open_file_cache max=16;\n"
                          "location ~ ^/r[0-9]+/(.*)$ { alias %s/$1; } }" % (plain, root, root), plain, 1),
                    Nghttpd(root, h2c)]
        try:
            costs = {name: run(name, args, folder, {1: plain, 2: h2c}, certificate, Load(folder))
                     for name in args.cases or CASES}
        finally:
            for backend in backends:
                backend.stop()
    for name in ("h1-0-100-routes", "h1-0-10000-routes", "h1-0-10000-regex"):
        if name in costs and "h1-0" in costs:
            print("serve: %s %+.2f us over h1-0" % (name, costs[name] - costs["h1-0"]))


if __name__ == "__main__":
    main()
