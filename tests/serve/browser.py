#!/usr/bin/env python3
"""A browser in front of `serve`: what CORS lets a page do and what not, as headless Chromium decides it, and the
status page of --admin.

usage: browser.py BUILD

Chromium is Debian's; playwright-core stands in BUILD/node, where scripts/test --browser puts it. Screenshots are kept in
BUILD/screenshots.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from proof import HOST, Tally, World, free_port, gateway, program, route, rule  # noqa: E402


class Page(BaseHTTPRequestHandler):
    """Any page: what counts is where it comes from."""

    def do_GET(self):
        body = b"<!DOCTYPE html><title>page</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def cors(**fields):
    return [{"type": "CORS", "cors": fields}]


def rules(origin):
    """One a path: who may do what."""
    return [
        rule("app", "/allowed", filters=cors(allowOrigins=[origin], allowMethods=["GET", "PUT"], allowHeaders=["X-Asked"],
                                             exposeHeaders=["X-Shown"], maxAge=60)),
        rule("app", "/credentials", filters=cors(allowOrigins=[origin], allowCredentials=True)),
        rule("app", "/denied", filters=cors(allowOrigins=["http://other.test"])),
        rule("app", "/wildcard", filters=cors(allowOrigins=["*"], allowMethods=["GET"])),
        rule("app", "/plain")]


def main():
    tally = Tally("browser-serve")
    build = os.path.abspath(sys.argv[1])
    playwright = os.path.join(build, "node", "node_modules", "playwright-core", "index.mjs")
    chromium, node = shutil.which("chromium"), shutil.which("node")
    if not (chromium and node and os.path.exists(playwright)):
        tally.skip("serve", "chromium, node and playwright-core are needed: scripts/test --browser")
        tally.finish()
    shots = os.path.join(build, "screenshots")
    os.makedirs(shots, exist_ok=True)
    pages = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    world, admin = World(), free_port()
    try:
        origin = "http://page.test:%d" % pages.server_address[1]
        world.start(gateway(), route(*rules(origin)), flags=["--admin=127.0.0.1:%d" % admin])
        about = {"origin": origin, "api": "http://%s:%d" % (HOST, world.port()), "host": HOST,
                 "admin": "http://127.0.0.1:%d/" % admin, "shots": shots}
        done = subprocess.run([node, os.path.join(HERE, "browser.mjs"), playwright, chromium, json.dumps(about)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300,
                              env=dict(program.ENVIRONMENT, TMPDIR=world.folder))
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            tally.check(line, line.startswith("ok "))
        tally.check("browser.mjs ends well", done.returncode == 0, done.stderr.decode("utf-8", "replace"))
    finally:
        complaints = world.finish()
        pages.shutdown()
    tally.check("serve ends well", not complaints, "\n".join(complaints))
    tally.finish()


main()
