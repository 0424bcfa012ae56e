"""Certificates of the conformance tests: who signed what stands in the table of cases."""

import os
import ssl
import subprocess
import tempfile

PARTIAL_CHAIN = 0x80000  # what is trusted may be a leaf, as in Go


def openssl(*args):
    subprocess.run(["openssl"] + list(args), check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    """Makes them once, in files."""

    def __init__(self, cases):
        self.folder = tempfile.TemporaryDirectory()
        self.entries = {(e["kind"].lower(), e["namespace"], e["name"]): e for e in cases["certificates"]}
        self.authorities = sorted({e.get("ca") or e["signer"] for e in self.entries.values()} - {"self"})
        for name in self.authorities:
            self.make(name, "/CN=" + name, None, ["basicConstraints=critical,CA:TRUE"])
        for (kind, namespace, name), entry in self.entries.items():
            if kind == "secret":
                names = ["%s:%s" % ("URI" if "://" in n or n == "*" else "DNS", n) for n in entry["names"]]
                signer = None if entry["signer"] == "self" else entry["signer"]
                self.make(namespace + "." + name, "/CN=" + name, signer,
                          ["subjectAltName=" + ",".join(names)] if names else [])

    def path(self, name, ending):
        return os.path.join(self.folder.name, name + ending)

    def make(self, name, subject, signer, extensions):
        words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                 "-subj", subject, "-out", self.path(name, ".crt"), "-keyout", self.path(name, ".key")]
        for extension in extensions:
            words += ["-addext", extension]
        if signer:
            words += ["-CA", self.path(signer, ".crt"), "-CAkey", self.path(signer, ".key")]
        openssl(*words)

    def text(self, name, ending):
        with open(self.path(name, ending), encoding="ascii") as file:
            return file.read()

    def objects(self, _):
        for (kind, namespace, name), entry in self.entries.items():
            meta, pair = {"namespace": namespace, "name": name}, namespace + "." + name
            if kind == "secret":
                yield {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "kubernetes.io/tls",
                       "stringData": {"tls.crt": self.text(pair, ".crt"), "tls.key": self.text(pair, ".key")}}
            else:
                yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta,
                       "data": {"ca.crt": self.text(entry["ca"], ".crt")}}

    def pem(self, word):
        """ "secret:ns/name#tls.crt" """
        kind, rest = word.split(":")
        namespace, name = rest.split("#")[0].split("/")
        if kind == "secret":
            return self.text(namespace + "." + name, ".crt")
        return self.text(self.entries[kind, namespace, name]["ca"], ".crt")

    def client(self, tls, protocols=None):
        """What a client of a case's `tls` works with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_flags |= PARTIAL_CHAIN
        context.verify_mode = ssl.CERT_REQUIRED if tls.get("trust") else ssl.CERT_NONE
        if tls.get("trust"):
            context.load_verify_locations(cadata=self.pem(tls["trust"]))
        if tls.get("clientCert"):
            namespace, name = tls["clientCert"].split(":")[1].split("#")[0].split("/")
            pair = namespace + "." + name
            context.load_cert_chain(self.path(pair, ".crt"), self.path(pair, ".key"))
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    def server(self, namespace, secret, ask):
        """What a backend works with; `ask`: clients have to show a certificate of a known authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pair = namespace + "." + secret
        context.load_cert_chain(self.path(pair, ".crt"), self.path(pair, ".key"))
        context.sni_callback = lambda sock, name, _: setattr(sock, "asked_name", name)
        if ask:
            context.verify_mode = ssl.CERT_REQUIRED
            for name in self.authorities:
                context.load_verify_locations(self.path(name, ".crt"))
        return context

    def close(self):
        self.folder.cleanup()
