"""Runs the unit tests of a build directory and counts the cases inside each program.

usage: run.py BUILD-DIRECTORY
"""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402


def main():
    build = sys.argv[1]
    tally = Tally("unit")
    log = os.path.join(build, "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.remove(log)
    environment = dict(program.ENVIRONMENT, CMOCKA_MESSAGE_OUTPUT="TAP")
    done = subprocess.run(
        ["meson", "test", "-C", build, "--no-rebuild", "--timeout-multiplier", "10"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    if not os.path.exists(log):
        tally.fail("meson test", done.stdout.decode("utf-8", "replace"))
        tally.finish()
    with open(log, encoding="utf-8") as file:
        for line in file:
            count(tally, json.loads(line))
    tally.finish()


def count(tally, test):
    """One program. A program without TAP lines (a script, a crash at start) is one case."""
    out = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
    good = re.findall(r"^ok \d+ - (.*)", out, re.M)
    bad = re.findall(r"^not ok \d+ - (.*)", out, re.M)
    if test["result"] == "SKIP":
        tally.skip(test["name"], out.strip() or "skipped")
        return
    tally.ok(len(good))
    for case in bad:
        tally.fail("%s %s" % (test["name"], case), out if case == bad[0] else "")
    if test["result"] == "OK" and not good:
        tally.ok()
    elif test["result"] != "OK" and not bad:
        tally.fail("%s (%s)" % (test["name"], test["result"]), out)


main()
