"""Reverse proxies for `scripts/bench serve`, each with one worker and the same routes: nginx, haproxy and `serve`."""

import collections
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from ports import free_port  # noqa: E402

# size of the answer in files; routes; over TLS; HTTP of the client and of the backend; share of the requests that are asked
Case = collections.namedtuple("Case", "size routes tls client backend share regex")
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
HAPROXY = shutil.which("haproxy") or "/usr/sbin/haproxy"


def pin(processor):
    """For preexec_fn: proxies have one processor, clients and backends another."""
    if len(os.sched_getaffinity(0)) > processor:
        return lambda: os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[processor]})
    return None


def wait_for(port):
    for _ in range(3000):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit("nothing listens on port %d" % port)


class Proxy:
    def start(self, words, processor=0):
        self.child = subprocess.Popen(words, preexec_fn=pin(processor), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port)

    def pid(self):
        return self.child.pid

    def cpu(self):
        """Nanoseconds of processor time of all threads."""
        total = 0
        for path in glob.glob("/proc/%d/task/*/schedstat" % self.pid()):
            with open(path, encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total

    def memory(self):
        """Resident bytes, and those of them that are in no file."""
        with open("/proc/%d/statm" % self.pid(), encoding="ascii") as file:
            pages = file.read().split()
        return int(pages[1]) * 4096, (int(pages[1]) - int(pages[2])) * 4096

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()


def prefixes(case):
    return ["/"] if case.routes == 1 else ["/r%d" % i for i in range(case.routes)]


# ---- nginx ----

class Nginx(Proxy):
    def __init__(self, folder, name, http, port, processor=0):
        self.path, self.port = os.path.join(folder, name), port
        os.makedirs(os.path.join(self.path, "logs"))
        with open(os.path.join(self.path, "nginx.conf"), "w", encoding="utf-8") as file:
            file.write("user root; worker_processes 1; daemon off; pid %s/pid; error_log %s/error;\n"
                       "events { worker_connections 8192; }\nhttp { access_log off; keepalive_requests 100000000;\n"
                       "server_names_hash_bucket_size 128; variables_hash_max_size 4096;\n%s }\n"
                       % (self.path, self.path, http))
        self.child = subprocess.Popen([NGINX, "-p", self.path, "-c", self.path + "/nginx.conf"], preexec_fn=pin(processor),
                                      stderr=subprocess.DEVNULL)
        wait_for(port)

    def pid(self):
        with open("/proc/%d/task/%d/children" % (self.child.pid, self.child.pid), encoding="ascii") as file:
            return int(file.read().split()[0])


def nginx(folder, name, case, backend, certificate):
    port = free_port()
    listen = "listen 127.0.0.1:%d%s%s" % (port, " ssl" if case.tls else "", " http2" if case.client == 2 else "")
    http = "upstream b { server 127.0.0.1:%d; keepalive 512; keepalive_requests 100000000; }\nserver { %s;\n" % (backend, listen)
    if case.tls:
        http += "ssl_certificate %s; ssl_certificate_key %s;\n" % certificate
    word = "grpc" if case.backend == 2 else "proxy"
    http += ("proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $host;\n"
             "%s_set_header X-Forwarded-For $proxy_add_x_forwarded_for; %s_set_header X-Forwarded-Proto $scheme;\n"
             "%s_set_header X-Request-Id $request_id;\n" % (word, word, word))
    forward = "grpc_pass grpc://b" if case.backend == 2 else "proxy_pass http://b"
    for prefix in prefixes(case):
        where = '~* "^%s(/|$)(.*)"' % prefix if case.regex else prefix if prefix == "/" else prefix + "/"
        http += "location %s { %s; }\n" % (where, forward)
    return Nginx(folder, "nginx-" + name, http + "}", port)


# ---- a backend that speaks h2c, answers POST and ends with trailers ----

class Nghttpd(Proxy):
    def __init__(self, root, port):
        self.port = port
        self.start(["nghttpd", "--no-tls", "-d", root, "-n", "1", "--trailer", "grpc-status: 0", str(port)], 1)


# ---- haproxy ----

class Haproxy(Proxy):
    def __init__(self, folder, name, case, backend, certificate):
        self.port = free_port()
        path = os.path.join(folder, "haproxy-" + name)
        os.makedirs(path)
        bind = "bind 127.0.0.1:%d" % self.port
        if case.tls:
            with open(path + "/pem", "w", encoding="ascii") as out:
                for part in certificate:
                    with open(part, encoding="ascii") as file:
                        out.write(file.read())
            bind += " ssl crt %s/pem alpn %s" % (path, "h2" if case.client == 2 else "http/1.1")
        elif case.client == 2:
            bind += " proto h2"
        with open(path + "/routes", "w", encoding="ascii") as out:
            out.writelines("%s b\n" % (p if p == "/" else p + "/") for p in prefixes(case))
        with open(path + "/cfg", "w", encoding="ascii") as out:
            out.write("global\n nbthread 1\n maxconn 8192\n"
                      "defaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n http-reuse always\n"
                      "frontend f\n %s\n option forwardfor\n http-request set-header X-Request-Id %%[uuid]\n"
                      " http-request set-header X-Forwarded-Proto %%[ssl_fc,iif(https,http)]\n"
                      " use_backend %%[path,map_beg(%s/routes,none)]\n"
                      "backend none\n http-request return status 404\n"
                      "backend b\n server s 127.0.0.1:%d%s\n"
                      % (bind, path, backend, " proto h2" if case.backend == 2 else ""))
        self.start([HAPROXY, "-db", "-q", "-f", path + "/cfg"])


# ---- serve ----

class Serve(Proxy):
    def __init__(self, program, folder, name, case, backend, certificate):
        file = os.path.join(folder, name + ".json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump({"apiVersion": "v1", "kind": "List", "items": self.objects(case, certificate)}, out)
        self.port = free_port()
        self.start([program, "serve", file, "--workers=1", "--access-log=off", "--backend=web/b=127.0.0.1:%d" % backend,
                    "--listen=127.0.0.1:0", "--listen=%d=127.0.0.1:%d" % (443 if case.tls else 80, self.port)])

    @staticmethod
    def objects(case, certificate):
        backend = {"service": {"name": "b", "port": {"number": 80}}}
        paths = [{"path": p + "(/|$)(.*)" if case.regex else p, "pathType": "ImplementationSpecific" if case.regex else "Prefix",
                  "backend": backend} for p in prefixes(case)]
        tls = {"tls": [{"hosts": ["a.test"], "secretName": "own"}]} if case.tls else {}
        notes = {"nginx.ingress.kubernetes.io/use-regex": "true"} if case.regex else {}
        items = [{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                  "metadata": {"name": "b", "namespace": "web", "annotations": notes},
                  "spec": {"ingressClassName": "nginx", "rules": [{"host": "a.test", "http": {"paths": paths}}], **tls}}]
        if case.tls:
            crt, key = (open(p, encoding="ascii").read() for p in certificate)
            items.append({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
                          "metadata": {"name": "own", "namespace": "web"}, "stringData": {"tls.crt": crt, "tls.key": key}})
        if case.backend == 2:
            return grpc_objects()
        return items


def grpc_objects():
    group = "gateway.networking.k8s.io/v1"
    return [{"apiVersion": group, "kind": "Gateway", "metadata": {"name": "gw", "namespace": "web"},
             "spec": {"gatewayClassName": "x", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}},
            {"apiVersion": group, "kind": "GRPCRoute", "metadata": {"name": "r", "namespace": "web"},
             "spec": {"parentRefs": [{"name": "gw"}], "rules": [{"backendRefs": [{"name": "b", "port": 80}]}]}}]
