"""Plain Ingress: random sets are answered by our table as by a model of the API in Python that looks at
everything (plain_model.py), and what they are converted to answers alike but for what findings announce.

usage: plain.py [--build=DIR] [--seed=N] [--count=N] [--case=N]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), HERE]

import plain_model  # noqa: E402
import program  # noqa: E402
from random_ingresses import class_of, dump, minimise  # noqa: E402
from tally import Tally  # noqa: E402

SEED, COUNT = 4100, 120


def line(request):
    """As tests/route/decide.c reads it."""
    scheme, host, path = request
    return "\t".join([scheme, "GET", path, host, "1.1", "-", "0"])


def ours(decide, path, requests):
    text = "".join(line(r) + "\n" for r in requests).encode()
    done = subprocess.run([decide, path], input=text, capture_output=True, env=program.ENVIRONMENT, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return [json.loads(answer)[0] for answer in done.stdout.decode().splitlines()]


def words(decision):
    """A decision as the model says it."""
    if decision["action"] == "close":
        return ("close",)
    if decision["action"] == "answer":
        return (str(decision["status"]),)
    backend = decision["backends"][0]
    return (backend["namespace"], backend["kind"], backend["name"], backend["port"] or None,
            "FOREIGN_GUARD" in decision["facts"])


class Case:
    def __init__(self, number, decide):
        self.number, self.decide = number, decide
        self.documents = plain_model.Generator(number).make()

    def __str__(self):
        return "case %d" % self.number

    def differs(self, documents, folder):
        """How the table and the model differ."""
        path = os.path.join(folder, "in.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(dump(documents))
        model, requests = plain_model.Controller(documents), list(plain_model.requests(documents))
        complaints = []
        for request, decision in zip(requests, ours(self.decide, path, requests)):
            want, got = model.answer(*request), words(decision)
            certificate = model.certificate(request[1]) if request[0] == "https" else None
            if want != got or (certificate is not None and decision["certificate"] != certificate):
                complaints.append("the table differs: %s: model %s %s, ours %s %s" % (
                    request, want, certificate, got, decision.get("certificate")))
        return complaints

    def uncovered(self, documents, folder):
        """What verify finds, and no finding announces."""
        path = os.path.join(folder, "verify.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(dump(documents))
        run = program.run(["verify", "-o", "json", path])
        complaints = run.complaints(statuses=(0, 1))
        if complaints:
            return complaints
        found = json.loads(run.out)["findings"]
        return ["%s: %s" % (f["code"], f["message"]) for f in found if f["code"] in ("I2G700", "I2G701")]

    def judge(self):
        with tempfile.TemporaryDirectory() as folder:
            for test in (self.differs, self.uncovered):
                complaints = test(self.documents, folder)
                if complaints:
                    return self.smallest(test, folder, class_of(complaints))
        return []

    def smallest(self, test, folder, kinds):
        def fails(documents):
            try:
                return class_of(test(documents, folder)) & kinds
            except (KeyError, IndexError, TypeError):  # left out what the test itself reads
                return False

        small = minimise(self.documents, fails)
        return test(small, folder)[:4] + dump(small).splitlines()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.environ.get("I2G_BUILD", "build-test"))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--case", type=int)
    given = parser.parse_args()
    decide = os.path.join(given.build, "tests", "route", "decide")
    numbers = [given.case] if given.case is not None else range(given.seed, given.seed + given.count)
    tally = Tally("plain")
    tally.run(Case.judge, [Case(number, decide) for number in numbers])
    tally.finish()


if __name__ == "__main__":
    main()
