"""The live side: a real nginx, laid out as ingress-nginx lays it out for some Ingresses, on TCP ports of this
machine, with a certificate that the candidate has as well and an echo behind it that says which Service was asked
and what it was asked.
"""

import base64
import os
import socket
import subprocess
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "prop")]

import nginx_model  # noqa: E402
import nginx_server  # noqa: E402
from ports import free_port  # noqa: E402


# The echo: the shape of the Gateway API conformance tests' server.
ECHO = """
upstream echo { server unix:echo.sock; keepalive 8; }
lua_need_request_body off;
server {
  listen unix:echo.sock;
  access_log off;
  client_max_body_size 0;
  location / {
    content_by_lua_block {
      local function q(text)
        return '"' .. text:gsub('[%c"\\\\\\\\]', function(c) return string.format('\\\\\\\\u%04x', c:byte()) end) .. '"'
      end
      local service = ngx.var.http_x_i2g_service or ''
      local ns, name = service:match('^(.-)/(.*)$')
      local fields = {}
      for key, value in pairs(ngx.req.get_headers(0, true)) do
        local values = type(value) == 'table' and value or {value}
        local quoted = {}
        for i, one in ipairs(values) do quoted[i] = q(one) end
        local low = key:lower()
        if low ~= 'x-i2g-service' and low ~= 'host' and low ~= 'connection' and low ~= 'content-length' then
          fields[#fields + 1] = q(key) .. ':[' .. table.concat(quoted, ',') .. ']'
        end
      end
      local body = '{"path":' .. q(ngx.var.request_uri) .. ',"host":' .. q(ngx.var.http_host or '')
        .. ',"method":' .. q(ngx.req.get_method()) .. ',"proto":"HTTP/1.1","headers":{' .. table.concat(fields, ',')
        .. '},"httpPort":"80","namespace":' .. q(ns or '') .. ',"ingress":"","service":' .. q(name or '')
        .. ',"pod":' .. q((name or '') .. '-7d4b9c5f6-x2x4q') .. '}\\n'
      ngx.header['Content-Type'] = 'application/json'
      ngx.header['X-Content-Type-Options'] = 'nosniff'
      ngx.header['Content-Length'] = #body
      ngx.print(body)
    }
  }
}
"""


class Layout(nginx_server.Layout):
    """One set of Ingresses on TCP, with what the controller tells a backend."""

    def __init__(self, controller, dead, ports):
        super().__init__(0, controller, dead)
        self.ports = ports

    def listen(self, default=""):
        return ["  listen 127.0.0.1:%d%s;" % (self.ports[0], default),
                "  listen 127.0.0.1:%d ssl%s;" % (self.ports[1], default)]

    def server(self, server, aliases):
        """HSTS is sent where the controller has a certificate for the name."""
        lines = super().server(server, aliases)
        if server.tls:
            lines.insert(1, "  add_header Strict-Transport-Security $i2g_hsts always;")
        return lines

    @staticmethod
    def proxy(service, host=""):
        if service == nginx_server.DEFAULT:
            # Not "return 404", which nginx looks at before the redirect in Lua.
            return ["content_by_lua_block { ngx.exit(404) }"]
        return ["proxy_set_header Host %s;" % (nginx_server.quote(host) if host else "$http_host"),
                "proxy_set_header X-I2G-Service %s;" % nginx_server.quote(service),
                "proxy_set_header X-Request-ID $i2g_id;",
                "proxy_set_header X-Real-IP $remote_addr;",
                "proxy_set_header X-Forwarded-For $remote_addr;",
                "proxy_set_header X-Forwarded-Host $http_host;",
                "proxy_set_header X-Forwarded-Port $i2g_port;",
                "proxy_set_header X-Forwarded-Proto $scheme;",
                "proxy_set_header X-Forwarded-Scheme $scheme;",
                "proxy_set_header X-Scheme $scheme;",
                "proxy_set_header Connection '';",
                "set $i2g_upstream %s;" % nginx_server.quote(upstream_name(service)),
                "proxy_pass http://echo;"]


def upstream_name(service):
    """The controller names upstreams NAMESPACE-SERVICE-PORT."""
    return service.replace("/", "-") + "-80"


# The controller's default log format, with what its variables would hold.
LOG = ("log_format upstreaminfo '$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
       "\"$http_referer\" \"$http_user_agent\" $request_length $request_time [$i2g_upstream] [] "
       "127.0.0.1:80 $body_bytes_sent $request_time $status $i2g_id';\n")


class Live(nginx_server.Nginx):
    """Leave the `with` to stop it. `fault` may change the configuration's text before nginx reads it."""

    def __init__(self, documents, fault=None, certificate=None):
        controller = nginx_model.Controller(documents)
        self.http, self.https = free_port(), free_port()
        self.fault, self.pair = fault, certificate
        super().__init__([Layout(controller, set(), (self.http, self.https))])

    def certificate(self):
        key, cert = self.pair or make_certificate(["*.example.com", "example.com"])
        for name, text in (("key.pem", key), ("cert.pem", cert)):
            with open(os.path.join(self.dir, name), "w", encoding="utf-8") as file:
                file.write(text)

    def text(self):
        text = super().text()
        head, rest = text.split("upstream echo", 1)
        rest = rest[rest.index("init_by_lua_block"):]
        head = head.replace("access_log off;", LOG + "map $scheme $i2g_port { https 443; default 80; }\n"
                            "map $scheme $i2g_hsts { https 'max-age=31536000; includeSubDomains'; default ''; }\n"
                            "map $http_x_request_id $i2g_id { '' $request_id; default $http_x_request_id; }\n"
                            "access_log %s/access.log upstreaminfo;" % self.dir)
        text = head + ECHO.replace("\\\\\\\\", "\\\\").replace("unix:", "unix:%s/" % self.dir) + rest
        return self.fault(text) if self.fault else text

    def last_socket_answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.http), 1).close()
            return True
        except OSError:
            return False

    @property
    def log(self):
        return os.path.join(self.dir, "access.log")

    @property
    def flags(self):
        return ["--live=http://127.0.0.1:%d" % self.http, "--live=https://127.0.0.1:%d" % self.https]


def make_certificate(names):
    """(key, certificate), PEM."""
    done = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                           "-nodes", "-days", "30", "-subj", "/CN=" + names[-1], "-addext",
                           "subjectAltName=" + ",".join("DNS:" + n for n in names), "-keyout", "/dev/stdout"],
                          check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    text = done.stdout.decode()
    key = text[:text.index("-----BEGIN CERTIFICATE")]
    return key, text[len(key):]


def secret(namespace, name, pair):
    key, cert = pair
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace},
            "type": "kubernetes.io/tls", "data": {"tls.key": base64.b64encode(key.encode()).decode(),
                                                  "tls.crt": base64.b64encode(cert.encode()).decode()}}


def dump(documents):
    return yaml.safe_dump_all(documents, sort_keys=False)
