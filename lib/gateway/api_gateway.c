#include "gateway/api_read.h"

static const struct api_ref_defaults secret = {"", "Secret"};
static const struct api_ref_defaults parent = {GATEWAY_GROUP, "Gateway"};
static const struct api_ref_defaults none = {NULL, NULL};

/* ---- who may attach ---- */

static void add_labels(struct api_reader *reader, const struct node *map,
		       struct kube_selector *selector)
{
	struct arena *arena = reader->base->arena;
	struct kube_pairs labels = api_pairs(reader, map, "matchLabels");

	for (size_t i = 0; i < labels.count; i++) {
		struct kube_requirement requirement = {
			.key = labels.at[i].key,
			.op = KUBE_SELECT_IN,
			.values = arena_new(arena, struct str),
			.value_count = 1,
		};

		requirement.values[0] = labels.at[i].value;
		ARENA_PUSH(arena, selector->at, selector->count, requirement);
	}
}

static bool operator_of(struct str name, enum kube_operator *op)
{
	static const struct {
		const char *name;
		enum kube_operator op;
	} operators[] = {{"In", KUBE_SELECT_IN},
			 {"NotIn", KUBE_SELECT_NOT_IN},
			 {"Exists", KUBE_SELECT_EXISTS},
			 {"DoesNotExist", KUBE_SELECT_ABSENT}};

	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (str_is(name, operators[i].name)) {
			*op = operators[i].op;
			return true;
		}
	return false;
}

/* The CRDs put no bounds on operators: a wrong one is found by the controller. */
static void add_expression(struct api_reader *reader, const struct node *item,
			   struct gateway_namespaces *allowed)
{
	struct arena *arena = reader->base->arena;
	struct gateway_texts values = api_texts(reader, item, "values");
	struct kube_requirement requirement = {.key = api_need_text(reader, item, "key").text};

	if (!operator_of(api_need_text(reader, item, "operator").text, &requirement.op))
		allowed->selector_broken = true;
	for (size_t i = 0; i < values.count; i++)
		ARENA_PUSH(arena, requirement.values, requirement.value_count, values.at[i].text);
	ARENA_PUSH(arena, allowed->selector.at, allowed->selector.count, requirement);
}

static struct gateway_namespaces namespaces(struct api_reader *reader, const struct node *parts,
					    enum gateway_from otherwise)
{
	static const char *const words[] = {"None", "Same", "All", "Selector", NULL};
	const struct node *map = api_map(reader, parts, "namespaces");
	const struct node *selector = api_map(reader, map, "selector");
	const struct node *expressions = api_list(reader, selector, "matchExpressions");
	struct gateway_namespaces allowed = {
		.from = (enum gateway_from)api_choice(reader, map, "from", words, otherwise),
		.selector_given = selector,
		.span = api_span(reader, api_get(map, "from")),
	};

	add_labels(reader, selector, &allowed.selector);
	node_each(item, expressions) add_expression(reader, item, &allowed);
	return allowed;
}

static void read_kinds(struct api_reader *reader, const struct node *allowed,
		       struct gateway_listener *listener)
{
	const struct node *list = api_list(reader, allowed, "kinds");

	if (!list || !list->count)
		return;
	listener->kinds =
		arena_array(reader->base->arena, struct gateway_route_group_kind, list->count);
	node_each(item, list) listener->kinds[listener->kind_count++] =
		(struct gateway_route_group_kind){
			.group = api_text_or(reader, item, "group", GATEWAY_GROUP),
			.kind = api_need_text(reader, item, "kind").text,
			.span = api_span(reader, item),
		};
}

/* ---- listeners ---- */

static void read_tls(struct api_reader *reader, const struct node *map,
		     struct gateway_listener *listener)
{
	static const char *const modes[] = {"Terminate", "Passthrough", NULL};
	const struct node *tls = api_map(reader, map, "tls");

	listener->has_tls = tls;
	listener->tls_span = api_span(reader, node_key(map, "tls"));
	listener->mode = (enum gateway_tls_mode)api_choice(reader, tls, "mode", modes, 0);
	listener->mode_span = api_span(reader, api_get(tls, "mode"));
	listener->certificates = api_refs(reader, tls, "certificateRefs", secret);
	listener->tls_options = api_pairs(reader, tls, "options");
}

static void read_listener(struct api_reader *reader, const struct node *map,
			  struct gateway_listener *listener)
{
	const struct node *allowed = api_map(reader, map, "allowedRoutes");

	listener->span = api_span(reader, map);
	listener->name = api_need_text(reader, map, "name");
	listener->hostname = api_text(reader, map, "hostname");
	/* The API server takes "" for a host name that is not there. */
	if (!listener->hostname.text.len)
		listener->hostname.text.at = NULL;
	listener->port = api_port(reader, map, "port", &listener->port_span);
	listener->protocol = api_need_text(reader, map, "protocol");
	if (!listener->port)
		api_misfit(reader, map, STR("port is missing"));
	read_tls(reader, map, listener);
	listener->allowed = namespaces(reader, allowed, GATEWAY_FROM_SAME);
	read_kinds(reader, allowed, listener);
}

static struct gateway_listeners read_listeners(struct api_reader *reader, const struct node *spec)
{
	const struct node *list = api_list(reader, spec, "listeners");
	struct gateway_listeners listeners = {0};

	if (!list || !list->count)
		return listeners;
	listeners.at = arena_array(reader->base->arena, struct gateway_listener, list->count);
	node_each(item, list)
	{
		if (item->kind == NODE_MAP)
			read_listener(reader, item, &listeners.at[listeners.count++]);
		else
			api_misfit(reader, item, STR("expected object"));
	}
	return listeners;
}

/* ---- Gateway ---- */

static void read_addresses(struct api_reader *reader, const struct node *spec,
			   struct gateway *gateway)
{
	const struct node *list = api_list(reader, spec, "addresses");

	if (!list || !list->count)
		return;
	gateway->addresses = arena_array(reader->base->arena, struct gateway_address, list->count);
	node_each(item, list)
	{
		struct gateway_address *address = &gateway->addresses[gateway->address_count++];

		address->span = api_span(reader, item);
		address->type = api_text(reader, item, "type");
		if (!address->type.text.at)
			address->type.text = STR("IPAddress");
		address->value = api_text(reader, item, "value");
	}
}

static struct gateway_frontend frontend(struct api_reader *reader, const struct node *map)
{
	static const char *const modes[] = {"AllowValidOnly", "AllowInsecureFallback", NULL};
	const struct node *validation = api_map(reader, map, "validation");

	return (struct gateway_frontend){
		.validates = validation,
		.insecure_fallback = api_choice(reader, validation, "mode", modes, 0) == 1,
		.cas = api_refs(reader, validation, "caCertificateRefs", none),
		.span = api_span(reader, node_key(map, "validation")),
	};
}

static void read_frontends(struct api_reader *reader, const struct node *tls,
			   struct gateway *gateway)
{
	const struct node *map = api_map(reader, tls, "frontend");
	const struct node *by_default = api_map(reader, map, "default");
	const struct node *ports = api_list(reader, map, "perPort");
	size_t most = 1 + (ports ? ports->count : 0);

	if (!by_default && most == 1)
		return;
	gateway->frontends = arena_array(reader->base->arena, struct gateway_frontend, most);
	if (by_default)
		gateway->frontends[gateway->frontend_count++] = frontend(reader, by_default);
	node_each(item, ports)
	{
		struct gateway_frontend *entry = &gateway->frontends[gateway->frontend_count++];

		*entry = frontend(reader, api_map(reader, item, "tls"));
		entry->port = api_port(reader, item, "port", NULL);
	}
}

static bool optional_ref(struct api_reader *reader, const struct node *map, const char *key,
			 struct api_ref_defaults defaults, struct gateway_ref *ref)
{
	const struct node *node = api_map(reader, map, key);

	if (node)
		*ref = api_ref(reader, node, defaults);
	return node;
}

static void read_infrastructure(struct api_reader *reader, const struct node *spec,
				struct gateway *gateway)
{
	const struct node *map = api_map(reader, spec, "infrastructure");

	gateway->infrastructure_labels = api_pairs(reader, map, "labels");
	gateway->infrastructure_annotations = api_pairs(reader, map, "annotations");
	gateway->has_parameters =
		optional_ref(reader, map, "parametersRef", none, &gateway->parameters);
}

void api_read_gateway(struct kube_reader *base, const struct node *root, void *object)
{
	struct gateway *gateway = object;
	struct api_reader reader = {base, root, gateway->meta.namespace};
	const struct node *spec = api_map(&reader, root, "spec");
	const struct node *tls = api_map(&reader, spec, "tls");

	gateway->class_name = api_need_text(&reader, spec, "gatewayClassName");
	gateway->listeners = read_listeners(&reader, spec);
	gateway->allowed_listeners =
		namespaces(&reader, api_map(&reader, spec, "allowedListeners"), GATEWAY_FROM_NONE);
	gateway->default_scope = api_text_or(&reader, spec, "defaultScope", "");
	read_addresses(&reader, spec, gateway);
	read_infrastructure(&reader, spec, gateway);
	read_frontends(&reader, tls, gateway);
	gateway->has_client_certificate =
		optional_ref(&reader, api_map(&reader, tls, "backend"), "clientCertificateRef",
			     secret, &gateway->client_certificate);
}

/* ---- ListenerSet, GatewayClass ---- */

void api_read_listener_set(struct kube_reader *base, const struct node *root, void *object)
{
	struct gateway_listener_set *set = object;
	struct api_reader reader = {base, root, set->meta.namespace};
	const struct node *spec = api_map(&reader, root, "spec");

	if (!optional_ref(&reader, spec, "parentRef", parent, &set->parent))
		api_misfit(&reader, spec ? spec : root, STR("parentRef is missing"));
	set->listeners = read_listeners(&reader, spec);
}

void api_read_class(struct kube_reader *base, const struct node *root, void *object)
{
	struct gateway_class *class = object;
	struct api_reader reader = {base, root, STR("")};
	const struct node *spec = api_map(&reader, root, "spec");

	class->controller = api_need_text(&reader, spec, "controllerName");
	class->has_parameters =
		optional_ref(&reader, spec, "parametersRef", none, &class->parameters);
}
