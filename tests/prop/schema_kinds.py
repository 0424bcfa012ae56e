#!/usr/bin/env python3
"""Every kind of every published CRD: random legal objects, made from the schema itself, are accepted, and
one violation put into such an object makes it refused, at exactly that place.

What is legal is said by the evaluator of tests/golden, which is another program in another language.
Objects are thrown until enough of a kind are legal; a kind of Gateway API must have some.

usage: schema_kinds.py [--seed=N] [--count=N]
"""

import copy
import glob
import json
import os
import random
import re._parser as regex
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "golden")]

import cel  # noqa: E402
import crd_schema  # noqa: E402
import schema_cases  # noqa: E402
from tally import Tally  # noqa: E402

TRIES = 40
FORMATS = {"date-time": ["2024-02-29T23:59:59Z"], "byte": ["YQ=="], "ipv4": ["10.0.0.1"], "ipv6": ["::1"],
           "duration": ["1s"], "date": ["2024-02-29"], "uuid": ["8b9c0d1e-0000-4000-8000-000000000000"]}


# ---- texts that a pattern matches ----


class Words:
    """Random texts from the syntax tree of a pattern."""

    def __init__(self, source):
        self.random = source

    def of(self, pattern):
        try:
            return "".join(self.parts(regex.parse(pattern.replace("[[:alnum:]]", "[a-z0-9]"))))
        except (regex.error, KeyError, NotImplementedError, OverflowError):
            return ""

    def parts(self, tree):
        for op, argument in tree:
            yield getattr(self, str(op).lower())(argument)

    def literal(self, code):
        return chr(code)

    def not_literal(self, code):
        return "a" if chr(code) != "a" else "b"

    def any(self, _):
        return "a"

    def at(self, _):
        return ""

    def in_(self, choices):
        if str(choices[0][0]) == "NEGATE":
            return "a"
        op, argument = self.random.choice(choices)
        if str(op) == "RANGE":
            return chr(self.random.randint(argument[0], argument[1]))
        if str(op) == "CATEGORY":
            return {"CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " "}.get(str(argument), "w")
        return chr(argument)

    def branch(self, argument):
        return "".join(self.parts(self.random.choice(argument[1])))

    def subpattern(self, argument):
        return "".join(self.parts(argument[-1]))

    def max_repeat(self, argument):
        low, high, inner = argument
        count = self.random.randint(low, min(high, low + 2))
        return "".join("".join(self.parts(inner)) for _ in range(count))

    min_repeat = max_repeat

    def __getattr__(self, name):
        if name == "in":
            return self.in_
        raise NotImplementedError(name)


class Generator(schema_cases.Generator):
    """The first objects of a kind have what they must have; later ones have more."""

    def __init__(self, seed):
        super().__init__(seed)
        self.words = Words(self.random)
        self.density = 0

    def value(self, schema, depth):
        if "oneOf" in schema or "allOf" in schema:
            schema = self.narrowed(schema)
        return super().value(schema, depth)

    def narrowed(self, schema):
        """One of the alternatives is asked for more: what it requires is there."""
        more = [a for a in schema.get("oneOf", []) if "required" in a]
        required = list(schema.get("required", []))
        if more:
            required += self.random.choice(more)["required"]
        return dict(schema, required=required)

    def string(self, schema, depth):
        if schema.get("format") in FORMATS:
            return self.random.choice(FORMATS[schema["format"]])
        if "pattern" in schema and self.random.random() < 0.6:
            text = self.words.of(schema["pattern"])
            if schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10**6):
                return text
        return super().string(schema, depth)

    def share(self, depth):
        return self.density / (1 + depth / 4)


def new_object(generator, name, kind):
    version, word = name
    value = {"apiVersion": version, "kind": word, "metadata": {"name": "x"}}
    for key, schema in kind.schema["properties"].items():
        known = key in ("apiVersion", "kind", "metadata", "status")
        if not known and (key == "spec" or key in kind.schema.get("required", [])
                          or generator.random.random() < generator.density):
            value[key] = generator.value(schema, 0)
    return value


# ---- one violation, and where it must be told ----


def spoiled(generator, kind, value, count):
    """(object, path) with one thing wrong each."""
    choices = []
    for path, schema, old in schema_cases.places(kind.schema, value):
        if not path or path[0] in ("apiVersion", "kind", "metadata"):
            continue
        if any(k in schema for k in ("oneOf", "anyOf", "allOf", "not")):
            continue
        # A list that is too long is made of equal items: where those count, that would be two things.
        keyed = schema.get("x-kubernetes-list-type") in ("set", "map")
        choices += [(path, "replace", new) for new in schema_cases.violations(schema, old)
                    if not (keyed and isinstance(new, list) and new)]
        if isinstance(old, dict):
            choices += [(path + (k,), "remove", None) for k in schema.get("required", [])
                        if "default" not in schema.get("properties", {}).get(k, {})]
        if isinstance(old, list) and old and keyed:
            choices.append((path + (len(old),), "repeat", None))
    for path, how, new in generator.random.sample(choices, min(count, len(choices))):
        yield apply(value, path, how, new), path


def apply(value, path, how, new):
    value = copy.deepcopy(value)
    at = value
    for step in path[:-1]:
        at = at[step]
    if how == "replace":
        at[path[-1]] = new
    elif how == "remove":
        at.pop(path[-1], None)
    else:
        at.append(copy.deepcopy(at[0]))
    return value


# ---- all kinds ----


def is_legal(value, channel):
    try:
        return not crd_schema.errors_of(value, channel, prune=True)
    except cel.Unknown:  # a function that only the program under test has
        return False


def legal_objects(generator, channel, name, kind, count):
    found = []
    for i in range(TRIES):
        generator.density = 0.02 * i if i % 2 else 0
        value = new_object(generator, name, kind)
        if value not in found and is_legal(value, channel):
            found.append(value)
        if len(found) == count:
            break
    return found


def test(tally, channel, kinds, seed, count):
    generator = Generator("%s %d" % (channel, seed))
    objects, places, none = {}, {}, []
    for name, kind in sorted(kinds.items(), key=lambda item: item[0]):
        legal = legal_objects(generator, channel, name, kind, count)
        ours = name[0].startswith("gateway.networking.")
        if not legal and not ours:
            none.append("%s %s" % name)
        elif ours:
            tally.check("%s %s %s: legal objects" % ((channel,) + name), legal, "none in %d" % TRIES)
        for i, value in enumerate(legal):
            file = "%s-%s-%d" % (name[1], name[0].replace("/", "-"), i)
            objects[file + ".json"] = value
            for k, (bad, path) in enumerate(spoiled(generator, kind, value, 3)):
                objects["%s-%d.json" % (file, k)] = bad
                places["%s-%d.json" % (file, k)] = list(path)
    if none:
        tally.skip(channel, "no legal object by chance: " + ", ".join(none), len(none))
    crds = ["--crds=" + d for d in sorted(glob.glob(os.path.join(crd_schema.CRDS, "*")))
            if os.path.basename(d) != crd_schema.GATEWAY_API]
    with tempfile.TemporaryDirectory() as folder:
        schema_cases.write(folder, objects)
        found, result = schema_cases.validate(folder, "--channel=" + channel, *crds)
    if schema_cases.ran(tally, "kinds " + channel, result):
        for name, value in objects.items():
            judge(tally, "%s --seed=%d %s" % (channel, seed, name), value,
                  schema_cases.errors(found.get(name, [])), places.get(name))


def judge(tally, name, value, errors, place):
    """Structural errors at the very place; rules may complain too, wherever they stand."""
    told = "%s\nplace: %s\ngot: %s" % (json.dumps(value)[:1500], place,
                                      ["%s %s" % (f["path"], f["message"]) for f in errors])
    if place is None:
        tally.check(name, not errors, told)
        return
    structural = [f["path"] for f in errors if f["code"] != "I2G612"]
    tally.check(name, structural and all(path == place for path in structural), told)


def main():
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--"))
    tally = Tally("schema-kinds")
    if not crd_schema.available():
        tally.skip("everything", crd_schema.REASON)
        tally.finish()
    seed, count = int(options.get("seed", 1)), int(options.get("count", 4))
    test(tally, "standard", crd_schema.kinds("standard"), seed, count)
    test(tally, "experimental", schema_cases.kinds("experimental"), seed, count)
    tally.finish()


if __name__ == "__main__":
    main()
