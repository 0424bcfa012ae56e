"""No certificate of cert-manager loses a name in silence.

ingress-shim makes a certificate of each entry of spec.tls, with its hosts as names. gateway-shim makes one of each
Secret that HTTPS listeners of one Gateway or ListenerSet with an issuer refer to, in the namespace of that object; the
names are their host names, and the first object of several has it. Both are written down here once more, from
cert-manager's documentation, and asked about random Ingresses and what convert makes of them: a name that is missing
afterwards is one that I2G525 says, and the other way round. What no Ingress asked for is not made either.

usage: certificates.py [--seed N] [RUNS]
"""

import argparse
import collections
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import yaml  # noqa: E402

import program  # noqa: E402
from tally import Tally  # noqa: E402

ISSUERS = ("cert-manager.io/issuer", "cert-manager.io/cluster-issuer")
FLAGS = ([], [], ["--topology=namespace"], ["--gateway-namespace=web"], ["--listeners=listenerset"],
         ["--gateway=infra/public"])


def rule(host):
    return {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix",
                                              "backend": {"service": {"name": "app", "port": {"number": 80}}}}]}}


def ingress(chance, number, names):
    """Hosts and TLS entries overlap with those of others, and with each other only in part."""
    hosts = chance.sample(names, chance.choice((1, 1, 2, 3, min(len(names), 40))))
    annotations = {}
    if chance.random() < 0.7:
        annotations[chance.choice(ISSUERS)] = chance.choice("ab")
    if chance.random() < 0.2:
        annotations["nginx.ingress.kubernetes.io/from-to-www-redirect"] = "true"
    if chance.random() < 0.2:
        annotations["external-dns.alpha.kubernetes.io/target"] = chance.choice(("one.example", "two.example"))
    listed = sorted(set(hosts + chance.sample(names, chance.choice((0, 0, 1, 2)))))
    if chance.random() < 0.3:
        listed += [("www." + name) for name in hosts if not name.startswith("*")]
    chance.shuffle(listed)
    cut = chance.randrange(len(listed) + 1) if chance.random() < 0.3 else len(listed)
    entries = [{"hosts": part, "secretName": "tls-%d" % chance.randrange(4)} for part in (listed[:cut], listed[cut:])
               if part]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": "app-%d" % number, "namespace": chance.choice(("web", "web", "shop")),
                         "creationTimestamp": "2024-01-%02dT00:00:00Z" % (number + 1), "annotations": annotations},
            "spec": {"ingressClassName": chance.choice(("nginx", "nginx", "nginx", "other")),
                     "tls": entries if chance.random() < 0.9 else [], "rules": [rule(host) for host in hosts]}}


def covers(names, host):
    return host in names or (not host.startswith("*") and "*." + host.partition(".")[2] in names)


def certificates_of(item):
    """(namespace, secret) -> names that gateway-shim makes of one object."""
    names, meta = collections.defaultdict(set), item["metadata"]
    if item["kind"] not in ("Gateway", "ListenerSet") or not any(key in ISSUERS for key in meta.get("annotations", {})):
        return names
    for listener in item["spec"]["listeners"]:
        tls = listener.get("tls", {})
        if tls.get("mode") != "Terminate" or not listener.get("hostname"):
            continue
        for ref in tls["certificateRefs"]:
            if ref.get("namespace", meta["namespace"]) == meta["namespace"]:
                names[meta["namespace"], ref["name"]].add(listener["hostname"])
    return names


def made_after(objects):
    """The same of all: (namespace, secret) -> names by object. Which of several objects has the certificate is for
    the cluster to decide."""
    made = collections.defaultdict(list)
    for item in objects:
        for key, names in certificates_of(item).items():
            made[key].append(names)
    return made


def torn(objects):
    """Certificates whose listeners stand in several objects of one Gateway, with the same annotations, although one has
    room for all of them: two listeners a host, 64 an object. A listener with two certificates ties together more than
    that. Each controller has a Gateway of its own, as each Ingress has a shim's certificate of its own today."""
    found = collections.defaultdict(list)
    if any(len(listener.get("tls", {}).get("certificateRefs", [])) > 1 for item in objects
           for listener in item["spec"].get("listeners", [])):
        return []
    for item in objects:
        for key, names in certificates_of(item).items():
            gateway = item["spec"].get("parentRef", item["metadata"])["name"]
            found[key + (gateway, json.dumps(item["metadata"]["annotations"], sort_keys=True))].append(names)
    return sorted(key[:2] for key, parts in found.items() if len(parts) > 1 and len(set().union(*parts)) <= 32)


def asked_before(inputs):
    """(namespace, secret, host as it is written, Ingress) for each name, as ingress-shim reads them."""
    return [(item["metadata"]["namespace"], entry["secretName"], host, item["metadata"]["name"]) for item in inputs
            if any(key in ISSUERS for key in item["metadata"]["annotations"])
            for entry in item["spec"]["tls"] for host in entry["hosts"]]


def missing_names(inputs, objects, said):
    """What is missing with the object that agrees with what is said, if there is one, else with the first."""
    made, asked, missing = made_after(objects), asked_before(inputs), set()
    for key in sorted({(namespace, secret) for namespace, secret, _, _ in asked}):
        of = [(name, namespace, secret, host) for namespace, secret, host, name in asked if (namespace, secret) == key]
        choices = [{one for one in of if not covers(names, one[3])} for names in made.get(key, [()])]
        missing |= next((c for c in choices if c == {one for one in of if one in said}), choices[0])
    return missing


def strangers(inputs, objects):
    """Secrets that cert-manager would write although no Ingress asked it to: somebody's own certificate."""
    asked = {(namespace, secret) for namespace, secret, _, _ in asked_before(inputs)}
    return sorted(set(made_after(objects)) - asked)


def said_names(inputs, findings):
    by_name = {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in inputs}
    said = set()
    for finding in findings:
        if finding["code"] == "I2G525":
            of = finding["object"]
            _, _, entry, _, host = finding["path"]
            item = by_name[of["namespace"], of["name"]]
            tls = item["spec"]["tls"][entry]
            said.add((of["name"], of["namespace"], tls["secretName"], tls["hosts"][host]))
    return said


def run(path, flags):
    written = program.run(["convert", "-q", "--provider=auto", path] + flags)
    said = program.run(["lint", "-o", "json", "--provider=auto", path] + flags)
    complaints = written.complaints((0, 1)) + said.complaints((0, 1))
    if complaints:
        return complaints, None, None
    return [], [d for d in yaml.load_all(written.out.decode(), Loader=yaml.CSafeLoader) if d], \
        json.loads(said.out)["findings"]


def check(seed, folder):
    chance = random.Random(seed)
    base = ["h%02d.example.com" % i for i in range(chance.choice((3, 5, 40)))]
    names = base + ["*.example.com"] * (chance.random() < 0.3)
    inputs = [ingress(chance, number, names) for number in range(chance.choice((1, 2, 4, 8)))]
    path = os.path.join(folder, "%d.yaml" % seed)
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump_all(inputs, file)
    flags = chance.choice(FLAGS)
    complaints, objects, findings = run(path, flags)
    if complaints:
        return complaints, 0
    said = said_names(inputs, findings)
    missing = missing_names(inputs, objects, said)
    for what, names in (("lost in silence", missing - said), ("said to be lost", said - missing)):
        if names:
            complaints.append("%s: %s" % (what, sorted(names)))
    if torn(objects) and "--topology=namespace" not in flags:
        complaints.append("in several objects: %s" % torn(objects))
    taken = strangers(inputs, objects)
    if taken:
        complaints.append("cert-manager would write %s" % taken)
    return complaints, len(missing)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", nargs="?", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    tally = Tally("certificates")
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(args.seed, args.seed + args.runs):
            complaints, count = check(seed, folder)
            lost += count
            tally.check("seed %d" % seed, not complaints, "\n".join(complaints))
    tally.check("some names are lost, so that there is something to say", lost > 0)
    tally.finish()


main()
