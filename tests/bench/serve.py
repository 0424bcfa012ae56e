#!/usr/bin/env python3
"""`serve` and nginx as reverse proxies in front of the same backend, one worker each on one processor; client and backend
on another. What counts is the processor's time for a request, and its ratio: rounds are interleaved, so that a machine
that is shared slows both alike.

usage: serve.py PROGRAM [-n ROUNDS] [-r REQUESTS] [CASE...]
"""

import argparse
import glob
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = {"0": 0, "1k": 1024, "100k": 102400}
# name: (path, routes, over TLS, version of HTTP, share of the requests)
CASES = {
    "h1-0": ("0", 1, False, 1, 1.0),
    "h1-1k": ("1k", 1, False, 1, 1.0),
    "h1-100k": ("100k", 1, False, 1, 0.2),
    "h1-0-100-routes": ("0", 100, False, 1, 1.0),
    "h1-0-10000-routes": ("0", 10000, False, 1, 1.0),
    "h2-0": ("0", 1, False, 2, 1.0),
    "h2-100k": ("100k", 1, False, 2, 0.2),
    "tls-1k": ("1k", 1, True, 1, 1.0),
}
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def pin(processor):
    if len(os.sched_getaffinity(0)) > processor:
        return lambda: os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[processor]})
    return None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def wait_for(port):
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit("nothing listens on port %d" % port)


class Nginx:
    def __init__(self, folder, name, http, processor):
        self.path = os.path.join(folder, name)
        os.makedirs(os.path.join(self.path, "logs"))
        with open(os.path.join(self.path, "nginx.conf"), "w", encoding="utf-8") as file:
            file.write("user root; worker_processes 1; daemon off; pid %s/pid; error_log %s/error;\n"
                       "events { worker_connections 8192; }\nhttp { access_log off; keepalive_requests 100000000;\n"
                       "server_names_hash_bucket_size 128; variables_hash_max_size 4096;\n%s }\n"
                       % (self.path, self.path, http))
        self.child = subprocess.Popen([NGINX, "-p", self.path, "-c", self.path + "/nginx.conf"], preexec_fn=processor,
                                      stderr=subprocess.DEVNULL)

    def worker(self):
        with open("/proc/%d/task/%d/children" % (self.child.pid, self.child.pid), encoding="ascii") as file:
            return int(file.read().split()[0])

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()


def paths_of(case):
    name, routes = CASES[case][:2]
    return ["/" + name] if routes == 1 else ["/r%d/%s" % (i, name) for i in range(routes)]


def nginx_proxy(folder, case, backend, certificate):
    path, routes, tls, version, _ = CASES[case]
    port = free_port()
    locations = ["/"] if routes == 1 else ["/r%d/" % i for i in range(routes)]
    rewrite = "" if routes == 1 else "/"
    listen = "listen 127.0.0.1:%d%s%s" % (port, " ssl" if tls else "", " http2" if version == 2 else "")
    http = "upstream b { server 127.0.0.1:%d; keepalive 512; }\nserver { %s;\n" % (backend, listen)
    if tls:
        http += "ssl_certificate %s; ssl_certificate_key %s;\n" % certificate
    http += ("proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $host;\n"
             "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;\n"
             "proxy_set_header X-Request-Id $request_id;\n")
    http += "".join("location %s { proxy_pass http://b%s; }\n" % (l, rewrite) for l in locations) + "}"
    proxy = Nginx(folder, "nginx-" + case, http, pin(0))
    wait_for(port)
    return proxy, port, proxy.worker()


class Ours:
    def __init__(self, program, folder, case, backend, certificate):
        _, routes, tls, _, _ = CASES[case]
        paths = ["/"] if routes == 1 else ["/r%d/" % i for i in range(routes)]
        annotations = {} if routes == 1 else {"nginx.ingress.kubernetes.io/rewrite-target": "/$2"}
        rules = [{"host": "a.test", "http": {"paths": [
            {"path": p if routes == 1 else p.rstrip("/") + "(/|$)(.*)", "pathType": "ImplementationSpecific",
             "backend": {"service": {"name": "b", "port": {"number": 80}}}} for p in paths]}}]
        items = [{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                  "metadata": {"name": "b", "namespace": "web", "annotations": annotations},
                  "spec": {"ingressClassName": "nginx", "rules": rules,
                           **({"tls": [{"hosts": ["a.test"], "secretName": "own"}]} if tls else {})}}]
        if tls:
            crt, key = (open(p, encoding="ascii").read() for p in certificate)
            items.append({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
                          "metadata": {"name": "own", "namespace": "web"}, "stringData": {"tls.crt": crt, "tls.key": key}})
        file = os.path.join(folder, case + ".json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump({"apiVersion": "v1", "kind": "List", "items": items}, out)
        port = free_port()
        listen = ["--listen=127.0.0.1:0", "--listen=%d=127.0.0.1:%d" % (443 if tls else 80, port)]
        self.child = subprocess.Popen(
            [program, "serve", file, "--workers=1", "--access-log=off", "--backend=web/b=127.0.0.1:%d" % backend] + listen,
            preexec_fn=pin(0), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.port = port
        wait_for(port)

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()


def cpu(pid):
    """Nanoseconds of processor time of all threads."""
    total = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % pid):
        with open(path, encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


def memory(pid):
    with open("/proc/%d/statm" % pid, encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def load(case, port, requests, urls):
    """Requests with h2load; how many were answered."""
    _, _, tls, version, _ = CASES[case]
    scheme = "https" if tls else "http"
    with open(urls, "w", encoding="ascii") as file:
        file.writelines("%s://127.0.0.1:%d%s\n" % (scheme, port, p) for p in paths_of(case)[:4096])
    words = ["h2load", "-n", str(requests), "-i", urls, "-H", ":authority: a.test", "-H", "Cookie: session=0123456789abcdef",
             "-t", "1"]
    words += ["-c", "8", "-m", "32"] if version == 2 else ["--h1", "-c", "64"]
    if tls:
        words += ["--connect-to=127.0.0.1:%d" % port]
        with open(urls, "w", encoding="ascii") as file:
            file.writelines("https://a.test:%d%s\n" % (port, p) for p in paths_of(case))
    out = subprocess.run(words, preexec_fn=pin(1), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    text = out.stdout.decode()
    good = int(text.split("status codes: ")[1].split(" ")[0])
    if good != requests:
        sys.exit("%s: %d of %d requests were answered well\n%s" % (case, good, requests, text))


def measure(case, port, pid, requests, urls):
    before = cpu(pid)
    load(case, port, requests, urls)
    return (cpu(pid) - before) / 1000 / requests


def run(case, args, folder, backend, certificate):
    requests = int(args.requests * CASES[case][4])
    nginx, nginx_port, nginx_pid = nginx_proxy(folder, case, backend, certificate)
    ours = Ours(args.program, folder, case, backend, certificate)
    urls, rounds = os.path.join(folder, "urls"), []
    for port, pid in ((nginx_port, nginx_pid), (ours.port, ours.child.pid)):
        measure(case, port, pid, max(requests // 10, 200), urls)
    for _ in range(args.rounds):
        rounds.append((measure(case, nginx_port, nginx_pid, requests, urls),
                       measure(case, ours.port, ours.child.pid, requests, urls)))
    ratios = sorted(o / n for n, o in rounds)
    print("%-18s nginx %6.1f us  serve %6.1f us  ratio %.2f (%.2f-%.2f)  RSS %.1f and %.1f MB" % (
        case, statistics.median(n for n, _ in rounds), statistics.median(o for _, o in rounds),
        statistics.median(ratios), ratios[0], ratios[-1], memory(nginx_pid) / 1e6, memory(ours.child.pid) / 1e6), flush=True)
    ours.stop()
    nginx.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("-n", dest="rounds", type=int, default=5)
    parser.add_argument("-r", dest="requests", type=int, default=40000)
    parser.add_argument("cases", nargs="*", default=[])
    args = parser.parse_intermixed_args()
    with tempfile.TemporaryDirectory() as folder:
        root, port = os.path.join(folder, "root"), free_port()
        os.makedirs(root)
        for name, size in SIZES.items():
            with open(os.path.join(root, name), "wb") as file:
                file.write(b"a" * size)
        certificate = os.path.join(folder, "crt"), os.path.join(folder, "key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=a.test", "-addext", "subjectAltName=DNS:a.test", "-out",
                        certificate[0], "-keyout", certificate[1]], check=True, stderr=subprocess.DEVNULL)
        for path in (folder, root):
            os.chmod(path, 0o755)
        for name in SIZES:
            os.chmod(os.path.join(root, name), 0o644)
        backend = Nginx(folder, "backend", "server { listen 127.0.0.1:%d; root %s; open_file_cache max=16; }" % (port, root), pin(1))
        wait_for(port)
        try:
            for case in args.cases or CASES:
                run(case, args, folder, port, certificate)
        finally:
            backend.stop()


if __name__ == "__main__":
    main()
