#!/usr/bin/env python3
"""validate against everything that knows the answer.

  verdicts    every object of ../shared/conformance with a published verdict, both channels
  manifests   the objects that conformance tests apply are legal
  golden      what convert is expected to write (testdata/) is legal
  tables      the built-in tables are what scripts/gen-schema makes of the published CRDs
  random      random objects of every kind: the same verdict as the evaluator of tests/golden, which is
              another program in another language; and one violation put into a legal object is
              refused, at its place
  crds        every published CRD of other projects loads, and every rule in them is understood

usage: schema_cases.py [--seed=N] [--count=N]
"""

import copy
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "golden")]

import yaml  # noqa: E402

import crd_schema  # noqa: E402
import program  # noqa: E402
import re2  # noqa: E402
from tally import Tally  # noqa: E402

CHANNELS = ("standard", "experimental")
ERRORS = {"I2G610", "I2G612", "I2G615"}
GATEWAY = os.path.join(crd_schema.CRDS, crd_schema.GATEWAY_API)


def validate(folder, *args):
    """{file: [finding]} of all files in a folder, and the run."""
    result = program.run(["validate", "-o", "json", "-q"] + list(args) + [folder])
    by_file = {}
    if result.status in (0, 1):
        for finding in json.loads(result.out)["findings"]:
            by_file.setdefault(os.path.basename(finding.get("file", "")), []).append(finding)
    return by_file, result


def path_of(finding):
    """As the published verdicts write it: "spec.rules.matches", without indexes."""
    return ".".join(str(p) for p in finding.get("path", []) if not isinstance(p, int))


def errors(findings):
    return [f for f in findings if f["code"] in ERRORS]


def plain(path):
    return re.sub(r"\[[^\]]*\]|\.\d+\b", "", path)


def write(folder, objects):
    for name, value in objects.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False)


def ran(tally, name, result):
    complaints = result.complaints((0, 1))
    return tally.check(name, not complaints, "\n".join(complaints))


# ---- published verdicts ----


def verdicts(tally):
    with open(os.path.join(crd_schema.CONFORMANCE, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)["schemaCases"]
    with_object = [c for c in cases if "object" in c]
    tally.skip("verdicts", "about updates of objects", len(cases) - len(with_object))
    for channel in CHANNELS:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {c["id"].replace("#", "-") + ".json": c["object"] for c in with_object})
            found, result = validate(folder, "--channel=" + channel)
        if ran(tally, "verdicts " + channel, result):
            for case in with_object:
                if case.get(channel):
                    agree(tally, case, channel, found.get(case["id"].replace("#", "-") + ".json", []))


def agree(tally, case, channel, findings):
    verdict = case[channel]
    name = "%s %s %s" % (case["id"], channel, case["object"]["kind"])
    got = errors(findings)
    told = "\n".join(f["message"] for f in findings) or "no findings"
    if verdict.get("served") is False:
        tally.check(name, {f["code"] for f in findings} & {"I2G614", "I2G615"}, told)
        return
    if not tally.check(name, bool(got) != verdict["accept"],
                       "accept should be %s, found: %s" % (verdict["accept"], told)):
        return
    for field in verdict.get("fields") or []:
        tally.check("%s: %s" % (name, field), plain(field) in {path_of(f) for f in got}, told)


def manifests(tally):
    folder = os.path.join(crd_schema.CONFORMANCE, "manifests")
    with tempfile.TemporaryDirectory() as copies:
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = re.sub(r"\{[A-Z_]+\}", "placeholder", file.read())
            text = text.replace("PLACEHOLDER_USABLE_ADDRS", "192.0.2.1")
            text = text.replace("PLACEHOLDER_UNUSABLE_ADDRS", "192.0.2.2")
            with open(os.path.join(copies, name), "w", encoding="utf-8") as file:
                file.write(text)
        for channel in CHANNELS:
            judge_manifests(tally, channel, sorted(os.listdir(folder)), copies)


def judge_manifests(tally, channel, names, copies):
    """Some use kinds or fields that only the experimental channel has: said there, and no error."""
    found, result = validate(copies, "--channel=" + channel)
    if not ran(tally, "manifests " + channel, result):
        return
    for name in names:
        got = errors(found.get(name, []))
        tally.check("manifest %s %s" % (channel, name), not got, "\n".join(f["message"] for f in got))
        pruned = {f["code"] for f in found.get(name, [])} & {"I2G611"}
        if channel == "experimental":
            tally.check("manifest pruned " + name, not pruned, "a field of it is not known")


def golden(tally):
    """The channel that the case asked for is the one its objects must fit."""
    crds = ["--crds=" + d for d in sorted(glob.glob(os.path.join(crd_schema.CRDS, "*")))
            if os.path.basename(d) != crd_schema.GATEWAY_API]
    files = sorted(glob.glob(os.path.join(program.ROOT, "testdata", "**", "out.*.yaml"),
                             recursive=True))
    found = {}
    with tempfile.TemporaryDirectory() as copies:
        for channel in CHANNELS:
            os.mkdir(os.path.join(copies, channel))
        for i, path in enumerate(files):
            os.symlink(path, os.path.join(copies, channel_of(path), "%d.yaml" % i))
        for channel in {channel_of(path) for path in files}:
            got, result = validate(os.path.join(copies, channel), "--channel=" + channel, *crds)
            if not ran(tally, "golden " + channel, result):
                return
            found.update(got)
    for i, path in enumerate(files):
        wrong = [f for f in found.get("%d.yaml" % i, []) if f["code"] in ERRORS | {"I2G611", "I2G613"}]
        tally.check(os.path.relpath(path, program.ROOT), not wrong,
                    "\n".join(f["message"] for f in wrong))


def channel_of(path):
    args = os.path.join(os.path.dirname(path), "args")
    if os.path.exists(args):
        with open(args, encoding="utf-8") as file:
            if "--channel=experimental" in file.read().split():
                return "experimental"
    return "standard"


# ---- tables ----


def tables(tally):
    fresh = subprocess.run([sys.executable, os.path.join(program.ROOT, "scripts", "gen-schema"),
                            GATEWAY, "--print"], stdout=subprocess.PIPE, check=True).stdout
    path = os.path.join(program.ROOT, "lib", "schema", "tables_gateway.c")
    with open(path, "rb") as file:
        tally.check("tables", file.read() == fresh,
                    "lib/schema/tables_gateway.c is not what scripts/gen-schema writes")
    expand(tally, fresh.decode())


def expand(tally, text):
    """The rows, put together again, against the CRDs: every field, bound and rule."""
    rows = []
    body = text.split("schema_rows[] = {")[1].split("\n};")[0]
    for row in body.split("/* ")[1:]:
        pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', row.split("*/", 1)[1])
        source = re.sub(r"\\(.)", r"\1", "".join(pieces))
        rows.append(unfold(yaml.safe_load(source), rows))
    for group, kind, version, channel, row in re.findall(
            r'\{"([^"]+)", "([^"]+)", "([^"]+)", SCHEMA_([A-Z]+), \w+, \w+, \w+, (\d+)\}', text):
        name = "%s/%s %s %s" % (group, version, kind, channel.lower())
        tally.check("tables: " + name,
                    rows[int(row)] == published(channel.lower(), group, version, kind))


def unfold(schema, rows):
    if isinstance(schema, int):
        return rows[schema]
    out = {}
    for key, value in schema.items():
        if key == "properties":
            value = {k: unfold(v, rows) for k, v in value.items()}
        elif key in ("items", "not") or key == "additionalProperties" and not isinstance(value, bool):
            value = unfold(value, rows)
        elif key in ("oneOf", "anyOf", "allOf"):
            value = [unfold(v, rows) for v in value]
        out[key] = value
    return out


def published(channel, group, version, kind):
    for path in glob.glob(os.path.join(GATEWAY, channel, "*.yaml")):
        with open(path, encoding="utf-8") as file:
            for crd in yaml.load_all(file, Loader=yaml.CSafeLoader):
                if crd and crd["kind"] == "CustomResourceDefinition":
                    spec = crd["spec"]
                    for v in spec["versions"]:
                        if (spec["group"], v["name"], spec["names"]["kind"]) == (group, version, kind):
                            return without_words(v["schema"]["openAPIV3Schema"])
    return None


def without_words(schema):
    out = {}
    for key, value in schema.items():
        if key == "description":
            continue
        if key == "properties":
            value = {k: without_words(v) for k, v in value.items()}
        elif key in ("items", "not") or key == "additionalProperties" and isinstance(value, dict):
            value = without_words(value)
        elif key in ("oneOf", "anyOf", "allOf"):
            value = [without_words(v) for v in value]
        out[key] = value
    return out


# ---- random objects ----

TEXTS = ["a", "b", "example.com", "*.example.com", "Service", "Gateway", "gw", "10.0.0.1", "::1", "80",
         "/", "/a", "/a//b", "/a/../b", "a b", "", "x" * 64, "y" * 300, "1s", "500ms", "0s", "2h",
         "https://example.com", "*", "Core/v1", "example.com/controller", "System", "\u00e9", "Foo-Bar",
         "spiffe://a/b", "urn:x", "/%2f", "svc.cluster.local", "GET", "a.b.C", "\u20ac" * 5, "HTTP",
         "HTTPS", "TLS", "TCP", "UDP", "IPAddress", "Hostname"]


class Generator:
    """Objects that fit their schema, mostly; rules are left to chance."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self, schema, depth):
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        return getattr(self, schema.get("type", "string"))(schema, depth)

    def string(self, schema, _):
        fits = [t for t in TEXTS
                if schema.get("minLength", 0) <= len(t) <= schema.get("maxLength", 10**6)
                and ("pattern" not in schema or re2.search(schema["pattern"], t))]
        return self.random.choice(fits or ["a"])

    def integer(self, schema, _):
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        return self.random.choice([low, high, self.random.randint(low, max(low, high))])

    number = integer

    def boolean(self, *_):
        return self.random.random() < 0.5

    def array(self, schema, depth):
        low, high = schema.get("minItems", 0), schema.get("maxItems", 3)
        count = self.random.randint(low, max(low, min(high, low + 2)))
        return [self.value(schema["items"], depth + 1) for _ in range(count)]

    def object(self, schema, depth):
        out = {}
        if isinstance(schema.get("additionalProperties"), dict):
            for key in self.random.sample(["a", "b", "example.com/c"], self.random.randint(0, 2)):
                out[key] = self.value(schema["additionalProperties"], depth + 1)
        for key, below in schema.get("properties", {}).items():
            if key in schema.get("required", []) or self.random.random() < self.share(depth):
                out[key] = self.value(below, depth + 1)
        return out

    def share(self, depth):
        """Of the fields that need not be there: how many are."""
        return 0.35 - depth * 0.02


def kinds(channel):
    return {k: v for k, v in crd_schema.kinds(channel).items()
            if k[0].startswith("gateway.networking.")}


def new_object(generator, channel):
    (version, kind), known = generator.random.choice(sorted(kinds(channel).items(),
                                                            key=lambda item: item[0]))
    value = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}
    for key, schema in known.schema["properties"].items():
        if key not in ("apiVersion", "kind", "metadata", "status"):
            value[key] = generator.value(schema, 0)
    return value


def places(schema, value, path=()):
    """Every (path, schema, value) of an object that its schema knows."""
    yield path, schema, value
    if isinstance(value, dict):
        rest = schema.get("additionalProperties")
        for key, below in value.items():
            known = schema.get("properties", {}).get(key, rest if isinstance(rest, dict) else None)
            if known is not None:
                yield from places(known, below, path + (key,))
    elif isinstance(value, list):
        for i, below in enumerate(value):
            yield from places(schema.get("items", {}), below, path + (i,))


def violations(schema, value):
    """Replacements that break the schema at this very place."""
    wrong = {"string": 5, "integer": "x", "boolean": "x", "object": "x", "array": "x", "number": "x"}
    if schema.get("type") in wrong:
        yield wrong[schema["type"]]
    if "enum" in schema:
        yield "NoSuchThing" if isinstance(schema["enum"][0], str) else 7
    if "maxLength" in schema:
        yield "a" * (schema["maxLength"] + 1)
    if schema.get("minLength", 0) > 0:
        yield ""
    if schema.get("pattern", "").startswith("^") and "uri" not in schema["pattern"]:
        broken = " \u00e9{}"
        if not re2.search(schema["pattern"], broken):
            yield broken
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maxItems" in schema and isinstance(value, list) and value and schema["maxItems"] < 200:
        yield [copy.deepcopy(value[0]) for _ in range(schema["maxItems"] + 1)]
    if schema.get("minItems", 0) > 0:
        yield []


def replaced(value, path, new):
    value = copy.deepcopy(value)
    at = value
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return value


def dotted(path):
    return ".".join(str(p) for p in path if not isinstance(p, int))


def random_objects(tally, seed, count):
    for channel in CHANNELS:
        generator = Generator("%s %d" % (channel, seed))
        objects, want, where = {}, {}, {}
        for i in range(count):
            value = new_object(generator, channel)
            name = "%05d.json" % i
            objects[name] = value
            want[name] = crd_schema.errors_of(value, channel, prune=True)
            if not want[name]:
                spoil(generator, channel, value, i, objects, want, where)
        with tempfile.TemporaryDirectory() as folder:
            write(folder, objects)
            found, result = validate(folder, "--channel=" + channel)
        if not ran(tally, "random %s" % channel, result):
            continue
        legal = sum(not w for w in want.values())
        tally.check("random %s: legal objects" % channel, legal > count / 20, "only %d" % legal)
        for name, value in objects.items():
            compare(tally, "random %s --seed=%d %s" % (channel, seed, name), value, want[name],
                    errors(found.get(name, [])), where.get(name))


def spoil(generator, channel, value, i, objects, want, where):
    schema = kinds(channel)[(value["apiVersion"], value["kind"])].schema
    choices = [(path, new) for path, below, old in places(schema, value)
               if len(path) > 1 and path[0] not in ("apiVersion", "kind", "metadata")
               for new in violations(below, old)]
    for k in range(min(3, len(choices))):
        path, new = generator.random.choice(choices)
        name = "%05d-%d.json" % (i, k)
        objects[name] = replaced(value, path, new)
        want[name] = crd_schema.errors_of(objects[name], channel, prune=True)
        where[name] = dotted(path)


def compare(tally, name, value, want, got, place):
    """The verdict, the places of structural errors, and the place of a violation."""
    told = "%s\nexpected: %s\ngot: %s" % (json.dumps(value)[:2000], want,
                                         [f["message"] for f in got])
    paths = {path_of(f) for f in got}
    expected = {plain(p) for kind, p, _ in want if kind != "combined"}
    good = bool(want) == bool(got)
    if good and place is None and not any(kind == "combined" for kind, _, _ in want):
        good = expected == paths
    if good and place is not None:
        good = any(p == place or p.startswith(place + ".") for p in paths)
    tally.check(name, good, told)


# ---- CRDs of others ----


def crds(tally):
    with tempfile.TemporaryDirectory() as folder:
        write(folder, {"none.json": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}})
        for path in sorted(glob.glob(os.path.join(crd_schema.CRDS, "*"))):
            found, result = validate(folder, "--crds=" + path)
            name = "crds " + os.path.basename(path)
            if ran(tally, name, result):
                tally.check(name + ": understood", not found.get(""),
                            "\n".join(f["message"] for f in found.get("", [])))


def main():
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--"))
    tally = Tally("schema-cases")
    if not crd_schema.available() or not os.path.isdir(crd_schema.CONFORMANCE):
        tally.skip("everything", crd_schema.REASON)
        tally.finish()
    verdicts(tally)
    manifests(tally)
    golden(tally)
    tables(tally)
    random_objects(tally, int(options.get("seed", 1)), int(options.get("count", 400)))
    crds(tally)
    tally.finish()


if __name__ == "__main__":
    main()
