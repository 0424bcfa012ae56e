"""Input that means harm, or was damaged: the program must end with a status of its own, say what is
wrong in a finding, and stay within bounded memory.

Each case runs at full size on the optimised build (INGRESS2GW_RELEASE), with its bound on resident
memory, and much smaller with sanitizers, which are slow. Time is only guarded against a hang.
"""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

MIB = 1 << 20
HANG = 300

HEAD = b"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: %s\n"
RULE = (b"spec:\n  ingressClassName: nginx\n  rules:\n  - host: %s\n    http:\n      paths:\n"
        b"      - {path: %s, pathType: %s, backend: {service: {name: web, port: {number: 80}}}}\n")
SOUND = HEAD % b"sound" + RULE % (b"sound.example.com", b"/", b"Prefix")
OTHER = b"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: c%d\nspec:\n  text: %s\n"


def ingress(name=b"a", host=b"a.example.com", path=b"/", kind=b"Prefix", annotations=b""):
    notes = b"  annotations:\n" + annotations if annotations else b""
    return HEAD % name + notes + RULE % (host, path, kind)


def note(key, value):
    return b"    nginx.ingress.kubernetes.io/%s: '%s'\n" % (key, value)


def many(count, text):
    return b"".join(text(i) for i in range(count))


class Case:
    """`make(n)` gives the bytes for a size; `size` is the full one. `codes`: one of them must be
    raised (None: no finding is needed). `mib`: bound on resident memory at full size. `keeps`: the
    sound Ingress behind the damage must still be converted."""

    def __init__(self, name, size, make, codes, mib=64, keeps=False):
        self.name, self.size, self.make, self.codes = name, size, make, codes
        self.mib, self.keeps = mib, keeps

    def __str__(self):
        return self.name


LIMIT = {"I2G102"}
SYNTAX = {"I2G100"}
BROKEN = {"I2G100", "I2G102"}


def laughs(depth):
    """Ten aliases a level: ten to the power of the depth."""
    out = b"a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for i in range(1, depth):
        out += b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 10))
    return out + b"apiVersion: v1\nkind: ConfigMap\n"


def merges(depth):
    out = b"m0: &m0 {k: v, l: v}\n"
    for i in range(1, depth):
        out += b"m%d: &m%d {<<: [%s], k%d: v}\n" % (i, i, b", ".join([b"*m%d" % (i - 1)] * 10), i)
    return out


def behind(damage):
    """A sound Ingress in the next document: it must be converted whatever stands before it."""
    return damage + b"\n---\n" + SOUND


CASES = [
    # Size.
    Case("100 MB of documents of other kinds", 100 * MIB,
         lambda n: many(n // 1024, lambda i: OTHER % (i, b"x" * 940) + b"---\n") + SOUND, None,
         keeps=True),
    Case("100 MB of Ingresses that all have one name", 100 * MIB,
         lambda n: (SOUND + b"---\n") * (n // (len(SOUND) + 4)), {"I2G112"}, 700),
    Case("100 MB in one document", 100 * MIB,
         lambda n: behind(b"data:\n" + b"".join(b"  k%d: '%s'\n" % (i, b"x" * 1000)
                                                for i in range(n // 1010))),
         LIMIT, keeps=True),
    Case("100 MB in one line", 100 * MIB, lambda n: b"a: " + b"x" * n + b"\n", LIMIT),
    Case("100 MB in one list of scalars", 100 * MIB, lambda n: b"- a\n" * (n // 4), LIMIT),
    Case("100 MB in one flow list", 100 * MIB, lambda n: b"a: [" + b"b," * (n // 2) + b"]\n", LIMIT),
    Case("100 MB of comment", 100 * MIB, lambda n: b"# a comment\n" * (n // 12), LIMIT),
    Case("100 MB of blank lines", 100 * MIB, lambda n: b"\n" * n, LIMIT),
    Case("4 MB of blank lines", 4 * MIB, lambda n: b"\n" * n + SOUND, None, keeps=True),
    Case("100 MB of text that is no YAML", 100 * MIB, lambda n: b"}: ]\n" * (n // 5), BROKEN),
    Case("100 MB in one JSON string", 100 * MIB, lambda n: b'{"a": "' + b"x" * n + b'"}', LIMIT),
    Case("100 MB of JSON List items of another kind", 100 * MIB,
         lambda n: b'{"apiVersion":"v1","kind":"List","items":[' + b",".join(
             [b'{"apiVersion":"apps/v1","kind":"Deployment","spec":{"a":"%s"}}' % (b"x" * 960)]
             * (n // 1024)) + b"]}", None),
    Case("a scalar of 1 MB in an object that is ignored", MIB,
         lambda n: OTHER % (1, b"x" * n) + b"---\n" + SOUND, None, keeps=True),
    Case("a scalar of 8 MB", 80 * MIB, lambda n: behind(b"a: " + b"x" * (n // 10) + b"\n"), None,
         128, keeps=True),
    Case("a host of 1 MB", MIB, lambda n: ingress(host=b"a" * n), {"I2G227", "I2G102", "I2G218"}),
    Case("a path of 1 MB", MIB, lambda n: ingress(path=b"/" + b"a" * n), {"I2G218", "I2G102"}),
    Case("a regular expression of 1 MB", MIB,
         lambda n: ingress(path=b"'/" + b"(a|b)" * (n // 5) + b"'", kind=b"ImplementationSpecific",
                           annotations=note(b"use-regex", b"true")), None),
    Case("an annotation of 1 MB", MIB,
         lambda n: ingress(annotations=note(b"cors-allow-origin", b"a," * (n // 2))), None),
    Case("an annotation key of 1 MB", MIB,
         lambda n: ingress(annotations=note(b"k" * n, b"v")), {"I2G103", "I2G102", "I2G100"}),
    Case("a snippet of 1 MB", MIB,
         lambda n: ingress(annotations=note(b"configuration-snippet", b"deny all;" * (n // 9))), None),
    Case("a snippet of nested blocks", 100000,
         lambda n: ingress(annotations=note(b"server-snippet", b"if ($a) {" * n)), None),
    # Depth and number.
    Case("10,000 nested flow lists", 10000, lambda n: behind(b"[" * n + b"]" * n), LIMIT,
         keeps=True),
    Case("a million open flow lists", MIB, lambda n: b"[" * n, BROKEN),
    Case("10,000 nested flow maps", 10000, lambda n: behind(b"{a: " * n + b"}" * n), LIMIT,
         keeps=True),
    Case("10,000 nested block lists", 10000, lambda n: behind(b"- " * n + b"a\n"), LIMIT, keeps=True),
    Case("nested block maps", 3000,
         lambda n: behind(many(n, lambda i: b" " * i + b"a:\n")), LIMIT, keeps=True),
    Case("10,000 nested JSON lists", 10000, lambda n: b'{"a": ' + b"[" * n + b"]" * n + b"}", LIMIT),
    Case("a million empty documents", MIB, lambda n: b"---\n" * n + SOUND, None, keeps=True),
    Case("a million broken documents", MIB, lambda n: behind(b"---\n}\n" * n), SYNTAX, 400,
         keeps=True),
    Case("a million keys", MIB, lambda n: many(n, lambda i: b"k%d: v\n" % i), LIMIT, 256),
    Case("100,000 times one key", 100000, lambda n: behind(b"a: b\n" * n), None, 128, keeps=True),
    Case("100,000 annotations", 100000,
         lambda n: ingress(annotations=many(n, lambda i: note(b"k%d" % i, b"v"))),
         {"I2G103", "I2G102"}, 256),
    Case("100,000 hosts in one Ingress", 100000,
         lambda n: HEAD % b"a" + b"spec:\n  ingressClassName: nginx\n  rules:\n" + many(
             n, lambda i: b"  - host: h%d.example.com\n" % i), None, 400),
    Case("10,000 paths of one host", 10000,
         lambda n: HEAD % b"a" + b"spec:\n  ingressClassName: nginx\n  rules:\n"
         b"  - host: a.example.com\n    http:\n      paths:\n" + many(
             n, lambda i: b"      - {path: /p%d, pathType: Prefix, backend: {service: {name: web, "
             b"port: {number: 80}}}}\n" % i), None, 128),
    # Aliases.
    Case("billion laughs", 9, lambda n: behind(laughs(max(n, 9))), LIMIT, keeps=True),
    Case("merge keys that multiply", 9, lambda n: behind(merges(max(n, 9))), LIMIT, keeps=True),
    Case("100,000 aliases of one map", 100000,
         lambda n: b"a: &a {b: c, d: e}\nl:\n" + b"- *a\n" * n, None, 256),
    Case("100,000 anchors", 100000, lambda n: behind(many(n, lambda i: b"- &a%d x\n" % i)), None, 256,
         keeps=True),
    Case("an alias that contains itself", 1, lambda n: behind(b"a: &a [*a]\n"), BROKEN, keeps=True),
    Case("an alias of nothing", 1, lambda n: behind(b"a: *nobody\n"), SYNTAX, keeps=True),
    # Bytes.
    Case("NUL bytes in a value", 1, lambda n: behind(b"a: b\0c\n"), SYNTAX, keeps=True),
    Case("a megabyte of NUL bytes", MIB, lambda n: b"\0" * n, SYNTAX),
    Case("invalid UTF-8 in a value", 1, lambda n: behind(b"a: \xff\xfe\xc0\n"), SYNTAX, keeps=True),
    Case("UTF-8 that is cut off", 1, lambda n: b"a: b\xe2\x82", SYNTAX),
    Case("a surrogate in UTF-8", 1, lambda n: behind(b"a: \xed\xa0\x80\n"), SYNTAX, keeps=True),
    Case("UTF-8 longer than needed", 1, lambda n: behind(b"a: \xc0\xaf\n"), SYNTAX, keeps=True),
    Case("control bytes in a value", 1, lambda n: behind(b"a: \x01\x02\x1b[31m\n"), SYNTAX,
         keeps=True),
    Case("control bytes in a host", 1, lambda n: ingress(host=b'"a\\x1b[31m.example.com"'),
         {"I2G227"}),
    Case("a lone surrogate in JSON", 1, lambda n: b'{"kind": "\\ud800"}', None),
    Case("a NUL escape in JSON", 1, lambda n: b'{"kind": "\\u0000"}', None),
    Case("JSON that ends early", 1, lambda n: b'{"kind": "Ingress", "metadata": {', SYNTAX),
    Case("JSON with text behind it", 1, lambda n: b'{"kind": "Ingress"} ]', SYNTAX),
    Case("a number of a megabyte", MIB, lambda n: b'{"a": ' + b"9" * n + b"}", None),
    Case("100,000 directives", 100000, lambda n: b"%TAG !a! tag:a,2000:\n" * n + b"---\na: b\n", BROKEN),
    Case("a tag of a megabyte", MIB, lambda n: b"a: !<" + b"t" * n + b"> b\n", None),
    Case("random bytes", MIB, lambda n: bytes((i * 2654435761 >> 13) & 255 for i in range(n)), BROKEN),
    Case("a quote that never ends", MIB, lambda n: b"a: '" + b"x\n" * (n // 2), SYNTAX),
    Case("an empty file", 1, lambda n: b"", None),
    Case("a byte order mark alone", 1, lambda n: b"\xef\xbb\xbf", None),
]


# Sizes up to this one are the point of a case.
SMALL = 10000


def scaled(case, full):
    return case.size if full or case.size <= SMALL else max(SMALL, case.size // 40)


def examine(case, full, folder):
    size = scaled(case, full)
    data = case.make(size)
    path = os.path.join(folder, "hostile.yaml" if data[:1] not in b"{[" else "hostile.json")
    with open(path, "wb") as file:
        file.write(data)
    run = program.convert([path], timeout=HANG, measure=full,
                          path=program.release() if full else None)
    complaints = run.complaints(statuses=(0, 1))
    # A smaller input may well be within the limits.
    if not complaints and case.codes and size == case.size and not case.codes & run.codes():
        complaints.append("one of %s expected, found %s" % (
            ", ".join(sorted(case.codes)), ", ".join(sorted(run.codes())) or "no finding"))
    if not complaints and case.keeps and b"sound.example.com" not in run.out:
        complaints.append("the sound Ingress behind the damage was not converted")
    if full and run.rss and run.rss > case.mib * MIB:
        complaints.append("%d MiB of memory, more than %d" % (run.rss // MIB, case.mib))
    return complaints


class At:
    def __init__(self, case, full):
        self.case, self.full = case, full

    def __str__(self):
        return "%s (%s)" % (self.case, "full size" if self.full else "sanitizers")


def check(at):
    with tempfile.TemporaryDirectory() as folder:
        return examine(at.case, at.full, folder)


def inputs(tally):
    """What is wrong with a path and not with its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        sound = os.path.join(folder, "sound.yaml")
        with open(sound, "wb") as file:
            file.write(SOUND)
        os.symlink(".", os.path.join(folder, "loop"))
        run = program.convert([folder], timeout=HANG)
        tally.check("a directory that contains itself",
                    run.out.count(b"\nkind: HTTPRoute\n") == 1 and not run.complaints((0, 1)),
                    "\n".join(run.complaints((0, 1))) or run.out.decode())
        run = program.convert([os.path.join(folder, "absent.yaml"), sound], timeout=HANG)
        tally.check("a path that is absent, beside one that is there",
                    run.status == 2 and b"absent.yaml" in run.err, run.error_text())
        run = program.run(["convert", "-f", "-"], stdin=SOUND, timeout=HANG)
        tally.check("standard input", b"sound.example.com" in run.out and not run.complaints((0, 1)),
                    run.error_text())
        for i in range(3000):
            with open(os.path.join(folder, "f%d.yaml" % i), "wb") as file:
                file.write(OTHER % (i, b"x"))
        run = program.convert([folder], timeout=HANG)
        tally.check("a directory of 3,000 files", b"sound.example.com" in run.out, run.error_text())


def main():
    tally = Tally("hostile")
    wanted = sys.argv[1:]
    chosen = [c for c in CASES if not wanted or any(part in c.name for part in wanted)]
    tally.run(check, [At(case, False) for case in chosen])
    if program.release():
        tally.run(check, [At(case, True) for case in chosen])
    else:
        tally.skip("memory bounds", "INGRESS2GW_RELEASE names no optimised build", len(chosen))
    if not wanted:
        inputs(tally)
    tally.finish()


main()
