"""html reports in a browser: headless Chromium opens them and clicks, as browser.mjs says.

usage: browser.py BUILD

Chromium is Debian's; playwright-core stands in BUILD/node, where scripts/test --browser puts it.
Screenshots are kept in BUILD/screenshots.
"""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import diff_readback  # noqa: E402
import program  # noqa: E402
from tally import Tally  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SHOP = os.path.join(program.ROOT, "examples", "shop")
GOLDEN = os.path.join(program.ROOT, "testdata", "ingress-nginx")
HOSTILE = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: "</script><script>window.pwned=1</script>"
  namespace: "<img src=x onerror=window.pwned=1>"
  annotations:
    nginx.ingress.kubernetes.io/auth-url: "http://host/\\"><svg onload=window.pwned=1>"
    nginx.ingress.kubernetes.io/<b>: "javascript:window.pwned=1"
    nginx.ingress.kubernetes.io/proxy-read-timeot: "\\u202e120"
spec:
  ingressClassName: nginx
  rules:
  - host: "shop.example.com"
    http:
      paths:
      - path: "/<!--'\\"`]]>"
        pathType: Prefix
        backend: {service: {name: "<iframe src=//host>", port: {number: 80}}}
"""


def pages(home):
    """Reports to look at: [file]."""
    hostile = os.path.join(home, "<hostile>&'.yaml")
    with open(hostile, "w", encoding="utf-8") as file:
        file.write(HOSTILE)
    empty = os.path.join(home, "empty.yaml")
    with open(empty, "w", encoding="utf-8") as file:
        file.write("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n")
    wanted = [("shop", ["lint", SHOP]), ("hostile", ["lint", hostile]), ("nothing", ["validate", empty]),
              ("audit", ["audit", GOLDEN]), ("audit-hostile", ["audit", hostile]),
              ("audit-nothing", ["audit", empty])]
    for name, args in wanted:
        path = os.path.join(home, name + ".html")
        result = program.run(args + ["-q", "-o", "html=" + path])
        if not os.path.exists(path):
            sys.exit("%s: no page: %s" % (name, result.error_text()))
        yield path


def diff_pages(build, home):
    """Comparisons to look at."""
    reporter = os.path.join(build, "tests", "report", "diff_reporter")
    wanted = {"plain": "diff", "many causes": "diff-many", "nothing": "diff-nothing"}
    for case in diff_readback.cases():
        name = wanted.get(case.name)
        if not name and b"<script>" not in case.data():
            continue
        path = os.path.join(home, (name or "diff-hostile") + ".html")
        texts = diff_readback.write(reporter, case)
        if isinstance(texts, list):
            sys.exit("%s: no page: %s" % (case.name, texts))
        with open(path, "wb") as file:
            file.write(texts["html"].replace(b"alert(1)", b"window.pwned=1"))
        yield path


def main():
    tally = Tally("browser")
    build = os.path.abspath(sys.argv[1])
    playwright = os.path.join(build, "node", "node_modules", "playwright-core", "index.mjs")
    chromium, node = shutil.which("chromium"), shutil.which("node")
    if not (chromium and node and os.path.exists(playwright)):
        tally.skip("html", "chromium, node and playwright-core are needed: scripts/test --browser")
        tally.finish()
    shots = os.path.join(build, "screenshots")
    os.makedirs(shots, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        command = [node, os.path.join(HERE, "browser.mjs"), playwright, chromium, shots]
        files = list(pages(home)) + list(diff_pages(build, home))
        done = subprocess.run(command + files, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(program.ENVIRONMENT, TMPDIR=home), timeout=600)
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        tally.check(line, line.startswith("ok "))
    tally.check("browser.mjs ends well", done.returncode == 0, done.stderr.decode("utf-8", "replace"))
    tally.finish()


main()
