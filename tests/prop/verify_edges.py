"""verify sees what differs at the edges only: another server name, the last byte of a body, the first
address of a network, a datagram.

usage: verify_edges.py

Each case has two sides that are alike, where verify must find nothing, and a change of the second one that
a single kind of request shows: verify must show that request.
"""

import copy
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

NGINX = "nginx.ingress.kubernetes.io/"
GROUP = "gateway.networking.k8s.io/"


def gateway(*listeners):
    return {"apiVersion": GROUP + "v1", "kind": "Gateway", "metadata": {"name": "gw", "namespace": "web"},
            "spec": {"gatewayClassName": "x", "listeners": list(listeners)}}


def listener(name, port, protocol="HTTP", hostname=None, tls=None):
    made = {"name": name, "port": port, "protocol": protocol}
    if hostname:
        made["hostname"] = hostname
    if protocol in ("HTTPS", "TLS"):
        made["tls"] = tls or {"options": {"example.com/certificate": "own"}}
    return made


def route(kind, name, backend, hostnames=None, port=80, **rule):
    spec = {"parentRefs": [{"name": "gw"}], "rules": [dict(rule, backendRefs=[{"name": backend, "port": port}])]}
    if hostnames:
        spec["hostnames"] = hostnames
    version = "v1" if kind in ("HTTPRoute", "GRPCRoute", "TLSRoute") else "v1alpha2"
    return {"apiVersion": GROUP + version, "kind": kind,
            "metadata": {"name": name, "namespace": "web", "creationTimestamp": "2024-01-01T00:00:00Z"},
            "spec": spec}


def ingress(**notes):
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": "in", "namespace": "web",
                         "annotations": {NGINX + key.replace("_", "-"): value for key, value in notes.items()}},
            "spec": {"ingressClassName": "nginx", "rules": [{"host": "a.example", "http": {"paths": [
                {"path": "/", "pathType": "Prefix",
                 "backend": {"service": {"name": "app", "port": {"number": 80}}}}]}}]}}


PASSTHROUGH = {"mode": "Passthrough"}


def edited(documents, edit):
    changed = copy.deepcopy(documents)
    edit(changed)
    return changed


def spec(documents, index):
    return documents[index]["spec"]


def to_other(index):
    """The route of that number sends to another Service."""
    def edit(documents):
        spec(documents, index)["rules"][0]["backendRefs"][0]["name"] = "other"
    return edit


TCP = [gateway(listener("db", 5432, "TCP")), route("TCPRoute", "db", "db", port=5432)]
UDP = [gateway(listener("dns", 53, "UDP")), route("UDPRoute", "dns", "dns", port=53)]
WILD = [gateway(listener("tls", 443, "TLS", "*.x.example", PASSTHROUGH)),
        route("TLSRoute", "any", "any", ["*.x.example"], 443)]
NAMES = [gateway(listener("a", 443, "HTTPS", "a.example"), listener("b", 443, "HTTPS", "b.example")),
         route("HTTPRoute", "a", "a", ["a.example"]), route("HTTPRoute", "b", "b", ["b.example"])]
PORT = [gateway(listener("alt", 8443, "HTTPS", "a.example")), route("HTTPRoute", "a", "a", ["a.example"])]
HEADER = [gateway(listener("http", 80)),
          route("HTTPRoute", "a", "a", ["a.example"],
                matches=[{"headers": [{"name": "X-V", "value": "one"}]}])]
QUERY = [gateway(listener("http", 80)),
         route("HTTPRoute", "a", "a", ["a.example"], matches=[{"queryParams": [{"name": "v", "value": "one"}]}])]


def one_listener(documents):
    spec(documents, 0)["listeners"] = [listener("all", 443, "HTTPS")]


def only_one_label(documents):
    spec(documents, 0)["listeners"] = [listener("tls", 443, "TLS", "any.x.example", PASSTHROUGH)]
    spec(documents, 1)["hostnames"] = ["any.x.example"]


def any_name(documents):
    del spec(documents, 0)["listeners"][0]["hostname"]
    del spec(documents, 1)["hostnames"]


def header_with_list(documents):
    spec(documents, 1)["rules"][0]["matches"][0]["headers"][0].update(
        type="RegularExpression", value="one(, other)?")


def query_or_nothing(documents):
    spec(documents, 1)["rules"][0]["matches"][0]["queryParams"][0].update(type="RegularExpression", value="(one)?")


# name, both sides, change of the second, what must be shown
OBJECTS = [
    ("tcp", TCP, to_other(1), ["TCP connection, port 5432", "- web/db:5432", "+ web/other:5432"]),
    ("udp", UDP, to_other(1), ["UDP datagram, port 53", "+ web/other:53"]),
    ("passthrough", WILD, to_other(1), ["any.x.example", "+ web/other:443"]),
    ("passthrough-depth", WILD, only_one_label, ["TLS handshake for", "- web/any:443", "+ no connection"]),
    ("passthrough-any-name", WILD, any_name, ["TLS handshake for unknown.example, port 443", "- no connection"]),
    ("misdirected", NAMES, one_listener, ["GET https://a.example/", "(server name b.example)", "- 421"]),
    ("port", PORT, to_other(1), ["https://a.example:8443/", "+ web/other:80"]),
    ("repeated-header", HEADER, header_with_list, ["X-V: one", "other", "+ web/a:80"]),
    ("empty-query", QUERY, query_or_nothing, ["?v", "- 404", "+ web/a:80"]),
]

# name, Ingress, flags, words that must be there, words that must not
INGRESSES = [
    ("body", ingress(proxy_body_size="8k"), [], ["I2G401"], ["I2G700"]),
    ("body-default", ingress(), [], ["Content-Length: 1048577", "- 413", "I2G413"], ["I2G700"]),
    ("body-any", ingress(proxy_body_size="0"), [], [], ["413", "I2G700"]),
    ("allowlist-unguarded", ingress(whitelist_source_range="10.0.0.0/8,2001:db8::/32"), ["--allow-unguarded"],
     ["(from 9.255.255.255)", "- 403", "I2G701"], ["(from 10."]),
    ("denylist-unguarded", ingress(denylist_source_range="192.0.2.7/32"), ["--allow-unguarded"],
     ["(from 192.0.2.7)", "- 403", "I2G701"], ["(from 192.0.2.8)"]),
    ("allowlist", ingress(whitelist_source_range="10.0.0.0/8"), [], [], ["I2G700", "I2G701"]),
]


def bombs(count):
    """Patterns that take a backtracking engine as many steps as there are ways to split a text."""
    document = ingress(use_regex="true", ssl_redirect="false")
    paths = document["spec"]["rules"][0]["http"]["paths"]
    for i in range(count):
        paths.append(dict(paths[0], path="/(a|a|aa){1,150}%d!$" % i, pathType="ImplementationSpecific"))
    return [document]


# name, documents, status, words. They end: that is the test.
BOMBS = [
    ("bomb", bombs(1), None, ["with patterns that take too much work"]),
    ("bombs", bombs(300), 2, ["and no more for that reason"]),
    ("bomb-in-fields", HEADER + [route("HTTPRoute", "z", "z", ["a.example"], matches=[{
        "path": {"type": "RegularExpression", "value": "/((a+)+)+b"},
        "headers": [{"name": "X-V", "type": "RegularExpression", "value": "((a|aa)+)+b{90}"}],
        "queryParams": [{"name": "q", "type": "RegularExpression", "value": "(([a-z]+)*x?)*y{90}"}]}])],
     0, [" agree, 0 differ"]),
]


class Bench:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()

    def write(self, name, documents):
        with open(os.path.join(self.folder.name, name), "w", encoding="utf-8") as file:
            file.write("".join("---\n%s\n" % json.dumps(d) for d in documents))

    def verify(self, *args):
        result = program.run(["verify", "--no-config", *args], cwd=self.folder.name)
        self.status = result.status
        return result.complaints(), result.out.decode("utf-8", "replace") + result.error_text()


def judge_objects(case):
    _, documents, edit, words = case
    bench = Bench()
    bench.write("old.yaml", documents)
    bench.write("same.yaml", documents)
    bench.write("new.yaml", edited(documents, edit))
    wrong, said = bench.verify("old.yaml", "--against", "same.yaml")
    if ", 0 differ" not in said:
        wrong.append("a side differs from itself: " + said)
    more, said = bench.verify("old.yaml", "--against", "new.yaml")
    wrong += more + ["'%s' is not shown: %s" % (word, said[-1500:]) for word in words if word not in said]
    return wrong


def judge_ingress(case):
    _, document, flags, words, never = case
    bench = Bench()
    bench.write("in.yaml", [document])
    wrong, said = bench.verify("in.yaml", *flags)
    wrong += ["'%s' is not shown: %s" % (word, said[-1500:]) for word in words if word not in said]
    return wrong + ["'%s' is shown: %s" % (word, said[-1500:]) for word in never if word in said]


def judge_bomb(case):
    _, documents, status, words = case
    bench = Bench()
    bench.write("in.yaml", documents)
    wrong, said = bench.verify("in.yaml", *(["--against", "in.yaml"] if status == 0 else []))
    if status is not None and bench.status != status:
        wrong.append("status %s, not %s" % (bench.status, status))
    return wrong + ["'%s' is not said: %s" % (word, said[-1500:]) for word in words if word not in said]


def main():
    tally = Tally("verify-edges")
    for judge, cases in ((judge_objects, OBJECTS), (judge_ingress, INGRESSES), (judge_bomb, BOMBS)):
        for case in cases:
            wrong = judge(case)
            tally.check(case[0], not wrong, "\n".join(wrong))
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
