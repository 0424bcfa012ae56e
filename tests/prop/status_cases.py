#!/usr/bin/env python3
"""validate --status against the status expectations of the conformance tests of Gateway API.

A conformance test applies its manifests and waits until the status of its objects is what it expects;
some change objects in between. Here every state that a test goes through is a directory of files, whose
status the program works out, and the expectations must hold in order, each in the state of the one
before it or in a later one.

usage: status_cases.py [--cases=FILE] [--manifests=DIR] [--quiet] [TEST...]

Both default to ../shared/conformance, and the test skips when that is absent. Prints one line a test,
with --quiet failures only. `cases` is the JSON described in ../shared/reference/gateway-api.md section 5.
"""

import copy
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE)]

import yaml  # noqa: E402

import program  # noqa: E402
from tally import Tally  # noqa: E402

CLASS, CONTROLLER = "gateway-conformance", "example.net/gw-controller"
# One address that an implementation can use and one that nobody can.
USABLE, UNUSABLE = "127.0.0.50", "192.0.2.1"
# Extended features without which the program judges differently.
FEATURES = ("TLSRouteModeTerminate", "TLSRouteModeMixed")
GROUP = "gateway.networking.k8s.io"


# ---- the objects of a test ----


def certificate():
    """A self-signed certificate and its key, in PEM; which names it has matters to no condition."""
    with tempfile.TemporaryDirectory() as folder:
        key, crt = os.path.join(folder, "key"), os.path.join(folder, "crt")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
                        "-subj", "/CN=conformance", "-keyout", key, "-out", crt],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(crt, encoding="ascii") as file:
            pem = file.read()
        with open(key, encoding="ascii") as file:
            return pem, file.read()


def made_objects(cases):
    """What the suite makes itself before the tests run."""
    pem, key = certificate()
    yield {"apiVersion": GROUP + "/v1", "kind": "GatewayClass", "metadata": {"name": CLASS},
           "spec": {"controllerName": CONTROLLER}}
    for entry in cases.get("certificates", []):
        made = {"apiVersion": "v1", "kind": entry["kind"],
                "metadata": {"name": entry["name"], "namespace": entry["namespace"]}}
        if entry["kind"] == "Secret":
            made["type"] = "kubernetes.io/tls"
            made["stringData"] = {"tls.crt": pem, "tls.key": key}
        else:
            made["data"] = {"ca.crt": pem}
        yield made


def filled_in(text):
    for word, value in (("{GATEWAY_CLASS_NAME}", CLASS), ("{GATEWAY_CONTROLLER_NAME}", CONTROLLER),
                        ("PLACEHOLDER_USABLE_ADDRS", USABLE),
                        ("PLACEHOLDER_UNUSABLE_ADDRS", UNUSABLE)):
        text = text.replace(word, value)
    return text


def key_of(kind, namespace, name):
    return (kind, "" if kind in ("GatewayClass", "Namespace") else namespace or "default", name)


def mutated(state, change):
    """The next state: objects by their keys."""
    namespace, name = change["object"].split("/") if "/" in change["object"] else ("", change["object"])
    key = key_of(change["kind"], namespace, name)
    state = dict(state)
    if change["op"] == "Delete":
        state.pop(key, None)
    elif not isinstance(change.get("spec"), dict):
        pass  # about endpoints that only a cluster has
    elif key in state:
        state[key] = dict(copy.deepcopy(state[key]), spec=change["spec"])
    else:
        state[key] = {"apiVersion": GROUP + "/v1", "kind": change["kind"],
                      "metadata": {"name": name, "namespace": namespace}, "spec": change["spec"]}
    return state


def load(path):
    with open(path, encoding="utf-8") as file:
        for value in yaml.load_all(filled_in(file.read()), Loader=yaml.CSafeLoader):
            if value:
                yield value


def states_of(test, suite):
    state = {}
    paths = [os.path.join(suite.manifests, "base.yaml")]
    paths += [os.path.join(suite.manifests, os.path.basename(m)) for m in test["manifests"]]
    for path in paths:
        for value in load(path):
            meta = value["metadata"]
            state[key_of(value["kind"], meta.get("namespace"), meta["name"])] = value
    for value in suite.made:
        meta = value["metadata"]
        state.setdefault(key_of(value["kind"], meta.get("namespace"), meta["name"]), value)
    states = [state]
    for change in test.get("mutations") or []:
        states.append(mutated(states[-1], change))
    return states


def status_of(state, lacking):
    """{key: status} of the objects of one state."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "objects.json"), "w", encoding="utf-8") as file:
            json.dump({"apiVersion": "v1", "kind": "List", "items": list(state.values())}, file,
                      default=str)
        args = ["validate", "-q", "--status", "--status-format=json", "--external-refs=deny",
                "--channel=experimental", "--fail-on=never"]
        if lacking:
            args.append("--lacks=" + ",".join(lacking))
        run = program.run(args + [folder])
    complaints = run.complaints((0,))
    if complaints:
        raise ValueError("\n".join(complaints))
    found = {}
    for value in json.loads(run.out)["items"]:
        meta = value["metadata"]
        found[key_of(value["kind"], meta.get("namespace"), meta["name"])] = value["status"]
    return found


# ---- expectations ----


def split(name):
    namespace, _, name = name.rpartition("/")
    return namespace, name


def has(conditions, wanted):
    """`wanted` is Type=Status or Type=Status:Reason."""
    kind, _, rest = wanted.partition("=")
    status, _, reason = rest.partition(":")
    return any(c["type"] == kind and c["status"] == status and reason in ("", c["reason"])
               for c in conditions)


def all_of(conditions, wanted):
    return all(has(conditions, w) for w in wanted)


FINE = ["Accepted=True", "ResolvedRefs=True", "Programmed=True"]


class Status:
    """The status of one state, asked as the conformance tests ask."""

    def __init__(self, found):
        self.found = found

    def of(self, kind, name):
        return self.found.get(key_of(kind, *split(name)), {})

    def parents(self, kind, name):
        return self.of(kind, name).get("parents", [])

    def parents_at(self, kind, route, parent):
        """Entries of a route for one Gateway or ListenerSet."""
        at, own = split(parent), split(route)[0]
        return [p for p in self.parents(kind, route)
                if (p["parentRef"].get("namespace", own), p["parentRef"]["name"]) == at]

    def listener(self, kind, owner, name):
        for listener in self.of(kind, owner).get("listeners", []):
            if listener["name"] == name:
                return listener
        return {"conditions": [], "supportedKinds": [], "attachedRoutes": None}

    def listeners_like(self, kind, owner, wanted):
        got = self.of(kind, owner).get("listeners", [])
        return len(got) == len(wanted) and all(
            self.listener_like(self.listener(kind, owner, w["name"]), w) for w in wanted)

    @staticmethod
    def listener_like(got, wanted):
        kinds = [(k["group"], k["kind"]) for k in got["supportedKinds"]]
        expected = wanted.get("supportedKinds")
        if expected is not None and not expected and kinds:
            return False
        return (all((k["group"], k["kind"]) in kinds for k in expected or []) and
                got["attachedRoutes"] == wanted.get("attachedRoutes", 0) and
                all_of(got["conditions"], wanted.get("conditions", [])))


def route_kind(check):
    return check.get("routeType", "HTTPRoute").rpartition(".")[2]


def accepted_everywhere(status, check, kind, owner_kind, owner):
    """The names of listeners in `owner` are for finding its address, not for comparing."""
    owner_name = owner["namespace"] + "/" + owner["name"]
    for route in check["routeNNs"]:
        parents = [p for p in status.parents_at(kind, route, owner_name)
                   if p["parentRef"]["kind"] == owner_kind]
        if not any(has(p["conditions"], "Accepted=True:Accepted") for p in parents):
            return False
    listeners = status.of(owner_kind, owner_name).get("listeners", [])
    return bool(listeners) and all(all_of(l["conditions"], FINE) for l in listeners)


def must_have_parents(status, check):
    kind, route = route_kind(check), check["routeName"]
    got = status.parents(kind, route)
    if len(got) != len(check["parents"]):
        return False
    for wanted in check["parents"]:
        ref = wanted["parentRef"]
        name = (ref.get("namespace") or split(route)[0]) + "/" + ref["name"]
        if not any(p["controllerName"] == wanted["controllerName"] and
                   all_of(p["conditions"], wanted["conditions"])
                   for p in status.parents_at(kind, route, name)):
            return False
    return True


def zero_routes(status, check):
    listeners = status.of("Gateway", check["gwName"]).get("listeners", [])
    return all(l["attachedRoutes"] == 0 for l in listeners)


def listeners_have(kind, owner):
    def check_it(status, check):
        names = check.get("listenerNames") or [check.get("lName")]
        return all(all_of(status.listener(kind, check[owner], name)["conditions"],
                          check["conditions"]) for name in names)
    return check_it


CHECKS = {
    "GatewayAndRoutesMustBeAccepted":
        lambda s, c: accepted_everywhere(s, c, route_kind(c), "Gateway", c["gw"]),
    "GatewayAndHTTPRoutesMustBeAccepted":
        lambda s, c: accepted_everywhere(s, c, "HTTPRoute", "Gateway", c["gw"]),
    "GatewayAndTLSRoutesMustBeAccepted":
        lambda s, c: accepted_everywhere(s, c, "TLSRoute", "Gateway", c["gw"]),
    "RoutesAndParentMustBeAccepted":
        lambda s, c: accepted_everywhere(s, c, route_kind(c), c["resource"]["groupKind"]["kind"],
                                         c["resource"]),
    "RouteMustHaveParents": must_have_parents,
    "GatewayMustHaveZeroRoutes": zero_routes,
    "GatewayMustHaveAttachedListeners":
        lambda s, c: s.of("Gateway", c["gwName"]).get("attachedListenerSets") == c["expectedCount"],
    "GatewayStatusMustHaveListeners":
        lambda s, c: s.listeners_like("Gateway", c["gwNN"], c["listeners"]),
    "ListenerSetStatusMustHaveListeners":
        lambda s, c: s.listeners_like("ListenerSet", c["lsNN"], c["listeners"]),
    "GatewayListenerMustHaveConditions": listeners_have("Gateway", "gwName"),
    "GatewayListenersMustHaveConditions": listeners_have("Gateway", "gwName"),
    "ListenerSetListenersMustHaveConditions": listeners_have("ListenerSet", "lsName"),
    # Addresses are a cluster's to give; a Gateway that is not accepted gets none.
    "WaitForGatewayAddress":
        lambda s, c: has(s.of("Gateway", c["gwRef"]["namespace"] + "/" + c["gwRef"]["name"])
                         .get("conditions", []), "Accepted=True"),
    "BackendTLSPolicyMustHaveCondition": lambda s, c: any(
        has(a["conditions"], c["condition"]) for a in s.of("BackendTLSPolicy", c["policyNN"])
        .get("ancestors", [])
        if a["ancestorRef"]["namespace"] + "/" + a["ancestorRef"]["name"] == c["gwNN"]),
}

# Checks that are alike for several kinds.
KINDS = ("GatewayClass|GWC|Gateway|ListenerSet|HTTPRoute|GRPCRoute|TLSRoute|TCPRoute|UDPRoute|"
         "BackendTLSPolicy")


def name_in(check):
    """The object that a check names: its only text that is no condition."""
    for key, value in check.items():
        if isinstance(value, str) and key not in ("check", "condition", "expectedCondition",
                                                  "routeType", "gwNN"):
            return value
    return check.get("gwNN", "")


def conditions_in(status):
    """Of an object, of each parent, of each ancestor."""
    lists = [status["conditions"]] if "conditions" in status else []
    return lists + [p["conditions"] for p in status.get("parents", []) + status.get("ancestors", [])]


def alike(status, check):
    match = re.fullmatch("(%s)MustHave(.*)" % KINDS, check["check"])
    if not match:
        return None
    kind, what = match[1].replace("GWC", "GatewayClass"), match[2]
    lists = conditions_in(status.of(kind, name_in(check)))
    wanted = check.get("condition", check.get("expectedCondition", ""))
    if what.startswith("LatestConditions"):
        return bool(lists) and all(lists)
    if what == "NoAcceptedParents":
        return not any(has(conditions, "Accepted=True") for conditions in lists)
    if what.startswith("Accepted"):
        return any(has(conditions, "Accepted=True") for conditions in lists)
    if what != "Condition":
        return None
    if kind.endswith("Route"):
        return any(has(p["conditions"], wanted)
                   for p in status.parents_at(kind, check["routeNN"], check["gwNN"]))
    return any(has(conditions, wanted) for conditions in lists)


def holds(status, check):
    """None when nobody knows this check."""
    if check["check"] in CHECKS:
        return CHECKS[check["check"]](status, check)
    return alike(status, check)


# ---- the tests ----


class Suite:
    def __init__(self, cases, manifests):
        self.manifests = manifests
        self.made = list(made_objects(cases))


class Case:
    def __init__(self, test, suite):
        self.test, self.suite = test, suite
        self.checks = test.get("statusChecks") or []

    def __str__(self):
        return "%s (%d checks)" % (self.test["name"], len(self.checks))


def run_case(case):
    lacking = [f for f in FEATURES if f not in case.test["features"]]
    states = [Status(status_of(state, lacking)) for state in states_of(case.test, case.suite)]
    at, complaints = 0, []
    for check in case.checks:
        verdicts = [holds(states[i], check) for i in range(at, len(states))]
        if verdicts[0] is None:
            complaints.append("a check that this test does not know: " + json.dumps(check))
        elif True in verdicts:
            at += verdicts.index(True)
        else:
            complaints.append("does not hold: " + json.dumps(check))
            complaints.append("  got: " + json.dumps(about(states[-1], check))[:3000])
    return complaints


def about(status, check):
    """The status of all objects that a check names."""
    text = json.dumps(check)
    return {"/".join(key): value for key, value in status.found.items()
            if key[2] and '"%s"' % key[2] in text or "%s/%s" % key[1:] in text}


class Reporter(Tally):
    """One line a test."""

    def __init__(self, stage, quiet):
        super().__init__(stage)
        self.quiet = quiet

    def check(self, case, condition, detail=""):
        if condition and not self.quiet:
            print("ok %s" % case)
        return super().check(case, condition, detail)


def main():
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--") and "=" in a)
    args = iter(sys.argv[1:])
    for arg in args:  # also as two words: --cases FILE
        if arg in ("--cases", "--manifests"):
            options[arg[2:]] = next(args)
    named = [a for a in sys.argv[1:] if not a.startswith("--") and a not in options.values()]
    tally = Reporter("status-cases", "--quiet" in sys.argv)
    folder = os.path.join(program.SHARED, "conformance")
    path = options.get("cases", os.path.join(folder, "cases.json"))
    manifests = options.get("manifests", os.path.join(folder, "manifests"))
    if not os.path.exists(path) or not os.path.isdir(manifests):
        tally.skip("everything", "%s and %s are not there" % (path, manifests))
        tally.finish()
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    suite = Suite(cases, manifests)
    tests = [t for t in cases["tests"] if t.get("statusChecks") and (not named or t["name"] in named)]
    tests, absent = split_absent(tests, manifests)
    for test in absent:
        tally.skip(test["name"], "its manifests are not there")
    tally.run(run_case, [Case(test, suite) for test in tests])
    tally.finish()


def split_absent(tests, manifests):
    def there(test):
        return all(os.path.exists(os.path.join(manifests, os.path.basename(m)))
                   for m in test["manifests"])
    return [t for t in tests if there(t)], [t for t in tests if not there(t)]


if __name__ == "__main__":
    main()
