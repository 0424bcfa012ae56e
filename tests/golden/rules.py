"""One example a rule: testdata/rules/<code>/ holds what raises it and what does not.

    bad.yaml     raises the code
    expect       where: "line:col-endcol CODE" for each finding of that code, or "CODE" for one that is
                 about the whole run. The end is the column behind the last marked character, as endColumn
                 in JSON. Lines with other codes say what else bad.yaml raises; they need not be complete.
    good.yaml    the same, corrected: raises nothing of that code
    args         further arguments, one a line (optional); # starts a comment line. The first line may be
                 "validate", "convert" or "verify": then the example is given to that command, not to lint.
                 "--against gateway.yaml" names a further file of the directory.

usage: rules.py [--update] [CODE...]

--update writes the findings of the code into `expect`; read it before you commit it. A rule of a
hundred in NEED without example, and an example that is not complete, is a failure; other rules
without one are counted and named at the end.
"""

import json
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally, diff  # noqa: E402

RULES = os.path.join(program.ROOT, "testdata", "rules")
# A new rule needs its example, apart from I2G129 (about files of requests, tests/unit/test_requests.c), I2G133 (about
# the name of a file, tests/cli/gate.py),
# I2G617 (lint and validate refuse such objects by their schema; verify and match say it of --against,
# tests/cli/worlds.py) and I2G69x (mistakes of the program itself, tests/unit/test_legal.c).
NEED = ("I2G1", "I2G2", "I2G3", "I2G4", "I2G5", "I2G60", "I2G610", "I2G611", "I2G612", "I2G613",
        "I2G614", "I2G615", "I2G616", "I2G618", "I2G619", "I2G62", "I2G7", "I2G9")
WITHOUT = ("I2G129", "I2G133")
COMMANDS = ("lint", "validate", "convert", "verify")


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [line for line in file.read().splitlines() if line and not line.startswith("#")]


class Example:
    def __init__(self, code):
        self.code, self.path = code, os.path.join(RULES, code)
        self.args = lines(self.file("args"))
        self.command = self.args.pop(0) if self.args[:1] and self.args[0] in COMMANDS else "lint"

    def __str__(self):
        return self.code

    def file(self, name):
        return os.path.join(self.path, name)

    def findings(self, name):
        """What one of the files raises, as lines of `expect`."""
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "findings.json")
            run = program.run([self.command, "-q", "-o", "json=" + out, *self.args, name], cwd=self.path)
            complaints = run.complaints((0, 1))
            if complaints:
                raise ValueError("\n".join(complaints))
            with open(out, encoding="utf-8") as file:
                told = json.load(file)["findings"]
        found = []
        for finding in told:
            place = ""
            if finding.get("file") == name:
                place = "%d:%d-%d " % (finding["line"], finding["column"], finding["endColumn"])
            found.append(place + finding["code"])
        return found

    def own(self, findings):
        return [line for line in findings if line.endswith(self.code)]


def missing(example):
    return [name for name in ("bad.yaml", "good.yaml") if not os.path.exists(example.file(name))]


def check(example):
    absent = missing(example)
    if not os.path.exists(example.file("expect")):
        absent.append("expect (rules.py --update %s writes it)" % example.code)
    if absent:
        return ["%s is not there" % name for name in absent]
    expected = lines(example.file("expect"))
    wrong = [line for line in expected
             if not re.fullmatch(r"(\d+:\d+-\d+ )?I2G\d{3}", line)]
    if wrong:
        return ["expect: '%s' is not 'line:col-endcol CODE'" % line for line in wrong]
    if not example.own(expected):
        return ["expect names no %s" % example.code]
    bad, good = example.findings("bad.yaml"), example.own(example.findings("good.yaml"))
    complaints = []
    if sorted(example.own(expected)) != sorted(example.own(bad)):
        complaints.append(diff("\n".join(sorted(example.own(expected))),
                               "\n".join(sorted(example.own(bad))), "expect", "bad.yaml"))
    others = [line for line in expected if line not in example.own(expected) and line not in bad]
    complaints += ["bad.yaml does not raise %s" % line for line in others]
    complaints += ["good.yaml raises %s" % line for line in good]
    return complaints


def update(example):
    if missing(example):
        return
    with open(example.file("expect"), "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in example.own(example.findings("bad.yaml"))))


def known_codes():
    run = program.run(["list", "rules", "-o", "json"])
    return [row["code"] for row in json.loads(run.out)["rules"]]


def main():
    wanted = [a.upper() for a in sys.argv[1:] if a != "--update"]
    codes = known_codes()
    there = sorted(os.listdir(RULES)) if os.path.isdir(RULES) else []
    tally = Tally("rules")
    for name in there:
        tally.check("%s: directory" % name, name in codes, "no rule has this code")
    examples = [Example(code) for code in there if code in codes and (not wanted or code in wanted)]
    if "--update" in sys.argv[1:]:
        for example in examples:
            update(example)
    tally.run(check, examples)
    without = [code for code in codes if code not in there]
    for code in without:
        if code.startswith(NEED) and code not in WITHOUT and not wanted:
            tally.fail(code, "no example in testdata/rules/%s" % code)
    if without and not wanted:
        print("%d of %d rules have no example yet: %s%s" % (
            len(without), len(codes), " ".join(without[:8]), " ..." if without[8:] else ""))
    tally.finish()


main()
