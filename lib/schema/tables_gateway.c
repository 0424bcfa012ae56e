/* Made by scripts/gen-schema from the CRDs of Gateway API v1.6.1; do not edit. */
/* clang-format off */
#include "schema/tables.h"

const char *const schema_rows[] = {
	/* 0 */
	"{additionalProperties: {maxLength: 4096, minLength: 0, type: string}, maxProperties: 16, "
	"type: object}",
	/* 1 */
	"{maxLength: 253, pattern: "
	"'^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', type: string}",
	/* 2 */
	"{maxLength: 63, minLength: 1, pattern: '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', type: "
	"string}",
	/* 3 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', type: string}",
	/* 4 */
	"{properties: {group: 1, kind: 2, name: {maxLength: 253, minLength: 1, type: string}, "
	"sectionName: 3}, required: [group, kind, name], type: object}",
	/* 5 */
	"{items: 4, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'sectionName must be specified when targetRefs "
	"includes 2 or more references to the same target', rule: 'self.all(p1, self.all(p2, "
	"p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name ? "
	"((!has(p1.sectionName) || p1.sectionName == '''') == (!has(p2.sectionName) || "
	"p2.sectionName == '''')) : true))'}, {message: 'sectionName must be unique when "
	"targetRefs includes 2 or more references to the same target', rule: 'self.all(p1, "
	"self.exists_one(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && "
	"(((!has(p1.sectionName) || p1.sectionName == '''') && (!has(p2.sectionName) || "
	"p2.sectionName == '''')) || (has(p1.sectionName) && has(p2.sectionName) && "
	"p1.sectionName == p2.sectionName))))'}]}",
	/* 6 */
	"{properties: {group: 1, kind: 2, name: {maxLength: 253, minLength: 1, type: string}}, "
	"required: [group, kind, name], type: object}",
	/* 7 */
	"{items: 6, maxItems: 8, type: array, x-kubernetes-list-type: atomic}",
	/* 8 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', type: "
	"string}",
	/* 9 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'^(([^:/?#]+):)(//([^/?#]*))([^?#]*)(\\?([^#]*))?(#(.*))?', type: string}",
	/* 10 */
	"{properties: {hostname: 8, type: {enum: [Hostname, URI], type: string}, uri: 9}, "
	"required: [type], type: object, x-kubernetes-validations: [{message: 'SubjectAltName "
	"element must contain Hostname, if Type is set to Hostname', rule: '!(self.type == "
	"\"Hostname\" && (!has(self.hostname) || self.hostname == \"\"))'}, {message: "
	"'SubjectAltName element must not contain Hostname, if Type is not set to Hostname', "
	"rule: '!(self.type != \"Hostname\" && has(self.hostname) && self.hostname != \"\")'}, "
	"{message: 'SubjectAltName element must contain URI, if Type is set to URI', rule: "
	"'!(self.type == \"URI\" && (!has(self.uri) || self.uri == \"\"))'}, {message: "
	"'SubjectAltName element must not contain URI, if Type is not set to URI', rule: "
	"'!(self.type != \"URI\" && has(self.uri) && self.uri != \"\")'}]}",
	/* 11 */
	"{items: 10, maxItems: 5, type: array, x-kubernetes-list-type: atomic}",
	/* 12 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'^(System|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))$', "
	"type: string}",
	/* 13 */
	"{properties: {caCertificateRefs: 7, hostname: 3, subjectAltNames: 11, "
	"wellKnownCACertificates: 12}, required: [hostname], type: object, "
	"x-kubernetes-validations: [{message: 'must not contain both CACertificateRefs and "
	"WellKnownCACertificates', rule: '!(has(self.caCertificateRefs) && "
	"size(self.caCertificateRefs) > 0 && has(self.wellKnownCACertificates) && "
	"self.wellKnownCACertificates != \"\")'}, {message: 'must specify either "
	"CACertificateRefs or WellKnownCACertificates', rule: '(has(self.caCertificateRefs) && "
	"size(self.caCertificateRefs) > 0 || has(self.wellKnownCACertificates) && "
	"self.wellKnownCACertificates != \"\")'}]}",
	/* 14 */
	"{properties: {options: 0, targetRefs: 5, validation: 13}, required: [targetRefs, "
	"validation], type: object}",
	/* 15 */
	"{default: gateway.networking.k8s.io, maxLength: 253, pattern: "
	"'^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', type: string}",
	/* 16 */
	"{default: Gateway, maxLength: 63, minLength: 1, pattern: "
	"'^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', type: string}",
	/* 17 */
	"{maxLength: 63, minLength: 1, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', type: string}",
	/* 18 */
	"{properties: {group: 15, kind: 16, name: {maxLength: 253, minLength: 1, type: string}, "
	"namespace: 17, port: {format: int32, maximum: 65535, minimum: 1, type: integer}, "
	"sectionName: 3}, required: [name], type: object}",
	/* 19 */
	"{maxLength: 1024, minLength: 1, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$', "
	"type: string}",
	/* 20 */
	"{maxLength: 316, pattern: "
	"'^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$', "
	"type: string}",
	/* 21 */
	"{properties: {lastTransitionTime: {format: date-time, type: string}, message: "
	"{maxLength: 32768, type: string}, observedGeneration: {format: int64, minimum: 0, type: "
	"integer}, reason: 19, status: {enum: ['True', 'False', Unknown], type: string}, type: "
	"20}, required: [lastTransitionTime, message, reason, status, type], type: object}",
	/* 22 */
	"{items: 21, maxItems: 8, minItems: 1, type: array, x-kubernetes-list-map-keys: [type], "
	"x-kubernetes-list-type: map}",
	/* 23 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&''()*+,;=:]+$', "
	"type: string}",
	/* 24 */
	"{properties: {ancestorRef: 18, conditions: 22, controllerName: 23}, required: "
	"[ancestorRef, conditions, controllerName], type: object}",
	/* 25 */
	"{items: 24, maxItems: 16, type: array, x-kubernetes-list-type: atomic}",
	/* 26 */
	"{properties: {ancestors: 25}, required: [ancestors], type: object}",
	/* 27 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 14, status: 26}, required: [spec], type: object}",
	/* 28 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&''()*+,;=:]+$', "
	"type: string, x-kubernetes-validations: [{message: 'Value is immutable', rule: 'self == "
	"oldSelf'}]}",
	/* 29 */
	"{properties: {group: 1, kind: 2, name: {maxLength: 253, minLength: 1, type: string}, "
	"namespace: 17}, required: [group, kind, name], type: object}",
	/* 30 */
	"{properties: {controllerName: 28, description: {maxLength: 64, type: string}, "
	"parametersRef: 29}, required: [controllerName], type: object}",
	/* 31 */
	"{default: [{lastTransitionTime: '1970-01-01T00:00:00Z', message: 'Waiting for "
	"controller', reason: Pending, status: Unknown, type: Accepted}], items: 21, maxItems: 8, "
	"type: array, x-kubernetes-list-map-keys: [type], x-kubernetes-list-type: map}",
	/* 32 */
	"{properties: {name: {type: string}}, required: [name], type: object}",
	/* 33 */
	"{items: 32, maxItems: 64, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map}",
	/* 34 */
	"{default: {conditions: [{lastTransitionTime: '1970-01-01T00:00:00Z', message: 'Waiting "
	"for controller', reason: Pending, status: Unknown, type: Accepted}]}, properties: "
	"{conditions: 31, supportedFeatures: 33}, type: object}",
	/* 35 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 30, status: 34}, required: [spec], type: object}",
	/* 36 */
	"{properties: {type: {enum: [IPAddress]}, value: {anyOf: [{format: ipv4}, {format: "
	"ipv6}]}}}",
	/* 37 */
	"{properties: {type: {not: {enum: [IPAddress]}}}}",
	/* 38 */
	"{default: IPAddress, maxLength: 253, minLength: 1, pattern: "
	"'^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&''()*+,;=:]+$', "
	"type: string}",
	/* 39 */
	"{oneOf: [36, 37], properties: {type: 38, value: {maxLength: 253, type: string}}, type: "
	"object, x-kubernetes-validations: [{message: 'Hostname value must be empty or contain "
	"only valid characters (matching "
	"^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)', rule: "
	"'self.type == ''Hostname'' ? (!has(self.value) || "
	"self.value.matches(r\"\"\"^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$\"\"\")): "
	"true'}]}",
	/* 40 */
	"{items: 39, maxItems: 16, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'IPAddress values must be unique', rule: "
	"'self.all(a1, a1.type == ''IPAddress'' && has(a1.value) ? self.exists_one(a2, a2.type == "
	"a1.type && has(a2.value) && a2.value == a1.value) : true )'}, {message: 'Hostname values "
	"must be unique', rule: 'self.all(a1, a1.type == ''Hostname''  && has(a1.value) ? "
	"self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true "
	")'}]}",
	/* 41 */
	"{default: None, enum: [All, Selector, Same, None], type: string}",
	/* 42 */
	"{items: {type: string}, type: array, x-kubernetes-list-type: atomic}",
	/* 43 */
	"{properties: {key: {type: string}, operator: {type: string}, values: 42}, required: "
	"[key, operator], type: object}",
	/* 44 */
	"{properties: {matchExpressions: {items: 43, type: array, x-kubernetes-list-type: "
	"atomic}, matchLabels: {additionalProperties: {type: string}, type: object}}, type: "
	"object, x-kubernetes-map-type: atomic}",
	/* 45 */
	"{default: {from: None}, properties: {from: 41, selector: 44}, type: object}",
	/* 46 */
	"{properties: {namespaces: 45}, type: object}",
	/* 47 */
	"{additionalProperties: {maxLength: 4096, minLength: 0, type: string}, maxProperties: 16, "
	"type: object, x-kubernetes-validations: [{message: 'Annotation keys must be in the form "
	"of an optional DNS subdomain prefix followed by a required name segment of up to 63 "
	"characters.', rule: 'self.all(key, "
	"key.matches(r\"\"\"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$\"\"\"))'}, "
	"{message: 'If specified, the annotation key''s prefix must be a DNS subdomain not longer "
	"than 253 characters in total.', rule: 'self.all(key, key.split(\"/\")[0].size() < "
	"253)'}]}",
	/* 48 */
	"{maxLength: 63, minLength: 0, pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$', "
	"type: string}",
	/* 49 */
	"{additionalProperties: 48, maxProperties: 8, type: object, x-kubernetes-validations: "
	"[{message: 'Label keys must be in the form of an optional DNS subdomain prefix followed "
	"by a required name segment of up to 63 characters.', rule: 'self.all(key, "
	"key.matches(r\"\"\"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$\"\"\"))'}, "
	"{message: 'If specified, the label key''s prefix must be a DNS subdomain not longer than "
	"253 characters in total.', rule: 'self.all(key, key.split(\"/\")[0].size() < 253)'}]}",
	/* 50 */
	"{properties: {annotations: 47, labels: 49, parametersRef: 6}, type: object}",
	/* 51 */
	"{properties: {group: 15, kind: 2}, required: [kind], type: object}",
	/* 52 */
	"{items: 51, maxItems: 8, type: array, x-kubernetes-list-type: atomic}",
	/* 53 */
	"{default: {from: Same}, properties: {from: {default: Same, enum: [All, Selector, Same], "
	"type: string}, selector: 44}, type: object}",
	/* 54 */
	"{default: {namespaces: {from: Same}}, properties: {kinds: 52, namespaces: 53}, type: "
	"object}",
	/* 55 */
	"{maxLength: 255, minLength: 1, pattern: "
	"'^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+$', "
	"type: string}",
	/* 56 */
	"{default: '', maxLength: 253, pattern: "
	"'^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', type: string}",
	/* 57 */
	"{default: Secret, maxLength: 63, minLength: 1, pattern: "
	"'^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', type: string}",
	/* 58 */
	"{properties: {group: 56, kind: 57, name: {maxLength: 253, minLength: 1, type: string}, "
	"namespace: 17}, required: [name], type: object}",
	/* 59 */
	"{items: 58, maxItems: 64, type: array, x-kubernetes-list-type: atomic}",
	/* 60 */
	"{default: Terminate, enum: [Terminate, Passthrough], type: string}",
	/* 61 */
	"{properties: {certificateRefs: 59, mode: 60, options: 0}, type: object, "
	"x-kubernetes-validations: [{message: 'certificateRefs or options must be specified when "
	"mode is Terminate', rule: 'self.mode == ''Terminate'' ? size(self.certificateRefs) > 0 "
	"|| size(self.options) > 0 : true'}]}",
	/* 62 */
	"{properties: {allowedRoutes: 54, hostname: 8, name: 3, port: {format: int32, maximum: "
	"65535, minimum: 1, type: integer}, protocol: 55, tls: 61}, required: [name, port, "
	"protocol], type: object}",
	/* 63 */
	"{items: 62, maxItems: 64, minItems: 1, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map, x-kubernetes-validations: [{message: 'tls must not be "
	"specified for protocols [''HTTP'', ''TCP'', ''UDP'']', rule: 'self.all(l, l.protocol in "
	"[''HTTP'', ''TCP'', ''UDP''] ? !has(l.tls) : true)'}, {message: 'tls mode must be "
	"Terminate for protocol HTTPS', rule: 'self.all(l, (l.protocol == ''HTTPS'' && "
	"has(l.tls)) ? (l.tls.mode == '''' || l.tls.mode == ''Terminate'') : true)'}, {message: "
	"'tls mode must be set for protocol TLS', rule: 'self.all(l, (l.protocol == ''TLS'' ? "
	"has(l.tls) && has(l.tls.mode) && l.tls.mode != '''' : true))'}, {message: 'hostname must "
	"not be specified for protocols [''TCP'', ''UDP'']', rule: 'self.all(l, l.protocol in "
	"[''TCP'', ''UDP'']  ? (!has(l.hostname) || l.hostname == '''') : true)'}, {message: "
	"'Listener name must be unique within the Gateway', rule: 'self.all(l1, "
	"self.exists_one(l2, l1.name == l2.name))'}, {message: 'Combination of port, protocol and "
	"hostname must be unique for each listener', rule: 'self.all(l1, self.exists_one(l2, "
	"l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && "
	"has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && "
	"!has(l2.hostname))))'}]}",
	/* 64 */
	"{properties: {clientCertificateRef: 58}, type: object}",
	/* 65 */
	"{items: 29, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-type: atomic}",
	/* 66 */
	"{default: AllowValidOnly, enum: [AllowValidOnly, AllowInsecureFallback], type: string}",
	/* 67 */
	"{properties: {caCertificateRefs: 65, mode: 66}, required: [caCertificateRefs], type: "
	"object}",
	/* 68 */
	"{properties: {validation: 67}, type: object}",
	/* 69 */
	"{properties: {port: {format: int32, maximum: 65535, minimum: 1, type: integer}, tls: "
	"68}, required: [port, tls], type: object}",
	/* 70 */
	"{items: 69, maxItems: 64, type: array, x-kubernetes-list-map-keys: [port], "
	"x-kubernetes-list-type: map, x-kubernetes-validations: [{message: 'Port for TLS "
	"configuration must be unique within the Gateway', rule: 'self.all(t1, "
	"self.exists_one(t2, t1.port == t2.port))'}]}",
	/* 71 */
	"{properties: {default: 68, perPort: 70}, required: [default], type: object}",
	/* 72 */
	"{properties: {backend: 64, frontend: 71}, type: object}",
	/* 73 */
	"{properties: {addresses: 40, allowedListeners: 46, gatewayClassName: {maxLength: 253, "
	"minLength: 1, type: string}, infrastructure: 50, listeners: 63, tls: 72}, required: "
	"[gatewayClassName, listeners], type: object}",
	/* 74 */
	"{oneOf: [36, 37], properties: {type: 38, value: {maxLength: 253, minLength: 1, type: "
	"string}}, required: [value], type: object, x-kubernetes-validations: [{message: "
	"'Hostname value must only contain valid characters (matching "
	"^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)', rule: "
	"'self.type == ''Hostname'' ? "
	"self.value.matches(r\"\"\"^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$\"\"\"): "
	"true'}]}",
	/* 75 */
	"{items: 74, maxItems: 16, type: array, x-kubernetes-list-type: atomic}",
	/* 76 */
	"{default: [{lastTransitionTime: '1970-01-01T00:00:00Z', message: 'Waiting for "
	"controller', reason: Pending, status: Unknown, type: Accepted}, {lastTransitionTime: "
	"'1970-01-01T00:00:00Z', message: 'Waiting for controller', reason: Pending, status: "
	"Unknown, type: Programmed}], items: 21, maxItems: 8, type: array, "
	"x-kubernetes-list-map-keys: [type], x-kubernetes-list-type: map}",
	/* 77 */
	"{items: 21, maxItems: 8, type: array, x-kubernetes-list-map-keys: [type], "
	"x-kubernetes-list-type: map}",
	/* 78 */
	"{properties: {attachedRoutes: {format: int32, type: integer}, conditions: 77, name: 3, "
	"supportedKinds: 52}, required: [attachedRoutes, conditions, name], type: object}",
	/* 79 */
	"{items: 78, maxItems: 64, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map}",
	/* 80 */
	"{default: {conditions: [{lastTransitionTime: '1970-01-01T00:00:00Z', message: 'Waiting "
	"for controller', reason: Pending, status: Unknown, type: Accepted}, {lastTransitionTime: "
	"'1970-01-01T00:00:00Z', message: 'Waiting for controller', reason: Pending, status: "
	"Unknown, type: Programmed}]}, properties: {addresses: 75, attachedListenerSets: {format: "
	"int32, type: integer}, conditions: 76, listeners: 79}, type: object}",
	/* 81 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 73, status: 80}, required: [spec], type: object}",
	/* 82 */
	"{items: 8, maxItems: 16, type: array, x-kubernetes-list-type: atomic}",
	/* 83 */
	"{items: 18, maxItems: 32, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'sectionName must be specified when parentRefs "
	"includes 2 or more references to the same parent', rule: 'self.all(p1, self.all(p2, "
	"p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && "
	"(((!has(p1.__namespace__) || p1.__namespace__ == '''') && (!has(p2.__namespace__) || "
	"p2.__namespace__ == '''')) || (has(p1.__namespace__) && has(p2.__namespace__) && "
	"p1.__namespace__ == p2.__namespace__ )) ? ((!has(p1.sectionName) || p1.sectionName == "
	"'''') == (!has(p2.sectionName) || p2.sectionName == '''')) : true))'}, {message: "
	"'sectionName must be unique when parentRefs includes 2 or more references to the same "
	"parent', rule: 'self.all(p1, self.exists_one(p2, p1.group == p2.group && p1.kind == "
	"p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '''') "
	"&& (!has(p2.__namespace__) || p2.__namespace__ == '''')) || (has(p1.__namespace__) && "
	"has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__ )) && "
	"(((!has(p1.sectionName) || p1.sectionName == '''') && (!has(p2.sectionName) || "
	"p2.sectionName == '''')) || (has(p1.sectionName) && has(p2.sectionName) && "
	"p1.sectionName == p2.sectionName))))'}]}",
	/* 84 */
	"{maxLength: 256, minLength: 1, pattern: '^[A-Za-z0-9!#$%&''*+\\-.^_\\x60|~]+$', type: "
	"string}",
	/* 85 */
	"{properties: {name: 84, value: {maxLength: 4096, minLength: 1, type: string}}, required: "
	"[name, value], type: object}",
	/* 86 */
	"{items: 85, maxItems: 16, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map}",
	/* 87 */
	"{items: {type: string}, maxItems: 16, type: array, x-kubernetes-list-type: set}",
	/* 88 */
	"{properties: {add: 86, remove: 87, set: 86}, type: object}",
	/* 89 */
	"{default: Service, maxLength: 63, minLength: 1, pattern: "
	"'^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', type: string}",
	/* 90 */
	"{properties: {group: 56, kind: 89, name: {maxLength: 253, minLength: 1, type: string}, "
	"namespace: 17, port: {format: int32, maximum: 65535, minimum: 1, type: integer}}, "
	"required: [name], type: object, x-kubernetes-validations: [{message: 'Must have port for "
	"Service reference', rule: '(size(self.group) == 0 && self.kind == ''Service'') ? "
	"has(self.port) : true'}]}",
	/* 91 */
	"{properties: {denominator: {default: 100, format: int32, minimum: 1, type: integer}, "
	"numerator: {format: int32, minimum: 0, type: integer}}, required: [numerator], type: "
	"object, x-kubernetes-validations: [{message: 'numerator must be less than or equal to "
	"denominator', rule: 'self.numerator <= self.denominator'}]}",
	/* 92 */
	"{properties: {backendRef: 90, fraction: 91, percent: {format: int32, maximum: 100, "
	"minimum: 0, type: integer}}, required: [backendRef], type: object, "
	"x-kubernetes-validations: [{message: 'Only one of percent or fraction may be specified "
	"in HTTPRequestMirrorFilter', rule: '!(has(self.percent) && has(self.fraction))'}]}",
	/* 93 */
	"{enum: [ResponseHeaderModifier, RequestHeaderModifier, RequestMirror, ExtensionRef], "
	"type: string}",
	/* 94 */
	"{properties: {extensionRef: 6, requestHeaderModifier: 88, requestMirror: 92, "
	"responseHeaderModifier: 88, type: 93}, required: [type], type: object, "
	"x-kubernetes-validations: [{message: 'filter.requestHeaderModifier must be nil if the "
	"filter.type is not RequestHeaderModifier', rule: '!(has(self.requestHeaderModifier) && "
	"self.type != ''RequestHeaderModifier'')'}, {message: 'filter.requestHeaderModifier must "
	"be specified for RequestHeaderModifier filter.type', rule: "
	"'!(!has(self.requestHeaderModifier) && self.type == ''RequestHeaderModifier'')'}, "
	"{message: 'filter.responseHeaderModifier must be nil if the filter.type is not "
	"ResponseHeaderModifier', rule: '!(has(self.responseHeaderModifier) && self.type != "
	"''ResponseHeaderModifier'')'}, {message: 'filter.responseHeaderModifier must be "
	"specified for ResponseHeaderModifier filter.type', rule: "
	"'!(!has(self.responseHeaderModifier) && self.type == ''ResponseHeaderModifier'')'}, "
	"{message: 'filter.requestMirror must be nil if the filter.type is not RequestMirror', "
	"rule: '!(has(self.requestMirror) && self.type != ''RequestMirror'')'}, {message: "
	"'filter.requestMirror must be specified for RequestMirror filter.type', rule: "
	"'!(!has(self.requestMirror) && self.type == ''RequestMirror'')'}, {message: "
	"'filter.extensionRef must be nil if the filter.type is not ExtensionRef', rule: "
	"'!(has(self.extensionRef) && self.type != ''ExtensionRef'')'}, {message: "
	"'filter.extensionRef must be specified for ExtensionRef filter.type', rule: "
	"'!(!has(self.extensionRef) && self.type == ''ExtensionRef'')'}]}",
	/* 95 */
	"{items: 94, maxItems: 16, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'RequestHeaderModifier filter cannot be repeated', "
	"rule: 'self.filter(f, f.type == ''RequestHeaderModifier'').size() <= 1'}, {message: "
	"'ResponseHeaderModifier filter cannot be repeated', rule: 'self.filter(f, f.type == "
	"''ResponseHeaderModifier'').size() <= 1'}]}",
	/* 96 */
	"{default: 1, format: int32, maximum: 1000000, minimum: 0, type: integer}",
	/* 97 */
	"{properties: {filters: 95, group: 56, kind: 89, name: {maxLength: 253, minLength: 1, "
	"type: string}, namespace: 17, port: {format: int32, maximum: 65535, minimum: 1, type: "
	"integer}, weight: 96}, required: [name], type: object, x-kubernetes-validations: "
	"[{message: 'Must have port for Service reference', rule: '(size(self.group) == 0 && "
	"self.kind == ''Service'') ? has(self.port) : true'}]}",
	/* 98 */
	"{items: 97, maxItems: 16, type: array, x-kubernetes-list-type: atomic}",
	/* 99 */
	"{default: Exact, enum: [Exact, RegularExpression], type: string}",
	/* 100 */
	"{properties: {name: 84, type: 99, value: {maxLength: 4096, minLength: 1, type: string}}, "
	"required: [name, value], type: object}",
	/* 101 */
	"{items: 100, maxItems: 16, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map}",
	/* 102 */
	"{properties: {method: {maxLength: 1024, type: string}, service: {maxLength: 1024, type: "
	"string}, type: 99}, type: object, x-kubernetes-validations: [{message: 'One or both of "
	"''service'' or ''method'' must be specified', rule: 'has(self.type) ? has(self.service) "
	"|| has(self.method) : true'}, {message: 'service must only contain valid characters "
	"(matching ^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$)', rule: '(!has(self.type) || "
	"self.type == ''Exact'') && has(self.service) ? "
	"self.service.matches(r\"\"\"^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$\"\"\"): "
	"true'}, {message: 'method must only contain valid characters (matching "
	"^[A-Za-z_][A-Za-z_0-9]*$)', rule: '(!has(self.type) || self.type == ''Exact'') && "
	"has(self.method) ? self.method.matches(r\"\"\"^[A-Za-z_][A-Za-z_0-9]*$\"\"\"): true'}]}",
	/* 103 */
	"{properties: {headers: 101, method: 102}, type: object}",
	/* 104 */
	"{items: 103, maxItems: 64, type: array, x-kubernetes-list-type: atomic}",
	/* 105 */
	"{properties: {backendRefs: 98, filters: 95, matches: 104, name: 3}, type: object}",
	/* 106 */
	"{items: 105, maxItems: 16, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'While 16 rules and 64 matches per rule are "
	"allowed, the total number of matches across all rules in a route must be less than 128', "
	"rule: '(self.size() > 0 ? (has(self[0].matches) ? self[0].matches.size() : 0) : 0) + "
	"(self.size() > 1 ? (has(self[1].matches) ? self[1].matches.size() : 0) : 0) + "
	"(self.size() > 2 ? (has(self[2].matches) ? self[2].matches.size() : 0) : 0) + "
	"(self.size() > 3 ? (has(self[3].matches) ? self[3].matches.size() : 0) : 0) + "
	"(self.size() > 4 ? (has(self[4].matches) ? self[4].matches.size() : 0) : 0) + "
	"(self.size() > 5 ? (has(self[5].matches) ? self[5].matches.size() : 0) : 0) + "
	"(self.size() > 6 ? (has(self[6].matches) ? self[6].matches.size() : 0) : 0) + "
	"(self.size() > 7 ? (has(self[7].matches) ? self[7].matches.size() : 0) : 0) + "
	"(self.size() > 8 ? (has(self[8].matches) ? self[8].matches.size() : 0) : 0) + "
	"(self.size() > 9 ? (has(self[9].matches) ? self[9].matches.size() : 0) : 0) + "
	"(self.size() > 10 ? (has(self[10].matches) ? self[10].matches.size() : 0) : 0) + "
	"(self.size() > 11 ? (has(self[11].matches) ? self[11].matches.size() : 0) : 0) + "
	"(self.size() > 12 ? (has(self[12].matches) ? self[12].matches.size() : 0) : 0) + "
	"(self.size() > 13 ? (has(self[13].matches) ? self[13].matches.size() : 0) : 0) + "
	"(self.size() > 14 ? (has(self[14].matches) ? self[14].matches.size() : 0) : 0) + "
	"(self.size() > 15 ? (has(self[15].matches) ? self[15].matches.size() : 0) : 0) <= 128'}]}",
	/* 107 */
	"{properties: {hostnames: 82, parentRefs: 83, rules: 106}, type: object}",
	/* 108 */
	"{properties: {conditions: 22, controllerName: 23, parentRef: 18}, required: [conditions, "
	"controllerName, parentRef], type: object}",
	/* 109 */
	"{items: 108, maxItems: 32, type: array, x-kubernetes-list-type: atomic}",
	/* 110 */
	"{properties: {parents: 109}, required: [parents], type: object}",
	/* 111 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 107, status: 110}, required: [spec], type: object}",
	/* 112 */
	"{items: 84, maxItems: 64, type: array, x-kubernetes-list-type: set, "
	"x-kubernetes-validations: [{message: 'AllowHeaders cannot contain ''*'' alongside other "
	"methods', rule: '!(''*'' in self && self.size() > 1)'}]}",
	/* 113 */
	"{enum: [GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH, '*'], type: string}",
	/* 114 */
	"{items: 113, maxItems: 9, type: array, x-kubernetes-list-type: set, "
	"x-kubernetes-validations: [{message: 'AllowMethods cannot contain ''*'' alongside other "
	"methods', rule: '!(''*'' in self && self.size() > 1)'}]}",
	/* 115 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'(^\\*$)|(^(http(s)?):\\/\\/(((\\*\\.)?([a-zA-Z0-9\\-]+\\.)*[a-zA-Z0-9-]+|\\*)(:([0-9]{1,5}))?)$)', "
	"type: string}",
	/* 116 */
	"{items: 115, maxItems: 64, type: array, x-kubernetes-list-type: set, "
	"x-kubernetes-validations: [{message: 'AllowOrigins cannot contain ''*'' alongside other "
	"origins', rule: '!(''*'' in self && self.size() > 1)'}]}",
	/* 117 */
	"{items: 84, maxItems: 64, type: array, x-kubernetes-list-type: set}",
	/* 118 */
	"{properties: {allowCredentials: {type: boolean}, allowHeaders: 112, allowMethods: 114, "
	"allowOrigins: 116, exposeHeaders: 117, maxAge: {default: 5, format: int32, minimum: 1, "
	"type: integer}}, type: object}",
	/* 119 */
	"{properties: {replaceFullPath: {maxLength: 1024, type: string}, replacePrefixMatch: "
	"{maxLength: 1024, type: string}, type: {enum: [ReplaceFullPath, ReplacePrefixMatch], "
	"type: string}}, required: [type], type: object, x-kubernetes-validations: [{message: "
	"'replaceFullPath must be specified when type is set to ''ReplaceFullPath''', rule: "
	"'self.type == ''ReplaceFullPath'' ? has(self.replaceFullPath) : true'}, {message: 'type "
	"must be ''ReplaceFullPath'' when replaceFullPath is set', rule: "
	"'has(self.replaceFullPath) ? self.type == ''ReplaceFullPath'' : true'}, {message: "
	"'replacePrefixMatch must be specified when type is set to ''ReplacePrefixMatch''', rule: "
	"'self.type == ''ReplacePrefixMatch'' ? has(self.replacePrefixMatch) : true'}, {message: "
	"'type must be ''ReplacePrefixMatch'' when replacePrefixMatch is set', rule: "
	"'has(self.replacePrefixMatch) ? self.type == ''ReplacePrefixMatch'' : true'}]}",
	/* 120 */
	"{default: 302, enum: [301, 302, 303, 307, 308], type: integer}",
	/* 121 */
	"{properties: {hostname: 3, path: 119, port: {format: int32, maximum: 65535, minimum: 1, "
	"type: integer}, scheme: {enum: [http, https], type: string}, statusCode: 120}, type: "
	"object}",
	/* 122 */
	"{enum: [RequestHeaderModifier, ResponseHeaderModifier, RequestMirror, RequestRedirect, "
	"URLRewrite, ExtensionRef, CORS], type: string}",
	/* 123 */
	"{properties: {hostname: 3, path: 119}, type: object}",
	/* 124 */
	"{properties: {cors: 118, extensionRef: 6, requestHeaderModifier: 88, requestMirror: 92, "
	"requestRedirect: 121, responseHeaderModifier: 88, type: 122, urlRewrite: 123}, required: "
	"[type], type: object, x-kubernetes-validations: [{message: 'filter.cors must be nil if "
	"the filter.type is not CORS', rule: '!(has(self.cors) && self.type != ''CORS'')'}, "
	"{message: 'filter.cors must be specified for CORS filter.type', rule: '!(!has(self.cors) "
	"&& self.type == ''CORS'')'}, {message: 'filter.requestHeaderModifier must be nil if the "
	"filter.type is not RequestHeaderModifier', rule: '!(has(self.requestHeaderModifier) && "
	"self.type != ''RequestHeaderModifier'')'}, {message: 'filter.requestHeaderModifier must "
	"be specified for RequestHeaderModifier filter.type', rule: "
	"'!(!has(self.requestHeaderModifier) && self.type == ''RequestHeaderModifier'')'}, "
	"{message: 'filter.responseHeaderModifier must be nil if the filter.type is not "
	"ResponseHeaderModifier', rule: '!(has(self.responseHeaderModifier) && self.type != "
	"''ResponseHeaderModifier'')'}, {message: 'filter.responseHeaderModifier must be "
	"specified for ResponseHeaderModifier filter.type', rule: "
	"'!(!has(self.responseHeaderModifier) && self.type == ''ResponseHeaderModifier'')'}, "
	"{message: 'filter.requestMirror must be nil if the filter.type is not RequestMirror', "
	"rule: '!(has(self.requestMirror) && self.type != ''RequestMirror'')'}, {message: "
	"'filter.requestMirror must be specified for RequestMirror filter.type', rule: "
	"'!(!has(self.requestMirror) && self.type == ''RequestMirror'')'}, {message: "
	"'filter.requestRedirect must be nil if the filter.type is not RequestRedirect', rule: "
	"'!(has(self.requestRedirect) && self.type != ''RequestRedirect'')'}, {message: "
	"'filter.requestRedirect must be specified for RequestRedirect filter.type', rule: "
	"'!(!has(self.requestRedirect) && self.type == ''RequestRedirect'')'}, {message: "
	"'filter.urlRewrite must be nil if the filter.type is not URLRewrite', rule: "
	"'!(has(self.urlRewrite) && self.type != ''URLRewrite'')'}, {message: 'filter.urlRewrite "
	"must be specified for URLRewrite filter.type', rule: '!(!has(self.urlRewrite) && "
	"self.type == ''URLRewrite'')'}, {message: 'filter.extensionRef must be nil if the "
	"filter.type is not ExtensionRef', rule: '!(has(self.extensionRef) && self.type != "
	"''ExtensionRef'')'}, {message: 'filter.extensionRef must be specified for ExtensionRef "
	"filter.type', rule: '!(!has(self.extensionRef) && self.type == ''ExtensionRef'')'}]}",
	/* 125 */
	"{items: 124, maxItems: 16, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'May specify either httpRouteFilterRequestRedirect "
	"or httpRouteFilterRequestRewrite, but not both', rule: '!(self.exists(f, f.type == "
	"''RequestRedirect'') && self.exists(f, f.type == ''URLRewrite''))'}, {message: 'CORS "
	"filter cannot be repeated', rule: 'self.filter(f, f.type == ''CORS'').size() <= 1'}, "
	"{message: 'RequestHeaderModifier filter cannot be repeated', rule: 'self.filter(f, "
	"f.type == ''RequestHeaderModifier'').size() <= 1'}, {message: 'ResponseHeaderModifier "
	"filter cannot be repeated', rule: 'self.filter(f, f.type == "
	"''ResponseHeaderModifier'').size() <= 1'}, {message: 'RequestRedirect filter cannot be "
	"repeated', rule: 'self.filter(f, f.type == ''RequestRedirect'').size() <= 1'}, {message: "
	"'URLRewrite filter cannot be repeated', rule: 'self.filter(f, f.type == "
	"''URLRewrite'').size() <= 1'}]}",
	/* 126 */
	"{properties: {filters: 125, group: 56, kind: 89, name: {maxLength: 253, minLength: 1, "
	"type: string}, namespace: 17, port: {format: int32, maximum: 65535, minimum: 1, type: "
	"integer}, weight: 96}, required: [name], type: object, x-kubernetes-validations: "
	"[{message: 'Must have port for Service reference', rule: '(size(self.group) == 0 && "
	"self.kind == ''Service'') ? has(self.port) : true'}]}",
	/* 127 */
	"{items: 126, maxItems: 16, type: array, x-kubernetes-list-type: atomic}",
	/* 128 */
	"{enum: [GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH], type: string}",
	/* 129 */
	"{default: PathPrefix, enum: [Exact, PathPrefix, RegularExpression], type: string}",
	/* 130 */
	"{default: {type: PathPrefix, value: /}, properties: {type: 129, value: {default: /, "
	"maxLength: 1024, type: string}}, type: object, x-kubernetes-validations: [{message: "
	"'value must be an absolute path and start with ''/'' when type one of [''Exact'', "
	"''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"self.value.startsWith(''/'') : true'}, {message: 'must not contain ''//'' when type one "
	"of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.contains(''//'') : true'}, {message: 'must not contain ''/./'' when type one "
	"of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.contains(''/./'') : true'}, {message: 'must not contain ''/../'' when type "
	"one of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.contains(''/../'') : true'}, {message: 'must not contain ''%2f'' when type "
	"one of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.contains(''%2f'') : true'}, {message: 'must not contain ''%2F'' when type "
	"one of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.contains(''%2F'') : true'}, {message: 'must not contain ''#'' when type one "
	"of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.contains(''#'') : true'}, {message: 'must not end with ''/..'' when type one "
	"of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.endsWith(''/..'') : true'}, {message: 'must not end with ''/.'' when type "
	"one of [''Exact'', ''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"!self.value.endsWith(''/.'') : true'}, {message: 'type must be one of [''Exact'', "
	"''PathPrefix'', ''RegularExpression'']', rule: 'self.type in [''Exact'',''PathPrefix''] "
	"|| self.type == ''RegularExpression'''}, {message: 'must only contain valid characters "
	"(matching ^(?:[-A-Za-z0-9/._~!$&''()*+,;=:@]|[%][0-9a-fA-F]{2})+$) for types [''Exact'', "
	"''PathPrefix'']', rule: '(self.type in [''Exact'',''PathPrefix'']) ? "
	"self.value.matches(r\"\"\"^(?:[-A-Za-z0-9/._~!$&''()*+,;=:@]|[%][0-9a-fA-F]{2})+$\"\"\") "
	": true'}]}",
	/* 131 */
	"{properties: {name: 84, type: 99, value: {maxLength: 1024, minLength: 1, type: string}}, "
	"required: [name, value], type: object}",
	/* 132 */
	"{items: 131, maxItems: 16, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map}",
	/* 133 */
	"{properties: {headers: 101, method: 128, path: 130, queryParams: 132}, type: object}",
	/* 134 */
	"{default: [{path: {type: PathPrefix, value: /}}], items: 133, maxItems: 64, type: array, "
	"x-kubernetes-list-type: atomic}",
	/* 135 */
	"{properties: {backendRequest: {pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$', type: string}, "
	"request: {pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$', type: string}}, type: object, "
	"x-kubernetes-validations: [{message: 'backendRequest timeout cannot be longer than "
	"request timeout', rule: '!(has(self.request) && has(self.backendRequest) && "
	"duration(self.request) != duration(''0s'') && duration(self.backendRequest) > "
	"duration(self.request))'}]}",
	/* 136 */
	"{properties: {backendRefs: 127, filters: 125, matches: 134, name: 3, timeouts: 135}, "
	"type: object, x-kubernetes-validations: [{message: 'RequestRedirect filter must not be "
	"used together with backendRefs', rule: '(has(self.backendRefs) && size(self.backendRefs) "
	"> 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true'}, "
	"{message: 'When using RequestRedirect filter with path.replacePrefixMatch, exactly one "
	"PathPrefix match must be specified', rule: '(has(self.filters) && "
	"self.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && "
	"f.requestRedirect.path.type == ''ReplacePrefixMatch'' && "
	"has(f.requestRedirect.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || "
	"!has(self.matches[0].path) || self.matches[0].path.type != ''PathPrefix'') ? false : "
	"true) : true'}, {message: 'When using URLRewrite filter with path.replacePrefixMatch, "
	"exactly one PathPrefix match must be specified', rule: '(has(self.filters) && "
	"self.filters.exists_one(f, has(f.urlRewrite) && has(f.urlRewrite.path) && "
	"f.urlRewrite.path.type == ''ReplacePrefixMatch'' && "
	"has(f.urlRewrite.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || "
	"!has(self.matches[0].path) || self.matches[0].path.type != ''PathPrefix'') ? false : "
	"true) : true'}, {message: 'Within backendRefs, when using RequestRedirect filter with "
	"path.replacePrefixMatch, exactly one PathPrefix match must be specified', rule: "
	"'(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && "
	"b.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && "
	"f.requestRedirect.path.type == ''ReplacePrefixMatch'' && "
	"has(f.requestRedirect.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || "
	"!has(self.matches[0].path) || self.matches[0].path.type != ''PathPrefix'') ? false : "
	"true) : true'}, {message: 'Within backendRefs, When using URLRewrite filter with "
	"path.replacePrefixMatch, exactly one PathPrefix match must be specified', rule: "
	"'(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && "
	"b.filters.exists_one(f, has(f.urlRewrite) && has(f.urlRewrite.path) && "
	"f.urlRewrite.path.type == ''ReplacePrefixMatch'' && "
	"has(f.urlRewrite.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || "
	"!has(self.matches[0].path) || self.matches[0].path.type != ''PathPrefix'') ? false : "
	"true) : true'}]}",
	/* 137 */
	"{default: [{matches: [{path: {type: PathPrefix, value: /}}]}], items: 136, maxItems: 16, "
	"minItems: 1, type: array, x-kubernetes-list-type: atomic, x-kubernetes-validations: "
	"[{message: 'While 16 rules and 64 matches per rule are allowed, the total number of "
	"matches across all rules in a route must be less than 128', rule: '(self.size() > 0 ? "
	"self[0].matches.size() : 0) + (self.size() > 1 ? self[1].matches.size() : 0) + "
	"(self.size() > 2 ? self[2].matches.size() : 0) + (self.size() > 3 ? "
	"self[3].matches.size() : 0) + (self.size() > 4 ? self[4].matches.size() : 0) + "
	"(self.size() > 5 ? self[5].matches.size() : 0) + (self.size() > 6 ? "
	"self[6].matches.size() : 0) + (self.size() > 7 ? self[7].matches.size() : 0) + "
	"(self.size() > 8 ? self[8].matches.size() : 0) + (self.size() > 9 ? "
	"self[9].matches.size() : 0) + (self.size() > 10 ? self[10].matches.size() : 0) + "
	"(self.size() > 11 ? self[11].matches.size() : 0) + (self.size() > 12 ? "
	"self[12].matches.size() : 0) + (self.size() > 13 ? self[13].matches.size() : 0) + "
	"(self.size() > 14 ? self[14].matches.size() : 0) + (self.size() > 15 ? "
	"self[15].matches.size() : 0) <= 128'}]}",
	/* 138 */
	"{properties: {hostnames: 82, parentRefs: 83, rules: 137}, type: object}",
	/* 139 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 138, status: 110}, required: [spec], type: object}",
	/* 140 */
	"{items: 62, maxItems: 64, minItems: 1, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map, x-kubernetes-validations: [{message: 'tls must not be "
	"specified for protocols [''HTTP'', ''TCP'', ''UDP'']', rule: 'self.all(l, l.protocol in "
	"[''HTTP'', ''TCP'', ''UDP''] ? !has(l.tls) : true)'}, {message: 'tls mode must be "
	"Terminate for protocol HTTPS', rule: 'self.all(l, (l.protocol == ''HTTPS'' && "
	"has(l.tls)) ? (l.tls.mode == '''' || l.tls.mode == ''Terminate'') : true)'}, {message: "
	"'tls mode must be set for protocol TLS', rule: 'self.all(l, (l.protocol == ''TLS'' ? "
	"has(l.tls) && has(l.tls.mode) && l.tls.mode != '''' : true))'}, {message: 'hostname must "
	"not be specified for protocols [''TCP'', ''UDP'']', rule: 'self.all(l, l.protocol in "
	"[''TCP'', ''UDP'']  ? (!has(l.hostname) || l.hostname == '''') : true)'}, {message: "
	"'Listener name must be unique within the Gateway', rule: 'self.all(l1, "
	"self.exists_one(l2, l1.name == l2.name))'}, {message: 'Combination of port, protocol and "
	"hostname must be unique for each listener', rule: 'self.all(l1, !has(l1.port) || "
	"self.exists_one(l2, has(l2.port) && l1.port == l2.port && l1.protocol == l2.protocol && "
	"(has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) "
	"&& !has(l2.hostname))))'}]}",
	/* 141 */
	"{properties: {group: 15, kind: 16, name: {maxLength: 253, minLength: 1, type: string}, "
	"namespace: 17}, required: [name], type: object}",
	/* 142 */
	"{properties: {listeners: 140, parentRef: 141}, required: [listeners, parentRef], type: "
	"object}",
	/* 143 */
	"{default: {conditions: [{lastTransitionTime: '1970-01-01T00:00:00Z', message: 'Waiting "
	"for controller', reason: Pending, status: Unknown, type: Accepted}, {lastTransitionTime: "
	"'1970-01-01T00:00:00Z', message: 'Waiting for controller', reason: Pending, status: "
	"Unknown, type: Programmed}]}, properties: {conditions: 76, listeners: 79}, type: object}",
	/* 144 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 142, status: 143}, required: [spec], type: object}",
	/* 145 */
	"{properties: {group: 1, kind: 2, namespace: 17}, required: [group, kind, namespace], "
	"type: object}",
	/* 146 */
	"{items: 145, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-type: atomic}",
	/* 147 */
	"{properties: {group: 1, kind: 2, name: {maxLength: 253, minLength: 1, type: string}}, "
	"required: [group, kind], type: object}",
	/* 148 */
	"{items: 147, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-type: atomic}",
	/* 149 */
	"{properties: {from: 146, to: 148}, required: [from, to], type: object}",
	/* 150 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 149}, required: [spec], type: object}",
	/* 151 */
	"{properties: {group: 56, kind: 89, name: {maxLength: 253, minLength: 1, type: string}, "
	"namespace: 17, port: {format: int32, maximum: 65535, minimum: 1, type: integer}, weight: "
	"96}, required: [name], type: object, x-kubernetes-validations: [{message: 'Must have "
	"port for Service reference', rule: '(size(self.group) == 0 && self.kind == ''Service'') "
	"? has(self.port) : true'}]}",
	/* 152 */
	"{items: 151, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-type: atomic}",
	/* 153 */
	"{properties: {backendRefs: 152, name: 3}, required: [backendRefs], type: object}",
	/* 154 */
	"{items: 153, maxItems: 1, minItems: 1, type: array, x-kubernetes-list-type: atomic}",
	/* 155 */
	"{properties: {parentRefs: 83, rules: 154}, required: [rules], type: object}",
	/* 156 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 155, status: 110}, required: [spec], type: object}",
	/* 157 */
	"{items: 153, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-type: atomic}",
	/* 158 */
	"{properties: {parentRefs: 83, rules: 157}, required: [rules], type: object}",
	/* 159 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 158, status: 110}, required: [spec], type: object}",
	/* 160 */
	"{items: 8, maxItems: 1024, minItems: 1, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'Hostnames cannot contain an IP', rule: "
	"'self.all(h, !isIP(h))'}, {message: 'Hostnames must be valid based on RFC-1123', rule: "
	"'self.all(h, !h.contains(''*'') ? "
	"h.matches(''^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$'') : "
	"true)'}, {message: 'Wildcards on hostnames must be the first label, and the rest of "
	"hostname must be valid based on RFC-1123', rule: 'self.all(h, h.contains(''*'') ? "
	"(h.startsWith(''*.'') && "
	"h.substring(2).matches(''^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$'')) "
	": true)'}]}",
	/* 161 */
	"{properties: {hostnames: 160, parentRefs: 83, rules: 154}, required: [hostnames, rules], "
	"type: object}",
	/* 162 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 161, status: 110}, required: [spec], type: object}",
	/* 163 */
	"{items: 8, maxItems: 1024, type: array, x-kubernetes-list-type: atomic}",
	/* 164 */
	"{properties: {hostnames: 163, parentRefs: 83, rules: 157}, required: [rules], type: "
	"object}",
	/* 165 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 164, status: 110}, required: [spec], type: object}",
	/* 166 */
	"{properties: {addresses: 40, allowedListeners: 46, defaultScope: {enum: [All, None], "
	"type: string}, gatewayClassName: {maxLength: 253, minLength: 1, type: string}, "
	"infrastructure: 50, listeners: 63, tls: 72}, required: [gatewayClassName, listeners], "
	"type: object}",
	/* 167 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 166, status: 80}, required: [spec], type: object}",
	/* 168 */
	"{items: 18, maxItems: 32, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'sectionName or port must be specified when "
	"parentRefs includes 2 or more references to the same parent', rule: 'self.all(p1, "
	"self.all(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && "
	"(((!has(p1.__namespace__) || p1.__namespace__ == '''') && (!has(p2.__namespace__) || "
	"p2.__namespace__ == '''')) || (has(p1.__namespace__) && has(p2.__namespace__) && "
	"p1.__namespace__ == p2.__namespace__)) ? ((!has(p1.sectionName) || p1.sectionName == "
	"'''') == (!has(p2.sectionName) || p2.sectionName == '''') && (!has(p1.port) || p1.port "
	"== 0) == (!has(p2.port) || p2.port == 0)): true))'}, {message: 'sectionName or port must "
	"be unique when parentRefs includes 2 or more references to the same parent', rule: "
	"'self.all(p1, self.exists_one(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name "
	"== p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '''') && "
	"(!has(p2.__namespace__) || p2.__namespace__ == '''')) || (has(p1.__namespace__) && "
	"has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__ )) && "
	"(((!has(p1.sectionName) || p1.sectionName == '''') && (!has(p2.sectionName) || "
	"p2.sectionName == '''')) || ( has(p1.sectionName) && has(p2.sectionName) && "
	"p1.sectionName == p2.sectionName)) && (((!has(p1.port) || p1.port == 0) && "
	"(!has(p2.port) || p2.port == 0)) || (has(p1.port) && has(p2.port) && p1.port == "
	"p2.port))))'}]}",
	/* 169 */
	"{maxLength: 4096, minLength: 1, pattern: '^[!-~]+([\\t ]?[!-~]+)*$', type: string}",
	/* 170 */
	"{properties: {name: 84, value: 169}, required: [name, value], type: object}",
	/* 171 */
	"{items: 170, maxItems: 16, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map}",
	/* 172 */
	"{properties: {add: 171, remove: 87, set: 171}, type: object}",
	/* 173 */
	"{properties: {extensionRef: 6, requestHeaderModifier: 172, requestMirror: 92, "
	"responseHeaderModifier: 172, type: 93}, required: [type], type: object, "
	"x-kubernetes-validations: [{message: 'filter.requestHeaderModifier must be nil if the "
	"filter.type is not RequestHeaderModifier', rule: '!(has(self.requestHeaderModifier) && "
	"self.type != ''RequestHeaderModifier'')'}, {message: 'filter.requestHeaderModifier must "
	"be specified for RequestHeaderModifier filter.type', rule: "
	"'!(!has(self.requestHeaderModifier) && self.type == ''RequestHeaderModifier'')'}, "
	"{message: 'filter.responseHeaderModifier must be nil if the filter.type is not "
	"ResponseHeaderModifier', rule: '!(has(self.responseHeaderModifier) && self.type != "
	"''ResponseHeaderModifier'')'}, {message: 'filter.responseHeaderModifier must be "
	"specified for ResponseHeaderModifier filter.type', rule: "
	"'!(!has(self.responseHeaderModifier) && self.type == ''ResponseHeaderModifier'')'}, "
	"{message: 'filter.requestMirror must be nil if the filter.type is not RequestMirror', "
	"rule: '!(has(self.requestMirror) && self.type != ''RequestMirror'')'}, {message: "
	"'filter.requestMirror must be specified for RequestMirror filter.type', rule: "
	"'!(!has(self.requestMirror) && self.type == ''RequestMirror'')'}, {message: "
	"'filter.extensionRef must be nil if the filter.type is not ExtensionRef', rule: "
	"'!(has(self.extensionRef) && self.type != ''ExtensionRef'')'}, {message: "
	"'filter.extensionRef must be specified for ExtensionRef filter.type', rule: "
	"'!(!has(self.extensionRef) && self.type == ''ExtensionRef'')'}]}",
	/* 174 */
	"{items: 173, maxItems: 16, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'RequestHeaderModifier filter cannot be repeated', "
	"rule: 'self.filter(f, f.type == ''RequestHeaderModifier'').size() <= 1'}, {message: "
	"'ResponseHeaderModifier filter cannot be repeated', rule: 'self.filter(f, f.type == "
	"''ResponseHeaderModifier'').size() <= 1'}]}",
	/* 175 */
	"{properties: {filters: 174, group: 56, kind: 89, name: {maxLength: 253, minLength: 1, "
	"type: string}, namespace: 17, port: {format: int32, maximum: 65535, minimum: 1, type: "
	"integer}, weight: 96}, required: [name], type: object, x-kubernetes-validations: "
	"[{message: 'Must have port for Service reference', rule: '(size(self.group) == 0 && "
	"self.kind == ''Service'') ? has(self.port) : true'}]}",
	/* 176 */
	"{items: 175, maxItems: 16, type: array, x-kubernetes-list-type: atomic}",
	/* 177 */
	"{properties: {lifetimeType: {default: Session, enum: [Permanent, Session], type: "
	"string}}, type: object}",
	/* 178 */
	"{properties: {absoluteTimeout: {pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$', type: string}, "
	"cookieConfig: 177, sessionName: {maxLength: 128, type: string}, type: {default: Cookie, "
	"enum: [Cookie, Header], type: string}}, type: object, x-kubernetes-validations: "
	"[{message: 'AbsoluteTimeout must be specified when cookie lifetimeType is Permanent', "
	"rule: '!has(self.cookieConfig) || !has(self.cookieConfig.lifetimeType) || "
	"self.cookieConfig.lifetimeType != ''Permanent'' || has(self.absoluteTimeout)'}, "
	"{message: 'cookieConfig can only be set with type Cookie', rule: "
	"'!has(self.cookieConfig) || self.type == ''Cookie'''}]}",
	/* 179 */
	"{properties: {backendRefs: 176, filters: 174, matches: 104, name: 3, sessionPersistence: "
	"178}, type: object}",
	/* 180 */
	"{items: 179, maxItems: 16, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'While 16 rules and 64 matches per rule are "
	"allowed, the total number of matches across all rules in a route must be less than 128', "
	"rule: '(self.size() > 0 ? (has(self[0].matches) ? self[0].matches.size() : 0) : 0) + "
	"(self.size() > 1 ? (has(self[1].matches) ? self[1].matches.size() : 0) : 0) + "
	"(self.size() > 2 ? (has(self[2].matches) ? self[2].matches.size() : 0) : 0) + "
	"(self.size() > 3 ? (has(self[3].matches) ? self[3].matches.size() : 0) : 0) + "
	"(self.size() > 4 ? (has(self[4].matches) ? self[4].matches.size() : 0) : 0) + "
	"(self.size() > 5 ? (has(self[5].matches) ? self[5].matches.size() : 0) : 0) + "
	"(self.size() > 6 ? (has(self[6].matches) ? self[6].matches.size() : 0) : 0) + "
	"(self.size() > 7 ? (has(self[7].matches) ? self[7].matches.size() : 0) : 0) + "
	"(self.size() > 8 ? (has(self[8].matches) ? self[8].matches.size() : 0) : 0) + "
	"(self.size() > 9 ? (has(self[9].matches) ? self[9].matches.size() : 0) : 0) + "
	"(self.size() > 10 ? (has(self[10].matches) ? self[10].matches.size() : 0) : 0) + "
	"(self.size() > 11 ? (has(self[11].matches) ? self[11].matches.size() : 0) : 0) + "
	"(self.size() > 12 ? (has(self[12].matches) ? self[12].matches.size() : 0) : 0) + "
	"(self.size() > 13 ? (has(self[13].matches) ? self[13].matches.size() : 0) : 0) + "
	"(self.size() > 14 ? (has(self[14].matches) ? self[14].matches.size() : 0) : 0) + "
	"(self.size() > 15 ? (has(self[15].matches) ? self[15].matches.size() : 0) : 0) <= 128'}, "
	"{message: 'Rule name must be unique within the route', rule: 'self.all(l1, !has(l1.name) "
	"|| self.exists_one(l2, has(l2.name) && l1.name == l2.name))'}]}",
	/* 181 */
	"{properties: {hostnames: 82, parentRefs: 168, rules: 180, useDefaultGateways: {enum: "
	"[All, None], type: string}}, type: object}",
	/* 182 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 181, status: 110}, required: [spec], type: object}",
	/* 183 */
	"{properties: {maxSize: {type: integer}}, type: object}",
	/* 184 */
	"{items: {type: string}, maxItems: 64, type: array, x-kubernetes-list-type: set}",
	/* 185 */
	"{properties: {allowedHeaders: 184}, type: object}",
	/* 186 */
	"{maxLength: 1024, pattern: '^(?:[-A-Za-z0-9/._~!$&''()*+,;=:@]|[%][0-9a-fA-F]{2})+$', "
	"type: string}",
	/* 187 */
	"{properties: {allowedHeaders: 184, allowedResponseHeaders: 184, path: 186}, type: object}",
	/* 188 */
	"{properties: {backendRef: 90, forwardBody: 183, grpc: 185, http: 187, protocol: {enum: "
	"[HTTP, GRPC], type: string}}, required: [backendRef, protocol], type: object, "
	"x-kubernetes-validations: [{message: 'grpc must be specified when protocol is set to "
	"''GRPC''', rule: 'self.protocol == ''GRPC'' ? has(self.grpc) : true'}, {message: "
	"'protocol must be ''GRPC'' when grpc is set', rule: 'has(self.grpc) ? self.protocol == "
	"''GRPC'' : true'}, {message: 'http must be specified when protocol is set to ''HTTP''', "
	"rule: 'self.protocol == ''HTTP'' ? has(self.http) : true'}, {message: 'protocol must be "
	"''HTTP'' when http is set', rule: 'has(self.http) ? self.protocol == ''HTTP'' : true'}]}",
	/* 189 */
	"{enum: [RequestHeaderModifier, ResponseHeaderModifier, RequestMirror, RequestRedirect, "
	"URLRewrite, ExtensionRef, CORS, ExternalAuth], type: string}",
	/* 190 */
	"{properties: {cors: 118, extensionRef: 6, externalAuth: 188, requestHeaderModifier: 172, "
	"requestMirror: 92, requestRedirect: 121, responseHeaderModifier: 172, type: 189, "
	"urlRewrite: 123}, required: [type], type: object, x-kubernetes-validations: [{message: "
	"'filter.cors must be nil if the filter.type is not CORS', rule: '!(has(self.cors) && "
	"self.type != ''CORS'')'}, {message: 'filter.cors must be specified for CORS "
	"filter.type', rule: '!(!has(self.cors) && self.type == ''CORS'')'}, {message: "
	"'filter.requestHeaderModifier must be nil if the filter.type is not "
	"RequestHeaderModifier', rule: '!(has(self.requestHeaderModifier) && self.type != "
	"''RequestHeaderModifier'')'}, {message: 'filter.requestHeaderModifier must be specified "
	"for RequestHeaderModifier filter.type', rule: '!(!has(self.requestHeaderModifier) && "
	"self.type == ''RequestHeaderModifier'')'}, {message: 'filter.responseHeaderModifier must "
	"be nil if the filter.type is not ResponseHeaderModifier', rule: "
	"'!(has(self.responseHeaderModifier) && self.type != ''ResponseHeaderModifier'')'}, "
	"{message: 'filter.responseHeaderModifier must be specified for ResponseHeaderModifier "
	"filter.type', rule: '!(!has(self.responseHeaderModifier) && self.type == "
	"''ResponseHeaderModifier'')'}, {message: 'filter.requestMirror must be nil if the "
	"filter.type is not RequestMirror', rule: '!(has(self.requestMirror) && self.type != "
	"''RequestMirror'')'}, {message: 'filter.requestMirror must be specified for "
	"RequestMirror filter.type', rule: '!(!has(self.requestMirror) && self.type == "
	"''RequestMirror'')'}, {message: 'filter.requestRedirect must be nil if the filter.type "
	"is not RequestRedirect', rule: '!(has(self.requestRedirect) && self.type != "
	"''RequestRedirect'')'}, {message: 'filter.requestRedirect must be specified for "
	"RequestRedirect filter.type', rule: '!(!has(self.requestRedirect) && self.type == "
	"''RequestRedirect'')'}, {message: 'filter.urlRewrite must be nil if the filter.type is "
	"not URLRewrite', rule: '!(has(self.urlRewrite) && self.type != ''URLRewrite'')'}, "
	"{message: 'filter.urlRewrite must be specified for URLRewrite filter.type', rule: "
	"'!(!has(self.urlRewrite) && self.type == ''URLRewrite'')'}, {message: "
	"'filter.extensionRef must be nil if the filter.type is not ExtensionRef', rule: "
	"'!(has(self.extensionRef) && self.type != ''ExtensionRef'')'}, {message: "
	"'filter.extensionRef must be specified for ExtensionRef filter.type', rule: "
	"'!(!has(self.extensionRef) && self.type == ''ExtensionRef'')'}, {message: "
	"'filter.externalAuth must be nil if the filter.type is not ExternalAuth', rule: "
	"'!(has(self.externalAuth) && self.type != ''ExternalAuth'')'}, {message: "
	"'filter.externalAuth must be specified for ExternalAuth filter.type', rule: "
	"'!(!has(self.externalAuth) && self.type == ''ExternalAuth'')'}]}",
	/* 191 */
	"{items: 190, maxItems: 16, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'May specify either httpRouteFilterRequestRedirect "
	"or httpRouteFilterRequestRewrite, but not both', rule: '!(self.exists(f, f.type == "
	"''RequestRedirect'') && self.exists(f, f.type == ''URLRewrite''))'}, {message: 'CORS "
	"filter cannot be repeated', rule: 'self.filter(f, f.type == ''CORS'').size() <= 1'}, "
	"{message: 'RequestHeaderModifier filter cannot be repeated', rule: 'self.filter(f, "
	"f.type == ''RequestHeaderModifier'').size() <= 1'}, {message: 'ResponseHeaderModifier "
	"filter cannot be repeated', rule: 'self.filter(f, f.type == "
	"''ResponseHeaderModifier'').size() <= 1'}, {message: 'RequestRedirect filter cannot be "
	"repeated', rule: 'self.filter(f, f.type == ''RequestRedirect'').size() <= 1'}, {message: "
	"'URLRewrite filter cannot be repeated', rule: 'self.filter(f, f.type == "
	"''URLRewrite'').size() <= 1'}]}",
	/* 192 */
	"{properties: {filters: 191, group: 56, kind: 89, name: {maxLength: 253, minLength: 1, "
	"type: string}, namespace: 17, port: {format: int32, maximum: 65535, minimum: 1, type: "
	"integer}, weight: 96}, required: [name], type: object, x-kubernetes-validations: "
	"[{message: 'Must have port for Service reference', rule: '(size(self.group) == 0 && "
	"self.kind == ''Service'') ? has(self.port) : true'}]}",
	/* 193 */
	"{items: 192, maxItems: 16, type: array, x-kubernetes-list-type: atomic}",
	/* 194 */
	"{properties: {name: 84, type: 99, value: 169}, required: [name, value], type: object}",
	/* 195 */
	"{items: 194, maxItems: 16, type: array, x-kubernetes-list-map-keys: [name], "
	"x-kubernetes-list-type: map}",
	/* 196 */
	"{properties: {headers: 195, method: 128, path: 130, queryParams: 132}, type: object}",
	/* 197 */
	"{default: [{path: {type: PathPrefix, value: /}}], items: 196, maxItems: 64, type: array, "
	"x-kubernetes-list-type: atomic}",
	/* 198 */
	"{items: {maximum: 599, minimum: 400, type: integer}, type: array, "
	"x-kubernetes-list-type: set}",
	/* 199 */
	"{properties: {attempts: {minimum: 1, type: integer}, backoff: {pattern: "
	"'^([0-9]{1,5}(h|m|s|ms)){1,4}$', type: string}, codes: 198}, type: object}",
	/* 200 */
	"{properties: {backendRefs: 193, filters: 191, matches: 197, name: 3, retry: 199, "
	"sessionPersistence: 178, timeouts: 135}, type: object, x-kubernetes-validations: "
	"[{message: 'RequestRedirect filter must not be used together with backendRefs', rule: "
	"'(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || "
	"self.filters.all(f, !has(f.requestRedirect))): true'}, {message: 'When using "
	"RequestRedirect filter with path.replacePrefixMatch, exactly one PathPrefix match must "
	"be specified', rule: '(has(self.filters) && self.filters.exists_one(f, "
	"has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == "
	"''ReplacePrefixMatch'' && has(f.requestRedirect.path.replacePrefixMatch))) ? "
	"((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != "
	"''PathPrefix'') ? false : true) : true'}, {message: 'When using URLRewrite filter with "
	"path.replacePrefixMatch, exactly one PathPrefix match must be specified', rule: "
	"'(has(self.filters) && self.filters.exists_one(f, has(f.urlRewrite) && "
	"has(f.urlRewrite.path) && f.urlRewrite.path.type == ''ReplacePrefixMatch'' && "
	"has(f.urlRewrite.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || "
	"!has(self.matches[0].path) || self.matches[0].path.type != ''PathPrefix'') ? false : "
	"true) : true'}, {message: 'Within backendRefs, when using RequestRedirect filter with "
	"path.replacePrefixMatch, exactly one PathPrefix match must be specified', rule: "
	"'(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && "
	"b.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && "
	"f.requestRedirect.path.type == ''ReplacePrefixMatch'' && "
	"has(f.requestRedirect.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || "
	"!has(self.matches[0].path) || self.matches[0].path.type != ''PathPrefix'') ? false : "
	"true) : true'}, {message: 'Within backendRefs, When using URLRewrite filter with "
	"path.replacePrefixMatch, exactly one PathPrefix match must be specified', rule: "
	"'(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && "
	"b.filters.exists_one(f, has(f.urlRewrite) && has(f.urlRewrite.path) && "
	"f.urlRewrite.path.type == ''ReplacePrefixMatch'' && "
	"has(f.urlRewrite.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || "
	"!has(self.matches[0].path) || self.matches[0].path.type != ''PathPrefix'') ? false : "
	"true) : true'}]}",
	/* 201 */
	"{default: [{matches: [{path: {type: PathPrefix, value: /}}]}], items: 200, maxItems: 16, "
	"minItems: 1, type: array, x-kubernetes-list-type: atomic, x-kubernetes-validations: "
	"[{message: 'While 16 rules and 64 matches per rule are allowed, the total number of "
	"matches across all rules in a route must be less than 128', rule: '(self.size() > 0 ? "
	"self[0].matches.size() : 0) + (self.size() > 1 ? self[1].matches.size() : 0) + "
	"(self.size() > 2 ? self[2].matches.size() : 0) + (self.size() > 3 ? "
	"self[3].matches.size() : 0) + (self.size() > 4 ? self[4].matches.size() : 0) + "
	"(self.size() > 5 ? self[5].matches.size() : 0) + (self.size() > 6 ? "
	"self[6].matches.size() : 0) + (self.size() > 7 ? self[7].matches.size() : 0) + "
	"(self.size() > 8 ? self[8].matches.size() : 0) + (self.size() > 9 ? "
	"self[9].matches.size() : 0) + (self.size() > 10 ? self[10].matches.size() : 0) + "
	"(self.size() > 11 ? self[11].matches.size() : 0) + (self.size() > 12 ? "
	"self[12].matches.size() : 0) + (self.size() > 13 ? self[13].matches.size() : 0) + "
	"(self.size() > 14 ? self[14].matches.size() : 0) + (self.size() > 15 ? "
	"self[15].matches.size() : 0) <= 128'}, {message: 'Rule name must be unique within the "
	"route', rule: 'self.all(l1, !has(l1.name) || self.exists_one(l2, has(l2.name) && l1.name "
	"== l2.name))'}]}",
	/* 202 */
	"{properties: {hostnames: 82, parentRefs: 168, rules: 201, useDefaultGateways: {enum: "
	"[All, None], type: string}}, type: object}",
	/* 203 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 202, status: 110}, required: [spec], type: object}",
	/* 204 */
	"{properties: {parentRefs: 168, rules: 154, useDefaultGateways: {enum: [All, None], type: "
	"string}}, required: [rules], type: object}",
	/* 205 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 204, status: 110}, required: [spec], type: object}",
	/* 206 */
	"{items: 153, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-type: atomic, "
	"x-kubernetes-validations: [{message: 'Rule name must be unique within the route', rule: "
	"'self.all(l1, !has(l1.name) || self.exists_one(l2, has(l2.name) && l1.name == "
	"l2.name))'}]}",
	/* 207 */
	"{properties: {parentRefs: 168, rules: 206, useDefaultGateways: {enum: [All, None], type: "
	"string}}, required: [rules], type: object}",
	/* 208 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 207, status: 110}, required: [spec], type: object}",
	/* 209 */
	"{properties: {hostnames: 160, parentRefs: 168, rules: 154, useDefaultGateways: {enum: "
	"[All, None], type: string}}, required: [hostnames, rules], type: object}",
	/* 210 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 209, status: 110}, required: [spec], type: object}",
	/* 211 */
	"{properties: {hostnames: 163, parentRefs: 168, rules: 206, useDefaultGateways: {enum: "
	"[All, None], type: string}}, required: [rules], type: object}",
	/* 212 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 211, status: 110}, required: [spec], type: object}",
	/* 213 */
	"{maxLength: 253, minLength: 1, pattern: "
	"'^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', type: string, "
	"x-kubernetes-validations: [{message: 'hostname must not be an IP address or end with "
	".cluster.local', rule: '!self.endsWith(''.cluster.local'')'}]}",
	/* 214 */
	"{properties: {hostname: 213}, required: [hostname], type: object}",
	/* 215 */
	"{maxLength: 63, type: string, x-kubernetes-validations: [{message: 'Name must be a valid "
	"DNS label', rule: 'size(self) == 0 || format.dns1123Label().validate(self) == null'}]}",
	/* 216 */
	"{properties: {name: 215, port: {format: int32, maximum: 65535, minimum: 1, type: "
	"integer}}, required: [port], type: object}",
	/* 217 */
	"{properties: {clientCertificateRef: 58, mode: {enum: [None, ServerOnly, "
	"ClientAndServer], type: string}, validation: 13}, required: [mode], type: object, "
	"x-kubernetes-validations: [{message: 'clientCertificateRef must be set if and only if "
	"mode is ClientAndServer', rule: 'self.mode == ''ClientAndServer'' ? "
	"has(self.clientCertificateRef) : !has(self.clientCertificateRef)'}]}",
	/* 218 */
	"{properties: {externalHostname: 214, port: 216, protocol: {enum: [TCP, HTTP, HTTP2, "
	"HTTP11, H2C, MCP], type: string}, tls: 217, type: {enum: [ExternalHostname], type: "
	"string}}, required: [port, type], type: object, x-kubernetes-validations: [{message: "
	"'externalHostname must be set when type is ExternalHostname and must be unset "
	"otherwise', rule: 'self.type == ''ExternalHostname'' ? has(self.externalHostname) : "
	"!has(self.externalHostname)'}]}",
	/* 219 */
	"{items: 21, type: array, x-kubernetes-list-map-keys: [type], x-kubernetes-list-type: map}",
	/* 220 */
	"{properties: {conditions: 219, controllerName: 23, parentRef: 18}, required: "
	"[controllerName, parentRef], type: object}",
	/* 221 */
	"{items: 220, maxItems: 32, type: array, x-kubernetes-list-type: atomic}",
	/* 222 */
	"{properties: {parents: 221}, type: object}",
	/* 223 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 218, status: 222}, required: [spec], type: object}",
	/* 224 */
	"{default: '10s', pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$', type: string, "
	"x-kubernetes-validations: [{message: 'interval cannot be greater than one hour or less "
	"than one second', rule: '!(duration(self) < duration(''1s'') || duration(self) > "
	"duration(''1h''))'}]}",
	/* 225 */
	"{default: {interval: '10s', percent: 20}, properties: {interval: 224, percent: {default: "
	"20, maximum: 100, minimum: 0, type: integer}}, type: object}",
	/* 226 */
	"{pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$', type: string, x-kubernetes-validations: "
	"[{message: 'interval cannot be greater than one hour', rule: '!(duration(self) == "
	"duration(''0s'') || duration(self) > duration(''1h''))'}]}",
	/* 227 */
	"{default: {count: 10, interval: '1s'}, properties: {count: {maximum: 1000000, minimum: "
	"1, type: integer}, interval: 226}, type: object}",
	/* 228 */
	"{properties: {budget: 225, minRetryRate: 227}, type: object}",
	/* 229 */
	"{items: 6, maxItems: 16, minItems: 1, type: array, x-kubernetes-list-map-keys: [group, "
	"kind, name], x-kubernetes-list-type: map}",
	/* 230 */
	"{properties: {retryConstraint: 228, sessionPersistence: 178, targetRefs: 229}, required: "
	"[targetRefs], type: object}",
	/* 231 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 230, status: 26}, required: [spec], type: object}",
	/* 232 */
	"{default: {conditions: [{lastTransitionTime: '1970-01-01T00:00:00Z', message: 'Waiting "
	"for controller', reason: Pending, status: Unknown, type: Accepted}]}, properties: "
	"{conditions: 76, supportedFeatures: 33}, type: object}",
	/* 233 */
	"{properties: {apiVersion: {type: string}, kind: {type: string}, metadata: {type: "
	"object}, spec: 30, status: 232}, required: [spec], type: object}",
};
const size_t schema_row_count = sizeof schema_rows / sizeof *schema_rows;

const struct schema_table_kind schema_table_kinds[] = {
	{"gateway.networking.k8s.io", "BackendTLSPolicy", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 27},
	{"gateway.networking.k8s.io", "BackendTLSPolicy", "v1", SCHEMA_STANDARD, false, true, true, 27},
	{"gateway.networking.k8s.io", "BackendTLSPolicy", "v1alpha3", SCHEMA_EXPERIMENTAL, false, true, true, 27},
	{"gateway.networking.k8s.io", "BackendTLSPolicy", "v1alpha3", SCHEMA_STANDARD, false, false, true, 27},
	{"gateway.networking.k8s.io", "GRPCRoute", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 182},
	{"gateway.networking.k8s.io", "GRPCRoute", "v1", SCHEMA_STANDARD, false, true, true, 111},
	{"gateway.networking.k8s.io", "Gateway", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 167},
	{"gateway.networking.k8s.io", "Gateway", "v1", SCHEMA_STANDARD, false, true, true, 81},
	{"gateway.networking.k8s.io", "Gateway", "v1beta1", SCHEMA_EXPERIMENTAL, false, true, true, 167},
	{"gateway.networking.k8s.io", "Gateway", "v1beta1", SCHEMA_STANDARD, false, true, true, 81},
	{"gateway.networking.k8s.io", "GatewayClass", "v1", SCHEMA_EXPERIMENTAL, true, true, true, 35},
	{"gateway.networking.k8s.io", "GatewayClass", "v1", SCHEMA_STANDARD, true, true, true, 35},
	{"gateway.networking.k8s.io", "GatewayClass", "v1beta1", SCHEMA_EXPERIMENTAL, true, true, true, 35},
	{"gateway.networking.k8s.io", "GatewayClass", "v1beta1", SCHEMA_STANDARD, true, true, true, 35},
	{"gateway.networking.k8s.io", "HTTPRoute", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 203},
	{"gateway.networking.k8s.io", "HTTPRoute", "v1", SCHEMA_STANDARD, false, true, true, 139},
	{"gateway.networking.k8s.io", "HTTPRoute", "v1beta1", SCHEMA_EXPERIMENTAL, false, true, true, 203},
	{"gateway.networking.k8s.io", "HTTPRoute", "v1beta1", SCHEMA_STANDARD, false, true, true, 139},
	{"gateway.networking.k8s.io", "ListenerSet", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 144},
	{"gateway.networking.k8s.io", "ListenerSet", "v1", SCHEMA_STANDARD, false, true, true, 144},
	{"gateway.networking.k8s.io", "ReferenceGrant", "v1", SCHEMA_EXPERIMENTAL, false, true, false, 150},
	{"gateway.networking.k8s.io", "ReferenceGrant", "v1", SCHEMA_STANDARD, false, true, false, 150},
	{"gateway.networking.k8s.io", "ReferenceGrant", "v1beta1", SCHEMA_EXPERIMENTAL, false, true, false, 150},
	{"gateway.networking.k8s.io", "ReferenceGrant", "v1beta1", SCHEMA_STANDARD, false, true, false, 150},
	{"gateway.networking.k8s.io", "TCPRoute", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 205},
	{"gateway.networking.k8s.io", "TCPRoute", "v1", SCHEMA_STANDARD, false, true, true, 156},
	{"gateway.networking.k8s.io", "TCPRoute", "v1alpha2", SCHEMA_EXPERIMENTAL, false, true, true, 208},
	{"gateway.networking.k8s.io", "TCPRoute", "v1alpha2", SCHEMA_STANDARD, false, false, true, 159},
	{"gateway.networking.k8s.io", "TLSRoute", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 210},
	{"gateway.networking.k8s.io", "TLSRoute", "v1", SCHEMA_STANDARD, false, true, true, 162},
	{"gateway.networking.k8s.io", "TLSRoute", "v1alpha2", SCHEMA_EXPERIMENTAL, false, true, true, 212},
	{"gateway.networking.k8s.io", "TLSRoute", "v1alpha2", SCHEMA_STANDARD, false, false, true, 165},
	{"gateway.networking.k8s.io", "TLSRoute", "v1alpha3", SCHEMA_EXPERIMENTAL, false, true, true, 210},
	{"gateway.networking.k8s.io", "TLSRoute", "v1alpha3", SCHEMA_STANDARD, false, false, true, 162},
	{"gateway.networking.k8s.io", "UDPRoute", "v1", SCHEMA_EXPERIMENTAL, false, true, true, 205},
	{"gateway.networking.k8s.io", "UDPRoute", "v1", SCHEMA_STANDARD, false, true, true, 156},
	{"gateway.networking.k8s.io", "UDPRoute", "v1alpha2", SCHEMA_EXPERIMENTAL, false, true, true, 208},
	{"gateway.networking.k8s.io", "UDPRoute", "v1alpha2", SCHEMA_STANDARD, false, false, true, 159},
	{"gateway.networking.x-k8s.io", "XBackend", "v1alpha1", SCHEMA_EXPERIMENTAL, false, true, true, 223},
	{"gateway.networking.x-k8s.io", "XBackendTrafficPolicy", "v1alpha1", SCHEMA_EXPERIMENTAL, false, true, true, 231},
	{"gateway.networking.x-k8s.io", "XMesh", "v1alpha1", SCHEMA_EXPERIMENTAL, true, true, true, 233},
};
const size_t schema_table_kind_count =
	sizeof schema_table_kinds / sizeof *schema_table_kinds;
