"""An API server that has kinds and no objects: as much of one as `kubectl --dry-run=client` asks. It answers the
discovery documents of its kinds, and 404 to every question for an object; nothing can be written to it.
"""

import glob
import http.server
import json
import os
import threading

import yaml

# (group/version, kind, plural, namespaced) of what deploy/ and conversions have beside custom resources.
BUILT_IN = [
    ("v1", "Namespace", "namespaces", False),
    ("v1", "ConfigMap", "configmaps", True),
    ("v1", "Secret", "secrets", True),
    ("v1", "Service", "services", True),
    ("apps/v1", "Deployment", "deployments", True),
    ("batch/v1", "Job", "jobs", True),
    ("networking.k8s.io/v1", "Ingress", "ingresses", True),
    ("networking.k8s.io/v1", "IngressClass", "ingressclasses", False),
]


def kinds_of(*folders):
    """The same of the CRDs in these folders: the versions that they serve."""
    found = []
    for path in sorted(path for folder in folders for path in glob.glob(os.path.join(folder, "**", "*.yaml"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            for crd in yaml.load_all(file, yaml.CSafeLoader):
                if crd and crd["kind"] == "CustomResourceDefinition":
                    spec = crd["spec"]
                    found += [("%s/%s" % (spec["group"], version["name"]), spec["names"]["kind"], spec["names"]["plural"],
                               spec["scope"] == "Namespaced") for version in spec["versions"] if version["served"]]
    return found


def documents(kinds):
    """{path: discovery document}."""
    groups, resources = {}, {}
    for version, kind, plural, namespaced in kinds:
        group, _, short = version.rpartition("/")
        if group and short not in groups.setdefault(group, []):
            groups[group].append(short)
        resources.setdefault(version, []).append({
            "name": plural, "singularName": kind.lower(), "namespaced": namespaced, "kind": kind,
            "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"]})
    found = {"/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
             "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
                 {"name": group, "versions": [{"groupVersion": group + "/" + v, "version": v} for v in versions],
                  "preferredVersion": {"groupVersion": group + "/" + versions[0], "version": versions[0]}}
                 for group, versions in sorted(groups.items())]}}
    for version, list_of in resources.items():
        found[("/apis/" if "/" in version else "/api/") + version] = {
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": list_of}
    return found


class ApiServer:
    """Leave the `with` to stop it. `written`: what somebody wanted to change, which no dry run does."""

    def __init__(self, kinds):
        found = documents(kinds)
        self.written = written = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def answer(self, status, data):
                body = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                path = self.path.split("?")[0]
                if path in found:
                    self.answer(200, found[path])
                else:
                    self.answer(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound",
                                      "code": 404, "message": path + " not found"})

            def refuse(self):
                written.append("%s %s" % (self.command, self.path))
                self.close_connection = True
                self.answer(405, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "MethodNotAllowed",
                                  "code": 405, "message": "nothing can be written here"})

            do_POST = do_PUT = do_PATCH = do_DELETE = refuse

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_why):
        self.server.shutdown()
        self.server.server_close()

    def kubeconfig(self):
        return json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "here", "cluster": {"server": "http://127.0.0.1:%d" % self.server.server_address[1]}}],
            "users": [{"name": "nobody", "user": {}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "nobody"}}]})
