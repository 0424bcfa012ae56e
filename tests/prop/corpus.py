"""Every real manifest of ../shared/corpus: no crash, the ledger adds up, what is written is legal, two
runs give the same bytes. One file a run, then the whole corpus in one run.

usage: corpus.py [PART-OF-A-FILE-NAME...]
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "golden")]

import crd_schema  # noqa: E402
import program  # noqa: E402
from tally import Tally  # noqa: E402

CORPUS = os.path.join(program.SHARED, "corpus")
ENDS = (".yaml", ".yml", ".json")


def files(wanted):
    found = []
    for folder, _, names in sorted(os.walk(CORPUS)):
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), CORPUS)
            if name.endswith(ENDS) and (not wanted or any(part in path for part in wanted)):
                found.append(path)
    return found


def judge(run, again):
    complaints = run.complaints()
    if complaints:
        return complaints
    complaints = program.ledger_complaints(run.report)
    out = run.out.decode("utf-8", "replace")
    complaints += crd_schema.check_text(out)[:10]
    if again.out != run.out or again.findings != run.findings:
        complaints.append("a second run gave other bytes")
    return complaints


def convert_again(files):
    """By the optimised build where there is one: it must say the same, and is sooner done."""
    return program.convert(files, cwd=CORPUS, path=program.release())


def check(path):
    return judge(program.convert([path], cwd=CORPUS), convert_again([path]))


def whole(tally):
    run = program.convert(["."], cwd=CORPUS)
    complaints = judge(run, convert_again(["."]))
    tally.check("the whole corpus in one run", not complaints, "\n".join(complaints))


def main():
    tally = Tally("corpus")
    if not os.path.isdir(CORPUS):
        tally.skip("real manifests", "there is no %s" % os.path.relpath(CORPUS, program.ROOT))
        tally.finish()
    wanted = sys.argv[1:]
    tally.run(check, files(wanted))
    if not wanted:
        whole(tally)
    tally.finish()


main()
