"""Golden cases: testdata/<provider>/<case>/ holds an input and everything it must become.

    in.yaml | in.json | in/      the input
    args                         extra arguments, one a line (optional); # starts a comment line
    out.<emitter>.yaml           the objects written for that emitter; out.standard.yaml at least
    findings.txt                 the findings, concise, for the standard emitter
    findings.<emitter>.txt       the same for another emitter, where it differs (optional)
    report.txt                   how many items of the ledger had which outcome
    status                       the exit status, when it is not 0

usage: run.py [--update] [CASE...]     CASE: a part of provider/case

--update writes what the program says now into the case; read the diff before you commit it. Each
output is also checked against the schema and the rules of Gateway API (crd_schema.py), must be the
same in a second run (of the optimised build), and must not depend on the order of the input documents, unless the file
`ordered` in the case says why it does.
"""

import json
import os
import random
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import crd_schema  # noqa: E402
import program  # noqa: E402
from tally import Tally, diff  # noqa: E402

TESTDATA = os.path.join(program.ROOT, "testdata")
SHUFFLES = 3
ELSEWHERE = ("plan", "rules")  # folders of testdata that other tests read
INPUTS = ("in.yaml", "in.json", "in")


def read(path, missing=""):
    if not os.path.exists(path):
        return missing
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def lines(text):
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class Case:
    def __init__(self, path):
        self.path = path
        self.name = os.path.relpath(path, TESTDATA)
        self.args = lines(read(os.path.join(path, "args")))
        self.status = int(read(os.path.join(path, "status"), "0"))
        self.input = next((i for i in INPUTS if os.path.exists(os.path.join(path, i))), None)
        named = re.compile(r"^out\.(.+)\.yaml$")
        self.emitters = sorted({m.group(1) for m in map(named.match, os.listdir(path)) if m}
                               | {"standard"})

    def __str__(self):
        return self.name

    def convert(self, emitter, *more, source=None, path=None):
        """One run in the case's directory, so that outputs name in.yaml without a path."""
        return program.convert([source or self.input], "--emitter=" + emitter, *self.args, *more,
                               cwd=self.path, path=path)

    def convert_again(self, emitter, *more, source=None):
        """By the optimised build where there is one: it must write the same, and is sooner done."""
        return self.convert(emitter, *more, source=source, path=program.release())

    def file(self, name):
        return os.path.join(self.path, name)


def results(case, emitter):
    """What the program makes of a case: the run, and file name -> text."""
    run = case.convert(emitter)
    texts = {"out.%s.yaml" % emitter: run.out.decode("utf-8", "replace")}
    suffix = "" if emitter == "standard" else "." + emitter
    texts["findings%s.txt" % suffix] = run.findings or ""
    if emitter == "standard":
        counts = (run.report or {}).get("outcomes", {})
        texts["report.txt"] = "".join("%s %d\n" % (k, n) for k, n in counts.items() if n)
    return run, texts


def expected(case, name):
    """None when the case does not state it."""
    if os.path.exists(case.file(name)):
        return read(case.file(name))
    if name.startswith("findings.") and name != "findings.txt":
        return None
    return ""


def compare(case, emitter):
    run, texts = results(case, emitter)
    complaints = run.complaints() + program.ledger_complaints(run.report)
    if run.status != case.status:
        complaints += ["status %s, expected %d" % (run.status, case.status)]
        complaints += run.error_text().splitlines()[:20]
    for name, text in texts.items():
        want = expected(case, name)
        if want is not None and want != text:
            complaints.append(diff(want, text, "%s/%s" % (case.name, name)))
    return complaints, texts["out.%s.yaml" % emitter]


def update(case, emitter):
    run, texts = results(case, emitter)
    complaints = run.complaints()
    if complaints:  # a crash is nothing to expect
        return complaints
    for name, text in texts.items():
        if name.startswith("findings.") and name != "findings.txt":
            if text == read(case.file("findings.txt")):
                if os.path.exists(case.file(name)):
                    os.remove(case.file(name))
                continue
        with open(case.file(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    if emitter == "standard":
        if run.status:
            with open(case.file("status"), "w", encoding="utf-8") as file:
                file.write("%s\n" % run.status)
        elif os.path.exists(case.file("status")):
            os.remove(case.file("status"))
    return complaints


def legal(case, out, emitter):
    """Schema and rules of Gateway API, for the channel that the case writes."""
    if "-oname" in "".join(case.args).replace("=", "").replace("--output", "-o"):
        return []
    channel = "experimental" if "--channel=experimental" in case.args else "standard"
    if out.startswith("{"):
        out = "---\n".join(json.dumps(item) + "\n" for item in json.loads(out)["items"])
    complaints = []
    for problem in crd_schema.check_text(out, channel):
        complaints.append("not legal (%s, %s): %s" % (emitter, channel, problem))
    return complaints


def same_again(case, emitter, out):
    again = case.convert_again(emitter).out.decode("utf-8", "replace")
    return [diff(out, again, "first run", "second run")] if again != out else []


SEPARATOR = re.compile(r"^---[ \t]*\r?$\n?", re.M)


def documents(case):
    """The documents of in.yaml as texts, or None when shuffling them would change their meaning."""
    if case.input != "in.yaml" or os.path.exists(case.file("ordered")):
        return None
    text = read(case.file("in.yaml"))
    parts = [part for part in SEPARATOR.split(text) if part.strip()]
    return parts if len(parts) > 1 else None


def order_free(case, emitter):
    """Comments name input lines, which shuffling moves: they are left out here."""
    parts = documents(case)
    if parts is None:
        return []
    want = case.convert_again(emitter, "--no-comments").out.decode("utf-8", "replace")
    complaints = []
    for seed in range(SHUFFLES):
        mixed = list(parts)
        random.Random(seed).shuffle(mixed)
        with tempfile.TemporaryDirectory() as scratch:
            path = os.path.join(scratch, "in.yaml")
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write("---\n".join(p if p.endswith("\n") else p + "\n" for p in mixed))
            got = case.convert_again(emitter, "--no-comments", source=path).out.decode("utf-8", "replace")
        if got != want:
            complaints.append("the order of the documents matters (seed %d)" % seed)
            complaints.append(diff(want, got, "in order", "shuffled", 30))
            break
    return complaints


def check(case):
    if case.input is None:
        return ["no input: one of %s" % ", ".join(INPUTS)]
    complaints = []
    for emitter in case.emitters:
        wrong, out = compare(case, emitter)
        complaints += wrong + legal(case, out, emitter) + same_again(case, emitter, out)
    return complaints + order_free(case, "standard")


def cases(wanted):
    found = []
    for provider in sorted(os.listdir(TESTDATA)) if os.path.isdir(TESTDATA) else []:
        if provider in ELSEWHERE:
            continue
        folder = os.path.join(TESTDATA, provider)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            case = "%s/%s" % (provider, name)
            if os.path.isdir(os.path.join(folder, name)):
                if not wanted or any(part in case for part in wanted):
                    found.append(Case(os.path.join(folder, name)))
    return found


def main():
    arguments = sys.argv[1:]
    updating = "--update" in arguments
    chosen = cases([a for a in arguments if a != "--update"])
    tally = Tally("golden")
    if not chosen:
        tally.fail("testdata", "no golden case found")
    if not crd_schema.available():
        tally.skip("schema of the outputs", crd_schema.REASON)
    if updating:
        tally.run(lambda case: sum((update(case, e) for e in case.emitters), []), chosen)
        print("%d cases written" % len(chosen))
        chosen = [Case(case.path) for case in chosen]
    tally.run(check, chosen)
    tally.finish()


if __name__ == "__main__":
    main()
