"""Counting cases: every stage of scripts/test ends with one line "N passed, N failed".

The line is the protocol between a stage and scripts/test, which adds the stages up.
"""

import concurrent.futures
import difflib
import os
import sys
import threading


class Tally:
    def __init__(self, stage):
        self.stage = stage
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()

    def ok(self, count=1):
        with self.lock:
            self.passed += count

    def fail(self, case, detail=""):
        with self.lock:
            self.failed += 1
            print("FAILED %s: %s" % (self.stage, case))
            for line in detail.rstrip("\n").split("\n") if detail else []:
                print("  " + line)
            sys.stdout.flush()

    def skip(self, case, reason, count=1):
        with self.lock:
            self.skipped += count
            print("skipped %s: %s: %s" % (self.stage, case, reason))
            sys.stdout.flush()

    def check(self, case, condition, detail=""):
        if condition:
            self.ok()
        else:
            self.fail(case, detail() if callable(detail) else detail)
        return bool(condition)

    def run(self, function, cases):
        """Calls function(case) -> list of complaints for each case, on all processors. A case
        without complaints passed; an exception is a complaint."""

        def one(case):
            try:
                return function(case)
            except Exception as error:  # a broken test must be seen as a failure, not end the run
                return ["the test itself failed: %s: %s" % (type(error).__name__, error)]

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for case, complaints in zip(cases, pool.map(one, cases)):
                self.check(str(case), not complaints, "\n".join(complaints))

    def finish(self):
        line = "%d passed, %d failed" % (self.passed, self.failed)
        if self.skipped:
            line += ", %d skipped" % self.skipped
        print(line)
        sys.exit(1 if self.failed else 0)


def diff(expected, got, expected_name, got_name="got", limit=80):
    """Unified diff of two texts, cut after `limit` lines."""
    lines = list(
        difflib.unified_diff(
            expected.splitlines(), got.splitlines(), expected_name, got_name, lineterm=""
        )
    )
    if not lines and expected != got:
        lines = ["%s and %s differ in line ends" % (expected_name, got_name)]
    if len(lines) > limit:
        lines = lines[:limit] + ["... %d more lines" % (len(lines) - limit)]
    return "\n".join(lines)
