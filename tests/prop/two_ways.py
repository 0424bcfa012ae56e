"""The short way through a schema and the general one agree (lib/schema/quick.h).

  golden     all that convert is expected to write (testdata/) is known to be clean by the short way
  changed    copies of those objects, of published objects with a verdict and of the manifests of the
             conformance tests (../shared), in which something was changed at random: when the short way
             says "clean", the general way has nothing to say

usage: two_ways.py BUILD [--seed=N] [--copies=N]
"""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

CHANNELS = ("standard", "experimental")
CONFORMANCE = os.path.join(program.SHARED, "conformance")
# Objects of which so few are legal that nothing was compared.
LEAST = 50


def compare(tally, name, channel, seed, copies, files, all_known=False):
    command = [os.path.join(sys.argv[1], "tests", "prop", "two_ways"), channel, str(seed), str(copies),
               "-"] + files
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=program.ENVIRONMENT, timeout=600)
    out = done.stdout.decode("utf-8", "replace")
    name = "%s %s --seed=%d" % (name, channel, seed)
    counts = re.search(r"^objects (\d+) clean (\d+) known (\d+)$", out, re.M)
    told = "\n".join(out.splitlines()[:40] + done.stderr.decode("utf-8", "replace").splitlines()[:40])
    if not tally.check(name, done.returncode == 0 and counts, "status %d\n%s" % (done.returncode, told)):
        return
    _, clean, known = map(int, counts.groups())
    tally.check(name + ": enough clean objects", known >= LEAST, told)
    if all_known:
        tally.check(name + ": all of them known", known == clean, told)


def golden():
    files = sorted(glob.glob(os.path.join(program.ROOT, "testdata", "**", "out.*.yaml"), recursive=True))
    by_channel = {channel: [] for channel in CHANNELS}
    for path in files:
        args = os.path.join(os.path.dirname(path), "args")
        text = open(args, encoding="utf-8").read() if os.path.exists(args) else ""
        by_channel["experimental" if "--channel=experimental" in text.split() else "standard"].append(path)
    return by_channel


def published(folder):
    """The objects of ../shared, as files."""
    with open(os.path.join(CONFORMANCE, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)["schemaCases"]
    for i, case in enumerate(case for case in cases if "object" in case):
        with open(os.path.join(folder, "%d.json" % i), "w", encoding="utf-8") as file:
            json.dump(case["object"], file)
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))] + sorted(
        glob.glob(os.path.join(CONFORMANCE, "manifests", "*.yaml")))


def main():
    options = dict(a[2:].split("=", 1) for a in sys.argv[2:] if a.startswith("--"))
    seed, copies = int(options.get("seed", 1)), int(options.get("copies", 60))
    tally = Tally("two-ways")
    ours = golden()
    compare(tally, "golden", "standard", seed, 0, ours["standard"], all_known=True)
    for channel in CHANNELS:
        compare(tally, "changed golden", channel, seed, copies // 6, ours["standard"] + ours["experimental"])
    if not os.path.isdir(CONFORMANCE):
        tally.skip("published objects", "../shared is not there")
        tally.finish()
    for channel in CHANNELS:
        with tempfile.TemporaryDirectory() as folder:
            compare(tally, "changed published", channel, seed, copies, published(folder))
    tally.finish()


if __name__ == "__main__":
    main()
