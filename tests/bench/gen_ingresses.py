"""Writes N Ingresses as `kubectl get ingress -A -o yaml` would show them, one document each: TLS, two
paths, a few annotations, the fields that the API server adds; about 1 KB a document.

usage: gen_ingresses.py [--rich] N >FILE

The annotations are those that most Ingresses have: an issuer, a body size, a timeout, the redirect to
HTTPS. --rich has CORS in place of the issuer: one short line becomes a filter of 18 lines in four rules.
"""

import sys

TEXT = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  annotations:
%(first)s
    nginx.ingress.kubernetes.io/proxy-body-size: %(size)dm
    nginx.ingress.kubernetes.io/proxy-read-timeout: "%(timeout)d"
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
  creationTimestamp: "2024-%(month)02d-%(day)02dT08:00:00Z"
  generation: 1
  labels:
    app.kubernetes.io/instance: shop-%(n)06d
    app.kubernetes.io/name: shop
  name: shop-%(n)06d
  namespace: team-%(team)03d
  resourceVersion: "%(version)d"
  uid: 5f0c1d6e-7a52-4c1b-9d0e-%(n)012d
spec:
  ingressClassName: nginx
  rules:
  - host: shop-%(n)06d.team-%(team)03d.example.com
    http:
      paths:
      - backend:
          service:
            name: shop-%(n)06d
            port:
              number: 80
        path: /
        pathType: Prefix
      - backend:
          service:
            name: shop-%(n)06d-api
            port:
              number: 8080
        path: /api/v1
        pathType: Prefix
  tls:
  - hosts:
    - shop-%(n)06d.team-%(team)03d.example.com
    secretName: shop-%(n)06d-tls
status:
  loadBalancer:
    ingress:
    - ip: 192.0.2.10
"""

EVERYDAY = "    cert-manager.io/cluster-issuer: letsencrypt"
RICH = '    nginx.ingress.kubernetes.io/enable-cors: "true"'


def main():
    rich, count = sys.argv[1:-1] == ["--rich"], int(sys.argv[-1])
    for n in range(count):
        if n:
            sys.stdout.write("---\n")
        sys.stdout.write(TEXT % {
            "first": RICH if rich else EVERYDAY,
            "n": n, "team": n % 100, "month": n % 12 + 1, "day": n % 28 + 1,
            "size": n % 8 + 1, "timeout": 30 + n % 90, "version": 1000000 + 7 * n,
        })


main()
