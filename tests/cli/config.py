"""Configuration, from the outside: which file is found, what wins over what, and what is said about a
mistake.

usage: config.py
"""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

SHOP = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
    nginx.ingress.kubernetes.io/proxy-read-timeout: "30"
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: shop, port: {number: 80}}}
"""
# Findings with a place: I2G401 and I2G402, both warnings.
BOTH = ["I2G401", "I2G402"]


class Tree:
    """A repository with a manifest in deploy/, and a user's directory beside it."""

    def __init__(self, **files):
        self.folder = tempfile.TemporaryDirectory()
        self.write("repo/.git/HEAD", "")
        self.write("repo/deploy/shop.yaml", SHOP)
        names = {"project": "repo/.ingress2gw.yaml", "inner": "repo/deploy/.ingress2gw.yaml",
                 "user": "user/ingress2gw/config.yaml", "outside": ".ingress2gw.yaml"}
        for name, text in files.items():
            self.write(names.get(name, name), text)

    def file(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *args, cwd="repo", path=".", command="lint", **env):
        env["XDG_CONFIG_HOME"] = self.file("user")
        return program.run([command, *args, path], cwd=self.file(cwd), env=env)

    def codes(self, *args, **how):
        run = self.run("-q", "-o", "concise", *args, **how)
        if run.status == 2 or run.complaints():
            raise ValueError(run.error_text())
        return sorted(line[-7:-1] for line in run.out.decode().splitlines() if "yaml:" in line)


def expect(got, want):
    return [] if got == want else ["got %r, not %r" % (got, want)]


def ignore(*codes):
    return "lint:\n  ignore: [%s]\n" % ", ".join(codes)


def is_found_up_to_the_root_of_the_repository():
    tree = Tree(project=ignore("I2G401"), outside=ignore("I2G4"))
    wrong = expect(tree.codes(), ["I2G402"]) + expect(tree.codes(cwd="repo/deploy"), ["I2G402"])
    nearer = Tree(project=ignore("I2G401"), inner=ignore("I2G402"))
    wrong += expect(nearer.codes(cwd="repo/deploy"), ["I2G401"])
    # Above the repository nothing is read, and outside of one only the current directory.
    wrong += expect(Tree(outside=ignore("I2G4")).codes(), BOTH)
    tree.write("plain/deploy/shop.yaml", SHOP)
    tree.write("plain/.ingress2gw.yaml", ignore("I2G4"))
    wrong += expect(tree.codes(cwd="plain/deploy"), BOTH)
    return wrong + expect(tree.codes(cwd="plain"), [])


def nearer_places_win():
    tree = Tree(project=ignore("I2G401"), user=ignore("I2G402") + "  fail-on: info\n")
    wrong = expect(tree.codes(), ["I2G402"]) + expect(tree.run().status, 1)
    wrong += expect(tree.codes(INGRESS2GW_IGNORE="I2G402"), ["I2G401"])
    wrong += expect(tree.codes("--ignore=I2G2", INGRESS2GW_IGNORE="I2G402"), BOTH)
    wrong += expect(tree.run("--fail-on=never").status, 0)
    wrong += expect(tree.run(INGRESS2GW_FAIL_ON="never").status, 0)
    wrong += expect(tree.run("--fail-on=warning", INGRESS2GW_FAIL_ON="never").status, 1)
    os.remove(tree.file("repo/.ingress2gw.yaml"))
    return wrong + expect(tree.codes(), ["I2G401"])


def files_are_named_or_left_alone():
    tree = Tree(project=ignore("I2G401"), user=ignore("I2G402"))
    tree.write("other.yaml", ignore("I2G4"))
    wrong = expect(tree.codes("--config=../other.yaml"), [])
    wrong += expect(tree.codes(INGRESS2GW_CONFIG="../other.yaml"), [])
    wrong += expect(tree.codes("--config=.ingress2gw.yaml", INGRESS2GW_CONFIG="../other.yaml"),
                    ["I2G402"])
    wrong += expect(tree.codes("--no-config"), BOTH)
    wrong += expect(tree.codes("--no-config", INGRESS2GW_CONFIG="../other.yaml"), BOTH)
    wrong += expect(tree.run("--config=missing.yaml").status, 2)
    return wrong + expect(tree.run("--config=.").status, 2)


def every_key_does_something():
    wrong = []
    for text, want in (
            ("version: 1\n", BOTH), ("", BOTH), ("# nothing\n", BOTH), ("lint:\n", BOTH),
            ("inputs:\n  exclude: ['shop*']\n", None), ("inputs: {exclude: shop.yaml}\n", None),
            ("lint: {select: I2G402}\n", ["I2G402"]), ("lint: {ignore: body-size}\n", ["I2G402"]),
            ("lint: {per-path: {'deploy/**': {ignore: [I2G401]}}}\n", ["I2G402"]),
            ("lint: {per-path: {'legacy/**': {ignore: I2G4}}}\n", BOTH),
            ("lint: {per-path: {'a=b/**': {ignore: I2G4}}}\n", BOTH)):
        tree = Tree(project=text)
        if want is None:
            result = tree.run()
            wrong += ["%r: %s" % (text, w) for w in expect(
                (result.status, b"no file in it ends in" in result.err), (2, True))]
        else:
            wrong += ["%r: %s" % (text, w) for w in expect(tree.codes(), want)]
    tree = Tree(project="lint: {severity: {I2G401: error, I2G4: info}, fail-on: error}\n")
    result = tree.run("-o", "concise")
    wrong += expect((result.status, result.out.count(b"error: "), result.out.count(b"warning: ")),
                    (1, 1, 0))
    tree = Tree(project="convert:\n  gateway: infra/public\n  emitter: envoy-gateway\n"
                "  provider: ingress-nginx\n  topology: shared\n")
    out = tree.run(command="convert").out
    wrong += expect((b"namespace: infra" in out, b"kind: Gateway\n" in out), (True, False))
    result = Tree(project="convert: {ingress-class: [none]}\n").run()
    return wrong + expect((result.status, b"--ingress-class chooses none" in result.err), (2, True))


def convert_has_its_own_threshold():
    tree = Tree(project="lint: {fail-on: info}\n")
    return expect((tree.run().status, tree.run(command="convert").status), (1, 0))


def paths_are_those_of_the_file():
    tree = Tree(project="baseline: ci/known.json\n")
    os.makedirs(tree.file("repo/ci"))
    wrong = expect(tree.run("--update-baseline", cwd="repo/deploy").status, 0)
    wrong += expect(os.path.exists(tree.file("repo/ci/known.json")), True)
    wrong += expect(tree.codes(), []) + expect(tree.codes(cwd="repo/deploy"), [])
    wrong += expect(tree.codes("--baseline="), BOTH)
    with open(tree.file("repo/ci/known.json"), encoding="utf-8") as file:
        wrong += expect('"file":"../deploy/shop.yaml"' in file.read(), True)
    tree = Tree(project="lint: {per-path: {'deploy/*': {ignore: I2G4}}}\n")
    return wrong + expect(tree.codes(cwd="repo/deploy"), [])


MISTAKES = (
    ("fail_on: error\n", "1:1: unknown key 'fail_on'; did you mean 'lint.fail-on'?\n"),
    ("lnt: {}\n", "1:1: unknown key 'lnt'; did you mean 'lint'?\n  |\n1 | lnt: {}\n  | ^^^\n"),
    ("lint:\n  fail-no: error\n", "2:3: unknown key 'fail-no'; did you mean 'fail-on'?\n"),
    ("lint:\n  exclude: a\n", "2:3: unknown key 'exclude'; did you mean 'inputs.exclude'?\n"),
    ("zzz: 1\n", "1:1: unknown key 'zzz' (ingress2gw help config)\n"),
    ("lint:\n  fail-on: eror\n", "2:12: --fail-on cannot be 'eror'; did you mean 'error'?\n"),
    ("lint: {ignore: [I2G401, path-csae]}\n",
     "1:25: no rule is called 'path-csae'; did you mean 'path-case'?\n"),
    ("lint: {severity: {I2G999: error}}\n", "1:19: no rule is called 'I2G999'"),
    ("lint: {severity: {I2G401: fatal}}\n", "1:27: a severity is error, warning or info\n"),
    ("lint: {severity: error}\n", "1:18: 'lint.severity' takes a map of codes and levels, not this\n"),
    ("lint: {per-path: {'a/**': [I2G4]}}\n", "takes a map: {ignore: [CODE]}, not a list\n"),
    ("lint: {per-path: {'a/**': {}}}\n", "this path ignores nothing\n"),
    ("lint: [1]\n", "1:7: 'lint' takes a map, not a list\n"),
    ("baseline: [a]\n", "1:11: 'baseline' takes a text, not a list\n"),
    ("convert: {emitter: envoy}\n", "unknown emitter 'envoy'; did you mean 'envoy-gateway'?"),
    ("convert: {provider: [nginx]}\n", "unknown provider 'nginx'"),
    ("version: 2\n", "1:10: this version of ingress2gw reads configurations of version 1\n"),
    ("- a\n", "1:1: a configuration is a map\n"),
    ("a: 1\na: 2\n", ""),
    ("version: 1\n---\nversion: 1\n", "a configuration is one document\n"),
    ("lint: {\n", "1:8: "),
    ("lint:\n\tfail-on: error\n", "2:1: "),
)


def mistakes_have_a_place():
    wrong = []
    for text, message in MISTAKES:
        result = Tree(project=text).run()
        wrong += result.complaints()
        if result.status != 2 or ".ingress2gw.yaml:" not in result.error_text() or (
                message not in result.error_text()):
            wrong.append("%r: status %s: %s" % (text, result.status, result.error_text()))
    tree = Tree()
    result = tree.run(INGRESS2GW_FAIL_ON="eror")
    if result.status != 2 or "INGRESS2GW_FAIL_ON: --fail-on cannot be" not in result.error_text():
        wrong.append(result.error_text())
    return wrong


def tables_are_not_configured():
    tree = Tree(project="convert: {provider: ingress}\nbroken: 1\n")
    run = program.run(["list", "annotations"], cwd=tree.file("repo"))
    return expect((run.status, b"auth-url" in run.out), (0, True))


CASES = (is_found_up_to_the_root_of_the_repository, nearer_places_win,
         files_are_named_or_left_alone, every_key_does_something, convert_has_its_own_threshold,
         paths_are_those_of_the_file, mistakes_have_a_place, tables_are_not_configured)


def main():
    tally = Tally("config")
    by_name = {case.__name__: case for case in CASES}
    tally.run(lambda name: by_name[name](), list(by_name))
    tally.finish()


main()
