"""Writes N Ingresses as `kubectl get ingress -A -o yaml` would show them, one document each: TLS, two
paths, a few annotations, the fields that the API server adds; about 1 KB a document.

usage: gen_ingresses.py N >FILE
"""

import sys

TEXT = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: "true"
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


def main():
    for n in range(int(sys.argv[1])):
        if n:
            sys.stdout.write("---\n")
        sys.stdout.write(TEXT % {
            "n": n, "team": n % 100, "month": n % 12 + 1, "day": n % 28 + 1,
            "size": n % 8 + 1, "timeout": 30 + n % 90, "version": 1000000 + 7 * n,
        })


main()
