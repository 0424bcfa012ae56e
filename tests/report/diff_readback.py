"""Reports of a comparison are read back with the readers that others use, and by `diff --merge`: every text
that other people choose (hosts, targets, headers, bodies, messages) is hostile here, and credentials must be
in none.

usage: diff_readback.py BUILD
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import program  # noqa: E402
import readback  # noqa: E402
from readback import clean, differ  # noqa: E402
from tally import Tally  # noqa: E402

ABSENT = b"\x01"
DIFFERENT, FLAKY, UNASKED = b"0", b"1", b"2"
TOKEN = b"hunter2-token-of-nobody"
FORMATS = ("github", "html", "json", "junit", "markdown", "text")
KINDS = "reach status location backend seen header cookie tls body share session".split()


def number(value):
    return b"%d" % value


class Case:
    """Records in the shape of tests/fuzz/diff_case.h."""

    def __init__(self, name, flags=b"", live=b"https://203.0.113.7", candidate=b"serve", ignored=b"date",
                 noise=b"header x-request-id", hosts=(b"shop.example.com",)):
        self.name, self.flags = name, flags
        self.records = [[b"r", flags, live, candidate, ignored, noise] + list(hosts)]
        self.probes, self.facts, self.findings, self.groups = [], [], [], set()

    def finding(self, message=b"paths are matched without regard to case", rule=12, line=7, kind=b"Ingress",
                namespace=b"web", name=b"shop", hint=b"", path=b"spec.rules[0]"):
        self.findings.append(message)
        self.records.append([b"f", number(rule), kind, namespace, name, number(line), message, hint, path])
        return self

    def probe(self, verdict=DIFFERENT, finding=b"", predicted=b"0", method=b"GET", authority=b"shop.example.com",
              target=b"/", origin=b"generated", body=b"", before=b"", after=b"", name=b"", route=b"",
              header=b"", value=b""):
        self.probes.append((verdict, finding))
        self.records.append([b"p", verdict, finding, predicted, method, authority, target, origin, body, before,
                             after, name, route, header, value])
        return self

    def fact(self, kind, live, candidate, name=b""):
        self.facts.append((name, live, candidate))
        self.records.append([b"c", number(KINDS.index(kind)), live, candidate, name])
        return self

    def answers(self, body=b"", status=200, headers=(), failure=0, why=b"", backend=b""):
        for side in (b"live", b"candidate"):
            self.records.append([b"a", side, number(failure), number(status), why, body, backend]
                                + [part for header in headers for part in header])
        return self

    def hidden(self, name, value):
        self.records.append([b"h", name, value])
        return self

    def data(self):
        return b"\x1e".join(b"\x1f".join(record) for record in self.records)

    def count(self, verdict):
        return sum(probe[0] == verdict for probe in self.probes)


def safe(text):
    """Without what the records use themselves."""
    return re.sub(rb"[\x1e\x1f]|^\x01$", b"?", text)


def hostile_case(text):
    text = safe(text)
    case = Case("hostile %r" % text[:40], b"v", live=text, candidate=text, ignored=text, noise=text,
                hosts=(text, b"other.example"))
    case.finding(text, namespace=text, name=text, hint=text, path=text)
    for finding in (b"0", b""):
        case.probe(finding=finding, method=text, authority=text, target=text, origin=text, body=text, before=text,
                   after=text, name=text, route=text, header=b"x-" + text, value=text)
        case.fact("status", b"200", b"404").fact("header", text, ABSENT, text).fact("body", ABSENT, text, text)
        case.answers(text, headers=[(b"x-a", text), (text, text), (b"content-type", b"text/html")],
                     backend=text)
    case.probe(FLAKY, target=text, authority=text).fact("body", text, text, text).answers(text)
    case.probe(UNASKED, target=text).answers(failure=3, why=text)
    return case


def cases():
    yield Case("nothing", hosts=())
    yield Case("equal").probe(UNASKED)
    yield Case("early", b"e")
    shard = Case("a shard", b"s")
    yield shard.probe().fact("status", b"200", b"404").answers()
    plain = Case("plain", hosts=(b"shop.example.com", b"api.example.com"))
    plain.finding(rule=12).finding(b"another", rule=20, line=0)
    for target in (b"/Cart", b"/Cart/42", b"/CART"):
        plain.probe(finding=b"0", predicted=b"1", target=target, before=b"web/cart:8080", after=b"answers 404")
        plain.fact("status", b"200", b"404").answers(b"{\"a\":1}", headers=[(b"content-type", b"application/json")])
    plain.probe(authority=b"api.example.com", target=b"/v1/items").fact("header", b"PHP/8.2", ABSENT, b"x-powered-by")
    plain.answers(b"<p>hello</p>\nworld", headers=[(b"X-Powered-By", b"PHP/8.2"), (b"set-cookie", b"sid=" + TOKEN)])
    plain.probe(FLAKY, target=b"/random").fact("body", b"1", b"2", b"$.n").answers(b"1")
    yield plain
    many = Case("many causes", hosts=[b"h%d.example" % i for i in range(60)])
    for i in range(40):
        many.finding(b"finding %d" % i, rule=i, path=b"p%d" % i)
    for i in range(60):
        many.probe(finding=number(i) if i < 40 else b"", authority=b"h%d.example" % i, target=b"/%d" % i)
        many.fact("status", b"200", b"%d" % (400 + i))
        for extra in range(i - 40):
            many.fact("header", b"a", b"b", b"x-%d" % extra)
    yield many
    big = Case("big").finding(readback.BIG)
    yield big.probe(finding=b"0").fact("body", readback.BIG, readback.BIG, readback.BIG).answers(readback.BIG)
    for text in readback.HOSTILE:
        yield hostile_case(text)


def secret_case():
    """The same credential wherever one can stand."""
    token = TOKEN
    case = Case("credentials", b"v").hidden(b"X-Team", b"passed-" + token)
    echo = (b'{"headers":{"Authorization":["Bearer ' + token + b'"],"X-Team":["passed-' + token + b'"]}}')
    for header, value in ((b"Authorization", b"Bearer " + token), (b"Cookie", b"a=1; sid=" + token),
                          (b"X-Api-Key", token), (b"Proxy-Authorization", b"Basic " + token)):
        case.probe(header=header, value=value, origin=b"access.log:3",
                   authority=b"user:" + token + b"@shop.example.com", target=b"/?access_token=" + token + b"&x=1",
                   body=b"again " + token, before=b"to " + token, after=b"to " + token)
        case.fact("status", b"200", b"403")
        case.fact("location", b"https://u:" + token + b"@host/x", b"/x?token=" + token)
        case.fact("header", b"echo " + token, b"passed-" + token, b"x-echo")
        case.fact("header", b"sid=" + token + b"; Path=/", ABSENT, b"set-cookie")
        case.fact("seen", token, ABSENT, b"header authorization")
        case.fact("body", token, ABSENT, b"$.headers.Authorization[0]")
        case.answers(echo, headers=[(b"set-cookie", b"sid=" + token + b"; HttpOnly"),
                                    (b"location", b"https://u:" + token + b"@host/?token=" + token)],
                     backend=b"web/shop")
    return case


# ---- readers ----

def read_json(case, text):
    data = json.loads(text)
    complaints = readback.schema_complaints(os.path.join(program.ROOT, "docs", "diff.schema.json"), data)
    for verdict, name in ((DIFFERENT, "different"), (FLAKY, "flaky"), (UNASKED, "unasked")):
        complaints += differ(name, case.count(verdict), data["summary"][name])
        complaints += differ(name, case.count(verdict), sum(r["verdict"] == name for r in data["results"]))
    complaints += differ("causes", case.count(DIFFERENT), sum(g["count"] for g in data["groups"]))
    unpredicted = sum(p == (DIFFERENT, b"") for p in case.probes)
    complaints += differ("not predicted", unpredicted, data["summary"]["notPredicted"])
    return complaints + differ("facts", len(case.facts), sum(len(r["facts"]) for r in data["results"]))


def read_junit(case, text):
    root = xml.etree.ElementTree.fromstring(text)
    complaints = readback.junit_complaints(root)
    tests = list(root.iter("testcase"))
    names = [(t.get("classname"), t.get("name")) for t in tests]
    if len(set(names)) != len(names):
        complaints.append("GitLab would drop cases: the same classname and name")
    for suite in root.iter("testsuite"):
        complaints += differ("tests", len(suite), int(suite.get("tests")))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            complaints += differ(name, len(list(suite.iter(tag))), int(suite.get(name)))
    complaints += differ("failures in all", case.count(DIFFERENT), int(root.get("failures")))
    cut = b"e" in case.flags
    complaints += differ("errors in all", case.count(UNASKED) + cut, int(root.get("errors")))
    return complaints + differ("skipped in all", case.count(FLAKY), len(list(root.iter("skipped"))))


def read_github(case, text):
    lines = text.split("\n")[:-1]
    commands = [re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line) for line in lines
                if line.startswith("::")]
    if not all(commands):
        return ["a line is no command: %.200r" % text]
    kinds = [c[1] for c in commands]
    complaints = differ("order", sorted(kinds, key=["error", "warning", "notice"].index), kinds)
    complaints += differ("at most 10 of a kind", True, max([0] + [kinds.count(k) for k in kinds]) <= 10)
    complaints += differ("the last line is no command", False, lines[-1].startswith("::"))
    unpredicted = any(p == (DIFFERENT, b"") for p in case.probes)
    return complaints + differ("an error", unpredicted, "error" in kinds)


def read_markdown(case, text):
    complaints = []
    if len(text.encode()) > 1 << 20:
        complaints.append("larger than a step summary may be")
    if re.search(r"(^|[^\\`&#;\w])@\w", re.sub(r"`+[^\n]*?`+", "", text)):
        complaints.append("somebody is mentioned")
    if not shutil.which("cmark-gfm"):
        return complaints
    done = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough"],
                          input=text.encode(), stdout=subprocess.PIPE, check=True)
    page = readback.Rendered(done.stdout.decode())
    if page.tags - readback.MARKDOWN_TAGS:
        complaints.append("elements: %s" % sorted(page.tags - readback.MARKDOWN_TAGS))
    if any(not link.startswith("https://pages.example/rules/I2G") for link in page.links):
        complaints.append("links: %s" % page.links)
    return complaints + differ("cells", set(), {len(row) for row in page.rows if row} - {5})


def read_html(case, text):
    page = readback.Page(text)
    complaints = readback.page_complaints(page)
    complaints += differ("requests", len(case.probes), text.count('<details class="finding'))
    groups = json.loads(page.raw["ingress2gw-report"])["groups"]
    causes = re.findall(r'<tr id="cause-\d+">.*', text)
    complaints += differ("causes", len(groups), len(causes))
    complaints += differ("causes with a request", len(causes), sum("<td><code>" in c for c in causes))
    complaints += differ("with less, too", sum("shorter" in g for g in groups), sum("with less, too" in c for c in causes))
    return complaints + differ("embedded", len(case.probes), len(json.loads(page.raw["ingress2gw-report"])["results"]))


def read_text(case, text):
    if not re.search(r"(?m)^[\d,]+ requests?(?: at [\d,]+/s)?: [\d,]+ agree, [\d,]+ differ", text):
        return ["no summary line"]
    loud = sum(p == (DIFFERENT, b"") for p in case.probes) > 0
    return differ("NOT PREDICTED", loud, "NOT PREDICTED" in text or "NOT COVERED" in text)


READERS = {"github": read_github, "html": read_html, "json": read_json, "junit": read_junit,
           "markdown": read_markdown, "text": read_text}


# ---- the test ----

def write(reporter, case):
    """{format: text}, or a list of complaints."""
    with tempfile.TemporaryDirectory() as home:
        given = os.path.join(home, "case")
        with open(given, "wb") as file:
            file.write(case.data())
        done = subprocess.run([reporter, given, home], stderr=subprocess.PIPE, env=program.ENVIRONMENT)
        if done.returncode:
            return ["status %d" % done.returncode] + done.stderr.decode("utf-8", "replace").split("\n")[:40]
        texts = {}
        for name in sorted(set(os.listdir(home)) - {"case"}):
            with open(os.path.join(home, name), "rb") as file:
                texts[name] = file.read()
        return texts


def merge_complaints(texts):
    """Read back and written again it is the same, but for the order of groups that count alike."""
    first, second = json.loads(texts["json"]), json.loads(texts["merged"])
    for data in (first, second):
        for result in data["results"]:
            result["group"] = data["groups"][result["group"]]["count"] if "group" in result else None
            if "finding" in result:
                result["finding"] = data["findings"][result["finding"]]
        for key in ("groups", "findings"):
            data[key] = sorted(json.dumps(entry, sort_keys=True) for entry in data[key] if key == "findings")
        data["hosts"].sort(key=str)
    return [c for key in first for c in differ("merged " + key, first[key], second.get(key))]


def test_case(reporter, case):
    texts = write(reporter, case)
    if isinstance(texts, list):
        return texts
    complaints = differ("formats", set(FORMATS), set(texts) - {"merged"})
    for name in FORMATS:
        try:
            text = texts[name].decode("utf-8")
        except UnicodeDecodeError as error:
            complaints.append("%s: %s" % (name, error))
            continue
        if re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text) and name not in ("json", "html"):
            complaints.append(name + ": control characters")
        complaints += ["%s: %s" % (name, c) for c in READERS[name](case, text)]
    if b"s" not in case.flags and "merged" in texts:
        complaints += merge_complaints(texts)
    return complaints


def test_secrets(reporter):
    case = secret_case()
    texts = write(reporter, case)
    if isinstance(texts, list):
        return texts
    complaints = test_case(reporter, case)
    for name, text in texts.items():
        if TOKEN in text:
            at = text.index(TOKEN)
            complaints.append("%s shows a credential: %r" % (name, text[max(0, at - 80):at + 40]))
        if b"REDACTED" not in text and name != "github":
            complaints.append(name + ": nothing is REDACTED")
    return complaints


def main():
    tally = Tally("report")
    if not shutil.which("cmark-gfm"):
        tally.skip("rendering of Markdown", "there is no cmark-gfm here")
    reporter = os.path.join(sys.argv[1], "tests", "report", "diff_reporter")
    listed = {case.name: case for case in cases()}
    tally.run(lambda name: test_case(reporter, listed[name]), list(listed))
    tally.run(lambda name: test_secrets(reporter), ["no credential in any format"])
    tally.finish()


if __name__ == "__main__":
    main()
