"""Tests of `serve` that need other people's programs. What is missing is said, and only what needs it is left out."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import program  # noqa: E402
from ports import free_port  # noqa: E402
from server import PATIENCE, Serve, until  # noqa: E402
from tally import Tally  # noqa: E402

GROUP = "gateway.networking.k8s.io/"
HOST = "shop.example.com"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
PACKAGES = {"curl": "curl", "nghttp": "nghttp2-client", "h2load": "nghttp2-client", "nginx": "nginx", "openssl": "openssl",
            "grpc": "python3-grpcio", "websockets": "python3-websockets"}


def has(need):
    if need == "nginx":
        return os.access(NGINX, os.X_OK)
    if need in ("grpc", "websockets"):
        import importlib.util
        return importlib.util.find_spec(need) is not None
    return shutil.which(need) is not None


# ---- manifests ----

def gateway(*listeners, **spec):
    return {"apiVersion": GROUP + "v1", "kind": "Gateway", "metadata": {"name": "gw", "namespace": "web"},
            "spec": {"gatewayClassName": "x", "listeners": list(listeners) or [listener()], **spec}}


def listener(name="http", port=80, protocol="HTTP", **more):
    return {"name": name, "port": port, "protocol": protocol, **more}


def https(secret="own", name="https", **more):
    return listener(name, 443, "HTTPS", tls={"certificateRefs": [{"name": secret}]}, **more)


def rule(service="app", path="/", **more):
    return {"matches": [{"path": {"type": "PathPrefix", "value": path}}],
            "backendRefs": [{"name": service, "port": 80}], **more}


def route(*rules, kind="HTTPRoute", hosts=(HOST,)):
    return {"apiVersion": GROUP + "v1", "kind": kind, "metadata": {"name": kind.lower(), "namespace": "web"},
            "spec": {"parentRefs": [{"name": "gw"}], "hostnames": list(hosts), "rules": list(rules)}}


def service(name, **port):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "web"},
            "spec": {"ports": [{"port": 80, **port}]}}


def backend_tls(name, host, authority):
    return {"apiVersion": GROUP + "v1", "kind": "BackendTLSPolicy", "metadata": {"name": name, "namespace": "web"},
            "spec": {"targetRefs": [{"group": "", "kind": "Service", "name": name}],
                     "validation": {"hostname": host, "caCertificateRefs": [
                         {"group": "", "kind": "ConfigMap", "name": authority}]}}}


# ---- a test's world ----

class World:
    """Files, certificates, backends and the proxy of one test; what was started ends with it."""

    def __init__(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = self.scratch.name
        self.serve, self.children, self.closers = None, [], []
        os.chmod(self.folder, 0o755)  # nginx's workers are somebody else

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, content):
        with open(self.path(name), "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(self.path(name), 0o644)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def certify(self, name, hosts, signer=None):
        """NAME.crt and NAME.key; without a signer, of an authority."""
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", "/CN=" + name, "-out", self.path(name + ".crt"), "-keyout", self.path(name + ".key")]
        if hosts:
            words += ["-addext", "subjectAltName=" + ",".join("DNS:" + h for h in hosts)]
        if signer:
            words += ["-CA", self.path(signer + ".crt"), "-CAkey", self.path(signer + ".key"),
                      "-addext", "basicConstraints=critical,CA:FALSE"]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def secret(self, name):
        pair = {"tls.crt": self.read(name + ".crt"), "tls.key": self.read(name + ".key")}
        return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
                "metadata": {"name": name, "namespace": "web"},
                "data": {k: base64.b64encode(v.encode()).decode() for k, v in pair.items()}}

    def authority(self, name):
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "web"},
                "data": {"ca.crt": self.read(name + ".crt")}}

    def start(self, *objects, backends=None, flags=()):
        self.write(objects)
        given = ["--backend=web/%s=127.0.0.1:%d" % one for one in (backends or {}).items()]
        self.serve = Serve(self.path("in.json"), *given, *flags)
        return self

    def write(self, objects):
        self.file("new.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
        os.rename(self.path("new.json"), self.path("in.json"))

    def port(self, of=80):
        return self.serve.address(of)[1]

    def run(self, *words, timeout=60, fails=False, stdin=b""):
        """Standard output of a client; its failure is the test's."""
        done = subprocess.run([str(w) for w in words], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=timeout)
        if bool(done.returncode) != fails:
            raise AssertionError("%s ends with %d: %s" % (" ".join(map(str, words)), done.returncode,
                                                          (done.stdout + done.stderr).decode("utf-8", "replace")[-2000:]))
        return done.stdout + (done.stderr if fails else b"")

    def nginx(self, servers):
        """nginx with these servers; %d in them is a free port. The ports."""
        ports = [free_port() for _ in range(servers.count("%d"))]
        os.makedirs(self.path("logs"), exist_ok=True)
        config = self.file("nginx.conf", "".join([
            "user root;\n" if os.getuid() == 0 else "",
            "worker_processes 1; daemon off; pid %s/pid; error_log %s/error;\n" % (self.folder, self.folder),
            "events { worker_connections 8192; }\nhttp { access_log off;\n",
            "".join("%s_temp_path %s/%s;\n" % (kind, self.folder, kind)
                    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
            servers % tuple(ports), "}\n"]))
        self.child([NGINX, "-p", self.folder, "-c", config], ports)
        return ports

    def child(self, words, ports=()):
        child = subprocess.Popen(words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        self.children.append(child)
        for port in ports:
            until(lambda: child.poll() is not None or answers(port), "a listener on port %d" % port)
        if child.poll() is not None:
            raise AssertionError("%s does not start" % words[0])
        return child

    def finish(self):
        complaints = self.serve.stop() if self.serve else []
        for closer in self.closers:
            closer()
        for child in self.children:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.scratch.cleanup()
        return complaints


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def same(got, wanted, what="result"):
    if got != wanted:
        raise AssertionError("%s: %.600r, not %.600r" % (what, got, wanted))


def holds(pattern, text, what="output"):
    found = re.search(pattern, text, re.M)
    if not found:
        raise AssertionError("%s: no %r in %.2000s" % (what, pattern, text))
    return found


# ---- running ----

TESTS = []


def test(*needs):
    """Marks a test; it is left out where one of its needs is not there."""
    def mark(function):
        TESTS.append((function, needs))
        return function
    return mark


def run_one(function):
    world, complaints = World(), []
    try:
        function(world)
    except Exception as error:  # what a test finds wrong
        complaints = ["%s: %s" % (type(error).__name__, error)]
        if world.serve:
            complaints += ["log: " + line for line in world.serve.out.text.splitlines()[-5:]]
    return complaints + world.finish()


def main(stage, words):
    tally = Tally(stage)
    for function, needs in TESTS:
        name = function.__name__
        if words and not any(w in name for w in words):
            continue
        missing = [n for n in needs if not has(n)]
        if missing:
            tally.skip(name, "needs " + ", ".join("%s (Debian: %s)" % (n, PACKAGES[n]) for n in missing))
            continue
        complaints = run_one(function)
        tally.check(name, not complaints, "\n".join(complaints))
    tally.finish()
