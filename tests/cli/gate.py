"""What counts as a finding, from the outside: select, ignore, severity, suppressions, baselines and exit
statuses, on files that are moved, edited and broken.

usage: gate.py
"""

import json
import os
import re
import stat
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

SHOP = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: %(name)s
  namespace: web
  annotations:
%(extra)s    nginx.ingress.kubernetes.io/auth-type: basic
    nginx.ingress.kubernetes.io/auth-secret: users
    nginx.ingress.kubernetes.io/proxy-body-size: 8m%(comment)s
spec:
  ingressClassName: nginx
  rules:
  - host: %(name)s.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: shop, port: {number: 80}}}
"""
# Findings of SHOP that have a place: I2G302 (error) and I2G401 (warning).
ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: shop
  annotations:
%s    example.com/none: ""
spec:
  hostnames: ["Shop_"]
"""


def shop(name="shop", extra="", comment=""):
    return SHOP % {"name": name, "extra": extra, "comment": comment}


class Bench:
    """A directory with files, and the program run in it."""

    def __init__(self, **files):
        self.folder = tempfile.TemporaryDirectory()
        self.path = self.folder.name
        for name, text in files.items():
            self.write(name.replace("__", "/").replace("_yaml", ".yaml"), text)

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()

    def run(self, *args, command="lint", **how):
        result = program.run([command, *args], cwd=self.path, **how)
        result.text = result.out.decode("utf-8", "replace")
        result.problems = result.complaints()
        return result

    def codes(self, *args, **how):
        """Codes that count and have a place, sorted; then those set aside."""
        result = self.run("-q", "-o", "json", *args, **how)
        if result.problems or result.status == 2:
            raise ValueError("\n".join(result.problems) or result.error_text())
        report = json.loads(result.out)
        placed = [f["code"] for f in report["findings"] if "file" in f]
        return sorted(placed), sorted(f["code"] for f in report["suppressed"])

    def baseline(self, *args):
        return self.run("-q", "--update-baseline", "--baseline=b.json", *args)


def expect(got, want):
    return [] if got == want else ["got %r, not %r" % (got, want)]


# ---- flags ----

def selects_and_ignores():
    bench = Bench(a_yaml=shop())
    wrong = expect(bench.codes("a.yaml"), (["I2G302", "I2G401"], []))
    wrong += expect(bench.codes("--select=I2G3", "a.yaml"), (["I2G302"], []))
    wrong += expect(bench.codes("--select=body-size,I2G3", "a.yaml"), (["I2G302", "I2G401"], []))
    wrong += expect(bench.codes("--ignore=i2g401", "a.yaml"), (["I2G302"], ["I2G401"]))
    wrong += expect(bench.codes("--per-path=a*=I2G4", "a.yaml"), (["I2G302"], ["I2G401"]))
    wrong += expect(bench.codes("--per-path=b*=I2G4", "a.yaml"), (["I2G302", "I2G401"], []))
    return wrong


def statuses():
    bench = Bench(a_yaml=shop(), ok_yaml="apiVersion: v1\nkind: Service\nmetadata: {name: x}\n")
    wrong = []
    for args, want in (
            (["a.yaml"], 1), (["--fail-on=never", "a.yaml"], 0), (["--ignore=I2G3", "a.yaml"], 0),
            (["--ignore=I2G3", "--fail-on=warning", "a.yaml"], 1),
            (["--severity=I2G302=info", "a.yaml"], 0),
            (["--severity=I2G3=info,I2G302=error", "a.yaml"], 1),
            (["--severity=I2G302=error,I2G3=info", "a.yaml"], 1),
            (["--severity=I2G401=error", "--ignore=I2G3", "a.yaml"], 1),
            (["missing.yaml"], 2), (["--fail-on=never", "missing.yaml"], 2),
            (["--severity=I2G302=bad", "a.yaml"], 2), (["--ignore=nonsense", "a.yaml"], 2),
            (["-o", "text", "-o", "json", "a.yaml"], 2), (["-o", "json=", "a.yaml"], 2),
            (["--per-path=I2G3", "a.yaml"], 2), (["--prune-baseline", "a.yaml"], 2)):
        result = bench.run(*args)
        wrong += result.problems
        if result.status != want:
            wrong.append("%s: status %s, not %s" % (" ".join(args), result.status, want))
    return wrong


def severity_is_the_same_everywhere():
    bench = Bench(a_yaml=shop())
    bench.run("--severity=I2G401=error,I2G302=info", "-o", "concise=c.txt", "-o", "json=j.json",
              "-o", "text=t.txt", "a.yaml")
    concise, text = bench.read("c.txt"), bench.read("t.txt")
    by_code = {f["code"]: f["severity"] for f in json.loads(bench.read("j.json"))["findings"]}
    wrong = expect((by_code["I2G401"], by_code["I2G302"]), ("error", "info"))
    for mark, where in ((": error: ", concise), ("error[I2G401]", text), ("info[I2G302]", text)):
        if mark not in where:
            wrong.append("%r is missing in %s" % (mark, where))
    return wrong


def several_outputs():
    bench = Bench(a_yaml=shop())
    result = bench.run("-o", "concise", "-o", "json=out.json", "a.yaml")
    wrong = list(result.problems)
    if "a.yaml:7:5: error: " not in result.text or "1 error" not in result.error_text():
        wrong.append("concise on stdout with counts on stderr: %s %s" % (result.text, result.err))
    only_file = bench.run("-o", "json=out.json", "a.yaml")
    wrong += expect((only_file.out, json.loads(bench.read("out.json"))["summary"]["error"]), (b"", 1))
    return wrong


# ---- suppressions ----

def annotations_set_aside():
    wrong = []
    for value, want in (
            ('"I2G302: the office moves last; I2G401"', ([], ["I2G302", "I2G401"])),
            ("auth-not-portable, basic-auth-not-portable",
             (["I2G401", "I2G901"], ["I2G302"])),
            ("I2G4", (["I2G302"], ["I2G401"])),
            ("'I2G401: small; and never I2G302'", (["I2G302"], ["I2G401"])),
            ("|\n      I2G401: small\n      I2G302", ([], ["I2G302", "I2G401"])),
            ("I2G999", (["I2G302", "I2G401", "I2G902"], [])),
            ('""', (["I2G302", "I2G401", "I2G902"], [])),
            ("I2G204", (["I2G302", "I2G401", "I2G901"], []))):
        bench = Bench(a_yaml=shop(extra="    ingress2gw.dev/ignore: %s\n" % value))
        wrong += ["%s: %s" % (value, w) for w in expect(bench.codes("a.yaml"), want)]
    return wrong


def comments_set_aside():
    wrong = []
    for extra, comment, want in (
            ("", " # ingress2gw: ignore I2G401", (["I2G302"], ["I2G401"])),
            ("    # ingress2gw: ignore I2G302: last\n", "", (["I2G401"], ["I2G302"])),
            ("    # ingress2gw: ignore I2G302\n\n    # and\n", "", (["I2G401"], ["I2G302"])),
            ("    #ingress2gw:ignore I2G302\n", "", (["I2G401"], ["I2G302"])),
            ("    # ingress2gw: ignore I2G401\n", "", (["I2G302", "I2G401", "I2G901"], [])),
            ("    # ingress2gw: ignroe I2G302\n", "", (["I2G302", "I2G401", "I2G902"], [])),
            ("    # ingress2gw: made this file\n", "", (["I2G302", "I2G401"], [])),
            ('    note: "# ingress2gw: ignore I2G302"\n', "", (["I2G302", "I2G401"], [])),
            ("    note: it's # ingress2gw: ignore I2G302\n", "",
             (["I2G302", "I2G401", "I2G901"], []))):
        bench = Bench(a_yaml=shop(extra=extra, comment=comment))
        wrong += ["%r: %s" % (extra + comment, w) for w in expect(bench.codes("a.yaml"), want)]
    return wrong


def conversion_stays_the_same():
    """A guard that nobody wants to hear about is still a guard."""
    plain, quiet = Bench(a_yaml=shop()), Bench(
        a_yaml=shop(extra="    ingress2gw.dev/ignore: I2G3\n"))
    one = plain.run("--no-comments", "a.yaml", command="convert")
    two = quiet.run("--no-comments", "a.yaml", command="convert")
    wrong = expect(two.out, one.out) + expect((one.status, two.status), (1, 0))
    if b"1 rule was held back" not in two.err or b"1 suppressed" not in two.err:
        wrong.append("what happened is not said: %s" % two.err)
    return wrong


def gateway_objects_are_set_aside_too():
    wrong = []
    for extra, want in (("", ["I2G610"]), ("    ingress2gw.dev/ignore: I2G610\n", []),
                        ("    ingress2gw.dev/ignore: I2G611\n", ["I2G610", "I2G901"])):
        bench = Bench(r_yaml=ROUTE % extra)
        for command in ("lint", "validate"):
            got = [c for c in bench.codes("r.yaml", command=command)[0] if c in (
                "I2G610", "I2G901")]
            wrong += ["%s, %s: %s" % (command, extra, w) for w in expect(got, want)]
    return wrong


def filters_call_nothing_unused():
    bench = Bench(a_yaml=shop(comment=" # ingress2gw: ignore I2G401"),
                  b_yaml=shop("cart").replace("namespace: web", "namespace: other"))
    return expect(bench.codes("-n", "other", "a.yaml", "b.yaml")[0], ["I2G302", "I2G401"])


# ---- baselines ----

def moved_lines_and_files_stay_known():
    bench = Bench(deploy__a_yaml=shop(), deploy__b_yaml=shop("cart"))
    wrong = expect(bench.baseline("deploy").status, 0)
    written = bench.read("b.json")
    wrong += expect(bench.codes("--baseline=b.json", "deploy")[0], [])
    bench.write("deploy/a.yaml", "# one\n\n# two\n" + shop())
    wrong += expect(bench.codes("--baseline=b.json", "deploy")[0], [])
    os.makedirs(bench.file("other/place"))
    os.rename(bench.file("deploy/b.yaml"), bench.file("other/place/c.yaml"))
    wrong += expect(bench.codes("--baseline=b.json", "deploy", "other")[0], [])
    bench.baseline("deploy", "other")
    wrong += expect(bench.read("b.json"), written.replace("deploy/b.yaml", "other/place/c.yaml"))
    bench.baseline("deploy", "other")
    return wrong + expect(bench.read("b.json"),
                          written.replace("deploy/b.yaml", "other/place/c.yaml"))


def items_may_be_put_in_front():
    """The field path of a finding has indices, which are not what people mean by the same finding."""
    head, tail = shop().split("  rules:\n")
    unused = "  - {hosts: [unused.example.com], secretName: one}\n"
    used = "  - {hosts: [shop.example.com], secretName: two}\n"
    bench = Bench(a_yaml=head + "  tls:\n" + unused + "  rules:\n" + tail)
    bench.baseline("a.yaml")
    wrong = expect("I2G505" in bench.codes("a.yaml")[0], True)
    bench.write("a.yaml", head + "  tls:\n" + used + unused + "  rules:\n" + tail)
    codes, aside = bench.codes("--baseline=b.json", "a.yaml")
    return wrong + expect(("I2G505" in codes, "I2G505" in aside), (False, True))


def new_findings_count():
    bench = Bench(a_yaml=shop())
    bench.baseline(".")
    bench.write("c.yaml", shop("cart"))
    wrong = expect(bench.codes("--baseline=b.json", ".")[0], ["I2G302", "I2G401"])
    wrong += expect(bench.run("--baseline=b.json", ".").status, 1)
    return wrong


def equal_findings_are_counted():
    """The same object in two files: the second one replaces it, which is one finding for each."""
    twice = shop() + "---\n" + shop() + "---\n" + shop()
    bench = Bench(a_yaml=twice)
    bench.baseline("a.yaml")
    entry = [e for e in json.loads(bench.read("b.json"))["findings"] if e["code"] == "I2G112"]
    wrong = expect([e["count"] for e in entry], [2])
    bench.write("a.yaml", twice + "---\n" + shop())
    wrong += expect(bench.codes("--baseline=b.json", "a.yaml")[0], ["I2G112"])
    bench.write("a.yaml", shop() + "---\n" + shop())
    result = bench.run("-q", "-o", "concise", "--baseline=b.json", "a.yaml")
    if "1 of 2 findings I2G112 of Ingress web/shop are gone [I2G903]" not in result.text:
        wrong.append(result.text)
    return wrong


def what_is_gone_is_reported_and_pruned():
    bench = Bench(a_yaml=shop(), b_yaml=shop("cart"))
    bench.baseline(".")
    bench.write("a.yaml", shop().replace("    nginx.ingress.kubernetes.io/proxy-body-size: 8m\n", ""))
    wrong = expect(bench.codes("--baseline=b.json", ".")[0], ["I2G903"])
    # Of files that are not read now nothing is known, of deleted ones everything.
    wrong += expect(bench.codes("--baseline=b.json", "b.yaml")[0], [])
    wrong += expect(bench.codes("--baseline=b.json", "--select=I2G3", ".")[0], [])
    os.remove(bench.file("b.yaml"))
    wrong += expect(bench.codes("--baseline=b.json", ".")[0], ["I2G903"] * 3)
    before = bench.read("b.json")
    wrong += expect(bench.run("-q", "--baseline=b.json", "--prune-baseline", ".").status, 0)
    after = bench.read("b.json")
    wrong += expect((before.count("I2G401"), after.count("I2G401"), after.count("I2G302")), (2, 0, 1))
    return wrong + expect(bench.codes("--baseline=b.json", ".")[0], [])


def update_keeps_what_was_not_read():
    bench = Bench(a_yaml=shop(), b_yaml=shop("cart"))
    bench.baseline(".")
    before = bench.read("b.json")
    bench.baseline("a.yaml")
    wrong = expect(bench.read("b.json"), before)
    for flag in ("--namespace=web", "--ingress-class=nginx"):
        result = bench.run("-q", "--update-baseline", "--baseline=b.json", flag, "a.yaml")
        wrong += expect((result.status, bench.read("b.json")), (0, before))
        result = bench.run("--prune-baseline", "--baseline=b.json", flag, ".")
        wrong += expect((result.status, bench.read("b.json")), (2, before))
    result = bench.run("--update-baseline", "--baseline=b.json", ".", "missing.yaml")
    return wrong + expect((result.status, bench.read("b.json")), (2, before))


def a_guard_that_is_changed_counts():
    """Who accepted that an allow list is lost has not accepted another list."""
    lists = "    nginx.ingress.kubernetes.io/whitelist-source-range: %s\n"
    bench = Bench(a_yaml=shop(extra=lists % "10.0.0.0/8"))
    bench.baseline("a.yaml")
    wrong = expect(bench.codes("--baseline=b.json", "a.yaml")[0], [])
    bench.write("a.yaml", "# moved\n" + shop(extra=lists % "10.0.0.0/8"))
    wrong += expect(bench.codes("--baseline=b.json", "a.yaml")[0], [])
    bench.write("a.yaml", shop(extra=lists % "0.0.0.0/0"))
    return wrong + expect(bench.codes("--baseline=b.json", "a.yaml")[0], ["I2G303", "I2G903"])


def baseline_and_annotations_go_together():
    bench = Bench(a_yaml=shop(extra="    ingress2gw.dev/ignore: I2G302\n"))
    bench.baseline("a.yaml")
    return expect("I2G302" in bench.read("b.json"), False) + expect(
        bench.codes("--baseline=b.json", "a.yaml")[0], [])


def writing_is_atomic():
    bench = Bench(a_yaml=shop())
    bench.write("real/b.json", '{"version":1,"findings":[]}')
    os.chmod(bench.file("real/b.json"), 0o640)
    os.symlink("real/b.json", bench.file("b.json"))
    wrong = expect(bench.baseline("a.yaml").status, 0)
    mode = stat.S_IMODE(os.stat(bench.file("real/b.json")).st_mode)
    wrong += expect((os.path.islink(bench.file("b.json")), mode), (True, 0o640))
    wrong += expect(os.listdir(bench.file("real")), ["b.json"])
    result = bench.run("--update-baseline", "--baseline=missing/b.json", "a.yaml")
    return wrong + expect((result.status, os.path.exists(bench.file("missing"))), (2, False))


def reports_are_whole():
    """A report takes the place of an older one whole, and nothing is written when it cannot be."""
    bench = Bench(a_yaml=shop())
    bench.write("real/r.json", "old")
    os.symlink("real/r.json", bench.file("r.json"))
    before = os.stat(bench.file("real/r.json")).st_ino
    wrong = []
    for args, command in ((("-o", "json=r.json"), "lint"), (("--report=r.json",), "convert")):
        bench.run("--fail-on=never", "-q", *args, "a.yaml", command=command)
        after = os.stat(bench.file("real/r.json")).st_ino
        wrong += expect((args, os.path.islink(bench.file("r.json")), after != before), (args, True, True))
        wrong += expect(json.loads(bench.read("r.json"))["version"], 1)
        before = after
    wrong += expect(os.listdir(bench.file("real")), ["r.json"])
    result = bench.run("--fail-on=never", "--report=missing/r.json", "a.yaml", command="convert")
    wrong += expect((result.status, result.out, b"cannot write missing/r.json" in result.err), (2, b"", True))
    result = bench.run("--fail-on=never", "-q", "-o", "json=/dev/fd/1", "a.yaml")
    return wrong + expect(result.out[:1], b"{")


FOREIGN = (
    ("", "is empty"),
    ("[]", "no JSON object"),
    ("{", "b.json:1:"),
    ('{"version":"2.1.0","runs":[]}', "SARIF log"),
    ('{"version":1,"summary":{},"findings":[]}', "findings (-o json)"),
    ('{"findings":[]}', 'no "version"'),
    ('{"version":2,"findings":[]}', "a newer one wrote this file"),
    ('{"version":"1","findings":[]}', "version 1"),
    ('{"version":1}', 'no list "findings"'),
    ('{"version":1,"findings":[1]}', "b.json:1:26: an entry of a baseline is an object"),
    ('{"version":1,"findings":[{"id":"xyz","code":"I2G301"}]}', "16 hexadecimal digits"),
    ('{"version":1,"findings":[{"id":"0123456789abcdef","code":"CVE"}]}', "a code such as I2G301"),
    ('{"version":1,"findings":[{"id":"0123456789abcdef","code":"I2G301","count":-1}]}', '"count"'),
    ('{"version":1,"findings":[{"id":"0123456789abcdef","code":"I2G301","count":99999999999}]}',
     '"count"'),
    ("kind: Ingress\napiVersion: networking.k8s.io/v1\n", "Kubernetes manifest"),
    ('{"version":1,"findings":[]}\n---\n{}', "several documents"),
    ("[" * 5000, "b.json:1:"),
)


def foreign_files_are_refused():
    wrong = []
    for text, message in FOREIGN:
        bench = Bench(a_yaml=shop())
        bench.write("b.json", text)
        for flags in ((), ("--update-baseline",), ("--prune-baseline",)):
            result = bench.run("--baseline=b.json", *flags, "a.yaml")
            wrong += result.problems
            if result.status != 2 or message not in result.error_text():
                wrong.append("%r: status %s: %s" % (text[:60], result.status, result.error_text()))
            if bench.read("b.json") != text:
                wrong.append("%r was overwritten" % text[:60])
    missing = Bench(a_yaml=shop()).run("--baseline=b.json", "a.yaml")
    return wrong + expect((missing.status, b"--update-baseline" in missing.err), (2, True))


def newer_entries_are_kept():
    """A code that this version does not know belongs to a newer one."""
    bench = Bench(a_yaml=shop())
    bench.write("b.json", '{"version":1,"new":true,"findings":['
                '{"id":"0123456789abcdef","code":"I2G899","file":"a.yaml","later":1}]}')
    wrong = expect(bench.codes("--baseline=b.json", "a.yaml")[0], ["I2G302", "I2G401"])
    bench.baseline("a.yaml")
    return wrong + expect("I2G899" in bench.read("b.json"), True)


# ---- input that cannot be read ----

INGRESS = ('{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"%s"},"spec":'
           '{"ingressClassName":"nginx","defaultBackend":{"service":{"name":"a","port":'
           '{"number":80}}}}}')


def text_between_json_values_is_found():
    wrong = []
    for behind in (" garbage " + INGRESS % "b", " trailing", "\n, " + INGRESS % "b", "\nb: 2\n"):
        bench = Bench()
        bench.write("a.json", INGRESS % "a" + behind)
        for command in ("lint", "convert", "validate"):
            result = bench.run("a.json", command=command)
            said = result.text + result.error_text()
            wrong += ["%s %r: %s" % (command, behind, w) for w in result.problems
                      + expect((result.status, said.count("[I2G100]")), (1, 1))]
        wrong += expect(b"name: a" in bench.run("a.json", command="convert").out, True)
    return wrong


def bare_lists_are_read():
    """What `jq .items` prints, and the same as YAML."""
    wrong = []
    a, b = INGRESS % "a", INGRESS % "b"
    for text in ("[%s,%s]" % (a, b), "- %s\n- %s\n" % (a, b), "[[%s],\n%s]\n" % (a, b),
                 "kind: List\napiVersion: v1\nitems:\n- [%s, %s]\n" % (a, b)):
        bench = Bench(a_yaml=text)
        out = bench.run("a.yaml", command="convert").out
        wrong += expect((b"Ingress default/a" in out, b"Ingress default/b" in out), (True, True))
        report = bench.run("-q", "-o", "json", "a.yaml", command="lint")
        wrong += report.problems + expect(b'"I2G105"' in report.out, False)
    return wrong


def lost_documents_are_no_success():
    """verify, audit and match answer for the rest, but not with status 0."""
    wrong = []
    match = ["match", "http://shop.example.com/", "-f"]
    for name, lost, code in (("a.yaml", "---\nkind: [\n", "I2G100"),
                             ("a.yaml", "---\nname: {{ .Values.x }}\n", "I2G101"),
                             ("a.yaml", "---\na: " + "[" * 200 + "]" * 200 + "\n", "I2G102")):
        bench = Bench(ok_yaml=shop())
        bench.write(name, shop() + lost)
        for command in (["verify"], ["verify", "-o", "json"], ["audit"], match):
            # A request that only one side guards differs; what counts is what standard error says.
            result = bench.run(*command[1:], name, command=command[0])
            if command[0] == "verify":  # says what it does not compare where it says everything else
                told = (result.status, code in result.out.decode())
                wrong += ["%s %s: %s" % (command, code, w) for w in result.problems + expect(told, (1, True))]
            else:
                wrong += ["%s %s: %s" % (command, code, w) for w in result.problems
                          + expect((result.status, result.error_text().count("[%s]" % code),
                                    "1 document could not be read" in result.error_text()),
                                   (1, 1, True))]
            clean = bench.run(*command[1:], "ok.yaml", command=command[0])
            wrong += expect("could not be read" in clean.error_text(), False)
    plain = Bench()
    plain.write("ok.json", INGRESS % "a")
    plain.write("a.json", INGRESS % "a" + " trailing")
    for command in (["verify"], ["verify", "-o", "json"], ["audit"], match):
        status = [plain.run(*command[1:], name, command=command[0]).status
                  for name in ("ok.json", "a.json")]
        wrong += ["%s: %s" % (command, w) for w in expect(status, [0, 1])]
    return wrong


# ---- pre-commit ----

def hooks_run():
    """What .pre-commit-hooks.yaml calls, with names of files behind it, as pre-commit does."""
    with open(os.path.join(program.ROOT, ".pre-commit-hooks.yaml"), encoding="utf-8") as file:
        entries = re.findall(r"^  entry: ingress2gw (.*)$", file.read(), re.M)
    wrong = expect(len(entries), 2)
    bench = Bench(a_yaml=shop(), b_yaml=shop("cart"), ok_yaml="a: 1\n")
    for entry, want in zip(entries, (1, 0)):
        command, *args = entry.split()
        for files, status in ((["a.yaml", "b.yaml"], want), (["ok.yaml"], 0)):
            result = bench.run(*args, *files, command=command)
            wrong += ["%s %s: %s" % (entry, files, w) for w in expect(result.status, status)]
    return wrong


def a_namespace_chooses_ingresses_only():
    """The Gateway that is written stands in another namespace than the routes."""
    bench = Bench(a_yaml=re.sub(r".*/auth-.*\n", "", shop()))
    wrong = []
    for args in ([], ["-n", "web"]):
        result = bench.run("-q", *args, "a.yaml", command="verify")
        wrong += ["verify %s: %s" % (args, w) for w in expect(result.status, 0)]
    return wrong


def nothing_is_no_success():
    """A pipe whose command failed, and flags that choose nothing: loud, and the answer is incomplete."""
    bare = shop().replace("  namespace: web\n", "")
    bench = Bench(a_yaml=shop(), bare_yaml=bare, empty_yaml="# later\n", other_yaml="kind: Job\napiVersion: v1\n")
    wrong = [] if bare != shop() else ["the Ingress has no namespace to leave out"]
    for command in ("convert", "lint", "audit", "validate"):
        for text in (b"", b"---\n# nothing\n"):
            result = bench.run("-", command=command, stdin=text)
            wrong += ["%s: %s" % (command, w) for w in expect(result.status, 2)]
            wrong += [] if b"there is no document in the input" in result.err else [repr(result.err)]
        wrong += ["%s: %s" % (command, w) for w in expect(bench.run("empty.yaml", command=command).status, 0)]
    for command in ("convert", "lint", "audit"):
        for flag in ("--namespace=none", "--selector=app=none", "--ingress-class=none"):
            result = bench.run(flag, "--fail-on=never", "a.yaml", command=command)
            wrong += ["%s %s: %s" % (command, flag, w) for w in expect(result.status, 2)]
            wrong += [] if flag.split("=")[0].encode() in result.err else [repr(result.err)]
            bare = bench.run(flag, "bare.yaml", command=command)
            hinted = b"is taken to be in 'default'" in bare.err
            wrong += expect((flag, hinted), (flag, flag != "--ingress-class=none"))
            wrong += expect((flag, b"'default'" in result.err), (flag, False))
        wrong += ["%s: %s" % (command, w) for w in
                  expect(bench.run("--namespace=none", "other.yaml", command=command).status, 0)]
    bench.write("route.yaml", (ROUTE % "").replace("  name: shop\n", "  name: shop\n  namespace: web\n"))
    wrong += expect(bench.run("--namespace=web", "--fail-on=never", "route.yaml").status, 0)
    return wrong + expect(bench.run("--namespace=none", "--fail-on=never", "route.yaml").status, 2)


def a_kustomization_is_not_rendered():
    wrong = []
    for name in ("kustomization.yaml", "kustomization.yml"):
        bench = Bench(deploy__a_yaml=shop())
        bench.write("deploy/" + name, "resources:\n- a.yaml\n")
        result = bench.run("-o", "concise", "deploy")
        wrong += expect(("deploy/%s:1:1: warning: this directory is a kustomization" % name) in result.text, True)
        result = bench.run("deploy")
        wrong += expect("kustomize build deploy | ingress2gw lint -" in result.text, True)
    return wrong + expect("I2G133" in Bench(deploy__a_yaml=shop()).run("deploy").text, False)


def a_link_to_an_empty_directory_is_one():
    bench = Bench(a_yaml=re.sub(r".*/auth-.*\n", "", shop()))
    os.mkdir(bench.file("real"))
    os.symlink("real", bench.file("link"))
    wrong = expect(bench.run("-q", "--output-dir=link", "a.yaml", command="convert").status, 0)
    wrong += expect(os.path.islink(bench.file("link")), True)
    wrong += expect(sorted(os.listdir(bench.file("real")))[0].startswith("gateway"), True)
    return wrong + expect(bench.run("-q", "--output-dir=link", "a.yaml", command="convert").status, 2)


def flags_that_change_nothing_are_refused():
    bench = Bench(a_yaml=shop())
    wrong = []
    for args, status in ((("annotations", "--emitter=istio"), 2), (("rules", "--provider=ingress"), 2),
                         (("features", "--emitter=istio"), 0), (("options", "--provider=ingress-nginx"), 0)):
        result = bench.run(*args, command="list")
        wrong += ["%s: %s" % (args, w) for w in expect(result.status, status)]
    result = bench.run("--listen=80", "a.yaml", command="serve")
    return wrong + expect((result.status, b"an address is missing" in result.err), (2, True))


def keys_of_neighbours_are_explained():
    bench = Bench()
    wrong = []
    for key, word in (("cert-manager.io/cluster-issuer", "cert-manager"),
                      ("external-dns.alpha.kubernetes.io/target", "Gateway"),
                      ("external-dns.alpha.kubernetes.io/ttl", "HTTPRoutes")):
        result = bench.run(key, command="explain")
        wrong += ["%s: %s" % (key, w) for w in expect((result.status, word in result.text), (0, True))]
    return wrong + expect(bench.run("cert-manager.example/none", command="explain").status, 1)


def a_file_is_no_method():
    bench = Bench(a_yaml=shop())
    result = bench.run("a.yaml", "http://shop.example.com/", command="match")
    return expect(result.status, 2) + ([] if b"files are named with -f" in result.err else [repr(result.err)])


CASES = (selects_and_ignores, statuses, severity_is_the_same_everywhere, several_outputs,
         annotations_set_aside, comments_set_aside, conversion_stays_the_same,
         gateway_objects_are_set_aside_too, filters_call_nothing_unused,
         moved_lines_and_files_stay_known, items_may_be_put_in_front, new_findings_count, equal_findings_are_counted,
         what_is_gone_is_reported_and_pruned, update_keeps_what_was_not_read,
         baseline_and_annotations_go_together, writing_is_atomic, reports_are_whole, foreign_files_are_refused,
         newer_entries_are_kept, text_between_json_values_is_found, bare_lists_are_read,
         lost_documents_are_no_success, hooks_run,
         a_namespace_chooses_ingresses_only, nothing_is_no_success,
         a_guard_that_is_changed_counts, a_kustomization_is_not_rendered, a_link_to_an_empty_directory_is_one,
         flags_that_change_nothing_are_refused, keys_of_neighbours_are_explained, a_file_is_no_method)


def main():
    tally = Tally("gate")

    by_name = {case.__name__: case for case in CASES}
    tally.run(lambda name: by_name[name](), list(by_name))
    tally.finish()


main()
