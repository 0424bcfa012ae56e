#include "kube/read.h"

/* Both forms at once: people mix them, and what they mean is plain. */
enum {
	BACKEND_SERVICE,
	BACKEND_RESOURCE,
	BACKEND_SERVICE_NAME,
	BACKEND_SERVICE_PORT,
	BACKEND_PORT, /* in no version: it belongs in `service` */
	BACKEND_KNOWN,
};

static const struct str backend_names[BACKEND_KNOWN] = {
	[BACKEND_SERVICE] = STR_INIT("service"),
	[BACKEND_RESOURCE] = STR_INIT("resource"),
	[BACKEND_SERVICE_NAME] = STR_INIT("serviceName"),
	[BACKEND_SERVICE_PORT] = STR_INIT("servicePort"),
	[BACKEND_PORT] = STR_INIT("port"),
};

/* Where the parts of a backend are put together. */
struct parts {
	struct kube_reader *reader;
	const struct kube_at *at; /* of the backend */
	const struct node *node;  /* the backend */
	struct kube_backend *backend;
};

static bool has_port(const struct kube_backend *backend)
{
	return backend->port || backend->port_name.len;
}

static void set_number(struct parts *parts, const struct kube_at *at, const struct node *node)
{
	parts->backend->port = kube_read_port(parts->reader, at, node);
	parts->backend->port_span = node_span(node, parts->reader->source);
}

static void set_name(struct parts *parts, const struct kube_at *at, const struct node *node)
{
	struct kube_text name = kube_read_name(parts->reader, at, node);

	parts->backend->port_name = name.text;
	parts->backend->port_span = name.span;
}

/* An IntOrString, as servicePort is: digits in quotes mean the number to every controller, although
 * the API server keeps them as a name. */
static void read_port_value(struct parts *parts, const struct kube_at *at, const struct node *node)
{
	int64_t number = 0;

	if (node->kind != NODE_STRING) {
		set_number(parts, at, node);
	} else if (kube_is_number(node->text)) {
		str_to_int(node->text, &number);
		parts->backend->port = kube_check_port(parts->reader, at, node, number);
		parts->backend->port_span = node_span(node, parts->reader->source);
	} else {
		set_name(parts, at, node);
	}
}

static bool is_port_number(const struct node *node)
{
	return node->kind == NODE_INT || (node->kind == NODE_STRING && kube_is_number(node->text));
}

/* port.name: the API server wants a string with a letter in it. */
static void read_port_name(struct parts *parts, const struct kube_at *at, const struct node *node)
{
	if (!is_port_number(node)) {
		set_name(parts, at, node);
		return;
	}

	struct str text = kube_excerpt(node->text);

	kube_say(parts->reader, at, node,
		 (struct finding){
			 .code = "I2G105",
			 .message = str_format(parts->reader->arena,
					       "port name %.*s is a number; the API server refuses "
					       "this object",
					       STR_ARG(text)),
			 .hint = str_format(parts->reader->arena, "write number: %.*s",
					    STR_ARG(text)),
		 });
	read_port_value(parts, at, node);
}

static void say_two_ports(struct parts *parts, const struct kube_at *at, const struct node *name)
{
	kube_say(parts->reader, at, name,
		 (struct finding){
			 .code = "I2G105",
			 .message = STR("port has both a name and a number; the API server refuses "
					"this object"),
			 .hint = STR("leave one of them out; the number is taken"),
		 });
}

/* ServiceBackendPort; a bare number or name is understood. */
static void read_port(struct parts *parts, const struct kube_at *at, const struct node *node)
{
	enum { NAME, NUMBER, KNOWN };
	static const struct str names[KNOWN] = {STR_INIT("name"), STR_INIT("number")};
	const struct node *found[KNOWN], *name, *number;

	if (!node)
		return;
	if (node->kind == NODE_STRING || node->kind == NODE_INT) {
		kube_say_type(parts->reader, at, node, "object",
			      str_format(parts->reader->arena, "write port: {%s: %.*s}",
					 is_port_number(node) ? "number" : "name",
					 STR_ARG(kube_excerpt(node->text))));
		read_port_value(parts, at, node);
		return;
	}
	kube_read_fields(parts->reader, at, node, KUBE_FIELDS(names), found);
	name = kube_value(found[NAME]);
	number = kube_value(found[NUMBER]);
	if (name && number)
		say_two_ports(parts, KUBE_FIELD(at, "name"), name);
	if (number)
		set_number(parts, KUBE_FIELD(at, "number"), number);
	else if (name)
		read_port_name(parts, KUBE_FIELD(at, "name"), name);
}

static void read_service(struct parts *parts, const struct node *node)
{
	enum { NAME, PORT, KNOWN };
	static const struct str names[KNOWN] = {STR_INIT("name"), STR_INIT("port")};
	const struct kube_at *at = KUBE_FIELD(parts->at, "service");
	const struct node *found[KNOWN];

	if (node->kind == NODE_STRING) {
		kube_say_type(parts->reader, at, node, "object",
			      str_format(parts->reader->arena,
					 "write service: {name: %.*s, port: {number: ...}}",
					 STR_ARG(kube_excerpt(node->text))));
		parts->backend->name = kube_read_name(parts->reader, at, node);
		return;
	}
	kube_read_fields(parts->reader, at, node, KUBE_FIELDS(names), found);
	parts->backend->name =
		kube_read_name(parts->reader, KUBE_FIELD(at, "name"), kube_value(found[NAME]));
	read_port(parts, KUBE_FIELD(at, "port"), kube_value(found[PORT]));
}

static void read_resource(struct parts *parts, const struct node *node)
{
	enum { API_GROUP, KIND, NAME, KNOWN };
	static const struct str names[KNOWN] = {STR_INIT("apiGroup"), STR_INIT("kind"),
						STR_INIT("name")};
	const struct kube_at *at = KUBE_FIELD(parts->at, "resource");
	struct kube_resource *resource = arena_new(parts->reader->arena, struct kube_resource);
	const struct node *found[KNOWN];

	kube_read_fields(parts->reader, at, node, KUBE_FIELDS(names), found);
	parts->backend->type = KUBE_BACKEND_RESOURCE;
	parts->backend->resource = resource;
	resource->group = kube_read_text(parts->reader, KUBE_FIELD(at, "apiGroup"),
					 kube_value(found[API_GROUP]))
				  .text;
	resource->kind =
		kube_read_text(parts->reader, KUBE_FIELD(at, "kind"), kube_value(found[KIND])).text;
	parts->backend->name =
		kube_read_name(parts->reader, KUBE_FIELD(at, "name"), kube_value(found[NAME]));
}

/* How the backend is written in networking.k8s.io/v1. */
static struct str form_of_v1(const struct parts *parts)
{
	const struct kube_backend *backend = parts->backend;

	if (backend->port_name.len)
		return str_format(parts->reader->arena,
				  "write service: {name: %.*s, port: {name: %.*s}}",
				  STR_ARG(backend->name.text), STR_ARG(backend->port_name));
	return str_format(parts->reader->arena, "write service: {name: %.*s, port: {number: %u}}",
			  STR_ARG(backend->name.text), backend->port);
}

static void read_old_form(struct parts *parts, const struct node **found)
{
	const struct node *name = found[BACKEND_SERVICE_NAME], *port = found[BACKEND_SERVICE_PORT];
	const struct kube_at *at =
		name ? KUBE_FIELD(parts->at, "serviceName") : KUBE_FIELD(parts->at, "servicePort");

	parts->backend->name = kube_read_name(parts->reader, KUBE_FIELD(parts->at, "serviceName"),
					      kube_value(name));
	if (kube_value(port))
		read_port_value(parts, KUBE_FIELD(parts->at, "servicePort"), port->value);
	if (parts->reader->old) {
		parts->reader->old_forms |= KUBE_OLD_BACKEND;
		return;
	}
	kube_say(parts->reader, at, name ? name : port,
		 (struct finding){
			 .code = "I2G107",
			 .message = STR("serviceName and servicePort are unknown in "
					"networking.k8s.io/v1: kubectl refuses them, other clients "
					"drop them in silence"),
			 .hint = form_of_v1(parts),
		 });
}

static void say_new_form(struct parts *parts, const struct node *key)
{
	kube_say(parts->reader, KUBE_FIELD(parts->at, "service"), key,
		 (struct finding){
			 .code = "I2G107",
			 .message = STR("unknown field \"service\" in this apiVersion; it belongs "
					"to networking.k8s.io/v1"),
			 .hint = STR("write apiVersion: networking.k8s.io/v1"),
		 });
}

/* `port` as a sibling of `service`. */
static void read_stray_port(struct parts *parts, const struct node *key)
{
	const struct kube_at *at = KUBE_FIELD(parts->at, "port");

	kube_say(parts->reader, at, key,
		 (struct finding){
			 .code = "I2G107",
			 .message = STR("unknown field \"port\" in a backend: kubectl refuses it, "
					"other clients drop it in silence"),
			 .hint = STR("indent it: port belongs into service"),
		 });
	if (!has_port(parts->backend))
		read_port(parts, at, kube_value(key));
}

static void say_missing(struct parts *parts, const char *message, const char *hint)
{
	kube_say(parts->reader, parts->at, parts->node,
		 (struct finding){
			 .code = "I2G108",
			 .message = str_from(message),
			 .hint = str_from(hint),
		 });
}

/* RFC 1035 label, as apimachinery checks it (NameIsDNS1035Label). */
static bool is_service_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
		bool edge = i == 0 || i + 1 == name.len;

		if (!letter && !(digit && i > 0) && !(c == '-' && !edge))
			return false;
	}
	return name.len <= 63;
}

static void check_service_name(struct parts *parts, const struct kube_text *name)
{
	if (is_service_name(name->text) || kube_placeholder(name->text).len)
		return;
	kube_say(parts->reader, parts->at, NULL,
		 (struct finding){
			 .code = "I2G105",
			 .span = name->span,
			 .message = str_format(
				 parts->reader->arena,
				 "invalid Service name \"%.*s\": expected lower case letters, "
				 "digits and \"-\", a letter first; the API server refuses this "
				 "object",
				 STR_ARG(kube_excerpt(name->text))),
		 });
}

/* What the API server requires of a Service backend. */
static void check_service(struct parts *parts)
{
	struct kube_backend *backend = parts->backend;

	if (!backend->name.text.len) {
		backend->type = KUBE_BACKEND_NONE;
		say_missing(parts, "backend without the name of a Service",
			    "write service: {name: ..., port: {number: ...}}");
		return;
	}
	backend->type = KUBE_BACKEND_SERVICE;
	check_service_name(parts, &backend->name);
	if (!has_port(backend) && !backend->port_span.line)
		say_missing(parts, "backend without a port; the API server refuses this object",
			    "write the number or the name of a port of the Service");
}

static void read_parts(struct parts *parts, const struct node **found)
{
	const struct node *service = kube_value(found[BACKEND_SERVICE]);
	const struct node *resource = kube_value(found[BACKEND_RESOURCE]);
	bool old_form = found[BACKEND_SERVICE_NAME] || found[BACKEND_SERVICE_PORT];

	if (resource && !service && !old_form) {
		read_resource(parts, resource);
		return;
	}
	if (resource)
		kube_say(parts->reader, KUBE_FIELD(parts->at, "resource"), found[BACKEND_RESOURCE],
			 (struct finding){
				 .code = "I2G105",
				 .message = STR("backend has both a Service and a resource; the "
						"API server refuses this object"),
				 .hint = STR("leave one of them out; the Service is taken"),
			 });
	if (service && parts->reader->old)
		say_new_form(parts, found[BACKEND_SERVICE]);
	if (service)
		read_service(parts, service);
	else if (old_form)
		read_old_form(parts, found);
	if (found[BACKEND_PORT])
		read_stray_port(parts, found[BACKEND_PORT]);
	check_service(parts);
}

struct kube_backend kube_read_backend(struct kube_reader *reader, const struct kube_at *at,
				      const struct node *node)
{
	struct kube_backend backend = {.span = node_span(node, reader->source)};
	struct parts parts = {reader, at, node, &backend};
	const struct node *found[BACKEND_KNOWN];

	kube_read_fields(reader, at, node, KUBE_FIELDS(backend_names), found);
	if (node->kind == NODE_MAP)
		read_parts(&parts, found);
	return backend;
}
