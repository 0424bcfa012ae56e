"""Every real manifest of ../shared/corpus, converted and verified: no difference that no finding covers.

usage: verify_corpus.py [--causes] [PART-OF-A-FILE-NAME...]

--causes prints how often each finding is the cause of a difference, over all files, as the table of
docs/verify.md.
"""

import argparse
import collections
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..")]

import program  # noqa: E402
from tally import Tally  # noqa: E402

CORPUS = os.path.join(program.SHARED, "corpus")
ENDS = (".yaml", ".yml", ".json")
UNCOVERED = ("I2G700", "I2G701")


def files(wanted):
    for folder, _, names in sorted(os.walk(CORPUS)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(ENDS) and all(part in path for part in wanted) and has_ingress(path):
                yield os.path.relpath(path, CORPUS)


def has_ingress(path):
    with open(path, "rb") as file:
        return b"Ingress" in file.read()


def cause(finding):
    """What the finding says is behind the difference."""
    words = finding.get("hint", "").split()
    return words[2] if words[:2] == ["announced", "by"] else finding["code"]


class Runner:
    def __init__(self):
        self.causes, self.files = collections.Counter(), collections.Counter()
        self.compared = 0

    def check(self, path):
        # The sanitizer build is for corpus.py, which reads the same files; here are many of them.
        run = program.run(["verify", "-o", "json", path], cwd=CORPUS, path=program.release())
        complaints = run.complaints()
        if complaints:
            return complaints
        if run.status == 2:
            return []  # nothing to compare: another controller, or no Ingress at all
        found = json.loads(run.out)["findings"]
        self.compared += 1
        self.causes.update(cause(f) for f in found)
        self.files.update({cause(f) for f in found})
        return ["%s: %s" % (f["code"], f["message"]) for f in found if f["code"] in UNCOVERED]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--causes", action="store_true")
    parser.add_argument("part", nargs="*")
    given = parser.parse_args()
    tally = Tally("verify-corpus")
    if not os.path.isdir(CORPUS):
        tally.skip("real manifests", "there is no %s" % os.path.relpath(CORPUS, program.ROOT))
        tally.ok()
        tally.finish()
    runner = Runner()
    tally.run(runner.check, list(files(given.part)))
    if given.causes:
        print("%d files compared" % runner.compared)
        for code, count in runner.files.most_common():
            print("| %s | %d | %d |" % (code, count, runner.causes[code]))
    tally.finish()


main()
