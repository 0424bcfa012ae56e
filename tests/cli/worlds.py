"""verify and match from the outside: what ends them with which status, and what they say of a request that
no client sends.

usage: worlds.py
"""

import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

SHOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "shop")
NGINX = "nginx.ingress.kubernetes.io/"


def ingress(name, path="/", kind="Prefix", notes=None, klass="nginx", host="a.example"):
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": name, "namespace": "web", "annotations": notes or {}},
            "spec": {"ingressClassName": klass, "rules": [{"host": host, "http": {"paths": [
                {"path": path, "pathType": kind,
                 "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]}}


def dump(documents):
    return "".join("---\n%s\n" % json.dumps(d, indent=1) for d in documents)


FORMATS = ("text", "concise", "json", "junit", "sarif", "markdown", "html", "tap", "github", "gitlab")


class Bench:
    """A directory with files, and the program run in it."""

    def __init__(self, **files):
        self.folder = tempfile.TemporaryDirectory()
        for name, documents in files.items():
            with open(os.path.join(self.folder.name, name + ".yaml"), "w", encoding="utf-8") as file:
                file.write(dump(documents))

    def run(self, *args, **how):
        result = program.run(list(args), cwd=self.folder.name, **how)
        result.text = result.out.decode("utf-8", "replace")
        return result


def expect(result, status, *words):
    """Complaints about a run: its status, and words that it must have written."""
    wrong = result.complaints()
    if result.status != status:
        wrong.append("status %s, not %s: %s%s" % (result.status, status, result.text[-600:], result.error_text()[-300:]))
    said = result.text + result.error_text()
    return wrong + ["'%s' is not said: %s" % (w, said[-600:]) for w in words if w not in said]


# ---- guards ----

GUARDED = [ingress("in", "/admin", notes={NGINX + "auth-url": "https://auth.example/v", NGINX + "ssl-redirect": "false"}),
           ingress("out", notes={NGINX + "ssl-redirect": "false"})]


def a_guard_that_may_be_passed_is_an_error():
    """I2G216 announces that "//admin" is taken otherwise; it excuses nothing."""
    bench = Bench(a=GUARDED)
    text = bench.run("verify", "a.yaml")
    wrong = expect(text, 1, "//admin", "I2G703 guard-bypass", " 0 not covered by a finding, 1 without a guard")
    found = bench.run("verify", "-o", "json", "a.yaml")
    wrong += expect(found, 1)
    levels = {f["code"]: f["severity"] for f in json.loads(found.text)["findings"]}
    if levels.get("I2G703") != "error" or "I2G701" in levels:
        wrong.append(str(levels))
    return wrong


def a_dot_behind_the_host_may_pass_a_guard():
    """nginx drops it; a Gateway need not, and a rule without host takes what nobody names."""
    everywhere = ingress("all", notes={NGINX + "ssl-redirect": "false"})
    del everywhere["spec"]["rules"][0]["host"]
    bench = Bench(a=[*GUARDED[:1], everywhere], b=GUARDED[:1])
    wrong = expect(bench.run("verify", "a.yaml"), 1, "GET http://a.example./admin", "I2G703 guard-bypass",
                   "I2G214 host-isolation: guard", "behind external authentication")
    alone = bench.run("verify", "b.yaml")
    return wrong + expect(alone, 0) + ["a dot is asked where nobody takes it"] * ("a.example." in alone.text)


def the_example_goes_to_every_target_as_announced():
    """What is written for one target only, as a timeout of zero, is no news of its own."""
    wrong = []
    for emitter in json.loads(program.run(["list", "emitters", "-o", "json"]).out)["emitters"]:
        result = program.run(["verify", "--emitter=" + emitter["emitter"], SHOP])
        if result.status or b" 0 not covered" not in result.out:
            wrong.append("%s: status %d, %s" % (emitter["emitter"], result.status, result.out.splitlines()[-1:]))
    return wrong


def a_guard_does_not_hide_behind_harmless_requests():
    """"//b" is taken otherwise for the same reason, and shorter."""
    bench = Bench(a=[*GUARDED, ingress("b", "/b", notes={NGINX + "ssl-redirect": "false"})])
    return expect(bench.run("verify", "a.yaml"), 1, "I2G216 uri-normalisation", "I2G703 guard-bypass", "//admin")


def a_guard_that_is_given_up_is_an_error():
    """--allow-unguarded writes the route and does not make it right."""
    bench = Bench(a=GUARDED[:1])
    return (expect(bench.run("verify", "a.yaml"), 0, " 0 not covered by a finding.")
            + expect(bench.run("verify", "--allow-unguarded", "a.yaml"), 1, "I2G701 guard-lost", "unguarded"))


# ---- which finding explains what ----

def many(name, paths, notes):
    made = ingress(name, notes=notes)
    made["spec"]["rules"][0]["http"]["paths"] = [
        {"path": "/" + p, "pathType": "Prefix", "backend": {"service": {"name": p, "port": {"number": 80}}}} for p in paths]
    return made


def explained(bench, url, *headers):
    """[(code, line, aspects, message)] of `match`, and what is left unexplained."""
    told = json.loads(bench.run("match", "-f", "a.yaml", "-o", "json", url, *headers).text)
    return [(f["code"], f.get("line"), f["explains"], f["message"]) for f in told["findings"]], told["unexplained"]


def a_finding_about_one_service_explains_no_other():
    bench = Bench(a=[many("grpc", ("aaa", "bbb"), {NGINX + "backend-protocol": "GRPC", NGINX + "ssl-redirect": "false"})])
    wrong = []
    for name in ("aaa", "bbb"):
        found, left = explained(bench, "http://a.example/" + name)
        if left or [(f[0], f[2]) for f in found] != [("I2G237", ["protocol"])] or "'%s'" % name not in found[0][3]:
            wrong.append("%s: %s, left %s" % (name, found, left))
    return wrong


def a_finding_explains_only_what_its_code_can_change():
    notes = {NGINX + "proxy-body-size": "8m", NGINX + "proxy-read-timeout": "30", NGINX + "proxy-send-timeout": "31",
             NGINX + "ssl-redirect": "false"}
    bench = Bench(a=[ingress("in", notes=notes)])
    found, left = explained(bench, "http://a.example/")
    wrong = ["%s, left %s" % (found, left)] * (left != [] or [(f[0], f[2]) for f in found] != [
        ("I2G401", ["body"]), ("I2G402", ["timeouts"]), ("I2G402", ["timeouts"])])
    text = bench.run("verify", "a.yaml")
    wrong += expect(text, 0, "body up to 8 MiB", "any body", "read 30 s  send 31 s", "no timeouts",
                    "I2G401 body-size, a.yaml:9: body", "I2G402 timeout, a.yaml:10: timeouts")
    return wrong + ["one cause is shown twice"] * (text.text.count("a.yaml:9: body") != 1)


def a_canary_of_another_host_explains_in_match_as_well():
    web, other = ingress("web"), ingress("other", host="b.example")
    canary = ingress("canary", notes={NGINX + "canary": "true", NGINX + "canary-weight": "20"})
    other["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] = "web"
    found, left = explained(Bench(a=[web, other, canary]), "http://b.example/")
    return ["%s, left %s" % (found, left)] * (left != [] or [(f[0], f[2]) for f in found] != [("I2G228", ["backend"])])


def a_finding_stands_where_the_header_comes_from():
    notes = {NGINX + "enable-cors": "true", NGINX + "cors-allow-origin": "https://b.example",
             NGINX + "cors-allow-methods": "GET, BREW", NGINX + "ssl-redirect": "false"}
    bench = Bench(a=[ingress("in", notes=notes)])
    with open(os.path.join(bench.folder.name, "a.yaml"), encoding="utf-8") as file:
        lines = [i + 1 for i, line in enumerate(file) if "cors-allow-methods" in line]
    found, left = explained(bench, "http://a.example/", "-H", "Origin: https://b.example")
    return ["%s, left %s" % (found, left)] * (left != [] or ("I2G311", lines[0], ["cors"]) not in [f[:3] for f in found])


def a_guard_is_named_where_it_was():
    """Also where the controller refuses by itself, and where a client certificate is the guard."""
    bench = Bench(a=GUARDED[:1])
    held = expect(bench.run("verify", "a.yaml"), 0, "- web/in:80  path /admin  behind external authentication")
    return held + expect(bench.run("verify", "--allow-unguarded", "a.yaml"), 1,
                  "- web/in:80  behind external authentication", "+ web/in:80  unguarded")


def an_unknown_annotation_is_not_kept():
    bench = Bench(a=[ingress("in", notes={NGINX + "rewrit-target": "/x", NGINX + "ssl-redirect": "false"})])
    told = json.loads(bench.run("audit", "-o", "json", "a.yaml").text)
    of = {a["key"]: a for a in told["annotations"]}
    wrong = [str(of)] * (of[NGINX + "rewrit-target"]["unknown"] != 1 or of[NGINX + "rewrit-target"]["inert"] != 0
                         or of[NGINX + "ssl-redirect"]["unknown"] != 0)
    return wrong + [str(told["coverage"])] * (told["coverage"] != {"annotations": 2, "kept": 1}) + expect(
        bench.run("audit", "a.yaml"), 0, "UNKNOWN", "1 of 2 annotations keep their meaning")


# ---- sides that are not there ----

def a_side_without_objects_is_no_answer():
    gateway = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": "c"},
               "spec": {"controllerName": "a.example/b"}}
    bench = Bench(a=[ingress("a")], none=[{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}],
                  gateway=[gateway])
    url, wrong = "http://a.example/", []
    for args in (["verify", "a.yaml", "--against", "none.yaml"], ["verify", "none.yaml", "--against", "gateway.yaml"],
                 ["verify", "a.yaml", "--against", "absent.yaml"], ["match", "-f", "a.yaml", "--against", "none.yaml", url],
                 ["match", "-f", "none.yaml", url], ["match", url]):
        missing = "--against holds no object" if "a.yaml" in args else "the input holds neither an Ingress nor an object"
        wrong += ["%s: %s" % (args, w) for w in expect(bench.run(*args), 2, missing + " of Gateway API")]
    # A class alone is an object: a Gateway that serves nothing.
    return wrong + expect(bench.run("verify", "a.yaml", "--against", "gateway.yaml"), 1, "no connection")


def an_object_that_is_left_out_is_said():
    """Nothing is compared with half a route: I2G617, and no clean status."""
    route = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
             "metadata": {"name": "r", "namespace": "web"}, "spec": {"rules": 3}}
    gateway = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
               "metadata": {"name": "g", "namespace": "web"},
               "spec": {"gatewayClassName": "x", "listeners": [{"name": "h", "port": 80, "protocol": "HTTP"}]}}
    bench = Bench(a=[ingress("in")], g=[gateway, route])
    words = "g.yaml:29:12: spec.rules: expected array, got int; the object is left out [I2G617]"
    wrong = (expect(bench.run("verify", "a.yaml", "--against", "g.yaml"), 1, "not compared: " + words)
             + expect(bench.run("match", "-f", "a.yaml", "--against", "g.yaml", "http://a.example/"), 1, words))
    for how in FORMATS:
        run = bench.run("verify", "-o", how, "a.yaml", "--against", "g.yaml")
        wrong += ["%s: %s" % (how, w) for w in expect(run, 1, "I2G617", "g.yaml") if w]
    return wrong


def an_ingress_that_cannot_be_used_is_said():
    """It may be what the cluster has after all: nothing is proven beside it."""
    bad = {**ingress("bad"), "spec": {"ingressClassName": "nginx", "rules": 3}}
    refused = ingress("refused", host="b.example", notes={NGINX + "auth-url": "http://auth.sso.svc/{id}"})
    wrong = []
    for documents, code in (([ingress("in"), bad], "I2G105"), ([ingress("in"), refused], "I2G116")):
        bench = Bench(a=documents)
        text = bench.run("verify", "a.yaml")
        wrong += expect(text, 1, "not compared: a.yaml:", "[%s]" % code, "of the input that cannot be used.")
        wrong += ["it is proven"] * ("proven" in text.text)
        for how in FORMATS:
            run = bench.run("verify", "-o", how, "a.yaml")
            wrong += ["%s: %s" % (how, w) for w in expect(run, 1, code, "a.yaml")]
        match = ["match", "-f", "a.yaml", "http://a.example/"]
        wrong += expect(bench.run(*match), 1, "not compared     a.yaml:", "SAME but for what cannot be used")
        told = json.loads(bench.run(*match, "-o", "json").text)
        if told["verdict"] != "unproven" or not all(u["code"] == code and u["line"] for u in told["notCompared"]):
            wrong.append(str((told["verdict"], told["notCompared"])))
    return wrong


# ---- requests ----

def odd_requests_are_answered_or_refused():
    bench = Bench(a=[ingress("a", "/x")])
    wrong = []
    for words, status, said in (
            (["get", "http://a.example/x"], 1, "answers 400"),  # methods have case
            (["PURGE", "http://a.example/x"], 0, "web/a:80"),
            (["TRACE", "http://a.example/x"], 1, "answers 405"),
            (["CONNECT", "http://a.example/x"], 1, "answers 405"),
            (["GE T", "http://a.example/x"], 2, "is no method"),
            (["CONNECT", "a.example:443"], 2, "is no URL"),
            (["http://user:pw@a.example/x"], 2, "-H 'Authorization: ...'"),
            (["http://[2001:db8::1]/x"], 1, "nobody serves this request"),
            (["http://[2001:db8::1]:80/x"], 1, "nobody serves this request"),
            (["http://[2001:db8::1/x"], 2, "is no host"),
            (["http://a.example:80/x"], 0, "SAME"),
            (["http://a.example:/x"], 0, "SAME"),
            (["http://a.example:8080/x"], 1, "connection closed"),
            (["http://a.example:70000/x"], 2, "is no port"),
            (["http://a.example/x#top"], 0, "SAME"),
            (["http://A.EXAMPLE/x"], 0, "SAME"),
            (["a.example/x"], 2, "begins with https://"),
            (["ftp://a.example/x"], 2, "http, https, grpc"),
            (["http:///x"], 2, "names no host"),
            (["http://a.example/a b"], 2, "write %20"),
            (["http://a b.example/"], 2, "is no host"),
            (["http://a.example/%zz"], 1, "answers 400")):
        result = bench.run("match", "-f", "a.yaml", *words)
        wrong += ["%s: %s" % (words, w) for w in expect(result, status, said)]
    return wrong


# ---- what is not simulated ----

SNIPPET = [ingress("in", "/in", notes={NGINX + "configuration-snippet": "more_set_headers \"X-A: b\";",
                                       NGINX + "use-regex": "false", NGINX + "enable-access-log": "false"}),
           ingress("out", "/out")]


def what_is_not_simulated_is_named():
    bench = Bench(a=SNIPPET, plain=SNIPPET[1:])
    wrong = expect(bench.run("verify", "plain.yaml"), 0, "This is proven.")
    text = bench.run("verify", "a.yaml")
    wrong += expect(text, 0, "not simulated: configuration-snippet at a.yaml:",
                    "This is complete but for 1 setting that is not simulated.")
    wrong += ["'%s' is said" % w for w in ("proven", "use-regex", "access-log") if w in text.text]
    wrong += expect(bench.run("verify", "--strict", "a.yaml"), 1)
    for how in FORMATS:
        run = bench.run("verify", "-o", how, "a.yaml")
        wrong += ["%s: %s" % (how, w) for w in expect(run, 0, "I2G705", "configuration-snippet")]
    return wrong


def match_does_not_say_same_of_it():
    bench = Bench(a=[ingress("in", "/in", notes={NGINX + "proxy-cookie-path": "/ /x"}), ingress("out", "/out")])
    wrong = expect(bench.run("match", "-f", "a.yaml", "http://a.example/in"), 0, "SAME but for what is not simulated",
                   "not simulated    proxy-cookie-path, Ingress web/in, a.yaml:")
    found = bench.run("match", "-f", "a.yaml", "-o", "json", "http://a.example/in")
    wrong += expect(found, 0)
    told = json.loads(found.text)
    if told["verdict"] != "unproven" or [g["what"] for g in told["notSimulated"]] != ["proxy-cookie-path"]:
        wrong.append(str((told["verdict"], told["notSimulated"])))
    server = Bench(a=[ingress("in", "/in", notes={NGINX + "server-snippet": "# all of the host"}), ingress("out", "/out")])
    wrong += expect(server.run("match", "-f", "a.yaml", "http://a.example/out"), 0, "not simulated    server-snippet")
    other = bench.run("match", "-f", "a.yaml", "http://a.example/out")
    return wrong + expect(other, 0, "SAME") + ["not simulated here"] * ("simulated" in other.text)


def snippets_that_the_controller_drops_are_none():
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ingress-nginx-controller", "namespace": "i"},
              "data": {"allow-snippet-annotations": "false", "annotations-risk-level": "Critical",
                       "worker-processes": "2", "use-gzip": "true", "proxy-cookie-path": "off"}}
    bench = Bench(a=[*SNIPPET, config])
    text = bench.run("verify", "a.yaml")
    return expect(text, 0, "not simulated: use-gzip at a.yaml:") + ["it is said"] * any(
        w in text.text for w in ("snippet at", "proxy-cookie-path", "worker-processes"))


def other_controllers_are_taken_at_their_word():
    notes = {"traefik.ingress.kubernetes.io/router.entrypoints": "web"}
    bench = Bench(plain=[ingress("a", "/x", klass="example")],
                  traefik=[ingress("a", "/x", klass="traefik", notes=notes)],
                  guess=[ingress("a", "/x", kind="ImplementationSpecific", klass="example"),
                         ingress("b", "/y", klass="example")])
    wrong = expect(bench.run("verify", "plain.yaml"), 0, "proven if the controller keeps to the words of the Ingress API")
    wrong += expect(bench.run("verify", "traefik.yaml"), 0, "router.entrypoints at traefik.yaml:", "1 setting that is not")
    wrong += expect(bench.run("verify", "guess.yaml"), 0, "not simulated: pathType ImplementationSpecific at guess.yaml:")
    wrong += expect(bench.run("match", "-f", "guess.yaml", "http://a.example/x"), 0, "SAME but for what")
    same = bench.run("match", "-f", "guess.yaml", "http://a.example/y/z")
    return wrong + expect(same, 0, "Ingress (by its API)", "SAME\n")


def kinds_that_only_some_gateways_know_are_named():
    spec = {"parentRefs": [{"name": "g"}], "rules": [{"backendRefs": [
        {"group": "gateway.networking.x-k8s.io", "kind": "XBackend", "name": "outside", "port": 443}]}]}
    objects = [{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "g", "namespace": "web"},
                "spec": {"gatewayClassName": "c", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}},
               {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "r", "namespace": "web"},
                "spec": spec}]
    bench = Bench(a=objects, b=objects)
    wrong = expect(bench.run("verify", "a.yaml", "--against", "b.yaml"), 0,
                   "not simulated: backend of kind XBackend at a.yaml:", "2 settings that are not simulated")
    return wrong + expect(bench.run("match", "-f", "a.yaml", "http://x.example/"), 0, "not simulated    backend of kind XBackend")


def places_stand_in_their_own_files():
    """A host that only the new side knows has no line in the files of today's."""
    bench = Bench(a=[ingress("a", klass="example")],
                  both=[ingress("a", klass="example"), ingress("z", klass="example", host="z.example")])
    objects = bench.run("convert", "-q", "--no-comments", "both.yaml").text
    with open(os.path.join(bench.folder.name, "new.yaml"), "w", encoding="utf-8") as file:
        file.write(objects)
    wrong = expect(bench.run("verify", "a.yaml", "--against", "new.yaml"), 1, "I2G700 answer-differs, new.yaml:")
    found = json.loads(bench.run("verify", "-o", "json", "a.yaml", "--against", "new.yaml").text)["findings"]
    told = [f["file"] for f in found if f["code"] == "I2G700"]
    return wrong + [str(told)] * (not told or set(told) != {"new.yaml"})


def each_location_that_lost_says_why():
    bench = Bench(a=[ingress("a", "/app"), ingress("b", "/app/v1", kind="Exact"), ingress("c", "/v1/x(y)", notes={
        NGINX + "use-regex": "true"}, kind="ImplementationSpecific", host="b.example")])
    wrong = []
    for url, said in (("http://a.example/APP/x", ("no   /app/  Ingress", "case differs")),
                      ("http://a.example/app/v1", ("no   /app/  Ingress", "an exact or longer location fits")),
                      ("http://a.example/app/v1/x", ("no   = /app/v1  Ingress", "the path goes on")),
                      ("http://a.example/zzz", ("no   = /app  Ingress", "another path")),
                      ("http://b.example/zzz", ("no   ~* /v1/x(y)  Ingress", "the pattern does not match"))):
        lines = bench.run("match", "-v", "-f", "a.yaml", url).text.splitlines()
        if not any(said[0] in line and line.endswith(said[1]) for line in lines):
            wrong.append("%s: %s: %s" % (url, said, lines))
    return wrong


# ---- several controllers ----

def controller(name, string):
    return {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": name},
            "spec": {"controller": string}}


def two_controllers():
    """One host at two addresses, and one that only the internal controller has."""
    return Bench(a=[controller("nginx", "k8s.io/ingress-nginx"), controller("inside", "k8s.io/inside-ingress-nginx"),
                    ingress("a"), ingress("b", "/b", klass="inside"), ingress("c", klass="inside", host="c.example")])


def write(bench, name, text):
    with open(os.path.join(bench.folder.name, name), "w", encoding="utf-8") as file:
        file.write(text)


def each_controller_is_asked_at_its_own_address():
    bench = two_controllers()
    wrong = expect(bench.run("verify", "a.yaml"), 0,
                   "class 'inside' (k8s.io/inside-ingress-nginx), Gateway default/inside:",
                   "class 'nginx' (k8s.io/ingress-nginx), Gateway default/nginx:", "This is proven.")
    wrong += expect(bench.run("match", "-f", "a.yaml", "http://c.example/"), 0, "Asked at the address of class 'inside'",
                    "web/c:80", "Gateway default/inside", "SAME")
    wrong += expect(bench.run("match", "-f", "a.yaml", "http://a.example/b"), 0, "Also served at that of class 'nginx'")
    wrong += expect(bench.run("match", "--ingress-class=nginx", "-f", "a.yaml", "http://c.example/"), 1, "404")
    return wrong + expect(bench.run("diff", "--live=127.0.0.1", "a.yaml"), 2, "several controllers", "--ingress-class=inside")


def what_one_gateway_has_does_not_answer_for_another():
    """An internal route that is attached to the public Gateway is noticed at both addresses."""
    bench = two_controllers()
    objects = bench.run("convert", "-q", "--no-comments", "a.yaml").text
    parent = "  - name: %s\n    namespace: default\n    sectionName: a-example-http"
    moved = objects.replace(parent % "inside", parent % "nginx")
    if moved == objects:
        return ["the route of the internal Gateway is not there: %s" % objects[-600:]]
    write(bench, "same.yaml", objects)
    write(bench, "moved.yaml", moved)
    wrong = expect(bench.run("verify", "a.yaml", "--against", "same.yaml"), 0, "proven")
    found = json.loads(bench.run("verify", "-o", "json", "a.yaml", "--against", "moved.yaml").text)["findings"]
    told = [f["message"] for f in found if f["code"] == "I2G700"]
    for side in ("class 'nginx'", "class 'inside'"):
        if not any(message.startswith(side) and "a.example/b" in message for message in told):
            wrong.append("nothing is said of %s: %s" % (side, told))
    return wrong


def hand_written_gateways_are_told_apart():
    bench = two_controllers()
    objects = bench.run("convert", "-q", "--no-comments", "a.yaml").text
    write(bench, "b.yaml", objects.replace("name: inside\n", "name: private\n"))
    wrong = expect(bench.run("verify", "a.yaml", "--against", "b.yaml"), 2,
                   "which Gateway of --against takes the place of the controller of class 'inside'?")
    wrong += expect(bench.run("match", "-f", "a.yaml", "--against", "b.yaml", "http://a.example/"), 2, "which Gateway")
    return wrong + expect(bench.run("verify", "a.yaml", "--against", "b.yaml", "--gateway=inside=default/private"), 0,
                          "Gateway default/private:", "0 not covered")


def what_is_not_sure_is_not_proven():
    joined = Bench(a=[ingress("a", klass="x", notes={NGINX + "ssl-redirect": "false"}),
                      ingress("b", klass="y", host="b.example", notes={NGINX + "ssl-redirect": "false"})])
    wrong = expect(joined.run("verify", "--gateway=default/g", "a.yaml"), 1,
                   "not simulated: another controller with the same Gateway")
    string = [controller(name, "k8s.io/ingress-nginx") for name in "xy"]
    divided = Bench(a=string + [ingress("a", klass="x"), ingress("b", klass="y", host="b.example")])
    return wrong + expect(divided.run("verify", "--gateway-class=x=p,y=q", "a.yaml"), 0,
                          "not simulated: another install with the same controller string", "complete but for 1 setting")


CASES = (each_controller_is_asked_at_its_own_address, what_one_gateway_has_does_not_answer_for_another,
         hand_written_gateways_are_told_apart, what_is_not_sure_is_not_proven,
         an_unknown_annotation_is_not_kept, a_finding_about_one_service_explains_no_other, a_finding_explains_only_what_its_code_can_change,
         a_canary_of_another_host_explains_in_match_as_well,
         a_finding_stands_where_the_header_comes_from, a_guard_is_named_where_it_was,
         each_location_that_lost_says_why, places_stand_in_their_own_files,
         what_is_not_simulated_is_named, match_does_not_say_same_of_it, snippets_that_the_controller_drops_are_none,
         other_controllers_are_taken_at_their_word, kinds_that_only_some_gateways_know_are_named,
         a_guard_that_may_be_passed_is_an_error, a_dot_behind_the_host_may_pass_a_guard,
         a_guard_does_not_hide_behind_harmless_requests, a_guard_that_is_given_up_is_an_error,
         the_example_goes_to_every_target_as_announced, a_side_without_objects_is_no_answer, an_object_that_is_left_out_is_said,
         an_ingress_that_cannot_be_used_is_said, odd_requests_are_answered_or_refused)


def main():
    tally = Tally("worlds")
    by_name = {case.__name__: case for case in CASES}

    tally.run(lambda name: by_name[name](), list(by_name))
    tally.finish()


main()
