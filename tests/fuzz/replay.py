"""Every seed of every fuzz target goes through the target once, without libFuzzer.

usage: replay.py BUILD

A crash that a hunt has found becomes a file in seeds/<target>/, and stays there.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

SEEDS = os.path.join(program.ROOT, "tests", "fuzz", "seeds")


def replay(target, files):
    """Status and standard error of the target over the files."""
    try:
        done = subprocess.run([target] + files, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=program.ENVIRONMENT, timeout=300)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    return done.returncode, done.stderr.decode("utf-8", "replace")


def main():
    tally = Tally("fuzz")
    build = sys.argv[1]
    targets = sorted(name[len("fuzz_"):-len(".c")] for name in os.listdir(os.path.dirname(SEEDS))
                     if name.startswith("fuzz_") and name.endswith(".c"))
    for name in targets:
        folder = os.path.join(SEEDS, name)
        files = sorted(os.path.join(folder, file) for file in os.listdir(folder)) \
            if os.path.isdir(folder) else []
        target = os.path.join(build, "tests", "fuzz", "replay_" + name)
        if not tally.check(name, files, "no seeds in " + folder):
            continue
        if replay(target, files)[0] == 0:
            tally.ok(len(files))
            continue
        for file in files:  # one of them: find out which
            status, err = replay(target, [file])
            tally.check("%s: %s" % (name, os.path.basename(file)), status == 0,
                        "status %s\n%s" % (status, "\n".join(err.split("\n")[-40:])))
    tally.finish()


if __name__ == "__main__":
    main()
