#!/usr/bin/env python3
"""`serve` under load: ten thousand connections that wait, no descriptors left, reloads at full load, a million
requests. What is counted is what fails and what stays behind; how fast it was is for scripts/bench.

usage: load.py [--long] [WORD...]     only tests whose name holds one of the words

Without --long the loads are a tenth as long.
"""

import os
import re
import resource
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from proof import HOST, gateway, main, program, route, rule, same, test  # noqa: E402
from server import Wire, ask, request, until  # noqa: E402

LONG = "--long" in sys.argv
IDLE = 10_000
REQUESTS = 1_000_000 if LONG else 100_000
RELOADING = 30 if LONG else 5  # seconds
ROUTES = 10_000
ROUTE = 1024  # bytes of memory that one of them may cost; docs/bench.md says so
KEPT = 1024  # bytes of memory that an idle connection may cost; docs/proxy.md says so
WORKER_KEEPS = 12 << 20  # bytes that a worker keeps for its next requests at the most, when heads are short; docs/proxy.md says so
GROWTH = 4 if LONG else 64  # bytes a request that may come in the second half, when lists of free objects are full


def optimised():
    """A sanitizer keeps what was freed: what is said about memory is said about the optimised build."""
    return program.release() or program.binary()


class Optimised:
    def __enter__(self):
        self.before = os.environ.get("INGRESS2GW")
        os.environ["INGRESS2GW"] = optimised()

    def __exit__(self, *_):
        if self.before is None:
            del os.environ["INGRESS2GW"]
        else:
            os.environ["INGRESS2GW"] = self.before


def memory(serve):
    """Resident bytes."""
    with open("/proc/%d/statm" % serve.child.pid, encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def backend(world, *more):
    """nginx with two files."""
    world.file("0", b"")
    world.file("1k", b"a" * 1024)
    port, = world.nginx("server { listen 127.0.0.1:%d; keepalive_requests 1000000000; root " + world.folder + "; }\n")
    return world.start(gateway(), route(rule()), backends={"app": port}, flags=["--access-log=off", *more])


def h2load(*words):
    """Runs it; (answered well, everything else)."""
    done = subprocess.run(["h2load", "-t", "1", "-H", ":authority: " + HOST] + [str(w) for w in words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600)
    out = done.stdout.decode("utf-8", "replace")
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (total|succeeded|failed|errored|timeout|[2-5]xx)", out)}
    if done.returncode or not counts.get("total"):
        raise AssertionError("h2load ends with %d: %s" % (done.returncode, out[-1000:]))
    return counts["2xx"], {w: n for w, n in counts.items() if w not in ("total", "succeeded", "2xx") and n}


# ---- connections ----

@test()
def ten_thousand_idle_connections(world):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < IDLE + 500:
        hard = IDLE + 500
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, IDLE + 500), hard))  # fails where that is not allowed
    with Optimised():
        world.start(gateway(), route(rule()), flags=["--access-log=off", "--workers=2", "--client-timeout=600"])
    at, serve = world.serve.address(), world.serve
    for _ in range(200):
        ask(at, HOST)
    fds, before = serve.descriptors(), memory(serve)
    wires = []
    for _ in range(IDLE):
        wires.append(Wire(at))
        wires[-1].send(request(HOST))
    for wire in wires:
        same(wire.answer().status, 200)
    cost = (memory(serve) - before) / IDLE
    # Of those before, kept connections to backends may have ended meanwhile.
    until(lambda: serve.descriptors() >= IDLE, "%d connections" % IDLE)
    started = time.monotonic()
    for i in range(200):
        same(ask(at, HOST).status, 200)
        wires[i * 7].send(request(HOST))
        same(wires[i * 7].answer().status, 200)
    print("%d idle connections: %d bytes each; 400 requests meanwhile in %.2f s" % (IDLE, cost, time.monotonic() - started))
    if not program.is_sanitized(optimised()):
        assert cost <= KEPT, "an idle connection costs %d bytes" % cost
    for wire in wires:
        wire.close()
    until(lambda: serve.descriptors() <= fds, "the end of %d connections" % IDLE)
    same(ask(at, HOST).status, 200)


@test()
def no_descriptors_for_any_worker(world):
    """All descriptors are one worker's: the other ones have no connection whose end would tell them."""
    world.start(gateway(), route(rule()), flags=["--workers=4"])
    at, serve = world.serve.address(), world.serve
    ask(at, HOST)
    for _ in range(3):
        limit = serve.descriptors() + 4
        resource.prlimit(serve.child.pid, resource.RLIMIT_NOFILE, (limit, 20_000))
        wires = [Wire(at) for _ in range(40)]
        until(lambda: serve.descriptors() == limit, "the last descriptor")
        for wire in wires:
            wire.send(request(HOST))
        time.sleep(0.3)  # all workers have tried
        for wire in wires:
            wire.close()
        for _ in range(60):
            same(ask(at, HOST).status, 200)


# ---- reloads ----

class Newcomers(threading.Thread):
    """A connection for each request, as long as it lasts."""

    def __init__(self, at):
        super().__init__(daemon=True)
        self.at, self.count, self.failures, self.stopped = at, 0, [], False
        self.start()

    def run(self):
        while not self.stopped:
            try:
                same(ask(self.at, HOST, "/0").status, 200)
                self.count += 1
            except Exception as error:  # whatever it is, the request failed
                self.failures.append("%s: %s" % (type(error).__name__, error))

    def stop(self):
        self.stopped = True
        self.join()
        return self.failures


def under_load(world, again):
    """Runs all kinds of clients while `again` is called every 200 ms; what failed."""
    at = world.serve.address()
    url = "http://127.0.0.1:%d/1k" % at[1]
    results, newcomers = [], Newcomers(at)
    loads = [threading.Thread(target=lambda words=words: results.append(h2load("-D", RELOADING, *words, url)))
             for words in (["--h1", "-c", 32], ["-c", 4, "-m", 32])]
    for load in loads:
        load.start()
    reloads = 0
    while any(load.is_alive() for load in loads):
        again(reloads)
        reloads += 1
        time.sleep(0.2)
    for load in loads:
        load.join()
    failures = newcomers.stop()
    same((len(results), [bad for _, bad in results], failures[:3]), (2, [{}, {}], []), "what failed")
    return sum(good for good, _ in results) + newcomers.count


def said(world):
    done = world.serve.err.text.count("reloaded: ")
    assert done >= RELOADING, "%d reloads in %d s" % (done, RELOADING)
    same("not reloaded" in world.serve.err.text, False, "a reload that failed")
    return done


def reloads_by_signal(world):
    backend(world)
    requests = under_load(world, lambda _: world.serve.child.send_signal(1))
    print("%s: %d reloads by SIGHUP, %d requests, 0 failed" % (kind(), said(world), requests))


@test("h2load", "nginx")
def reloads_by_signal_at_full_load(world):
    with Optimised():
        reloads_by_signal(world)


@test("h2load", "nginx")
def reloads_by_signal_with_sanitizers(world):
    reloads_by_signal(world)


@test("h2load", "nginx")
def reloads_of_changed_files_at_full_load(world):
    """Each time the routes are others; that of the load is in all of them."""
    with Optimised():
        backend(world, "--watch")

        def again(i):
            more = [rule("other", "/other/%d" % n) for n in range(i % 50)]
            world.write([gateway(), route(rule(), *more)])
        requests = under_load(world, again)
        same("reloaded: " in world.serve.err.text, True, "files that change are read again")
        print("%s: %d reloads of changed files, %d requests, 0 failed" % (
            kind(), world.serve.err.text.count("reloaded: "), requests))


def kind():
    return "optimised" if program.binary() == optimised() else "with sanitizers"


# ---- routes ----

@test()
def ten_thousand_routes_cost_little(world):
    """Of an Ingress, converted: what stays is the routes, not the conversion."""
    def ingress(count):
        paths = [{"path": "/r%d" % i, "pathType": "Prefix", "backend": {"service": {"name": "app", "port": {"number": 80}}}}
                 for i in range(count)]
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "shop", "namespace": "web"},
                "spec": {"ingressClassName": "nginx", "rules": [{"host": HOST, "http": {"paths": paths}}]}}
    sizes = []
    for count in (1, ROUTES):
        with Optimised():
            world.start(ingress(count), flags=["--access-log=off", "--workers=1"])
        same(ask(world.serve.address(), HOST, "/r%d" % (count - 1)).status, 200)
        sizes.append(memory(world.serve))
        same(world.serve.stop(), [])
        world.serve = None
    cost = (sizes[1] - sizes[0]) / ROUTES
    print("%d routes: %d bytes each, %.1f MB resident" % (ROUTES, cost, sizes[1] / 1e6))
    if not program.is_sanitized(optimised()):
        assert cost <= ROUTE, "a route costs %d bytes" % cost


# ---- requests without end ----

def some_requests(port, count):
    """`count` requests of all kinds: on kept connections, on new ones, over HTTP/2."""
    url = "http://127.0.0.1:%d/" % port
    new = count // 50
    for words in (["--h1", "-n", count - 7 * new, "-c", 50, url + "1k"], ["-n", 4 * new, "-c", 4, "-m", 50, url + "0"],
                  ["--h1", "-n", new, "-c", min(new, 400), url + "0"], ["-n", new, "-c", min(new, 400), url + "1k"],
                  ["--h1", "-n", new, "-c", min(new, 400), url + "1k"]):
        good, bad = h2load(*words)
        same((good, bad), (int(words[words.index("-n") + 1]), {}), "answers")


@test("h2load", "nginx")
def memory_is_flat(world):
    with Optimised():
        backend(world, "--workers=2")
        port, serve, fds, sizes = world.port(), world.serve, world.serve.descriptors(), []
        most = memory(serve) + 2 * WORKER_KEEPS
        for _ in range(10):
            some_requests(port, REQUESTS // 10)
            sizes.append(memory(serve))
        print("resident after each %d requests: %s MB" % (REQUESTS // 10, ", ".join("%.2f" % (s / 1e6) for s in sizes)))
        growth = (sizes[-1] - sizes[4]) / (REQUESTS / 2)
        assert growth <= GROWTH, "%.1f bytes more with each request" % growth
        assert sizes[-1] <= most, "%d bytes, and %d are the most" % (sizes[-1], most)
        until(lambda: serve.descriptors() <= fds + 1100, "the end of the clients' connections")


if __name__ == "__main__":
    main("load", [w for w in sys.argv[1:] if not w.startswith("-")])
