"""verify finds no difference in the golden inputs that no finding covers.

Each input is converted for the standard emitter, and for another one in the experimental channel (they
take turns). Where a case is converted with --allow-unguarded, lost guards are what was asked for.

usage: verify.py [CASE...]     CASE: a part of provider/case
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

TESTDATA = os.path.join(program.ROOT, "testdata")
ELSEWHERE = ("plan", "rules")
INPUTS = ("in.yaml", "in.json", "in")
TAKEN = ("--emitter", "--channel")

# No listener of a Gateway that is not in the input is known; a host in two namespaces has two
# Gateways then, and which one clients reach is up to its DNS records.
UNKNOWN = ("--gateway=",)
TWO_GATEWAYS = ("topology-gateway-per-namespace-shared-host",)


def arguments(folder):
    path = os.path.join(folder, "args")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [line for line in file.read().splitlines() if line and not line.startswith("#")]


def emitters():
    listed = json.loads(program.run(["list", "emitters", "-o", "json"]).out)
    return [e["emitter"] for e in listed["emitters"]]


class Case:
    def __init__(self, folder, emitter, channel):
        self.folder, self.emitter, self.channel = folder, emitter, channel
        self.args = [a for a in arguments(folder) if not a.startswith(TAKEN)]

    def __str__(self):
        return "%s, %s, %s" % (os.path.relpath(self.folder, TESTDATA), self.emitter, self.channel)

    def judge(self):
        given = next(i for i in INPUTS if os.path.exists(os.path.join(self.folder, i)))
        run = program.run(["verify", "-o", "json", "--emitter=" + self.emitter, "--channel=" + self.channel,
                           *self.args, os.path.join(self.folder, given)])
        complaints = run.complaints(statuses=(0, 1, 2))
        # Nothing could be read, or converted: there is nothing to compare.
        if complaints or run.status == 2:
            return complaints
        codes = ("I2G700",) if "--allow-unguarded" in self.args else ("I2G700", "I2G701")
        return ["%s: %s" % (f["code"], f["message"])
                for f in json.loads(run.out)["findings"] if f["code"] in codes]


def is_left_out(folder):
    return os.path.basename(folder) in TWO_GATEWAYS or any(a.startswith(UNKNOWN) for a in arguments(folder))


def folders():
    for folder, inside, files in sorted(os.walk(TESTDATA)):
        if os.path.relpath(folder, TESTDATA).split(os.sep)[0] in ELSEWHERE:
            continue
        if set(INPUTS) & {*inside, *files} and not is_left_out(folder):
            yield folder


def main():
    others = [e for e in emitters() if e != "standard"]
    cases = []
    for i, folder in enumerate(folders()):
        cases.append(Case(folder, "standard", "standard"))
        cases.append(Case(folder, others[i % len(others)], "experimental"))
    tally = Tally("golden-verify")
    tally.run(Case.judge, [c for c in cases if any(w in str(c) for w in sys.argv[1:] or [""])])
    tally.finish()


main()
