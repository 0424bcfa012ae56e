"""A real nginx that is laid out as ingress-nginx lays it out, for one set of Ingresses or many.

Servers and locations come from nginx_model.Controller; what nginx makes of them is nginx's own doing:
which server and location a request gets, what the URI is normalised to, what a rewrite sends, where a
slash is added, in which order redirects and refusals are looked at. Everything listens on Unix sockets
in one directory, so that no port is taken.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

MODULES = "/usr/lib/nginx/modules"
DEFAULT = "default-backend"
TIMEOUT = 10


def missing():
    """Why no nginx can be started here; "" when one can."""
    if not program():
        return "nginx is not installed"
    for name in ("ndk_http_module.so", "ngx_http_lua_module.so"):
        if not os.path.exists(os.path.join(MODULES, name)):
            return "nginx has no Lua module (libnginx-mod-http-lua)"
    return "" if shutil.which("openssl") else "openssl is not installed"


def program():
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def quote(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


def server_name(server, aliases):
    if not server.name:
        return "_"
    name = server.name
    if name.startswith("*."):
        name = '"~^(?<subdomain>[\\w-]+)%s$"' % name[1:].replace(".", "\\.")
    return " ".join([name] + sorted(aliases))


def codes(text):
    return [code.strip() for code in text.split(",") if code.strip()]


NAMES = ["proxy_set_header X-Namespace $namespace;", "proxy_set_header X-Ingress-Name $ingress_name;",
         "proxy_set_header X-Service-Name $service_name;", "proxy_set_header X-Service-Port $service_port;"]


def flag(owner, key, default=False):
    return owner.flag(key, default)


class Layout:
    """The servers of one set of Ingresses. `dead` holds (namespace, name) of Services without
    endpoints."""

    def __init__(self, number, controller, dead, config=None):
        self.number, self.controller, self.dead = number, controller, dead
        self.config = config or {}

    def option(self, key):
        return self.config.get(key, "")

    def blocks(self):
        """(variable, lines) of block-user-agents and block-referers."""
        for key, header in (("block-user-agents", "user_agent"), ("block-referers", "referer")):
            name = "$block_%s_%d" % (header, self.number)
            values = [v.strip() for v in self.option(key).split(",") if v.strip()]
            if values:
                yield name, ["map $http_%s %s {" % (header, name), "  default 0;"] \
                    + ["  %s 1;" % quote(value) for value in values] + ["}"]

    def errors(self):
        """What stands at the http level, where one nginx has only one of it: a server inherits it alike."""
        lines = ["  error_page %s = @default_%s;" % (code, code) for code in codes(self.option("custom-http-errors"))]
        if lines and self.option("disable-proxy-intercept-errors") != "true":
            lines.append("  proxy_intercept_errors on;")
        return lines + ["  deny %s;" % ("all" if cidr.endswith("/0") else cidr)
                        for cidr in self.option("block-cidrs").split(",") if cidr]

    def page(self, name, code, service):
        return ["  location @%s_%s {" % (name, code), "    internal; proxy_intercept_errors off;",
                "    proxy_set_header X-Code %s;" % code, "    proxy_set_header X-Format $http_accept;",
                "    proxy_set_header X-Original-URI $request_uri;"] + ["    " + line for line in NAMES] \
            + ["    rewrite (.*) / break;"] + ["    " + line for line in self.proxy(service)] + ["  }"]

    def pages(self, server):
        """The named locations of a server."""
        made = {("default", code): DEFAULT for code in codes(self.option("custom-http-errors"))}
        for location in server.locations:
            for code in codes(location.owner.note("custom-http-errors")):
                made[self.page_name(location), code] = self.page_service(location)
        return [line for (name, code), service in made.items() for line in self.page(name, code, service)]

    def stands_in(self, location):
        """The Service of default-backend, if it can be asked."""
        name = (location.owner.namespace, location.owner.note("default-backend"))
        return "%s/%s" % name if name[1] and name not in self.dead and name in self.controller.services else ""

    def page_name(self, location):
        return self.stands_in(location).replace("/", "-") or "default"

    def page_service(self, location):
        return self.stands_in(location) or DEFAULT

    def text(self):
        lines = []
        for _, block in self.blocks():
            lines += block
        names = {}
        for name, server in self.controller.aliases.items():
            names.setdefault(server.name, []).append(name)
        for server in self.controller.servers.values():
            lines += self.server(server, names.get(server.name, []))
        for name, server in self.controller.www.items():
            lines += self.www(name, server)
        return lines

    def listen(self, default=""):
        return ["  listen unix:http-%d.sock%s;" % (self.number, default),
                "  listen unix:https-%d.sock ssl%s;" % (self.number, default)]

    def www(self, name, server):
        return ["server {", "  server_name %s;" % name] + self.listen() + self.refusals() + self.errors() + [
            "  set_by_lua_block $to {",
            "    local port = ngx.var.scheme == 'http' and 80 or 443",
            "    local uri = ngx.var.request_uri:gsub('/$', '')",
            "    return ngx.var.scheme .. '://%s:' .. port .. uri" % server.name,
            "  }", "  return 308 $to;", "}"]

    def server(self, server, aliases):
        lines = ["server {", "  server_name %s;" % server_name(server, aliases)]
        lines += self.listen("" if server.name else " default_server") + self.refusals() + self.errors()
        root = next((l.owner.note("app-root") for l in server.locations if not l.bare and l.owner.note("app-root")), "")
        if root:
            lines.append("  if ($uri = /) { return 302 $scheme://$http_host%s; }" % root)
        taken = set()
        for location in server.locations:
            for head, name in self.heads(server, location):
                if head in taken and not server.regex:
                    break  # nginx would refuse it: nothing of the second is taken to be served
                taken.add(head)
                lines += ["  location %s {" % head] + ["    " + l for l in self.body(location, name)] + ["  }"]
        if not server.find("/", False):
            lines += ["  location %s {" % ('~* "^/"' if server.regex else "/")] + ["    " + l for l in self.proxy(DEFAULT)] + ["  }"]
        return lines + self.pages(server) + ["}"]

    def refusals(self):
        return ["  if (%s) { return 403; }" % name for name, _ in self.blocks()]

    def heads(self, server, location):
        """What stands behind `location`, and the name that rewrite-target is compared with: a Prefix has
        a twin for its bare path unless it is rewritten, a pattern, or an Exact path as well."""
        path = location.path
        names = [path]
        if not location.exact and path != "/" and not location.rewrites(path) \
                and (location.bare or not flag(location.owner, "use-regex")):
            names = [path.rstrip("/") + "/"] + ([] if server.find(path, True) else [path])
        for i, name in enumerate(names):
            exact = location.exact or i
            yield "~* %s" % quote("^" + name) if server.regex else ("= " if exact else "") + quote(name), name

    def body(self, location, name):
        owner = location.owner
        lines = ["client_max_body_size %s;" % (owner.note("proxy-body-size") or "1m")]
        if owner.note("relative-redirects") == "true":
            lines.append("absolute_redirect off;")
        lines += ["set $%s %s;" % pair for pair in (
            ("namespace", quote(owner.namespace)), ("ingress_name", quote(owner.name)),
            ("service_name", quote(location.backend[1] if location.backend else "")),
            ("service_port", quote("80" if location.backend else "")))]
        own = codes(owner.note("custom-http-errors"))
        lines += ["error_page %s = @%s_%s;" % (code, self.page_name(location), code) for code in own]
        everywhere = self.option("disable-proxy-intercept-errors") == "true"
        if own and not flag(owner, "disable-proxy-intercept-errors", everywhere):
            lines.append("proxy_intercept_errors on;")
        lines += self.lua(location)
        for key, word in (("denylist-source-range", "deny"), ("allowlist-source-range", "allow")):
            lines += ["%s %s;" % (word, cidr) for cidr in owner.note(key).split(",") if cidr]
        if owner.note("allowlist-source-range"):
            lines.append("deny all;")
        if flag(owner, "enable-cors"):
            lines += ["if ($request_method = OPTIONS) { return 204; }"]
        if location.redirect():
            lines.append("return %s %s;" % (location.code(), quote(location.redirect())))
        service = "%s/%s" % location.backend if location.backend else DEFAULT
        if location.backend in self.dead and self.stands_in(location):
            service = self.stands_in(location)
            lines += ["proxy_set_header X-Code 503;", "proxy_set_header X-Format $http_accept;"] + NAMES
        if location.rewrites(name):
            lines.append("rewrite %s %s break;" % (quote("(?i)" + name), owner.note("rewrite-target")))
            if owner.note("x-forwarded-prefix"):
                lines.append("proxy_set_header X-Forwarded-Prefix %s;" % quote(owner.note("x-forwarded-prefix")))
        return lines + self.proxy(service, owner.note("upstream-vhost"))

    def lua(self, location):
        """The controller's lua_ingress.rewrite(): to HTTPS, then 503 when nobody is there."""
        owner = location.owner
        exempt = location.path.startswith("/.well-known/acme-challenge")
        lines = ["rewrite_by_lua_block {"]
        if not exempt and (flag(owner, "force-ssl-redirect") or flag(owner, "ssl-redirect", True)):
            lines += ["  if ngx.var.scheme == 'http' and (%s or has_tls[%d](ngx.var.host)) then"
                      % (str(flag(owner, "force-ssl-redirect")).lower(), self.number),
                      "    local uri = ngx.var.request_uri"]
            if not flag(owner, "preserve-trailing-slash"):
                lines.append("    uri = uri:gsub('/$', '')")
            lines += ["    return ngx.redirect('https://' .. ngx.var.host .. uri, 308)", "  end"]
        if location.backend in self.dead and not self.stands_in(location):
            lines.append("  return ngx.exit(503)")
        return lines + ["}"]

    @staticmethod
    def proxy(service, host=""):
        return ["proxy_set_header Host echo;", "proxy_set_header X-Host %s;" % (quote(host) if host else "$http_host"),
                "proxy_set_header X-Service %s;" % quote(service), "proxy_pass http://echo;"]

    def tls_names(self):
        """Certificates are not in the input: they are taken to name the aliases as well."""
        return sorted([s.name for s in self.controller.servers.values() if s.tls]
                      + [name for name, server in self.controller.aliases.items() if server.tls])


HEAD = """
load_module %(modules)s/ndk_http_module.so;
load_module %(modules)s/ngx_http_lua_module.so;
daemon off; worker_processes 1; pid nginx.pid; error_log error.log warn;
events { worker_connections 512; }
http {
access_log off;
client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
server_names_hash_bucket_size 256; server_names_hash_max_size 4096;
ssl_certificate cert.pem; ssl_certificate_key key.pem; ssl_protocols TLSv1.2 TLSv1.3;
port_in_redirect off; server_name_in_redirect off; proxy_http_version 1.1; proxy_buffering off; lingering_close off;
underscores_in_headers off; ignore_invalid_headers on; allow all;
upstream echo { server unix:echo.sock; }
server {
  listen unix:echo.sock;
  client_max_body_size 0;
  location / {
    if ($http_x_service = default-backend) { return 404; }
    return 200 "$http_x_service\\n$request_uri\\n$http_x_host\\n$http_x_forwarded_prefix\\n$http_x_code\\n$http_x_format\\n$http_x_original_uri\\n$http_x_namespace $http_x_ingress_name $http_x_service_name $http_x_service_port\\n";
  }
}
"""


class Nginx:
    """Runs all layouts in one process; leave the `with` to stop it."""

    def __init__(self, layouts):
        self.layouts = layouts

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="i2g-nginx-")
        self.certificate()
        with open(os.path.join(self.dir, "nginx.conf"), "w", encoding="utf-8") as conf:
            conf.write(self.text())
        for name in ("body", "proxy", "fcgi", "uwsgi", "scgi"):
            os.mkdir(os.path.join(self.dir, name))
        os.chmod(self.dir, 0o711)
        self.child = subprocess.Popen([program(), "-p", self.dir, "-c", "nginx.conf", "-e", "stderr"], cwd=self.dir,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE)
        self.wait()
        return self

    def wait(self):
        for _ in range(400):
            if self.child.poll() is not None:
                raise RuntimeError("nginx does not start: %s" % self.child.stderr.read().decode())
            if self.last_socket_answers():
                return
            time.sleep(0.025)
        raise RuntimeError("nginx does not listen")

    def last_socket_answers(self):
        try:
            self.connect("http", self.layouts[-1].number).close()
            return True
        except OSError:
            return False

    def __exit__(self, *_why):
        self.child.terminate()
        self.child.wait(TIMEOUT)
        self.child.stderr.close()
        shutil.rmtree(self.dir)

    def certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=oracle", "-keyout", "key.pem", "-out", "cert.pem"],
                       cwd=self.dir, check=True, stdin=subprocess.DEVNULL, capture_output=True)

    def text(self):
        text = HEAD % {"modules": MODULES}
        text = text.replace("unix:", "unix:%s/" % self.dir)
        text += "init_by_lua_block {\n  has_tls = {}\n"
        for layout in self.layouts:
            names = ", ".join("[%s] = true" % quote(n) for n in layout.tls_names())
            text += ("  has_tls[%d] = function(host) local names = {%s}; host = host:lower();"
                     " return names[host] or names['*' .. (host:match('%%..*') or '')] or false end\n"
                     % (layout.number, names))
        text += "}\n"
        for layout in self.layouts:
            text += "\n".join(layout.text()).replace("unix:", "unix:%s/" % self.dir) + "\n"
        return text + "}\n"

    def connect(self, scheme, number):
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(TIMEOUT)
        plain.connect(os.path.join(self.dir, "%s-%d.sock" % (scheme, number)))
        if scheme == "http":
            return plain
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(plain)

    def ask(self, number, request):
        """(status, headers, body) of a request: a dict with scheme, method, target, host (None: no
        header) and headers (a list of pairs)."""
        lines = ["%s %s %s" % (request["method"], request["target"], request.get("version", "HTTP/1.1"))]
        if request["host"] is not None:
            lines.append("Host: " + request["host"])
        lines += ["%s: %s" % pair for pair in request["headers"]] + ["Connection: close", "", ""]
        connection = self.connect(request["scheme"], number)
        try:
            connection.sendall("\r\n".join(lines).encode("latin-1"))
            send_body(connection, request["size"])
            return parse(receive(connection))
        finally:
            connection.close()


def send_body(connection, size):
    """A body that is too large may be refused before it was read."""
    try:
        connection.sendall(b"x" * size)
    except OSError:
        pass


def is_complete(answer):
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
    if length:
        return len(body) >= int(length.group(1))
    return bool(end) and b"chunked" in head and body.endswith(b"0\r\n\r\n")


def receive(connection):
    answer = b""
    while not is_complete(answer):
        more = connection.recv(65536)
        if not more:
            break
        answer += more
    return answer


def parse(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in rest:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding") == "chunked":
        body = unchunk(body)
    return int(first.split(" ")[1]), headers, body.decode("latin-1")


def unchunk(body):
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        size = int(size, 16)
        out, body = out + body[:size], body[size + 2:]
    return out
