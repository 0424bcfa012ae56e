"""The same input gives the same bytes: in any order of the files, in every one of 100 runs, and
whether one thread reads it or two."""

import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import yaml  # noqa: E402

import program  # noqa: E402
from tally import Tally, diff  # noqa: E402

RUNS = 100
LARGE_RUNS = 6
# Sources above 512 KiB are read by two threads.
LARGE = 5 << 20

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-%(n)05d
  namespace: team-%(team)d
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: "%(n)d"
spec:
  ingressClassName: nginx
  tls:
  - hosts: [app-%(n)05d.example.com]
    secretName: app-%(n)05d
  rules:
  - host: app-%(n)05d.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""


def objects(path):
    """(kind, namespace, name) of every object of a file; None when a YAML reader refuses it."""
    try:
        with open(path, encoding="utf-8") as file:
            found = [d for d in yaml.load_all(file, Loader=yaml.CSafeLoader) if d]
        return {(d["kind"], d["metadata"].get("namespace"), d["metadata"]["name"]) for d in found}
    except (yaml.YAMLError, UnicodeError, LookupError, TypeError, AttributeError):
        return None


def inputs():
    """Our own examples and golden inputs: many of them speak about the same hosts, on purpose. Of two
    files with the same object the last one counts, as with kubectl, so only one of them is used."""
    found, taken = [], set()
    for top in ("examples", "testdata"):
        for folder, _, names in sorted(os.walk(os.path.join(program.ROOT, top))):
            for name in sorted(n for n in names if n == "in.yaml" or top == "examples"):
                path = os.path.join(folder, name)
                there = objects(path) if name.endswith(".yaml") else None
                if there and not there & taken:
                    taken |= there
                    found.append(os.path.relpath(path, program.ROOT))
    return found


def convert(files, cwd):
    run = program.convert(files, "--no-comments", cwd=cwd)
    return run.out.decode("utf-8", "replace"), run.complaints()


def shuffled(tally, files, cwd, runs, name):
    want, complaints = convert(files, cwd)
    if not tally.check("%s: the first run" % name, want and not complaints,
                       "\n".join(complaints) or "nothing was written"):
        return

    def one(seed):
        mixed = list(files)
        random.Random(seed).shuffle(mixed)
        got, complaints = convert(mixed, cwd)
        return complaints + ([diff(want, got, "in order", "shuffled", 30)] if got != want else [])

    class Run(int):
        def __str__(self):
            return "%s: shuffled, seed %d" % (name, self)

    tally.run(one, [Run(seed) for seed in range(runs)])


def large(tally):
    """One file that two threads share, against the same documents in small files."""
    with tempfile.TemporaryDirectory() as folder:
        texts, size = [], 0
        while size < LARGE:
            texts.append(INGRESS % {"n": len(texts), "team": len(texts) % 7})
            size += len(texts[-1])
        with open(os.path.join(folder, "all.yaml"), "w", encoding="utf-8") as file:
            file.write("---\n".join(texts))
        parts = []
        step = len(texts) // 8 + 1
        for start in range(0, len(texts), step):
            parts.append("part-%d.yaml" % start)
            with open(os.path.join(folder, parts[-1]), "w", encoding="utf-8") as file:
                file.write("---\n".join(texts[start:start + step]))
        whole, _ = convert(["all.yaml"], folder)
        shuffled(tally, parts, folder, LARGE_RUNS, "parts of a large file")
        for run in range(LARGE_RUNS):
            again, _ = convert(["all.yaml"], folder)
            tally.check("a large file, run %d" % run, again == whole,
                        lambda text=again: diff(whole, text, "first", "again", 30))
        small, _ = convert(parts, folder)
        tally.check("a large file and its parts", small == whole,
                    lambda: diff(whole, small, "whole", "parts", 30))


def main():
    tally = Tally("order")
    shuffled(tally, inputs(), program.ROOT, RUNS, "examples and golden inputs")
    large(tally)
    tally.finish()


main()
