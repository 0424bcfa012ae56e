"""Reports of any content are read back with the readers that others use: json, jsonschema, an XML
parser, perl's TAP::Parser, cmark-gfm, and a reader of GitHub's workflow commands as its runner has it.

usage: readback.py BUILD

Every text that other people choose (names, files, messages, hints, reasons) is hostile here. What comes
out of a reader must be that text, escaped where it is shown to people, and nothing else.
"""

import base64
import functools
import hashlib
import html.parser
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TAP_PARSER_AT = os.path.join(os.path.abspath(sys.argv[1]), "node", "node_modules", "tap-parser")
SEVERITIES = ("info", "warning", "error")
COUNTS, KNOWN, IGNORED = range(3)


# ---- cases ----

class Finding:
    def __init__(self, message=b"something is lost", rule=0, severity=2, state=COUNTS, where=1,
                 kind=b"Ingress", namespace=b"web", name=b"shop", place=(0, 9, 5, 3),
                 path=b"spec.rules[0].http", hint=b"", reason=b""):
        self.__dict__.update(locals())

    def record(self):
        verdict = b"%d%d%d" % (self.severity, self.state, self.where - 1)
        return [b"f", b"%d" % self.rule, verdict, self.kind, self.namespace, self.name,
                place_field(self.place), self.path, self.message, self.hint, self.reason]


def place_field(place):
    return b":".join(b"%d" % part for part in place) if place else b""


class Case:
    def __init__(self, name, findings, objects=(), flags=b"", subject=b"2 Ingresses", root=b"",
                 directory=b"", pages=b"", sources=(b"deploy/shop.yaml",)):
        self.__dict__.update(locals())

    def data(self):
        records = [[b"r", self.flags, self.subject, self.root, self.directory, self.pages]
                   + list(self.sources)]
        records += [[b"o", kind, namespace, name, place_field(place)]
                    for kind, namespace, name, place in self.objects]
        records += [finding.record() for finding in self.findings]
        return b"\x1e".join(b"\x1f".join(record) for record in records)

    def counting(self):
        return [f for f in self.findings if f.state == COUNTS]


HOSTILE = [
    b"plain", b"", b" ", b"two\nlines", b"cr\rlf\r\n", b"tab\tbed", b"nul\x00nul", b"\x1b[31mred\x1b[0m",
    b"bell\x07 del\x7f c1\xc2\x9b", b"\xff\xfe not utf-8 \xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80",
    "bidi \u202e\u2066 zero\u200bwidth \ufeff line\u2028sep".encode(),
    "wide \u4e2d\u6587 combining e\u0301 emoji \U0001f600".encode(),
    "not characters \ufffe \uffff \ufdd0".encode(),
    b"</script><script>alert(1)</script>", b"<img src=x onerror=alert(1)>", b"<!-- -->", b"]]>", b"<![CDATA[x",
    b"&amp; &lt; &#x3c; &nosuch;", b"\"quoted\" 'single'", b"back\\slash \\n \\", b"%0A::error::x %25 %",
    b"::error file=x::y", b"::set-output name=x::y", b"##[error]x", b"a,b:c=d", b"# not a comment # TODO x",
    b"# SKIP", b"ok 1 - forged\nnot ok 2", b"  ---\n  forged: true\n  ...", b"Bail out!", b"1..0",
    b"| a | b |", b"`code` ``two`` ```", b"[link](javascript:alert(1))", b"![i](http://host/x)", b"*b* _i_ ~~s~~",
    b"http://host.example/path", b"@somebody", b"$(touch /tmp/x) `touch y`", b"${{ secrets.X }}", b"{{ x }}",
    b"deploy/a b%.yaml", b"../../etc/passwd", b"./x", b"C:\\x", b"-", b"~", b"null", b"---", b"...",
]
BIG = b"1 MB of text <&\"'|`\n" * 52429


def hostile_findings(text, source):
    texts = dict(message=text, hint=text, name=text or b"x", namespace=text, kind=text or b"Ingress",
                 place=(source, 9, 5, 3))
    plain = dict(message=text, kind=b"", namespace=b"", name=b"", path=b"")
    yield from (
        Finding(rule=1, **texts), Finding(rule=2, severity=1, path=text, **texts),
        Finding(rule=3, severity=0, **dict(texts, place=None)),
        Finding(rule=4, state=KNOWN, reason=text, **texts),
        Finding(rule=5, state=IGNORED, where=2, reason=text, **texts),
        Finding(rule=6, place=(source, 2, 1, 0), **plain), Finding(rule=7, place=None, **plain))


def hostile_cases():
    """Three texts a case: GitHub shows ten of a kind."""
    for first in range(0, len(HOSTILE), 3):
        texts = HOSTILE[first:first + 3]
        findings = [f for i, text in enumerate(texts) for f in hostile_findings(text, i)]
        yield Case("hostile %d..." % first, findings, subject=texts[0],
                   objects=[(b"Ingress", b"web", t or b"x", (i, 1, 1, 0)) for i, t in enumerate(texts)],
                   sources=[t or b"x" for t in texts], flags=b"bw"[:first % 3])


def cases():
    yield Case("nothing", [], subject=b"")
    yield Case("nothing found", [], objects=[(b"Ingress", b"web", b"a", (0, 1, 1, 0))] * 1)
    yield Case("without sources", [Finding(place=None), Finding(place=None, name=b"", kind=b"")], sources=())
    yield Case("plain", [
        Finding(b"a", rule=3, hint=b"do this"), Finding(b"b", rule=3), Finding(b"c", rule=9, severity=1),
        Finding(b"d", rule=9, severity=0, name=b"other", place=(1, 3, 1, 0)),
        Finding(b"of the first code again", rule=3),
    ], objects=[(b"Ingress", b"web", b"shop", (0, 1, 1, 0)), (b"Ingress", b"web", b"fine", (0, 30, 1, 0))],
        sources=(b"deploy/shop.yaml", b"deploy/other.yaml"), pages=b"x")
    yield Case("baseline", [
        Finding(b"new"), Finding(b"known", rule=2, state=KNOWN), Finding(b"set aside", rule=4, state=IGNORED,
                                                                      where=1, reason=b"it is internal"),
        Finding(b"by configuration", rule=5, state=IGNORED, where=3, name=b"other"),
        Finding(b"known", rule=2, state=KNOWN, name=b"third"),
    ], flags=b"b")
    yield Case("many", [Finding(b"m%d" % i, rule=i, severity=2 - i % 3, name=b"o%d" % (i // 4),
                                place=(0, i + 1, 1, 1)) for i in range(60)])
    yield Case("one identity", [Finding(b"m%d" % i) for i in range(5)])
    yield Case("big", [Finding(BIG, hint=b"short"), Finding(b"x", state=IGNORED, reason=BIG)])
    yield Case("more than GitHub takes", [Finding(b"x", severity=i % 3, name=b"n%d" % i, hint=b"h" * 40)
                                          for i in range(25100)])
    for source, path in ((b"shop.yaml", "repo/deploy/shop.yaml"), (b"./a/../b.yaml", "repo/deploy/b.yaml"),
                         (b"../x.yaml", "repo/x.yaml"), (b"/home/u/repo/y.yaml", "repo/y.yaml")):
        root, directory = b"/home/u", b"/home/u/repo/deploy"
        yield Case("path %r" % source, [Finding()], sources=(source,), root=root, directory=directory)
    yield from hostile_cases()


# ---- what texts become ----

UNSAFE = [(0, 0x1f), (0x7f, 0x9f), (0xad, 0xad), (0x61c, 0x61c), (0x180e, 0x180e), (0x200b, 0x200f),
          (0x2028, 0x202e), (0x2060, 0x206f), (0xfdd0, 0xfdef), (0xfeff, 0xfeff), (0xfff0, 0xfffb),
          (0xfffe, 0xffff), (0xe0000, 0xe0fff)]


def visible(found):
    code = ord(found[0])
    if 0xdc80 <= code <= 0xdcff:  # a byte that is no UTF-8
        return "\\x%02x" % (code - 0xdc00)
    if found[0] in "\t\n":
        return {"\t": "\\t", "\n": "\\n"}[found[0]]
    return "\\x%02x" % code if code < 0x100 else "\\u%04x" % code


HIDDEN = re.compile("[%s]" % "".join("%s-%s" % (chr(a), chr(b)) for a, b in UNSAFE + [(0xdc80, 0xdcff)]))


@functools.lru_cache(maxsize=64)
def clean(text):
    """As people see it."""
    return HIDDEN.sub(visible, text.decode("utf-8", "surrogateescape"))


def message_of(finding):
    return clean(finding.message) + ("\nHint: " + clean(finding.hint) if finding.hint else "")


def place_path(case, finding):
    """The file of a finding as a path from the repository's root."""
    source = case.sources[finding.place[0]] if finding.place else case.sources[0]
    if source == b"-":
        return b"stdin"
    if case.root:
        path = os.path.normpath(os.path.join(case.directory, source))
        return os.path.relpath(path, case.root) if path.startswith(case.root + b"/") else path
    path = os.path.normpath(source)
    return source if path.startswith(b"..") or path == b"." or not source else path


def differ(what, expected, got):
    if expected == got:
        return []
    return ["%s: expected %.300r" % (what, expected), "%s: got      %.300r" % (what, got)]


# ---- readers ----

def read_json(case, text):
    report = json.loads(text)
    complaints = []
    if len(case.findings) < 1000:
        schema = os.path.join(program.ROOT, "docs", "findings.schema.json")
        complaints = schema_complaints(schema, report)
    ids = [f["id"] for f in report["findings"] + report["suppressed"]]
    if len(set(ids)) != len(ids):
        complaints.append("ids are not unique")
    raw = [f.message.decode("utf-8", "replace") for f in case.findings]
    got = [f["message"] for f in report["findings"] + report["suppressed"]]
    # Which invalid bytes become one U+FFFD is for the writer to say.
    fold = lambda texts: sorted(re.sub("\ufffd+", "\ufffd", t) for t in texts)  # noqa: E731
    complaints += differ("messages", fold(raw), fold(got))
    for number, severity in enumerate(SEVERITIES):
        complaints += differ("summary", sum(f.severity == number for f in case.counting()),
                             report["summary"][severity])
    return complaints


def read_sarif(case, text):
    log = json.loads(text)
    run = log["runs"][0]
    results = run["results"]
    complaints = differ("number of results", min(25000, len(case.findings)), len(results))
    sample = {**log, "runs": [{**run, "results": results[:100]}]}
    complaints += schema_complaints(os.path.join(HERE, "sarif.schema.json"), sample)
    rules = run["tool"]["driver"]["rules"]
    for result in results:
        complaints += differ("ruleIndex", result["ruleId"], rules[result["ruleIndex"]]["id"])
    if len({r["partialFingerprints"]["i2gFinding/v1"] for r in results}) != len(results):
        complaints.append("fingerprints are not unique")
    if len({"suppressions" in r for r in results}) > 1:
        complaints.append("suppressions in some results only (3.27.23)")
    if len(case.findings) > 25000:
        levels = [r["level"] for r in results]
        worst = sorted(levels, key=["error", "warning", "note"].index)
        complaints += differ("levels", worst, levels)
        return complaints + differ("notification", True, "100 results were left out" in text)
    levels = ["note", "warning", "error"]
    expected = sorted((message_of(f), levels[f.severity], f.state != COUNTS) for f in case.findings)
    got = sorted((r["message"]["text"], r["level"], bool(r.get("suppressions"))) for r in results)
    complaints += differ("results", expected, got)
    states = {r.get("baselineState") for r in results}
    complaints += differ("baseline", bool(results) and b"b" in case.flags, bool(states - {None}))
    if case.sources:
        expected = sorted(place_path(case, f) for f in case.findings)
        got = sorted(urllib.parse.unquote_to_bytes(
            r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for r in results)
        complaints += differ("uris", expected, got)
    return complaints


def read_gitlab(case, text):
    violations = json.loads(text)
    complaints = schema_complaints(os.path.join(HERE, "gitlab.schema.json"), violations[:100])
    prints = [v["fingerprint"] for v in violations]
    if len(set(prints)) != len(prints):
        complaints.append("fingerprints are not unique")
    levels = ["info", "minor", "critical"]
    expected = sorted((clean(f.message), levels[f.severity]) for f in case.counting())
    complaints += differ("violations", expected,
                         sorted((v["description"], v["severity"]) for v in violations))
    if case.sources:
        expected = sorted(clean(place_path(case, f)) for f in case.counting())
        complaints += differ("paths", expected, sorted(v["location"]["path"] for v in violations))
    return complaints


# What junit-10.xsd of Jenkins' xUnit plugin allows: attributes (the first of them required), children.
JUNIT = {
    "testsuites": ([], "name time tests failures errors".split(), ["testsuite"]),
    "testsuite": ("name tests failures errors".split(),
                  "group time skipped timestamp hostname id package file log url".split(),
                  "testsuite properties testcase system-out system-err".split()),
    "testcase": (["name"], "time classname group".split(),
                 "skipped error failure system-out system-err".split()),
    "failure": ([], ["type", "message"], []),
    "error": ([], ["type", "message"], []),
    "skipped": ([], ["type", "message"], []),
    "system-out": ([], [], []),
}


def junit_complaints(element, parent=None):
    required, allowed, children = JUNIT[element.tag]
    complaints = []
    if parent is not None and element.tag not in JUNIT[parent.tag][2]:
        complaints.append("<%s> in <%s>" % (element.tag, parent.tag))
    complaints += ["<%s> without %s" % (element.tag, name) for name in required if name not in element.attrib]
    complaints += ["<%s %s=>" % (element.tag, name) for name in element.attrib
                   if name not in required + allowed]
    if "time" in element.attrib and not re.fullmatch(r"[0-9]*(\.[0-9]*)?", element.attrib["time"]):
        complaints.append("time " + element.attrib["time"])
    for child in element:
        complaints += junit_complaints(child, element)
    return complaints


def read_junit(case, text):
    root = xml.etree.ElementTree.fromstring(text)
    complaints = junit_complaints(root)
    tests = list(root.iter("testcase"))
    names = [(t.get("classname"), t.get("name")) for t in tests]
    if len(set(names)) != len(names):
        complaints.append("GitLab would drop cases: the same classname and name")
    for suite in root.iter("testsuite"):
        complaints += differ("tests", len(suite), int(suite.get("tests")))
        complaints += differ("failures", len(list(suite.iter("failure"))), int(suite.get("failures")))
        complaints += differ("skipped", len(list(suite.iter("skipped"))), int(suite.get("skipped")))
    complaints += differ("tests in all", len(tests), int(root.get("tests")))
    bodies = "".join("".join(t.itertext()) for t in tests)
    for finding in case.counting():
        line = "%s: %s [I2G" % (SEVERITIES[finding.severity], clean(finding.message))
        if line not in bodies:
            return complaints + ["not in any body: %.200r" % line]
    least = 1 if b"w" in case.flags else 2
    failing = any(f.severity >= least for f in case.counting())
    return complaints + differ("failures", failing, int(root.get("failures")) > 0)


def unescape_command(text, special):
    for char in special + "%":
        text = text.replace("%%%02X" % ord(char), char)
    return text


def read_github(case, text):
    """As the runner reads: "::command key=value,...::data" at the start of a line."""
    complaints, got, counts = [], [], {}
    lines = text.split("\n")[:-1]
    total = [sum(f.severity == n for f in case.counting()) for n in range(3)]
    for number, line in enumerate(lines):
        found = re.match(r"::(error|warning|notice) ([^\n]*?)::(.*)$", line)
        if not found:
            if number != len(lines) - 1 or not re.match(r"\d+ (error|warning|info)s?", line):
                complaints.append("no command: %.100r" % line)
            continue
        properties = dict(part.split("=", 1) for part in found[2].split(","))
        if not set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}:
            complaints.append("properties %s" % sorted(properties))
        counts[found[1]] = counts.get(found[1], 0) + 1
        got.append((unescape_command(properties.get("file", ""), "\r\n:,"),
                    unescape_command(found[3], "\r\n")))
    if any(n > 10 for n in counts.values()):
        complaints.append("more than 10: %s" % counts)
    order = [line.split(" ")[0] for line in lines if line.startswith("::")]
    complaints += differ("order", sorted(order, key=["::error", "::warning", "::notice"].index), order)
    if max(total) <= 10 and len(case.data()) < 100000:
        expected = sorted((clean(place_path(case, f)) if f.place and case.sources else "", message_of(f))
                          for f in case.counting())
        complaints += differ("annotations", expected, sorted(got))
    elif max(total) > 10:
        complaints += differ("left out", max(total) > 10, not lines[-1].startswith("::"))
    return complaints


PERL = """
use TAP::Parser;
local $/; my $tap = <STDIN>;
my $parser = TAP::Parser->new({tap => $tap});
while (my $r = $parser->next) {
    if ($r->is_test) { print "test ", $r->number, " ", $r->is_actual_ok ? 1 : 0, " ", $r->has_todo ? 1 : 0, " ", $r->has_skip ? 1 : 0, "\\n"; }
    elsif ($r->is_yaml) { print "yaml\\n"; }
    elsif ($r->is_unknown) { print "unknown ", $r->as_string, "\\n"; }
    elsif ($r->is_bailout) { print "bailout\\n"; }
}
print "error $_\\n" for $parser->parse_errors;
print "version ", $parser->version, " planned ", $parser->tests_planned // 0, " run ", $parser->tests_run // 0, "\\n";
"""


TAP_PARSER = """
import { Parser } from "%s";
const parser = new Parser((result) => console.log(JSON.stringify(["result", result.count, result.todo, result.ok])));
parser.on("assert", (point) => console.log(JSON.stringify(["test", point.id, point.ok, point.name, !!point.todo,
    point.diag ? point.diag.findings.map((f) => f.message) : null])));
parser.on("extra", (line) => console.log(JSON.stringify(["extra", line])));
parser.on("bailout", () => console.log(JSON.stringify(["bailout"])));
process.stdin.pipe(parser);
"""


def tap_parser_complaints(points, text):
    """The same of npm's tap-parser, which knows version 14."""
    if not (shutil.which("node") and os.path.isdir(TAP_PARSER_AT)):
        return []
    script = TAP_PARSER % os.path.join(TAP_PARSER_AT, "dist", "esm", "index.js")
    done = subprocess.run(["node", "--input-type=module", "-e", script], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    complaints = ["tap-parser: %s" % row for row in rows if row[0] in ("extra", "bailout")]
    # A description's escapes and its directive are the parser's to undo; findings are what counts.
    expected = [[i + 1, p[0], [f["message"] for f in p[2]["findings"]] if p[2] else None]
                for i, p in enumerate(points)]
    complaints += differ("tap-parser's tests", expected, [[r[1], r[2], r[5]] for r in rows if r[0] == "test"])
    return complaints + ([done.stderr.decode("utf-8", "replace")] if done.returncode else [])


def tap_blocks(text):
    """Of each point: whether it is ok, its description, and the value of its YAML block."""
    points, block = [], None
    for line in text.split("\n")[2:-1]:
        if block is None and re.match(r"(not )?ok \d+ - ", line):
            points.append([line.startswith("ok"), line.split(" - ", 1)[1], None])
        elif block is None and line == "  ---":
            block = []
        elif line == "  ...":
            points[-1][2], block = yaml.load("\n".join(block), yaml.CSafeLoader), None
        else:
            block.append(line[2:])
    return points


def read_tap(case, text):
    if not text.startswith("TAP version 14\n1.."):
        return ["no version line and plan"]
    complaints = []
    if len(case.findings) > 1000:
        return complaints
    points = tap_blocks(text)
    findings = [f for p in points if p[2] for f in p[2]["findings"]]
    states = ["found", "baseline", "suppressed"]
    expected = sorted((clean(f.message), SEVERITIES[f.severity], states[f.state]) for f in case.findings)
    got = sorted((f["message"], f["severity"], f["state"]) for f in findings)
    complaints += differ("findings", expected, got)
    least = 1 if b"w" in case.flags else 2
    failing = any(f.severity >= least for f in case.counting())
    complaints += differ("failures", failing, any(not p[0] and "# TODO" not in p[1] for p in points))
    complaints += tap_parser_complaints(points, text)
    if not shutil.which("perl") or len(text) > 1 << 20:
        return complaints
    # TAP::Parser 3.44 refuses the number 14; what we use of it is the same in 13.
    tap13 = text.replace("TAP version 14", "TAP version 13", 1).encode()
    done = subprocess.run(["perl", "-e", PERL], input=tap13, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    lines = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
    tests = [line.split(" ")[1:] for line in lines if line.startswith("test ")]
    complaints += [line for line in lines if line.split(" ")[0] in ("unknown", "error", "bailout")]
    expected = [[str(i + 1), str(int(p[0])), str(int(p[1].endswith(" # TODO in the baseline"))), "0"]
                for i, p in enumerate(points)]
    complaints += differ("TAP::Parser's tests", expected, tests)
    complaints += differ("TAP::Parser's blocks", sum(bool(p[2]) for p in points), lines.count("yaml"))
    if done.returncode:
        complaints.append(done.stderr.decode("utf-8", "replace"))
    return complaints


class Rendered(html.parser.HTMLParser):
    """Cells of the tables, and every element, of a rendered document."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.rows, self.tags, self.links, self.cell, self.depth = [], set(), [], None, 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        for name, _ in attrs:
            if name.startswith("on") or name == "style":
                self.tags.add("%s %s=" % (tag, name))
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.cell = ""
        elif tag == "br" and self.cell is not None:
            self.cell += "\n"

    def handle_endtag(self, tag):
        if tag == "td":
            self.rows[-1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


MARKDOWN_TAGS = set("h3 p table thead tbody tr th td strong em code br details summary ul li a".split())


def read_markdown(case, text):
    complaints = []
    if len(text.encode()) > 1 << 20:
        complaints.append("larger than a step summary may be")
    if re.search(r"(^|[^\\`])@\w", text):
        complaints.append("somebody is mentioned")
    if not shutil.which("cmark-gfm") or len(case.findings) > 1000:
        return complaints
    done = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough"],
                          input=text.encode(), stdout=subprocess.PIPE, check=True)
    page = Rendered(done.stdout.decode())
    if page.tags - MARKDOWN_TAGS:
        complaints.append("elements: %s" % sorted(page.tags - MARKDOWN_TAGS))
    if any(not link.startswith("https://pages.example/rules/I2G") for link in page.links):
        complaints.append("links: %s" % page.links)
    rows = [row for row in page.rows if row]
    complaints += differ("cells", {5} if case.counting() else set(), {len(r) for r in rows} - {6})
    if len(case.data()) < 100000:
        squeeze = lambda t: re.sub(r"\s+", " ", t).strip()  # noqa: E731
        expected = sorted(squeeze(message_of(f)) for f in case.findings)
        complaints += differ("messages", expected, sorted(squeeze(r[2]) for r in rows))
    return complaints


# Elements without an end.
VOID = {"br", "hr", "input", "meta"}


class Page(html.parser.HTMLParser):
    """A page of ours: elements, addresses, the texts of scripts and styles, what is in the summaries."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.links, self.policy = set(), set(), [], ""
        self.raw, self.what, self.inside = {}, [], None
        self.open, self.crossed = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.attributes |= set(attrs)
        self.links += [attrs[name] for name in ("href", "src", "action", "xlink:href") if name in attrs]
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]
        if tag in ("style", "script"):
            self.inside = tag if attrs.get("type") is None else attrs["id"]
        elif attrs.get("class") == "what":
            self.inside = "what"
            self.what.append("")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        self.inside = None
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        if self.inside == "what":
            self.what[-1] += data
        elif self.inside:
            self.raw[self.inside] = self.raw.get(self.inside, "") + data


def page_complaints(page):
    """What is wrong with the frame of a page."""
    complaints = []
    if page.open or page.crossed:
        complaints.append("elements left open %s, closed out of turn %s" % (page.open, page.crossed[:5]))
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        if "%s-src 'sha256-%s'" % (kind, digest) not in page.policy:
            complaints.append("the policy does not allow the page's own " + kind)
    if not page.policy.startswith("default-src 'none'") or "unsafe" in page.policy:
        complaints.append("policy: " + page.policy)
    forbidden = {name for name in page.attributes if name.startswith("on")} | page.attributes & {"style"}
    if forbidden or page.tags & {"img", "iframe", "link", "object", "base", "form"}:
        complaints.append("attributes %s, elements %s" % (sorted(forbidden), sorted(page.tags)))
    if any(not re.match(r"#|https://pages.example/rules/I2G", link) for link in page.links):
        complaints.append("links: %s" % page.links)
    return complaints


def read_html(case, text):
    if len(case.findings) > 5000:
        return differ("findings in the page", 5000, text.count('<details class="finding'))
    page = Page(text)
    complaints = page_complaints(page)
    complaints += differ("messages", sorted(clean(f.message) for f in case.findings), sorted(page.what))
    embedded = json.loads(page.raw["ingress2gw-report"])
    return complaints + differ("embedded", len(case.counting()), len(embedded["findings"]))


def read_concise(case, text):
    complaints = differ("lines", len(case.counting()), text.count("\n"))
    expected = sorted("%s: %s" % (SEVERITIES[f.severity], clean(f.message)) for f in case.counting())
    found = re.findall(r"(?m)^(?:.*?: )??((?:error|warning|info): .*) \[I2G\d{3}\]$", text)
    if not any(re.match(rb".*: ?(error|warning|info):", s, re.S) for s in case.sources):
        complaints += differ("findings", len(expected), len(found))
    return complaints


def read_text(case, text):
    return [] if all(clean(f.message) in text for f in case.counting()) else ["a message is missing"]


READERS = {
    "concise": read_concise, "github": read_github, "gitlab": read_gitlab, "html": read_html,
    "json": read_json, "junit": read_junit, "markdown": read_markdown, "sarif": read_sarif,
    "tap": read_tap, "text": read_text,
}


# ---- the test ----

def schema_complaints(path, document):
    try:
        import jsonschema
    except ImportError:
        return []
    with open(path, encoding="utf-8") as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    return ["%s: %s" % ("/".join(map(str, e.path)), e.message[:200])
            for e in itertools.islice(validator.iter_errors(document), 5)]


def test_case(reporter, case):
    complaints = []
    with tempfile.TemporaryDirectory() as home:
        given = os.path.join(home, "case")
        with open(given, "wb") as file:
            file.write(case.data())
        out = os.path.join(home, "out")
        os.mkdir(out)
        done = subprocess.run([reporter, given, out], stderr=subprocess.PIPE, env=program.ENVIRONMENT)
        if done.returncode:
            return ["status %d" % done.returncode] + done.stderr.decode("utf-8", "replace").split("\n")[:40]
        names = sorted(os.listdir(out))
        complaints += ["no reader for the format " + name for name in names if name not in READERS]
        for name in names:
            with open(os.path.join(out, name), "rb") as file:
                data = file.read()
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError as error:
                complaints.append("%s: %s" % (name, error))
                continue
            if re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text) and name not in ("json", "html"):
                complaints.append(name + ": control characters")
            complaints += ["%s: %s" % (name, c) for c in READERS[name](case, text)]
    return complaints


def main():
    tally = Tally("report")
    for needed, use in (("perl", "TAP::Parser"), ("cmark-gfm", "rendering of Markdown")):
        if not shutil.which(needed):
            tally.skip(use, "there is no %s here" % needed)
    if not os.path.isdir(TAP_PARSER_AT):
        tally.skip("tap-parser", "npm's is not installed: scripts/test --browser")
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        tally.skip("schemas", "python3-jsonschema is not installed")
    reporter = os.path.join(sys.argv[1], "tests", "report", "reporter")
    listed = list(cases())
    tally.run(lambda name: test_case(reporter, {c.name: c for c in listed}[name]), [c.name for c in listed])
    tally.finish()


if __name__ == "__main__":
    main()
