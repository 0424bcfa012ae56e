#!/usr/bin/env python3
"""What diff calls equal is equal: servers that fail alike, differ in what looks new each time, or in what other
routes change by themselves; and requests of which nothing is known are none that agree.

usage: tests/diff/verdicts.py [-v] [NAME...]

Ends with "N passed, N failed".
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import hostile  # noqa: E402
import live  # noqa: E402
import program  # noqa: E402
import tally  # noqa: E402

tests = tally.Tally("verdicts")

PATHS = ["/", "/a", "/b", "/c", "/pay", "/login"]
INGRESS = live.dump([{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "shop", "namespace": "web"},
                      "spec": {"ingressClassName": "nginx", "rules": [{"host": "shop.example.com", "http": {"paths": [
                          {"path": path, "pathType": "Prefix", "backend": {"service": {"name": "front", "port": {"number": 80}}}}
                          for path in PATHS]}}]}}])
HOST = "http://shop.example.com"


def answer(status=200, headers=(), body=b"hello", length=None):
    lines = ["HTTP/1.1 %d X" % status, "Content-Length: %d" % (len(body) if length is None else length), *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def says(*texts):
    """Sends these in turn, the last one again and again."""
    return lambda connection, _head, number: connection.sendall(texts[min(number, len(texts)) - 1])


class Greeter(hostile.Server):
    """Speaks first, and no HTTP."""

    def serve(self, connection):
        with connection:
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


class Run:
    def __init__(self, *args, requests=("GET %s/" % HOST,), ingress=INGRESS, files=None, timeout=120):
        with tempfile.TemporaryDirectory(prefix="i2g-verdicts-") as directory:
            path = lambda name: os.path.join(directory, name)  # noqa: E731
            for name, text in {"in.yaml": ingress, "requests": "\n".join(requests) + "\n", **(files or {})}.items():
                with open(path(name), "w", encoding="utf-8") as file:
                    file.write(text)
            args = [one.replace("@", directory + "/") for one in args]
            if not any(one.startswith("--replay") for one in args) and requests:
                args.append("--requests=" + path("requests"))
            done = subprocess.run([program.binary(), "diff", path("in.yaml"), "--timeout=2s", "--retries=0",
                                   "-o", "json=" + path("out.json"), "-o", "junit=" + path("out.xml"), "-o", "text", *args],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=program.ENVIRONMENT,
                                  check=False)
            self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
            self.json, self.junit = self.read(path("out.json"), json.load), self.read(path("out.xml"), xml.etree.ElementTree.parse)

    @staticmethod
    def read(path, load):
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return load(file)

    @property
    def counts(self):
        return {name: self.json["summary"][name] for name in ("equal", "different", "flaky", "unasked")}

    def __str__(self):
        return "status %d\n%s\n%s" % (self.status, self.out[-3000:], self.err[-2000:])


def between(old, new, *args, **how):
    return Run("--live=http://127.0.0.1:%d" % old.port, "--candidate=http://127.0.0.1:%d" % new.port, *args, **how)


# ---- sides that fail ----

def test_no_http():
    nothing = lambda *_: None  # noqa: E731
    for name, first, second in (("two that speak something else", Greeter(None), Greeter(None)),
                                ("two that close without a word", hostile.Server(nothing), hostile.Server(nothing))):
        with first, second:
            run = between(first, second)
            tests.check(name + " are not equal", run.status == 2 and run.counts["unasked"] == 1, lambda: str(run))
            suites = run.junit.getroot()
            tests.check(name + ": JUnit is not green", suites.get("errors") == "1" and suites.find(".//error") is not None,
                        lambda: str(run))


def test_cut():
    cases = (("with other statuses", answer(200, body=b"half", length=8), answer(500, body=b"half", length=8), 1),
             ("before and within an answer", b"", answer(200, body=b"half", length=8), 1),
             ("alike, within the same answer", answer(200, body=b"half", length=8), answer(200, body=b"half", length=8), 0))
    for name, old, new, status in cases:
        with hostile.Server(says(old)) as one, hostile.Server(says(new)) as two:
            run = between(one, two)
            tests.check("answers that are cut " + name, run.status == status, lambda: str(run))


def test_dead_canary():
    """One in a hundred goes nowhere: Fisher's test alone needs more of them than there are."""
    text = INGRESS + "---\n" + live.dump([
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
         "metadata": {"name": "next", "namespace": "web", "annotations": {
             "nginx.ingress.kubernetes.io/canary": "true", "nginx.ingress.kubernetes.io/canary-weight": "1"}},
         "spec": {"ingressClassName": "nginx", "rules": [{"host": "shop.example.com", "http": {"paths": [
             {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "next", "port": {"number": 80}}}}]}}]}}])
    port = live.free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        old = subprocess.Popen([program.binary(), "serve", "--as=ingress", "--listen=80=127.0.0.1:%d" % port, "-q",
                                "--access-log=off", file.name], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=program.ENVIRONMENT)
        try:
            wait_for(port)
            run = Run("--live=http://127.0.0.1:%d" % port, "--backend", "web/next:80=127.0.0.1:1", ingress=text)
            tests.check("a canary of 1 % that goes nowhere is a difference", run.status == 1 and "status 50" in run.out,
                        lambda: str(run))
        finally:
            old.terminate()
            old.wait(60)


def wait_for(port):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nobody listens on %d" % port)


# ---- what looks new each time ----

ID = "3f2b8c1e-0d4a-4f6b-9a57-%012d"


def test_steady_ids():
    forms = {"header": lambda one: answer(headers=["X-Tenant: " + one]),
             "Location": lambda one: answer(302, headers=["Location: %s/t/%s" % (HOST, one)]),
             "JSON": lambda one: answer(headers=["Content-Type: application/json"], body=json.dumps({"tenant": one}).encode()),
             "text": lambda one: answer(headers=["Content-Type: text/plain"], body=("tenant %s\n" % one).encode())}
    for name, form in forms.items():
        with hostile.Server(says(form(ID % 1))) as one, hostile.Server(says(form(ID % 2))) as two:
            run = between(one, two)
            tests.check("an id that the live side says twice and the candidate does not, " + name, run.status == 1,
                        lambda: str(run))
        with hostile.Server(lambda c, _h, n, form=form: c.sendall(form(ID % n))) as one, \
                hostile.Server(says(form(ID % 999))) as two:
            run = between(one, two)
            tests.check("an id that is new each time, " + name, run.status == 0, lambda: str(run))
    times = [answer(headers=["Content-Type: application/json"], body=json.dumps({"at": "2026-01-31T12:00:0%dZ" % n}).encode())
             for n in range(2)]
    with hostile.Server(says(times[0])) as one, hostile.Server(says(times[1])) as two:
        run = between(one, two)
        tests.check("times may be the same twice by chance", run.status == 0, lambda: str(run))


# ---- noise of other routes ----

def test_noise_elsewhere():
    """A header that comes and goes on three routes, and one that is lost on two others."""
    frame = "X-Frame-Options: DENY"

    def old(connection, head, number):
        path = head.split(b" ")[1].decode()
        steady = path in ("/pay", "/login")
        connection.sendall(answer(headers=[frame] if steady or number % 2 else []))

    with hostile.Server(old) as one, hostile.Server(says(answer())) as two:
        run = between(one, two, "--concurrency=1", requests=["GET %s%s" % (HOST, path) for path in PATHS])
        lost = sorted(result["request"]["target"] for result in run.json["results"] if result["verdict"] == "different")
        tests.check("what other routes do without hides no loss", lost == ["/login", "/pay"] and run.status == 1, lambda: str(run))


# ---- requests that a credential tells apart ----

def test_credentials_tell_apart():
    asked = ["curl -H 'Cookie: canary=%s' %s/" % (word, HOST) for word in ("always", "never")] + \
        ["curl -H 'Authorization: Bearer %s' %s/" % (word, HOST) for word in ("one", "two")] + \
        ["curl '%s/?token=%s'" % (HOST, word) for word in ("one", "two")]
    with hostile.Server(says(answer())) as one, hostile.Server(says(answer())) as two:
        run = between(one, two, requests=asked)
        tests.check("requests that differ in a credential are two", run.counts["equal"] == 6, lambda: str(run))


# ---- recordings ----

def recorded(server, *lines, requests):
    with tempfile.TemporaryDirectory(prefix="i2g-verdicts-") as directory:
        path = os.path.join(directory, "record.jsonl")
        Run("--live=http://127.0.0.1:%d" % server.port, "--candidate=http://127.0.0.1:%d" % server.port, "--record=" + path,
            *lines, requests=requests)
        with open(path, encoding="utf-8") as file:
            return file.read()


def test_broken_recording():
    with hostile.Server(says(answer())) as server:
        text = recorded(server, requests=["GET %s/" % HOST, "GET %s/a" % HOST])
        lines = text.splitlines(keepends=True)
        candidate = "--candidate=http://127.0.0.1:%d" % server.port
        run = Run("--replay=@r.jsonl", candidate, files={"r.jsonl": lines[0] + "{broken\n" + "".join(lines[2:])})
        tests.check("a line that does not read is no agreement", run.status == 2 and "1 line does not read" in run.err,
                    lambda: str(run))
        run = Run("--replay=@r.jsonl", candidate, files={"r.jsonl": text[:-20]})
        tests.check("the last line of a run that was killed is", run.status == 0, lambda: str(run))


def test_redacted():
    """The recording has not kept a token: it is not asked without, and one of the user's is sent alone."""
    asked = ["curl -H 'Authorization: Bearer s3cret-t0ken' %s/" % HOST]
    with hostile.Server(says(answer())) as server:
        text = recorded(server, requests=asked)
    with hostile.Server(says(answer(401))) as two:
        run = Run("--replay=@r.jsonl", "--candidate=http://127.0.0.1:%d" % two.port, files={"r.jsonl": text})
        tests.check("without the token nothing is known", run.status == 2 and run.counts["unasked"] == 1, lambda: str(run))
    with hostile.Server(says(answer())) as two:
        run = Run("--replay=@r.jsonl", "--candidate=http://127.0.0.1:%d" % two.port, "-H", "Authorization: Bearer s3cret-t0ken",
                  files={"r.jsonl": text})
        sent = [line for head in two.heads for line in head.split(b"\r\n") if line.lower().startswith(b"authorization")]
        tests.check("a token of the user's stands in for it", run.status == 0 and sent and
                    set(sent) == {b"Authorization: Bearer s3cret-t0ken"} and len(sent) == len(two.heads), lambda: "%s\n%s" % (sent, run))


def test_names_of_secrets():
    names = ["X-Session-Token", "X-Auth-Key", "X-Forwarded-Access-Token", "Ocp-Apim-Subscription-Key", "X-Api-Key"]
    with hostile.Server(says(answer())) as server:
        text = recorded(server, requests=["curl %s '%s/?code=v0-secret&key=v1-secret&page=v2-plain'" % (
            " ".join("-H '%s: h%d-secret'" % (name, n) for n, name in enumerate(names)), HOST)] +
            ["curl -H 'Idempotency-Key: k-plain' %s/a" % HOST])
    tests.check("credentials are known by the words of their names", "-secret" not in text and "v2-plain" in text and
                "k-plain" in text, text)


# ---- metrics ----

def test_slow_client():
    """A client that sends a byte now and then takes nobody's metrics, nor the end of the run."""
    with hostile.Server(says(answer())) as one, tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(INGRESS)
        file.flush()
        admin = live.free_port()
        watch = subprocess.Popen([program.binary(), "diff", file.name, "--live=http://127.0.0.1:%d" % one.port,
                                  "--candidate=http://127.0.0.1:%d" % one.port, "--every=1s", "--admin=127.0.0.1:%d" % admin],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env=program.ENVIRONMENT)
        try:
            wait_for(admin)
            slow = socket.create_connection(("127.0.0.1", admin))
            stop = threading.Event()

            def drip():
                try:
                    while not stop.wait(0.3):
                        slow.sendall(b"G")
                except OSError:
                    pass

            threading.Thread(target=drip, daemon=True).start()
            time.sleep(0.5)
            with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % admin, timeout=60) as reply:
                tests.check("a slow client does not keep others from the metrics", b"ingress2gw_diff_" in reply.read())
            other = socket.create_connection(("127.0.0.1", admin))
            watch.terminate()
            tests.check("nor the end of the run", watch.wait(60) is not None)
            stop.set()
            other.close()
            slow.close()
        finally:
            watch.kill()
            watch.wait(60)


if __name__ == "__main__":
    names = [one for one in sys.argv[1:] if not one.startswith("-")]
    for name, function in list(globals().items()):
        if name.startswith("test_") and (not names or name[5:] in names):
            function()
    sys.exit(tests.finish())
