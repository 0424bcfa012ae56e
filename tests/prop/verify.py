"""verify as the product's conscience.

usage: verify.py [--seed=N] [--count=N] [--every=N] [--mutations=N] [--case=N] [--build=DIR] [--missed]

A case is one number; those of one generator are four apart (--every=4). Without --seed, --count and --case the
cases that failed once are verified as well.

Random Ingress sets are converted and verified: there is no difference that no finding covers. Then one
field of what was written is changed (a path, a weight, a filter, a host, a port, the order of rules), and
verify must notice every change that makes a request be answered differently. Whether it does is asked
of verify itself, objects against objects, and of a model of a Gateway in Python that knows nothing of
verify. The share that was noticed is printed and must be 99.5 % or more.

verify --against knows what the conversion wrote, so it notices a change also where a finding would excuse
it. Therefore the same changes are judged by the findings of the conversion alone (DIR/tests/route/covered):
what an unrelated finding covers is missed there. That share is printed too, with --missed the changes, and
must not fall much below what was measured, 75 % of 51 (a finding about the host or about the run may still
excuse what it did not announce).
"""

import argparse
import copy
import json
import os
import random
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "golden"), HERE]

import behaviour  # noqa: E402
import crd_schema  # noqa: E402
import nginx_model  # noqa: E402
import nginx_oracle  # noqa: E402
import program  # noqa: E402
import rich_ingresses  # noqa: E402
from gateway_model import Gateways  # noqa: E402
from random_ingresses import dump, minimise  # noqa: E402
from tally import Tally  # noqa: E402

SEED, COUNT, MUTATIONS, LEAST, LEAST_ALONE = 3100, 30, 2, 99.5, 70.0

# Cases in which there was a difference that no finding covered; they are verified in every run, without mutations.
KNOWN = [8023, 8031, 11083, 11243, 11591, 11623, 20793, 21226, 50015, 50107, 50135, 50179, 50227, 50279, 50307, 50367,
         50415, 50563, 50679, 50723, 50767, 50827, 50847, 50907, 50923, 50939, 50983, 51031, 51131, 51315, 51319,
         51431, 51495, 51523, 51599, 51627, 51675, 51739, 51803, 51851, 51983, 52027, 52139, 52251, 52287, 52351,
         52399, 60135, 60203, 60511, 60707, 60731, 61127, 61203, 61211, 61507, 61999, 62495, 62667, 62775, 63231,
         63803, 64447, 64519, 64807, 65071, 65603, 65919, 70163, 72787, 73603, 90675, 90775, 110375, 110491, 110611,
         111019, 111995, 112951, 113359, 115831, 116719, 117955, 120895, 121179, 134163, 138615, 140555, 142035,
         152799, 175427, 210055, 211623, 213399, 219211, 231139, 256679]


def is_refused_by_nginx(documents):
    """Prefix "/a" and Prefix "/a/" of a host have one name: nginx takes no new configuration then."""
    for server in nginx_model.Controller(documents).servers.values():
        names = [l.path.rstrip("/") for l in server.locations if not l.exact]
        if not server.regex and len(set(names)) < len(names):
            return True
    return False


def documents_of(number):
    """Ingresses and what they refer to, and the arguments to convert them with."""
    while True:
        documents, args = generate(number)
        if not is_refused_by_nginx(documents):
            return documents, args
        number += 100000


def generate(number):
    """Three generators: one with canaries, one with normalisation, CORS and limits, one with all that converts."""
    if number % 4 == 3:
        made = rich_ingresses.Generator(number)
        return made.make(), made.args()
    if number % 2:
        return behaviour.Generator(number).make(), []
    made = nginx_oracle.Generator(number).make()
    return made.documents + made.services, []


# ---- mutations: each yields (what, how to undo nothing: the objects are copies) ----


def rules(objects):
    for document in objects:
        if document["kind"] == "HTTPRoute":
            for i, rule in enumerate(document["spec"].get("rules", [])):
                yield document, i, rule


def change_path(objects, chance):
    matches = [m for _, _, r in rules(objects) for m in r.get("matches", []) if "path" in m]
    path = chance.choice(matches)["path"]
    value = path["value"]
    path["value"] = chance.choice([value.rstrip("/") + "z", value[:-1] if len(value) > 1 else "/z"])


def change_kind(objects, chance):
    matches = [m for _, _, r in rules(objects) for m in r.get("matches", [])
               if m.get("path", {}).get("type") in ("Exact", "PathPrefix")
               and "replacePrefixMatch" not in json.dumps(r)]
    path = chance.choice(matches)["path"]
    path["type"] = "Exact" if path["type"] == "PathPrefix" else "PathPrefix"


def change_weight(objects, chance):
    refs = [b for _, _, r in rules(objects) for b in r.get("backendRefs", []) if len(r["backendRefs"]) > 1]
    ref = chance.choice(refs)
    ref["weight"] = ref.get("weight", 1) + chance.choice([1, 7])


def change_backend(objects, chance):
    refs = [b for _, _, r in rules(objects) for b in r.get("backendRefs", [])]
    ref = chance.choice(refs)
    if chance.random() < 0.5:
        ref["port"] += 1
    else:
        ref["name"] += "x"


def drop_filter(objects, chance):
    holders = [r for _, _, r in rules(objects) if r.get("filters")]
    rule = chance.choice(holders)
    rule["filters"].pop(chance.randrange(len(rule["filters"])))
    if not rule["filters"]:
        del rule["filters"]


def change_filter(objects, chance):
    def edit(value):
        """Changes the first text of a filter that is no word of the schema."""
        for key in ("hostname", "replaceFullPath", "replacePrefixMatch", "value"):
            if key in value and isinstance(value[key], str):
                value[key] += "z"
                return True
        if "statusCode" in value:
            value["statusCode"] = 302 if value["statusCode"] != 302 else 301
            return True
        return any(edit(v) for v in value.values() if isinstance(v, dict)) or any(
            edit(i) for v in value.values() if isinstance(v, list) for i in v if isinstance(i, dict))

    filters = [f for _, _, r in rules(objects) for f in r.get("filters", [])]
    if not edit(chance.choice(filters)):
        raise IndexError


def change_host(objects, chance):
    routes = [d for d in objects if d["kind"] == "HTTPRoute" and d["spec"].get("hostnames")]
    route = chance.choice(routes)
    names = route["spec"]["hostnames"]
    names[chance.randrange(len(names))] = "other.example"


def change_listener(objects, chance):
    gateways = [d for d in objects if d["kind"] == "Gateway"]
    listeners = chance.choice(gateways)["spec"]["listeners"]
    listener = chance.choice(listeners)
    if chance.random() < 0.5 and listener.get("hostname"):
        listener["hostname"] = "other.example"
    else:
        listeners.remove(listener)


def drop_rule(objects, chance):
    document, i, _ = chance.choice(list(rules(objects)))
    document["spec"]["rules"].pop(i)


def swap_rules(objects, chance):
    routes = [d for d in objects if d["kind"] == "HTTPRoute" and len(d["spec"].get("rules", [])) > 1]
    listed = chance.choice(routes)["spec"]["rules"]
    i = chance.randrange(len(listed) - 1)
    listed[i], listed[i + 1] = listed[i + 1], listed[i]


MUTATORS = [change_path, change_kind, change_weight, change_backend, drop_filter, change_filter, change_host,
            change_listener, drop_rule, swap_rules]


def mutate(objects, chance):
    """(name, objects) of a change that could be made."""
    for _ in range(20):
        mutator = chance.choice(MUTATORS)
        changed = copy.deepcopy(objects)
        try:
            mutator(changed, chance)
        except IndexError:
            continue
        if changed != objects:
            return mutator.__name__, changed
    return None, None


# ---- asking ----


def write(folder, name, objects):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(dump(objects))
    return path


def found(run):
    return [(f["code"], f["message"]) for f in json.loads(run.out)["findings"]]


def uncovered(run):
    return ["%s: %s" % f for f in found(run) if f[0] in ("I2G700", "I2G701")]


def differences(documents, args):
    """What verify says of the documents that no finding covers, or of a run that went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        run = program.run(["verify", "-o", "json", *args, write(folder, "in.yaml", documents)])
        return run.complaints(statuses=(0, 1)) or uncovered(run)


def fails(documents, args, complaints):
    """Whether something is wrong of the same code still."""
    try:
        return not is_refused_by_nginx(documents) and \
            {c[:7] for c in differences(documents, args)} & {c[:7] for c in complaints}
    except (KeyError, TypeError, AttributeError, ValueError):
        return False


def differs_in_model(documents, before, after, number):
    """Whether the Python Gateway answers some request of the Ingresses in another way."""
    first, second = Gateways(before), Gateways(after)
    for request in behaviour.requests(documents, nginx_model.Controller(documents), random.Random(number)):
        if first.answer(request) != second.answer(request):
            return str(request)
    return ""


class Counts:
    def __init__(self):
        self.lock = threading.Lock()
        self.changed = self.noticed = 0
        self.missed = []

    def add(self, noticed, what):
        with self.lock:
            self.changed += 1
            self.noticed += noticed
            if not noticed:
                self.missed.append(what)


class Alone(Counts):
    """What the findings of the conversion do not excuse."""

    def __init__(self, build):
        super().__init__()
        self.program = os.path.join(build, "tests", "route", "covered") if build else None

    def notices(self, given, path):
        out = subprocess.run([self.program, given, path], stdout=subprocess.PIPE, check=True).stdout
        first, _, rest = out.decode("utf-8", "replace").partition("\n")
        return int(first.split()[1]) > 0, rest


def differs_from_today(run):
    """A change may bring the new side back to today's answers, where nothing is left to be noticed."""
    return any(f[0] in ("I2G700", "I2G701") for f in found(run))


class Case:
    def __init__(self, number, mutations, counts, alone):
        self.number, self.mutations, self.counts, self.alone = number, mutations, counts, alone
        self.documents, self.args = documents_of(number)

    def __str__(self):
        return "case %d" % self.number

    def judge(self):
        complaints = differences(self.documents, self.args)
        if complaints:
            small = minimise(self.documents, lambda less: fails(less, self.args, complaints), behaviour.is_optional)
            return (differences(small, self.args) or complaints)[:4] \
                + ["", "ingress2gw verify %s - <<'END'" % " ".join(self.args)] + dump(small).splitlines() + ["END"]
        with tempfile.TemporaryDirectory() as folder:
            given = write(folder, "in.yaml", self.documents)
            out = program.run(["convert", "--no-comments", *self.args, given]).out.decode()
            objects = crd_schema.load(out)
            self.mutate_all(folder, given, objects)
        return []

    def mutate_all(self, folder, given, objects):
        chance = random.Random(self.number)
        plain = write(folder, "plain.yaml", objects)
        for _ in range(self.mutations if objects else 0):
            name, changed = mutate(objects, chance)
            if not changed:
                continue
            path = write(folder, "changed.yaml", changed)
            told = program.run(["verify", "-o", "json", *self.args, given, "--against", path])
            itself = program.run(["verify", "-o", "json", plain, "--against", path])
            why = found(itself) or differs_in_model(self.documents, objects, changed, self.number)
            if why:
                self.counts.add(bool(uncovered(told)), "case %d: %s: %s" % (self.number, name, why[:1]))
            if why and self.alone.program and differs_from_today(told):
                noticed, said = self.alone.notices(given, path)
                self.alone.add(noticed, "case %d: %s: %s\n%s" % (self.number, name, why[:1], said))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--mutations", type=int, default=MUTATIONS)
    parser.add_argument("--case", type=int)
    parser.add_argument("--build", default=os.environ.get("I2G_BUILD"))
    parser.add_argument("--missed", action="store_true")
    given = parser.parse_args()
    tally, counts, alone = Tally("verify"), Counts(), Alone(given.build)
    known = KNOWN if given.seed is given.count is given.case is None else []
    seed, count = given.seed or SEED, given.count or COUNT
    numbers = [given.case] if given.case is not None else range(seed, seed + count * given.every, given.every)
    tally.run(Case.judge, [Case(number, given.mutations, counts, alone) for number in numbers]
              + [Case(number, 0, counts, alone) for number in known])
    if given.mutations:
        share = 100.0 * counts.noticed / max(counts.changed, 1)
        print("%d of %d changes that change an answer were noticed: %.2f %%" % (counts.noticed, counts.changed, share))
        tally.check("share of changes that are noticed", share >= LEAST, "\n".join(counts.missed))
    if alone.changed:
        share = 100.0 * alone.noticed / alone.changed
        print("%d of %d were noticed by the findings alone: %.2f %%" % (alone.noticed, alone.changed, share))
        print("\n".join(alone.missed) if given.missed else "", end="")
        tally.check("share that the findings alone notice", share >= LEAST_ALONE, "\n".join(alone.missed))
    tally.finish()


main()
