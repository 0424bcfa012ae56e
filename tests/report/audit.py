"""Audits: what the four formats say is what lint says, and hostile manifests stay text.

usage: audit.py BUILD
"""

import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import program  # noqa: E402
import readback  # noqa: E402
from tally import Tally  # noqa: E402

GOLDEN = os.path.join(program.ROOT, "testdata", "ingress-nginx")
READINESS = {"error": "BLOCKED", "warning": "REVIEW", "info": "READY"}
TEAMS = """apiVersion: v1
kind: Namespace
metadata: {name: web, labels: {team: storefront}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: plain
  namespace: web
spec:
  ingressClassName: nginx
  rules:
  - host: plain.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: guarded
  namespace: web
  labels: {owner: identity}
  annotations:
    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8
    ingress2gw.dev/ignore: "%s"
spec:
  ingressClassName: nginx
  rules:
  - host: guarded.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: web}
spec: {ports: [{port: 80}]}
"""


def audit(files, *args):
    """The audit in every format: {name: text}; "status" is the exit status."""
    with tempfile.TemporaryDirectory() as home:
        names = ("json", "html", "markdown", "text")
        outputs = ["-o%s=%s" % (name, os.path.join(home, name)) for name in names]
        result = program.run(["audit", "-q"] + outputs + list(args) + list(files))
        out = {"status": result.status, "error": result.error_text()}
        for name in names:
            path = os.path.join(home, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    out[name] = file.read()
        return out


def lint(files, *args):
    return json.loads(program.run(["lint", "-q", "-o", "json"] + list(args) + list(files)).out)


def check_sums(data):
    """Whatever Ingresses are grouped by, they are all there."""
    complaints = []
    summary = data["summary"]
    for state in ("ready", "review", "blocked"):
        for by in ("classes", "namespaces", "owners"):
            complaints += readback.differ("%s by %s" % (state, by), summary[state],
                                          sum(group[state] for group in data[by]))
        complaints += readback.differ(state, summary[state],
                                      sum(i["readiness"] == state.upper() for i in data["ingresses"]))
    chosen = [t for t in data["targets"] if t["chosen"]]
    if data["summary"]["ingresses"]:
        complaints += readback.differ("chosen targets", 1, len(chosen))
        complaints += readback.differ("chosen", [summary[s] for s in ("ready", "review", "blocked")],
                                      [chosen[0][s] for s in ("ready", "review", "blocked")])
    uses = sum(a["ingresses"] for a in data["annotations"])
    complaints += readback.differ("annotations", uses, data["coverage"]["annotations"])
    for annotation in data["annotations"]:
        outcomes = sum(annotation[o] for o in ("inert", "exact", "approximate", "policy", "refused", "unknown"))
        complaints += readback.differ(annotation["key"], annotation["ingresses"], outcomes)
    return complaints


def check_lint(data, files):
    """No Ingress is more ready than its findings let it be."""
    worst = collections.defaultdict(lambda: "info")
    rank = ["info", "warning", "error"]
    for finding in lint(files)["findings"]:
        ref = finding.get("object", {})
        if ref.get("kind") == "Ingress":
            key = (ref.get("namespace"), ref["name"])
            worst[key] = max(worst[key], finding["severity"], key=rank.index)
    states = ["READY", "REVIEW", "BLOCKED"]
    complaints = []
    for ingress in data["ingresses"]:
        least = READINESS[worst[(ingress["namespace"], ingress["name"])]]
        if states.index(ingress["readiness"]) < states.index(least):
            complaints.append("%s/%s is %s, but lint says %s" % (
                ingress["namespace"], ingress["name"], ingress["readiness"], least))
    return complaints


def check_page(text):
    page = readback.Page(text)
    complaints = readback.page_complaints(page)
    data = json.loads(page.raw["ingress2gw-report"])
    return complaints + readback.differ("Ingresses of the page", len(data["ingresses"]), len(page.what))


def check_markdown(text):
    if not shutil.which("cmark-gfm"):
        return []
    done = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink"],
                          input=text.encode(), stdout=subprocess.PIPE, check=True)
    page = readback.Rendered(done.stdout.decode())
    more = page.tags - readback.MARKDOWN_TAGS - {"h4"}
    return ["elements: %s" % sorted(more)] if more else readback.differ("links", [], page.links)


def check_text(text):
    """Clean, and every line of a table has the columns of its head."""
    if re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", text):
        return ["control characters"]
    return [] if re.search(r"(?m)^\d+ Ingress", text) else ["no summary"]


def test_files(files):
    got = audit(files)
    # Documents that cannot be read are said, and an audit without them is not a clean one.
    lost = got["error"].rstrip().endswith("could not be read")
    if got["status"] != lost or bool(got["error"]) != lost:
        return ["status %s: %s" % (got["status"], got["error"])]
    data = json.loads(got["json"])
    return (check_sums(data) + check_lint(data, files) + check_page(got["html"])
            + check_markdown(got["markdown"]) + check_text(got["text"]))


def hostile(home):
    """Manifests whose every text is hostile; JSON, so that every text can be written."""
    items = []
    for number, raw in enumerate(readback.HOSTILE):
        text = raw.decode("utf-8", "replace") or "x"
        items.append({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": "n%d" % number + text, "namespace": text, "labels": {"team": text},
                         "annotations": {"nginx.ingress.kubernetes.io/" + text: text,
                                         "kubernetes.io/ingress.class": text}},
            "spec": {"rules": [{"host": text, "http": {"paths": [{
                "path": text, "pathType": "Prefix",
                "backend": {"service": {"name": text, "port": {"number": 80}}}}]}}]}})
    path = os.path.join(home, "hostile.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, file)
    return path


def test_teams(tally, home):
    path = os.path.join(home, "teams.yaml")

    def write(reason):
        with open(path, "w", encoding="utf-8") as file:
            file.write(TEAMS % reason)

    write("")
    got = audit([path])
    data = json.loads(got["json"])
    owners = {group["name"]: group for group in data["owners"]}
    tally.check("owner of the namespace, owner of the Ingress", set(owners) == {"storefront", "identity"},
                str(owners))
    tally.check("one is blocked, one ready", owners["identity"]["blocked"] == 1
                and owners["storefront"]["ready"] == 1, str(owners))
    tally.check("an audit ends with status 0", got["status"] == 0)
    tally.check("unless --fail-on says otherwise", audit([path], "--fail-on=error")["status"] == 1)
    data = json.loads(audit([path], "--owner-label=none")["json"])
    tally.check("no owner", [o["name"] for o in data["owners"]] == ["(none)"], str(data["owners"]))
    write("I2G303: only the office uses it")
    data = json.loads(audit([path])["json"])
    tally.check("what was decided does not block", data["summary"]["blocked"] == 0, str(data["summary"]))
    wrong = program.run(["audit", "-o", "htlm", path])
    tally.check("did you mean", wrong.status == 2 and "did you mean 'html'?" in wrong.error_text(),
                wrong.error_text())


def main():
    tally = Tally("audit")
    golden = sorted(os.path.join(GOLDEN, case, "in.yaml") for case in os.listdir(GOLDEN))
    golden = [path for path in golden if os.path.exists(path)]
    with tempfile.TemporaryDirectory() as home:
        empty = os.path.join(home, "empty.yaml")
        open(empty, "w", encoding="utf-8").close()
        several = [golden[i::40] for i in range(40)]
        cases = {"shop": [os.path.join(program.ROOT, "examples", "shop")], "nothing": [empty],
                 "hostile": [hostile(home)], **{"golden %d" % i: files for i, files in enumerate(several)}}
        tally.run(lambda name: test_files(cases[name]), list(cases))
        test_teams(tally, home)
    tally.finish()


main()
