"""The program under test: where it is, and how it is run.

INGRESS2GW names the binary; scripts/test sets it to the sanitizer build.
"""

import os
import resource
import subprocess
import sys

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
for name in ("INGRESS2GW_CONFIG", "INGRESS2GW_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "KUBECONFIG"):
    ENVIRONMENT.pop(name, None)


# A crash is reported by its status; hundreds of core files help nobody.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def binary():
    """Absolute path of the program; ends the test when there is none."""
    path = os.environ.get("INGRESS2GW") or os.path.join(ROOT, "build-run", "cli", "ingress2gw")
    path = os.path.abspath(path)
    if not os.access(path, os.X_OK):
        sys.exit("%s: no program at %s (set INGRESS2GW, or run scripts/test)" % (sys.argv[0], path))
    return path


def sanitized(path):
    """Whether the binary was built with AddressSanitizer (its memory use says nothing then)."""
    with open(path, "rb") as file:
        return b"__asan_init" in file.read()


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def complaints(self, statuses=(0, 1, 2)):
        """What is wrong with a run whatever it was about: crashes, sanitizer reports, hangs."""
        text = self.err.decode("utf-8", "replace")
        for mark in ("Sanitizer", "runtime error:", "does not hold", "bug in"):
            if mark in text:
                return ["the program reports '%s':" % mark] + text.splitlines()[:40]
        if self.status == "timeout":
            return ["no end within the time limit"]
        if self.status not in statuses:
            return ["status %s, not one of %s" % (self.status, list(statuses))] + text.splitlines()[:20]
        return []


def run(args, cwd=None, stdin=b"", timeout=120, memory=None):
    """Runs the program. `memory` limits the address space in bytes (not with sanitizers)."""

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    try:
        done = subprocess.run(
            [binary()] + list(args), cwd=cwd, input=stdin, env=ENVIRONMENT, timeout=timeout,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit if memory else None,
        )
    except subprocess.TimeoutExpired as error:
        return Result("timeout", error.stdout or b"", error.stderr or b"")
    return Result(done.returncode, done.stdout, done.stderr)
