"""`ingress2gw serve` as a child of a test: started on ports that the system chooses, asked over sockets."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import program  # noqa: E402

PATIENCE = 20  # seconds until something that should happen counts as not happening


def until(condition, what):
    """Waits for a condition; what it came to."""
    end = time.monotonic() + PATIENCE
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.005)


class Lines:
    """What a child writes, collected by a thread."""

    def __init__(self, stream):
        self.text, self.stream = "", stream
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.stream:
            self.text += line.decode("utf-8", "replace")


class Serve:
    """A running proxy. `binds` are (gateway or "", port) -> (host, port)."""

    def __init__(self, *args, **how):
        command = [program.binary(), "serve"] + list(args)
        if not any(a.startswith("--listen") for a in args):
            command.append("--listen=127.0.0.1:0")
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=dict(program.ENVIRONMENT, **how))
        self.out, self.err = Lines(self.child.stdout), Lines(self.child.stderr)
        try:
            self.wait_for("serving ")
        except AssertionError:
            self.child.kill()
            raise

    def wait_for(self, text, count=1):
        until(lambda: self.err.text.count(text) >= count or self.child.poll() is not None,
              "'%s' in %s" % (text, self.err.text))
        if self.err.text.count(text) < count:
            time.sleep(0.1)
            raise AssertionError("serve ended with %s: %s" % (self.child.poll(), self.err.text[-2000:]))

    @property
    def binds(self):
        found = {}
        for match in re.finditer(r"^listening on \w+://(\S+):(\d+) \(port (\d+)(?: of (?:Gateway|class) (\S+))?\)$",
                                 self.err.text, re.M):
            host, bound, port, gateway = match.groups()
            found[(gateway or "").strip("'"), int(port)] = host.strip("[]"), int(bound)
        return found

    def address(self, port=80, owner=None):
        """`owner`: the Gateway or class whose port it is, where each has its own."""
        binds = self.binds
        found = [where for (_, number), where in binds.items() if number == port]
        if not found:
            raise AssertionError("nothing listens on port %d: %s" % (port, self.err.text[-2000:]))
        return binds.get((owner, port)) or found[0]

    def reload(self):
        count = self.err.text.count("reloaded: ") + 1
        self.child.send_signal(signal.SIGHUP)
        self.wait_for("reloaded: ", count)

    def logged(self, status):
        """How many requests the access log says were answered with this status, which starts each line: ports
        that end in the same digits are not counted."""
        return sum(line.startswith("%d " % status) for line in self.out.text.splitlines())

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.child.pid))

    def stop(self, how=signal.SIGTERM):
        """Ends it in order; what is wrong with how it ended."""
        if self.child.poll() is None:
            self.child.send_signal(how)
        try:
            status = self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return ["serve does not end"]
        for lines in (self.out, self.err):
            lines.thread.join(PATIENCE)
        for stream in (self.child.stdout, self.child.stderr):
            stream.close()
        if status or "Sanitizer" in self.err.text or "runtime error" in self.err.text:
            return ["serve ended with %s" % status] + self.err.text.splitlines()[-60:]
        return []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        complaints = self.stop()
        if complaints and not error:
            raise AssertionError("\n".join(complaints))


# ---- a client that sends what it is told ----

class Answer:
    def __init__(self, status, headers, body, trailers=()):
        self.status, self.headers, self.body = status, headers, body
        self.trailers = list(trailers)

    def all(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def get(self, name):
        """Values joined with a comma; None: there is no such field."""
        values = self.all(name)
        return ",".join(values) if values else None


class Wire:
    """A connection: bytes out, answers in."""

    def __init__(self, address, timeout=PATIENCE, sock=None):
        self.socket = sock or socket.create_connection(address, timeout)
        self.socket.settimeout(timeout)
        self.bytes = bytearray()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the connection ended after %r" % bytes(self.bytes[:200]))
        self.bytes += data

    def line(self):
        while b"\r\n" not in self.bytes:
            self.more()
        return self.take(self.bytes.index(b"\r\n") + 2)[:-2].decode("latin-1")

    def exactly(self, count):
        while len(self.bytes) < count:
            self.more()
        return self.take(count)

    def take(self, count):
        taken = bytes(self.bytes[:count])
        del self.bytes[:count]
        return taken

    def rest(self):
        while True:
            try:
                self.more()
            except EOFError:
                return self.take(len(self.bytes))

    def fields(self):
        fields = []
        while True:
            line = self.line()
            if not line:
                return fields
            name, value = line.split(":", 1)
            fields.append((name, value.strip()))

    def answer(self, method="GET", interim=False):
        """The next answer; interim ones are passed over unless wanted."""
        while True:
            version, status = self.line().split(" ")[:2]
            assert version in ("HTTP/1.1", "HTTP/1.0"), version
            status, headers = int(status), self.fields()
            if status >= 200 or status == 101 or interim:
                break
        found = Answer(status, headers, b"")
        if method == "HEAD" or status < 200 or status in (204, 304):
            return found
        if found.get("Transfer-Encoding"):
            found.body, found.trailers = self.chunks()
        elif found.get("Content-Length") is not None:
            found.body = self.exactly(int(found.get("Content-Length")))
        else:
            found.body = self.rest()
        return found

    def chunks(self):
        body = b""
        while True:
            size = int(self.line().split(";")[0], 16)
            if not size:
                return body, self.fields()
            body += self.exactly(size)
            assert self.exactly(2) == b"\r\n"

    def ended(self):
        """Whether the peer closes, and says nothing more."""
        try:
            return not self.bytes and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def request(host, path="/", method="GET", headers=(), body=None, close=False):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: " + host]
    lines += ["%s: %s" % h for h in headers]
    if body is not None:
        lines.append("Content-Length: %d" % len(body))
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b"")


def ask(address, host, path="/", method="GET", headers=(), body=None):
    """One request on a connection of its own."""
    with Wire(address) as wire:
        wire.send(request(host, path, method, headers, body, close=True))
        return wire.answer(method)
