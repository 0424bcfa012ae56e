"""The manifests of deploy/ do what docs/scale.md says: what they name is there, and their commands, taken out of
them and run on this machine, compare in parts what one run compares in one piece. Where kubectl is, it takes them,
and what convert writes, with --dry-run=client.

usage: deploy.py
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "serve"), os.path.dirname(HERE)]

import apiserver  # noqa: E402
import program  # noqa: E402
from server import Serve, until  # noqa: E402
from tally import Tally  # noqa: E402

DEPLOY = os.path.join(program.ROOT, "deploy")


def manifests():
    """{(kind, name): object}."""
    found = {}
    for name in sorted(os.listdir(DEPLOY)):
        with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
            for one in yaml.safe_load_all(file):
                if one["kind"] != "Kustomization":
                    found[one["kind"], one["metadata"]["name"]] = one
    return found


# ---- what they name ----

def pod_of(one):
    return one["spec"]["template"]["spec"]


def pod_complaints(name, one, objects):
    pod, complaints = pod_of(one), []
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for volume in volumes.values():
        if ("ConfigMap", volume["configMap"]["name"]) not in objects:
            complaints.append("%s: no ConfigMap for the volume %s" % (name, volume["name"]))
    for container in pod["containers"]:
        complaints += ["%s: no volume %s" % (name, mount["name"]) for mount in container["volumeMounts"]
                       if mount["name"] not in volumes]
        keys = set()
        for source in container["envFrom"]:
            keys |= set(objects["ConfigMap", source["configMapRef"]["name"]]["data"])
        used = set(re.findall(r"\$[({]?([A-Z_]+)", " ".join(container["command"]))) - {"JOB_COMPLETION_INDEX"}
        if not used <= keys:
            complaints.append("%s: nobody sets %s" % (name, sorted(used - keys)))
        if container["securityContext"]["capabilities"]["drop"] != ["ALL"]:
            complaints.append("%s: more rights than it needs" % name)
    if pod.get("automountServiceAccountToken") is not False or "serviceAccountName" in pod:
        complaints.append("%s: has a token" % name)
    return complaints


def selector_complaints(objects):
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in objects.values()
              if one["kind"] in ("Deployment", "Job")]
    complaints = []
    for one in objects.values():
        if one["kind"] == "Deployment":
            wanted = one["spec"]["selector"]["matchLabels"]
            if not wanted.items() <= one["spec"]["template"]["metadata"]["labels"].items():
                complaints.append("the Deployment does not select its own pods")
        elif one["kind"] == "Service":
            fits = [label for label in labels if one["spec"]["selector"].items() <= label.items()]
            if len(fits) != 1:
                complaints.append("the Service selects %d kinds of pods" % len(fits))
    return complaints


def structure(objects):
    complaints = selector_complaints(objects)
    for (kind, name), one in objects.items():
        if kind in ("Job", "Deployment"):
            complaints += pod_complaints(name, one, objects)
        if kind != "Namespace" and one["metadata"]["namespace"] != "ingress2gw":
            complaints.append("%s is in another namespace" % name)
    job = objects["Job", "ingress2gw-diff"]["spec"]
    shards = int(objects["ConfigMap", "ingress2gw-targets"]["data"]["SHARDS"])
    if not job["completions"] == job["parallelism"] == shards or job["completionMode"] != "Indexed":
        complaints.append("completions, parallelism and SHARDS are not one number")
    if {kind for kind, _ in objects} & {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ServiceAccount"}:
        complaints.append("there is RBAC")
    return complaints


def kustomize(objects):
    done = subprocess.run(["kubectl", "kustomize", DEPLOY], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        return [done.stderr.decode("utf-8", "replace")]
    built = {(one["kind"], one["metadata"]["name"]) for one in yaml.safe_load_all(done.stdout)}
    return [] if built == set(objects) else ["kustomize builds %s" % sorted(built)]


# ---- what kubectl makes of them ----

CRDS = os.path.join(program.SHARED, "crds")
CONVERSIONS = [("standard", []), ("experimental", ["--channel=experimental"]),
               ("listenerset", ["--channel=experimental", "--listeners=listenerset"])]


class Kubectl:
    """kubectl, a server that has no objects, and a home of its own."""

    def __init__(self, server, home):
        self.server, self.home = server, home
        self.environment = dict(os.environ, HOME=home, KUBECONFIG=os.path.join(home, "config"))
        with open(self.environment["KUBECONFIG"], "w", encoding="utf-8") as file:
            file.write(server.kubeconfig())

    def run(self, *words, stdin=None):
        """(complaints, standard output). There is no OpenAPI document to validate with: our own validator does that."""
        done = subprocess.run(["kubectl"] + list(words), env=self.environment, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120, **({} if stdin else {"stdin": subprocess.DEVNULL}))
        complaints = ["%s wrote: %s" % (words[0], line) for line in self.server.written]
        if done.returncode:
            complaints.append("%s: %s" % (" ".join(words), done.stderr.decode("utf-8", "replace")))
        return complaints, done.stdout.decode()


DRY = ["--dry-run=client", "--validate=false"]


def dry_run(kubectl, where, documents, stdin=None):
    """kubectl knows each object, would apply all of them, and has read what is written there."""
    complaints, said = kubectl.run("apply", *DRY, *where, stdin=stdin)
    taken = len(re.findall(r"(?m)^\S+ created \(dry run\)$", said))
    if not complaints and taken != len(documents):
        complaints.append("%d of %d objects would be applied:\n%s" % (taken, len(documents), said))
    more, said = kubectl.run("create", *DRY, "-o", "yaml", *where, stdin=stdin)
    read = [one for item in yaml.load_all(said, yaml.CSafeLoader) for one in item.get("items", [item])]
    key = lambda one: (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"])
    if not more and sorted(read, key=key) != sorted(documents, key=key):
        more = ["kubectl reads %d objects otherwise than they are written" % sum(one not in documents for one in read)]
    return complaints + more


def check_kubectl(tally, objects, home):
    kinds = apiserver.BUILT_IN
    with apiserver.ApiServer(kinds) as server:
        complaints = dry_run(Kubectl(server, home), ["-k", DEPLOY], list(objects.values()))
        tally.check("kubectl takes the manifests", not complaints, "\n".join(complaints))
    for channel, flags in CONVERSIONS:
        name = "kubectl takes what convert writes, %s" % channel
        folder = os.path.join(CRDS, "gateway-api-v1.6.1", "standard" if not flags else "experimental")
        if not os.path.isdir(folder):
            tally.skip(name, "no CRDs at " + folder)
            continue
        text = program.run(["convert", "-q", os.path.join(program.ROOT, "examples", "shop")] + flags).out
        documents = [one for one in yaml.load_all(text, yaml.CSafeLoader) if one]
        with apiserver.ApiServer(kinds + apiserver.kinds_of(folder)) as server:
            complaints = dry_run(Kubectl(server, home), ["-f", "-"], documents, text)
            unknown, _ = Kubectl(server, home).run("apply", *DRY, "-f", "-", stdin=text.replace(b"kind: Gateway", b"kind: Getaway"))
        tally.check(name, len(documents) > 5 and not complaints, "\n".join(complaints))
        tally.check(name + ": and no other kind", "Getaway" in "".join(unknown), "".join(unknown))


# ---- what they do ----

def mount(folder, data):
    """A ConfigMap as the kubelet mounts it: links to a hidden directory of links' targets."""
    os.makedirs(os.path.join(folder, "..2026_01_01"))
    os.symlink("..2026_01_01", os.path.join(folder, "..data"))
    for name, text in data.items():
        with open(os.path.join(folder, "..2026_01_01", name), "w", encoding="utf-8") as file:
            file.write(text)
        os.symlink(os.path.join("..data", name), os.path.join(folder, name))


class Place:
    """Both sides on this machine, the input where it is mounted, the program where the image has it."""

    def __init__(self, home, objects):
        self.input, self.bin = os.path.join(home, "input"), os.path.join(home, "bin")
        os.mkdir(self.input)
        os.mkdir(self.bin)
        os.symlink(program.binary(), os.path.join(self.bin, "ingress2gw"))
        mount(self.input, objects["ConfigMap", "ingress2gw-input"]["data"])
        self.live, self.candidate = Serve(self.input, "--as=ingress"), Serve(self.input)
        self.data = dict(objects["ConfigMap", "ingress2gw-targets"]["data"], RATE="0",
                         LIVE="http://127.0.0.1:%d" % self.live.address()[1],
                         CANDIDATE="http://127.0.0.1:%d" % self.candidate.address()[1])

    def close(self):
        return self.live.stop() + self.candidate.stop()

    def words(self, one):
        """The command of the only container. The kubelet puts in what stands in $(NAME)."""
        command = pod_of(one)["containers"][0]["command"]
        command = [re.sub(r"\$\(([A-Z_]+)\)", lambda m: self.data[m[1]], word) for word in command]
        return [re.sub(r"(^| )/input\b", lambda m: m[1] + self.input, word) for word in command]

    def environment(self, **more):
        return dict(program.ENVIRONMENT, PATH=self.bin + ":" + os.environ["PATH"], **self.data, **more)


def parts_become_one(place, objects, home):
    job, paths, complaints = objects["Job", "ingress2gw-diff"], [], []
    for index in range(job["spec"]["completions"]):
        done = subprocess.run(place.words(job), env=place.environment(JOB_COMPLETION_INDEX=str(index)),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        if done.returncode:
            return ["part %d: status %d: %s" % (index, done.returncode, done.stderr.decode("utf-8", "replace"))]
        paths.append(os.path.join(home, "%d.json" % index))
        with open(paths[-1], "wb") as file:
            file.write(done.stdout)
    merged = program.run(["diff", "--merge", "-o", "json"] + paths)
    whole = program.run(["diff", place.input, "--live=" + place.data["LIVE"], "--candidate=" + place.data["CANDIDATE"],
                         "--rate=0", "-q", "-o", "json"])
    if merged.status not in (0, 1) or whole.status != merged.status:
        return ["merge: %s %s" % (merged.status, merged.error_text()), "whole: %s" % whole.error_text()]
    one, other = json.loads(merged.out), json.loads(whole.out)
    for key in ("summary", "hosts"):
        if one[key] != other[key]:
            complaints.append("%s: %s in parts, %s in one piece" % (key, one[key], other[key]))
    numbers = [[result["number"] for result in data["results"]] for data in (one, other)]
    if numbers[0] != numbers[1] or not one["summary"]["asked"]:
        complaints.append("results %s in parts, %s in one piece" % tuple(numbers))
    short = program.run(["diff", "--merge"] + paths[1:])
    if short.status != 2 or "missing: 1" not in short.error_text():
        complaints.append("a missing part: %s %s" % (short.status, short.error_text()))
    return complaints


def watch_goes_on(place, objects):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [word.replace("--every=60s", "--every=1s").replace("--admin=0.0.0.0:9900", "--admin=127.0.0.1:%d" % port)
             for word in place.words(objects["Deployment", "ingress2gw-watch"])]

    def get(path):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path), timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            return ""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(words, env=place.environment(), stdout=said, stderr=subprocess.STDOUT)
        try:
            rounds = r"(?m)^ingress2gw_diff_rounds_total [2-9]"
            until(lambda: re.search(rounds, get("/metrics")) or child.poll() is not None, "a second round")
            if child.poll() is not None:
                return ["it ended: %s" % os.pread(said.fileno(), 1 << 20, 0).decode("utf-8", "replace")]
            return [] if get("/healthz") else ["nothing at /healthz"]
        finally:
            child.terminate()
            child.wait(20)


def main():
    tally = Tally("deploy")
    objects = manifests()
    complaints = structure(objects)
    tally.check("what the manifests name is there", not complaints, "\n".join(complaints))
    if shutil.which("kubectl"):
        complaints = kustomize(objects)
        tally.check("kustomize builds them", not complaints, "\n".join(complaints))
        with tempfile.TemporaryDirectory() as home:
            check_kubectl(tally, objects, home)
    else:
        tally.skip("kubectl", "there is no kubectl here")
    with tempfile.TemporaryDirectory() as home:
        place = Place(home, objects)
        try:
            complaints = parts_become_one(place, objects, home)
            tally.check("the parts of the Job become one", not complaints, "\n".join(complaints))
            complaints = watch_goes_on(place, objects)
            tally.check("the watch goes on and counts", not complaints, "\n".join(complaints))
        finally:
            complaints = place.close()
        tally.check("both sides end in order", not complaints, "\n".join(complaints))
    tally.finish()


main()
