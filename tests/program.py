"""The program under test: where it is, and how it is run.

INGRESS2GW names the binary; scripts/test sets it to the sanitizer build.
"""

import collections
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")

# Statuses of a sanitizer report must not be mistaken for the program's own 0, 1 and 2.
SANITIZER_STATUS = 99
ENVIRONMENT = dict(
    os.environ,
    LC_ALL="C.UTF-8",
    NO_COLOR="1",
    COLUMNS="100",
    ASAN_OPTIONS="exitcode=%d:detect_leaks=1:allocator_may_return_null=0" % SANITIZER_STATUS,
    UBSAN_OPTIONS="exitcode=%d:halt_on_error=1:print_stacktrace=1" % SANITIZER_STATUS,
)
for name in [n for n in ENVIRONMENT if n.startswith("INGRESS2GW_")] + [
        "CLICOLOR_FORCE", "FORCE_COLOR", "KUBECONFIG"]:
    ENVIRONMENT.pop(name, None)
ENVIRONMENT["XDG_CONFIG_HOME"] = "/nonexistent"  # the tester's own configuration


# A crash is reported by its status; hundreds of core files help nobody.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def release():
    """The optimised build, or None: memory bounds are checked on it."""
    path = os.environ.get("INGRESS2GW_RELEASE", "")
    return path if os.access(path, os.X_OK) else None


def is_sanitized(path):
    """Whether a build keeps what was freed, so that nothing can be said about its memory."""
    with open(path, "rb") as file:
        return b"__asan_init" in file.read()


def binary():
    """Absolute path of the program; ends the test when there is none."""
    path = os.environ.get("INGRESS2GW") or os.path.join(ROOT, "build-run", "cli", "ingress2gw")
    path = os.path.abspath(path)
    if not os.access(path, os.X_OK):
        sys.exit("%s: no program at %s (set INGRESS2GW, or run scripts/test)" % (sys.argv[0], path))
    return path


class Result:
    """One run. status is the exit status, minus the signal, or "timeout"; rss is the peak of the
    resident memory in bytes, where it was measured; findings and report are what convert() asked the program to write."""

    def __init__(self, status, out, err, rss):
        self.status, self.out, self.err, self.rss = status, out, err, rss
        self.findings = self.report = None

    def error_text(self):
        return self.err.decode("utf-8", "replace")

    def codes(self):
        """Codes of the findings, each once."""
        return set(re.findall(r"\[(I2G\d{3})\]$", self.findings or "", re.M))

    def complaints(self, statuses=(0, 1, 2)):
        """What is wrong with a run whatever it was about: crashes, sanitizer reports, hangs."""
        text = self.error_text()
        for mark in ("Sanitizer", "runtime error:", "does not hold"):
            if mark in text:
                return ["the program reports '%s':" % mark] + text.splitlines()[:40]
        if self.status == "timeout":
            return ["no end within the time limit"]
        if self.status not in statuses:
            return ["status %s, not one of %s" % (self.status, list(statuses))] + text.splitlines()[:20]
        if "I2G690" in self.codes():
            return ["an object was not legal:"] + [line for line in (self.findings or "").splitlines()
                                                   if "I2G690" in line][:20]
        if self.status == 2 and not text.startswith("ingress2gw: "):
            return ["status 2 without a message"] + text.splitlines()[:20]
        return []


# The kernel counts the memory that a process had before exec, which is ours. A small process in
# between makes the number the program's own.
MEASURE = """
import os, sys
child = os.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    file.write("%d %d" % (os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024))
"""


def run(args, cwd=None, stdin=b"", timeout=300, path=None, measure=False, env=None):
    """Runs the program (or the one at `path`) to its end; with `measure` its memory is known; `env`
    is added to the environment."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, \
            tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile("r") as measured:
        given.write(stdin)
        given.seek(0)
        command = [path or binary()] + list(args)
        if measure:
            command = [sys.executable, "-I", "-S", "-c", MEASURE, measured.name] + command
        child = subprocess.Popen(command, cwd=cwd, env=dict(ENVIRONMENT, **(env or {})), stdin=given, stdout=out,
                                 stderr=err, start_new_session=True)
        rss = None
        try:
            status = child.wait(timeout)
        except subprocess.TimeoutExpired:
            status = "timeout"
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if measure and status == 0:
            status, rss = map(int, measured.read().split())
        out.seek(0)
        err.seek(0)
        return Result(status, out.read(), err.read(), rss)


def convert(files, *args, cwd=None, **how):
    """Runs "convert" and collects its findings (concise) and its ledger (JSON, parsed)."""
    with tempfile.TemporaryDirectory() as scratch:
        findings = os.path.join(scratch, "findings.txt")
        report = os.path.join(scratch, "report.json")
        inputs = [word for file in files for word in ("-f", file)]
        result = run(["convert", "-o", "concise=" + findings, "--report=" + report]
                     + list(args) + inputs, cwd=cwd, **how)
        if os.path.exists(findings):
            with open(findings, encoding="utf-8", newline="") as file:
                result.findings = file.read()
        if os.path.exists(report):
            with open(report, encoding="utf-8") as file:
                result.report = json.load(file)
        return result


def ledger_complaints(report):
    """Every item has one outcome, and the counts add up."""
    if report is None:
        return ["no report was written"]
    items, counts = report["items"], report["outcomes"]
    seen = collections.Counter(item["outcome"] for item in items)
    if {k: n for k, n in counts.items() if n} != dict(seen):
        return ["the ledger does not add up: says %s, lists %s" % (counts, dict(seen))]
    if seen["open"]:
        return ["%d items were not accounted for" % seen["open"]]
    return []
