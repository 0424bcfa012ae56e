"""`plan` over small inputs: the checklist is compared with testdata/plan/<case>/plan.md, and holds what every
checklist holds: the JSON has the same steps and fits its schema, commands are such as a shell reads, names in
them exist, and no step is there that does not apply.

usage: plan.py [--update] [CASE...]

A case is in.yaml, and args with flags, one a line.
"""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally, diff  # noqa: E402

CASES = os.path.join(program.ROOT, "testdata", "plan")
SCHEMA = os.path.join(program.ROOT, "docs", "plan.schema.json")


def read(*parts):
    path = os.path.join(CASES, *parts)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def args_of(case):
    return read(case, "args").split("\n")[:-1]


def without_counts(text):
    """How many classes of requests verify knows is its own business."""
    return re.sub(r"\d+ (request class(?:es)? asked of both): \d+ agree, \d+ differ", r"N \1: N agree, N differ", text)


def steps_of(data):
    return [step for phase in data["phases"] for step in phase["steps"]]


def lines_of(step):
    return [line for key in ("commands", "checks", "back") for line in step.get(key, [])]


def schema_complaints(data):
    try:
        import jsonschema
    except ImportError:
        return []
    with open(SCHEMA, encoding="utf-8") as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    return ["%s: %s" % ("/".join(map(str, e.path)), e.message[:200]) for e in validator.iter_errors(data)]


def shell_complaints(data):
    """sh -n reads all of it, and no variable is used that no line sets."""
    lines = [line for step in steps_of(data) for line in lines_of(step)]
    done = subprocess.run(["sh", "-n"], input="\n".join(lines).encode(), stderr=subprocess.PIPE)
    complaints = [done.stderr.decode("utf-8", "replace")] if done.returncode else []
    used = set(re.findall(r"\$([A-Z][A-Z0-9_]*)", "\n".join(lines)))
    given = set(re.findall(r"(?m)^([A-Z][A-Z0-9_]*)=", "\n".join(lines))) | {"CLUSTER"}
    return complaints + ["nobody sets $" + name for name in sorted(used - given)]


def object_complaints(case, data):
    """Every object that convert writes stands in exactly one step that applies it, and no other does."""
    result = program.run(["convert", "-q", "-o", "name", "in.yaml"] + args_of(case), cwd=os.path.join(CASES, case))
    count = len(result.out.decode().split())
    objects = [item for step in steps_of(data) if step["id"] in ("gateway", "routes") for item in step["items"]]
    return [] if count == len(objects) else ["convert writes %d objects, the plan applies %d" % (count, len(objects))]


def own_commands(case, data):
    """Commands of this program are such that it takes: each is run with --help behind it."""
    complaints = []
    for step in steps_of(data):
        for line in lines_of(step):
            if not line.startswith("ingress2gw "):
                continue
            words = subprocess.run(["sh", "-c", "printf '%s\\0' " + line], stdout=subprocess.PIPE, check=True,
                                   env=dict(os.environ, LIVE="192.0.2.1", GATEWAY="192.0.2.2")).stdout
            words = words.decode().split("\0")[1:-1]
            result = program.run(words + ["--help"], cwd=os.path.join(CASES, case))
            if result.status != 0:
                complaints.append("%s: %s" % (line, result.error_text()))
    return complaints


def test_case(case, update):
    home = os.path.join(CASES, case)
    text = program.run(["plan", "in.yaml"] + args_of(case), cwd=home)
    again = program.run(["plan", "-o", "json", "in.yaml"] + args_of(case), cwd=home)
    complaints = text.complaints((0, 1)) + again.complaints((0, 1))
    if complaints:
        return complaints
    data = json.loads(again.out)
    got = without_counts(text.out.decode())
    if update:
        with open(os.path.join(home, "plan.md"), "w", encoding="utf-8") as file:
            file.write(got)
    expected = read(case, "plan.md")
    if got != expected:
        complaints.append(diff(expected, got, case + "/plan.md"))
    if (text.status, again.status) != ((0, 0) if data["ready"] else (1, 1)):
        complaints.append("ready is %s, the status %s" % (data["ready"], (text.status, again.status)))
    if len(steps_of(data)) != len(re.findall(r"(?m)^- \[ \] ", got)):
        complaints.append("markdown and json have different steps")
    return (complaints + schema_complaints(data) + shell_complaints(data) + object_complaints(case, data)
            + early_complaints(data) + order_complaints(data) + repeat_complaints(data) + own_commands(case, data))


def early_complaints(data):
    """A GatewayClass that a later step makes is not there yet, unless the cloud makes it."""
    complaints, steps = [], steps_of(data)
    for i, step in enumerate(steps):
        asked = {name for line in step.get("checks", []) for name in re.findall(r"get gatewayclass (\S+)", line)}
        for later in steps[i + 1:]:
            made = {item.split(" ", 1)[1] for item in later.get("items", []) if item.startswith("GatewayClass ")}
            complaints += ["%s asks for GatewayClass %s, which %s makes" % (step["id"], name, later["id"])
                           for name in sorted(asked & made) if not name.startswith("gke-")]
    return complaints


def order_complaints(data):
    """What was applied last goes first: a GatewayClass is not deleted while Gateways use it."""
    complaints = []
    for step in steps_of(data):
        done = [line.split()[-1] for line in step.get("commands", []) if line.startswith("kubectl apply -f ")]
        undone = [line.split()[-1] for line in step.get("back", []) if line.startswith("kubectl delete -f ")]
        if undone and done != undone[::-1]:
            complaints.append("%s: applies %s, and takes back %s" % (step["id"], done, undone))
    return complaints


def repeat_complaints(data):
    """No step says the same thing twice."""
    return ["%s repeats %s: %s" % (step["id"], key, line) for step in steps_of(data)
            for key in ("items", "commands", "checks", "back") for line in sorted(set(step.get(key, [])))
            if step[key].count(line) > 1]


def ids(files, *args):
    result = program.run(["plan", "-o", "json"] + list(files) + list(args))
    return [step["id"] for step in steps_of(json.loads(result.out))]


def test_steps(tally):
    """What decides whether a step is there."""
    case = os.path.join(CASES, "names", "in.yaml")
    with_names = ids([case])
    for step in ("certificates", "cert-manager", "external-dns", "dns", "old-controller"):
        tally.check("names: there is a step " + step, step in with_names, str(with_names))
    plain = ids([os.path.join(CASES, "plain", "in.yaml")])
    for step in ("blockers", "held-back", "certificates", "cert-manager", "external-dns"):
        tally.check("plain: there is no step " + step, step not in plain, str(plain))
    held = ids([os.path.join(CASES, "held", "in.yaml")])
    for step, there in (("blockers", True), ("held-back", True), ("kept", True), ("old-controller", False)):
        tally.check("held: step %s" % step, (step in held) == there, str(held))
    tally.check("an input without Ingress has no plan", program.run(["plan", "-"], stdin=b"").status == 2)


def step_of(case, name, *args):
    result = program.run(["plan", "-o", "json", os.path.join(CASES, case, "in.yaml")] + list(args))
    return [step for step in steps_of(json.loads(result.out)) if step["id"] == name][0]


def test_records(tally):
    """What external-dns has to be told so that no record is lost."""
    for args, there in (([], True), (["--topology=namespace"], False), (["--listeners=listenerset"], True)):
        items = "\n".join(step_of("names", "external-dns-sources", *args)["items"])
        tally.check("names %s: the flag for ListenerSets" % args, ("--gateway-listener-sets" in items) == there, items)
    step = step_of("dns", "external-dns")
    said = "\n".join(step["items"] + step["commands"])
    tally.check("dns: every Ingress that names a record is handed over, by the keys it has",
                re.findall(r"-n (\S+ \S+) (external-dns\S+)/controller=", said) ==
                [("web store", "external-dns.alpha.kubernetes.io"), ("web store", "external-dns.kubernetes.io"),
                 ("ops catch-all", "external-dns.kubernetes.io"), ("ops defined", "external-dns.alpha.kubernetes.io"),
                 ("web api", "external-dns.alpha.kubernetes.io"), ("web api", "external-dns.kubernetes.io")], said)
    tally.check("dns: a name without a route loses its record", "gone.example.com: Ingress web/store names it, but no "
                "route does" in said, said)
    tally.check("dns: defined hosts only", "defined.example.com" in said and "unread.example.com" not in said, said)
    tally.check("dns: an Ingress that shares a name with one that stays, stays",
                "guarded" not in said and "lock" not in said, said)
    by_hand = "\n".join(step_of("dns", "dns")["items"])
    tally.check("dns: by hand is what external-dns does not keep",
                re.findall(r"(?m)^(\S+): ", by_hand) == ["internal.example.com", "other.example.com"], by_hand)


def test_hostile(tally):
    """Names that a shell or Markdown would read otherwise."""
    evil = "a`$(touch /tmp/x)'\\\";\n# b"
    data = json.dumps({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                       "metadata": {"name": evil, "namespace": "web", "annotations": {
                           "external-dns.alpha.kubernetes.io/ttl": evil}},
                       "spec": {"ingressClassName": "nginx", "tls": [{"secretName": evil}], "rules": [
                           {"host": "a.example", "http": {"paths": [{
                               "path": "/" + evil, "pathType": "Exact",
                               "backend": {"service": {"name": "x", "port": {"number": 80}}}}]}}]}})
    result = program.run(["plan", "-o", "json", "-"], stdin=data.encode())
    tally.check("hostile names", not result.complaints((0, 1, 2)), result.error_text())
    if result.status in (0, 1):
        complaints = shell_complaints(json.loads(result.out))
        tally.check("hostile names: commands are shell", not complaints, "\n".join(complaints))


def main():
    tally = Tally("plan")
    update = "--update" in sys.argv
    wanted = [arg for arg in sys.argv[1:] if not arg.startswith("-")] or sorted(os.listdir(CASES))
    tally.run(lambda case: test_case(case, update), wanted)
    test_steps(tally)
    test_records(tally)
    test_hostile(tally)
    tally.finish()


main()
