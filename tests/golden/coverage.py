"""What must have a golden case has one, and the case shows it.

1. Every annotation of ingress-nginx that the program lists has a case with in.yaml in which the key
   is set; where ../shared is present, the program lists exactly the keys of the reference.
2. Every row of testdata/coverage.tsv (described there) names a case whose expected files contain what
   the row claims; where ../shared is present, its ids are exactly those of the reference.

That the program writes those files is what run.py tests. usage: coverage.py
"""

import csv
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

TESTDATA = os.path.join(program.ROOT, "testdata")
MAP = os.path.join(TESTDATA, "coverage.tsv")
TABLE = os.path.join(program.ROOT, "converters", "from_ingress_nginx", "annotations.c")
PREFIX = "nginx.ingress.kubernetes.io/"
REFERENCE = os.path.join(program.SHARED, "reference")
SURPRISES = 46  # the first 46 ids of the map
WITHOUT = ("none", "open")  # instead of a case


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def differences(here, there):
    """Complaints when two collections of names differ."""
    here, there = set(here), set(there)
    return "\n".join(["only here: %s" % name for name in sorted(here - there)]
                     + ["only in the reference: %s" % name for name in sorted(there - here)])


def listed_keys():
    run = program.run(["list", "annotations", "--provider=ingress-nginx", "-o", "json"])
    return [row["annotation"] for row in json.loads(run.out)["annotations"]]


def golden_of():
    """key -> case, from the rows of the table."""
    return dict(re.findall(r'\.key = "([^"]+)",(?:(?!\.key = ).)*?\.golden = "([^"]+)"',
                           read(TABLE), re.S))


def check_key(key, golden):
    if key not in golden:
        return "its row in annotations.c names no golden case"
    path = os.path.join(TESTDATA, "ingress-nginx", golden[key], "in.yaml")
    if not os.path.exists(path):
        return "the case has no %s" % os.path.relpath(path, program.ROOT)
    if not re.search(r"^\s+[\"']?%s[\"']?:" % re.escape(PREFIX + key), read(path), re.M):
        return "%s does not set it" % os.path.relpath(path, program.ROOT)
    return ""


def check_keys(tally):
    keys, golden = listed_keys(), golden_of()
    tally.check("one key, one row", len(keys) == len(set(keys)) and len(keys) > 0)
    for key in keys:
        wrong = check_key(key, golden)
        tally.check(key, not wrong, wrong)
    path = os.path.join(REFERENCE, "ingress-nginx-annotations.csv")
    if not os.path.exists(path):
        tally.skip("keys of the reference", "%s is not there" % path)
        return
    with open(path, encoding="utf-8", newline="") as file:
        wrong = differences((PREFIX + key for key in keys), (row["key"] for row in csv.DictReader(file)))
    tally.check("keys of the reference", not wrong, wrong)


def holds(case, claim):
    """Whether a claim of the map is true of the files of a case."""
    denied = claim.startswith("!")
    claim = claim[denied:]
    out, findings = "out.standard.yaml", "findings.txt"
    named = re.match(r"([a-z-]+): (.+)", claim)
    if named and os.path.exists(os.path.join(case, "out.%s.yaml" % named[1])):
        out, claim = "out.%s.yaml" % named[1], named[2]
        if os.path.exists(os.path.join(case, "findings.%s.txt" % named[1])):
            findings = "findings.%s.txt" % named[1]
    code = re.fullmatch(r"(I2G\d{3})(?: (.+))?", claim)
    if code:
        return denied != any(line.endswith("[%s]" % code[1]) and (code[2] or "") in line
                             for line in read(case, findings).splitlines())
    text = [line.strip() for line in read(case, out).splitlines()]
    want = claim.split(" ++ ")
    if denied and len(want) == 1:
        return not any(claim in line for line in text)
    return denied != any(text[i:i + len(want)] == want for i in range(len(text)))


def check_row(name, case, claims):
    folder = os.path.join(TESTDATA, case)
    if not any(os.path.exists(os.path.join(folder, file)) for file in ("in.yaml", "in.json")):
        return "there is no case %s" % case
    if not claims:
        return "the row claims nothing"
    return "\n".join("%s does not show: %s" % (case, claim) for claim in claims.split(" && ")
                     if not holds(folder, claim))


def rows():
    for line in read(MAP).splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def check_map(tally):
    """Returns id -> case."""
    cases = {}
    for row in rows():
        if not tally.check("%s: columns" % row[0], len(row) == 4 and all(row[:2]) and row[3].strip()):
            continue
        name, case, claims, about = row
        tally.check("%s: once" % name, name not in cases)
        cases[name] = case
        if case == "open":
            tally.skip(name, "not handled: " + about)
        elif case not in WITHOUT:
            wrong = check_row(name, case, claims)
            tally.check("%s: %s" % (name, about), not wrong, wrong)
    surprises = ["4.%d" % number for number in range(1, SURPRISES + 1)]
    wrong = [name for name in surprises if name not in cases]
    tally.check("every surprise", not wrong, "no row: %s" % " ".join(wrong))
    return cases


def section(page, start, end):
    """Text of a page of the reference from one heading to the next, or None without the page."""
    path = os.path.join(REFERENCE, page)
    if not os.path.exists(path):
        return None
    return read(path).split("\n" + start, 1)[1].split("\n" + end, 1)[0]


def check_ids(tally, cases):
    surprises = section("ingress-nginx.md", "## 4.", "## 5.")
    defects = section("peers.md", "## 5.", "## 6.")
    if surprises is None or defects is None:
        tally.skip("ids of the reference", "%s has no ingress-nginx.md or peers.md" % REFERENCE)
        return
    surprises = re.findall(r"^\*\*(4\.(\d+)) .*`\[([a-z0-9-]+)\]`", surprises, re.M)
    defects = re.findall(r"^\| ([DSVC]\d\d) \|", defects, re.M)
    tally.check("the reference is understood", len(surprises) == SURPRISES and len(defects) >= 60,
                "%d surprises, %d defects found" % (len(surprises), len(defects)))
    wrong = differences(cases, [name for name, _, _ in surprises] + defects)
    tally.check("ids of the reference", not wrong, wrong)
    for name, number, meaning in surprises:
        want = "ingress-nginx/surprise-4-%02d-%s" % (int(number), meaning)
        tally.check("%s: case" % name, cases.get(name) == want, "not %s" % want)


def main():
    tally = Tally("coverage")
    check_keys(tally)
    check_ids(tally, check_map(tally))
    tally.finish()


main()
