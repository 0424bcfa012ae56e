"""Would the API server accept this object? Structural schema, list types and CEL of published CRDs.

The CRDs are read from ../shared/crds when that folder is there; without it available() is false and
checks are skipped. The order is the API server's: unknown fields, nulls, defaults, schema, sets and
map keys, CEL. CEL is left out when an error of the kinds "required", "type", "long", "many" or
"enum" came before, as there.

usage: crd_schema.py --self-test                 agree with the verdicts of ../shared/conformance
       crd_schema.py [--channel=NAME] FILE...    print what is wrong with each object
"""

import copy
import functools
import ipaddress
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import yaml  # noqa: E402

import cel  # noqa: E402
import program  # noqa: E402
import re2  # noqa: E402
import references  # noqa: E402
from tally import Tally  # noqa: E402

CRDS = os.path.join(program.SHARED, "crds")
GATEWAY_API = "gateway-api-v1.6.1"
CONFORMANCE = os.path.join(program.SHARED, "conformance")
REASON = "no published CRDs at %s" % os.path.relpath(CRDS, program.ROOT)
STOPS_CEL = {"required", "type", "long", "many", "enum"}


def available():
    return os.path.isdir(os.path.join(CRDS, GATEWAY_API))


# ---- loading ----


class Loader(yaml.CSafeLoader):
    """Refuses duplicate keys, as a careful reader of our output would."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, "duplicate key %r" % key.value, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(text):
    return [d for d in yaml.load_all(text, Loader=Loader) if d is not None]


class Kind:
    def __init__(self, scope, schema):
        self.scope, self.schema = scope, schema


@functools.lru_cache(None)
def kinds(channel):
    """(apiVersion, kind) -> Kind: Gateway API of one channel and every implementation's CRDs."""
    found = {}
    folders = [os.path.join(CRDS, GATEWAY_API, channel)]
    folders += [os.path.join(CRDS, d) for d in sorted(os.listdir(CRDS)) if d != GATEWAY_API]
    for folder in folders:
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if not name.endswith((".yaml", ".yml")):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                for crd in yaml.load_all(file, Loader=yaml.CSafeLoader):
                    if crd and crd.get("kind") == "CustomResourceDefinition":
                        found.update(versions(crd["spec"]))
    return found


def versions(spec):
    return {
        ("%s/%s" % (spec["group"], v["name"]), spec["names"]["kind"]):
            Kind(spec["scope"], v["schema"]["openAPIV3Schema"])
        for v in spec["versions"] if v["served"] and "schema" in v
    }


# ---- one value against one schema ----


class Check:
    """Collects (class, path, message). `prune` drops unknown fields as the API server does; without
    it they are errors, for what we write must not have any."""

    def __init__(self, prune):
        self.prune, self.errors = prune, []

    def error(self, kind, path, message):
        self.errors.append((kind, path, message))

    def prepare(self, schema, value, path):
        """Unknown fields, nulls, defaults; in place."""
        if isinstance(value, list):
            for i, item in enumerate(value):
                self.prepare(schema.get("items", {}), item, "%s[%d]" % (path, i))
        if not isinstance(value, dict):
            return
        known, rest = schema.get("properties", {}), schema.get("additionalProperties")
        for key in list(value):
            below = known.get(key, rest if isinstance(rest, dict) else None)
            if below is None:
                if not (rest or schema.get("x-kubernetes-preserve-unknown-fields") or not known):
                    self.unknown(value, key, path)
            elif value[key] is None and not below.get("nullable"):
                del value[key]
            else:
                self.prepare(below, value[key], join(path, key))
        for key, below in known.items():
            if "default" in below and key not in value:
                value[key] = copy.deepcopy(below["default"])
                self.prepare(below, value[key], join(path, key))

    def unknown(self, value, key, path):
        if self.prune:
            del value[key]
        else:
            self.error("unknown", join(path, key), "unknown field")

    def value(self, schema, value, path):
        if not self.typed(schema, value, path):
            return
        if isinstance(value, str):
            self.text(schema, value, path)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self.number(schema, value, path)
        elif isinstance(value, list):
            self.list(schema, value, path)
        elif isinstance(value, dict):
            self.map(schema, value, path)
        if "enum" in schema and value not in schema["enum"]:
            self.error("enum", path, "%r is none of %s" % (value, schema["enum"]))
        self.combined(schema, value, path)

    def typed(self, schema, value, path):
        if schema.get("x-kubernetes-int-or-string"):
            good = isinstance(value, (int, str)) and not isinstance(value, bool)
        else:
            good = is_type(schema.get("type"), value)
        if not good:
            self.error("type", path, "%s expected, not %r" % (schema.get("type"), value))
        return good

    def text(self, schema, value, path):
        if len(value) < schema.get("minLength", 0):
            self.error("short", path, "shorter than %d" % schema["minLength"])
        if len(value) > schema.get("maxLength", len(value)):
            self.error("long", path, "longer than %d" % schema["maxLength"])
        if "pattern" in schema and not re2.search(schema["pattern"], value):
            self.error("pattern", path, "%r does not match %s" % (value, schema["pattern"]))
        if schema.get("format") in FORMATS and not FORMATS[schema["format"]](value):
            self.error("format", path, "%r is no %s" % (value, schema["format"]))

    def number(self, schema, value, path):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            self.error("range", path, "%r is not within %s..%s" % (
                value, schema.get("minimum", ""), schema.get("maximum", "")))
        bits = {"int32": 31, "int64": 63}.get(schema.get("format"))
        if bits and not -(1 << bits) <= value < 1 << bits:
            self.error("range", path, "%r is no %s" % (value, schema["format"]))

    def list(self, schema, value, path):
        if len(value) < schema.get("minItems", 0):
            self.error("few", path, "fewer than %d items" % schema["minItems"])
        if len(value) > schema.get("maxItems", len(value)):
            self.error("many", path, "more than %d items" % schema["maxItems"])
        for i, item in enumerate(value):
            self.value(schema.get("items", {}), item, "%s[%d]" % (path, i))
        self.unique(schema, value, path)

    def unique(self, schema, value, path):
        kind = schema.get("x-kubernetes-list-type")
        keys = schema.get("x-kubernetes-list-map-keys", [])
        seen = []
        for i, item in enumerate(value):
            if kind == "map" and isinstance(item, dict):
                item = [item.get(key) for key in keys]
            elif kind not in ("set", "map"):
                return
            if item in seen:
                self.error("duplicate", "%s[%d]" % (path, i), "duplicate %s" % json.dumps(item))
            seen.append(item)

    def map(self, schema, value, path):
        if len(value) < schema.get("minProperties", 0):
            self.error("few", path, "fewer than %d keys" % schema["minProperties"])
        if len(value) > schema.get("maxProperties", len(value)):
            self.error("many", path, "more than %d keys" % schema["maxProperties"])
        for key in schema.get("required", []):
            if key not in value:
                self.error("required", join(path, key), "required")
        known, rest = schema.get("properties", {}), schema.get("additionalProperties")
        for key, item in value.items():
            below = known.get(key, rest if isinstance(rest, dict) else None)
            if below is not None:
                self.value(below, item, join(path, key))

    def combined(self, schema, value, path):
        """oneOf, anyOf, allOf, not: CRDs use them for presence of fields."""

        def errors(part):
            inner = Check(self.prune)
            inner.value(part, value, path)
            return inner.errors

        for word in ("oneOf", "anyOf"):
            tried = [errors(part) for part in schema.get(word, [])]
            fits = tried.count([])
            if tried and (fits == 0 or word == "oneOf" and fits > 1):
                self.error("combined", path, "%d of %s hold" % (fits, word))
                self.errors += sum(tried, [])
        for part in schema.get("allOf", []):
            self.value(part, value, path)
        if "not" in schema and not errors(schema["not"]):
            self.error("combined", path, "a combination that is not allowed")

    def rules(self, schema, value, path):
        """CEL, from the leaves up as the API server reports it; transition rules need an old object."""
        if isinstance(value, list):
            for i, item in enumerate(value):
                self.rules(schema.get("items", {}), item, "%s[%d]" % (path, i))
        elif isinstance(value, dict):
            known, rest = schema.get("properties", {}), schema.get("additionalProperties")
            for key, item in value.items():
                below = known.get(key, rest if isinstance(rest, dict) else None)
                if below is not None:
                    self.rules(below, item, join(path, key))
        for rule in schema.get("x-kubernetes-validations", []):
            if not re.search(r"\boldSelf\b", rule["rule"]) and not cel.holds(rule["rule"], value):
                self.error("rule", path, rule.get("message", rule["rule"]))


def join(path, key):
    return "%s.%s" % (path, key) if path else key


def is_type(name, value):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    types = {"string": str, "boolean": bool, "array": list, "object": dict}
    return name is None or isinstance(value, types[name])


def is_address(version):
    def check(text):
        try:
            return ipaddress.ip_address(text).version == version
        except ValueError:
            return False

    return check


FORMATS = {
    "ipv4": is_address(4),
    "ipv6": is_address(6),
    "date-time": lambda t: re.fullmatch(
        r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)", t) is not None,
}


# ---- metadata, which CRDs leave to the API server ----

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
NAME_PART = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]")
METADATA = {"name", "namespace", "labels", "annotations"}
ANNOTATION_BYTES = 256 * 1024


def is_subdomain(text):
    return isinstance(text, str) and len(text) <= 253 and SUBDOMAIN.fullmatch(text) is not None


def is_qualified(key):
    prefix, slash, name = key.rpartition("/")
    return NAME_PART.fullmatch(name) is not None and (not slash or is_subdomain(prefix))


def metadata(check, scope, meta):
    if not isinstance(meta, dict):
        check.error("type", "metadata", "an object expected")
        return
    for key in sorted(set(meta) - METADATA):
        check.error("unknown", "metadata." + key, "nothing that belongs into a manifest")
    if not is_subdomain(meta.get("name")):
        check.error("name", "metadata.name", "%r is no name" % (meta.get("name"),))
    namespace = meta.get("namespace")
    if scope == "Cluster" and namespace is not None:
        check.error("name", "metadata.namespace", "this kind has no namespace")
    elif namespace is not None and not (isinstance(namespace, str) and LABEL.fullmatch(namespace)):
        check.error("name", "metadata.namespace", "%r is no namespace" % (namespace,))
    pairs(check, meta)


def pairs(check, meta):
    total = 0
    for field in ("labels", "annotations"):
        for key, value in (meta.get(field) or {}).items():
            path = "metadata.%s[%s]" % (field, key)
            if not isinstance(key, str) or not is_qualified(key):
                check.error("name", path, "no qualified name")
            if not isinstance(value, str):
                check.error("type", path, "string expected, not %r" % (value,))
            elif field == "labels" and value and not NAME_PART.fullmatch(value):
                check.error("name", path, "%r is no label value" % value)
            else:
                total += len(key) + len(value) if field == "annotations" else 0
    if total > ANNOTATION_BYTES:
        check.error("long", "metadata.annotations", "more than %d bytes" % ANNOTATION_BYTES)


# ---- whole objects ----

CORE = {("v1", "ConfigMap"): {"data", "binaryData", "immutable"}}


def errors_of(value, channel, prune=False):
    """[(class, path, message)] of one object."""
    check = Check(prune)
    if not isinstance(value, dict):
        check.error("type", "", "an object expected, not %r" % (value,))
        return check.errors
    value = copy.deepcopy(value)
    name = (value.get("apiVersion"), value.get("kind"))
    if name in CORE:
        metadata(check, "Namespaced", value.get("metadata"))
        for key in sorted(set(value) - {"apiVersion", "kind", "metadata"} - CORE[name]):
            check.error("unknown", key, "unknown field")
        return check.errors
    kind = kinds(channel).get(name)
    if kind is None:
        check.error("kind", "", "no such kind in the %s channel: %s %s" % ((channel,) + name))
        return check.errors
    metadata(check, kind.scope, value.get("metadata"))
    meta = value.pop("metadata", None)
    if prune:
        value.pop("status", None)
    elif "status" in value:
        check.error("unknown", "status", "a manifest has no status")
    schema = dict(kind.schema, properties={
        k: v for k, v in kind.schema["properties"].items() if k != "metadata"})
    schema["required"] = [r for r in kind.schema.get("required", []) if r != "metadata"]
    check.prepare(schema, value, "")
    check.value(schema, value, "")
    if not STOPS_CEL & {error[0] for error in check.errors}:
        value["metadata"] = meta
        check.rules(schema, value, "")
    return check.errors


def name_of(value):
    meta = value.get("metadata") or {} if isinstance(value, dict) else {}
    return "%s %s/%s" % (value.get("kind") if isinstance(value, dict) else "?",
                         meta.get("namespace", ""), meta.get("name", ""))


def check_objects(objects, channel):
    """Complaints about each object, and about two with one name."""
    complaints, seen = [], set()
    for value in objects:
        name = name_of(value)
        if name in seen:
            complaints.append("%s: written twice" % name)
        seen.add(name)
        complaints += ["%s: %s: %s" % (name, path or "object", message)
                       for _, path, message in errors_of(value, channel)]
    return complaints


def check_text(text, channel="standard"):
    """Complaints about a YAML stream of objects. Without the CRDs only whether it is YAML, and whether
    the objects fit together."""
    try:
        objects = load(text)
    except yaml.YAMLError as error:
        return ["no YAML: %s" % " ".join(str(error).split())]
    complaints = check_objects(objects, channel) if available() else []
    return complaints or references.check(objects)


# ---- self-test ----


def agree(tally, case, channel):
    """One object with a known verdict."""
    verdict = case[channel]
    found = errors_of(case["object"], channel, prune=True)
    name = "%s %s %s" % (case["id"], channel, case["object"].get("kind"))
    if verdict.get("served") is False:
        tally.check(name, [e[0] for e in found] == ["kind"], "the kind should be unknown here")
        return
    wrong = "\n".join("%s: %s" % (path, message) for _, path, message in found)
    if not tally.check(name, verdict["accept"] == (not found),
                       "expected %s at %s, found: %s" % (
                           "no error" if verdict["accept"] else "an error",
                           verdict.get("fields"), wrong or "no error")):
        return
    for field in verdict.get("fields") or []:
        tally.check("%s: %s" % (name, field), any(covers(path, field) for _, path, _ in found),
                    "expected an error at %s, found: %s" % (field, wrong))


def covers(path, field):
    plain = re.compile(r"\[[^\]]*\]|\.\d+\b")
    return plain.sub("", path) == plain.sub("", field)


def self_test():
    tally = Tally("schema")
    own_cases(tally)
    references.self_test(tally)
    if not available() or not os.path.isdir(CONFORMANCE):
        tally.skip("published verdicts", REASON)
        tally.finish()
    with open(os.path.join(CONFORMANCE, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)["schemaCases"]
    for case in cases:
        if "object" in case:
            for channel in ("standard", "experimental"):
                if case.get(channel):
                    agree(tally, case, channel)
    updates = [c for c in cases if "object" not in c]
    if updates:
        tally.skip("verdicts", "about updates of objects", len(updates))
    accept_manifests(tally)
    tally.finish()


def accept_manifests(tally):
    """Objects that conformance tests apply must pass, once placeholders have values."""
    folder = os.path.join(CONFORMANCE, "manifests")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = re.sub(r"\{[A-Z_]+\}", "placeholder", file.read())
            text = text.replace("PLACEHOLDER_USABLE_ADDRS", "192.0.2.1")
            text = text.replace("PLACEHOLDER_UNUSABLE_ADDRS", "192.0.2.2")
        for value in yaml.load_all(text, Loader=yaml.CSafeLoader):
            if not value or not str(value.get("apiVersion")).startswith("gateway.networking"):
                continue
            found = errors_of(value, "experimental", prune=True)
            tally.check("%s: %s" % (name, name_of(value)), not found,
                        "\n".join("%s: %s" % (p, m) for _, p, m in found))


def own_cases(tally):
    """The evaluators themselves, on inputs whose answers are in their language definitions."""
    for text, value, want in [
        ("self == 1 || self.x", 1, True), ("self.x || self == 1", 1, True),
        ("self.x && self == 2", 1, False), ("self.x && self == 1", 1, False),
        ("self.all(x, x > 0)", [1, 2], True), ("self.all(x, x > 1)", [1, 2], False),
        ("self.exists_one(x, x == 1)", [1, 1], False), ("has(self.a) ? self.a == 'b' : true", {}, True),
        ("self.__namespace__ == 'a'", {"namespace": "a"}, True), ("!('*' in self)", ["a"], True),
        ("size(self) == 2 && self[1] == 'b'", ["a", "b"], True), ("1 + 2 * 3 == 7", None, True),
        (r"self.matches(r'''^a\.b$''')", "a.b\n", False), (r"self.matches('^a\\.b$')", "a.b", True),
        ("duration(self) > duration('59s')", "1m", True), ("duration(self) > duration('1s')", "x", False),
        ("self.filter(f, f == 'a').size() <= 1", ["a", "b", "a"], False), ("isIP(self)", "::1", True),
        ("self.split('/')[0].size() < 3", "ab/c", True), ("self.substring(2) == 'c'", "abc", True),
        ("-self < 0 ? true : false", 1, True), ("self in ['a', \"b\"]", "b", True),
    ]:
        tally.check("cel %s of %r" % (text, value), cel.holds(text, value) is want)
    for pattern, text, want in [
        ("^a$", "a\n", False), ("a|b", "xbx", True), (r"^(?i)\.?a$", ".A", True),
        ("[[:alpha:]]", "1", False), (r"^\d$", "\u0663", False), (r"[\x60-]", "-", True),
        ("[]a]", "]", True), (r"^[[&]$", "[", True), (r"^\z", "", True), (r"(a(?i)b)c", "aBC", False),
    ]:
        tally.check("re2 %s of %r" % (pattern, text), re2.search(pattern, text) is want)


def main():
    if "--self-test" in sys.argv[1:]:
        self_test()
    channel, status = "standard", 0
    for argument in sys.argv[1:]:
        if argument.startswith("--channel="):
            channel = argument.partition("=")[2]
            continue
        with open(argument, encoding="utf-8") as file:
            for complaint in check_text(file.read(), channel):
                print("%s: %s" % (argument, complaint))
                status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
