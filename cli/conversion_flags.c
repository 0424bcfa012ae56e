#include "cli/conversion_flags.h"

static const char *const channels[] = {"standard", "experimental", NULL};
static const char *const topologies[] = {"shared", "namespace", NULL};
static const char *const listeners[] = {"gateway", "listenerset", NULL};
static const char *const thread_counts[] = {"auto", "1", "2", NULL};

static const char *word_provider_or_auto(size_t index)
{
	return index == 0 ? "auto" : word_provider(index - 1);
}

#define AT(field) .offset = offsetof(struct conversion_values, field)

static const struct flag selection[] = {
	{
		.name = "namespace",
		.letter = 'n',
		.kind = FLAG_TEXT,
		.argument = "NS",
		.help = "only Ingresses and routes of this namespace",
		AT(namespace),
	},
	{
		.name = "all-namespaces",
		.letter = 'A',
		.kind = FLAG_SWITCH,
		.help = "objects of every namespace, which is the default",
		AT(all_namespaces),
	},
	{
		.name = "selector",
		.letter = 'l',
		.kind = FLAG_TEXT,
		.argument = "SELECTOR",
		.help = "only Ingresses with these labels",
		.more = "Terms as in kubectl: KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A), "
			"KEY, "
			"!KEY; commas join them.",
		AT(selector),
	},
	{
		.name = "ingress-class",
		.kind = FLAG_COMMAS,
		.argument = "NAME",
		.help = "only Ingresses of this class",
		.more = "May be given several times.",
		AT(classes),
	},
	{
		.name = "ingress-nginx-ingress-class",
		.kind = FLAG_COMMAS,
		.hidden = true,
		.argument = "NAME",
		.help = "the same as --ingress-class",
		AT(classes),
	},
	{
		.name = "provider",
		.kind = FLAG_COMMAS,
		.argument = "NAME",
		.word = word_provider_or_auto,
		.help = "the controller that serves the Ingresses",
		.more = "Without it, or with auto, each Ingress tells by its class, the controller "
			"of "
			"its IngressClass and its annotations. See ingress2gw list providers.",
		AT(providers),
	},
	{
		.name = "providers",
		.kind = FLAG_COMMAS,
		.hidden = true,
		.argument = "NAME",
		.word = word_provider_or_auto,
		.help = "the same as --provider",
		AT(providers),
	},
	{
		.name = "controller-config",
		.kind = FLAG_COMMAS,
		.argument = "[CLASS=][NS/]NAME",
		.help = "the ConfigMap in the input that configures the controller",
		.more = "Without it, a ConfigMap with the name of the controller's is taken. With "
			"CLASS, of the controller that serves this class; several are separated "
			"by commas.",
		AT(controller_configs),
	},
	{
		.name = "default-ssl-certificate",
		.kind = FLAG_TEXT,
		.argument = "NS/NAME",
		.help = "the Secret that the controller's flag of this name gives",
		AT(default_certificate),
	},
	{
		.name = "kubeconfig",
		.kind = FLAG_REFUSED,
		.hidden = true,
		.help = "this version reads no cluster; pipe 'kubectl get ingress,ingressclass,svc "
			"-A "
			"-o yaml'",
	},
};

static const struct flag target[] = {
	{
		.name = "emitter",
		.kind = FLAG_TEXT,
		.argument = "NAME",
		.word = word_emitter,
		.help = "the implementation that will serve the routes; standard names none",
		.more = "Chooses the dialect of regular expressions and the GatewayClass. See "
			"ingress2gw list emitters.",
		AT(emitter),
	},
	{
		.name = "channel",
		.kind = FLAG_CHOICE,
		.choices = channels,
		.help = "the release channel whose fields may be written",
		AT(channel),
	},
	{
		.name = "allow-experimental-gw-api",
		.kind = FLAG_ALIAS,
		.hidden = true,
		.alias = "channel=experimental",
		.help = "the same as --channel=experimental",
	},
	{
		.name = "gateway",
		.kind = FLAG_COMMAS,
		.argument = "[CLASS=]NS/NAME",
		.help = "attach to this Gateway instead of making one",
		.more = "Listeners are written into a ListenerSet. With CLASS, for the Ingresses "
			"of the controller that serves this class; several are separated by "
			"commas. Without it, several controllers share the Gateway, which is an "
			"error (I2G128).",
		AT(gateways),
	},
	{
		.name = "gateway-class",
		.kind = FLAG_COMMAS,
		.argument = "[CLASS=]NAME",
		.help = "the gatewayClassName; without it that of the emitter",
		.more = "With CLASS, of the Gateway for the controller that serves this class of "
			"Ingresses; several are separated by commas.",
		AT(gateway_classes),
	},
	{
		.name = "gateway-namespace",
		.kind = FLAG_TEXT,
		.argument = "NS",
		.help = "the namespace of the Gateway that is made",
		AT(gateway_namespace),
	},
	{
		.name = "topology",
		.kind = FLAG_CHOICE,
		.choices = topologies,
		.help = "one Gateway for all routes of a controller, or one in each namespace (for "
			"a "
			"host of several: in that of the oldest Ingress)",
		AT(topology),
	},
	{
		.name = "listeners",
		.kind = FLAG_CHOICE,
		.choices = listeners,
		.help = "write listeners into the Gateway, or all that have a host into "
			"ListenerSets",
		.more = "More than 64 listeners overflow into ListenerSets in any case.",
		AT(listeners),
	},
	{
		.name = "allow-unguarded",
		.kind = FLAG_SWITCH,
		.help = "write routes even if their access check is lost",
		.more = "Without it, a route whose authentication, address list, client "
			"certificate, "
			"rate limit or firewall has no equivalent is held back.",
		AT(allow_unguarded),
	},
	{
		.name = "threads",
		.kind = FLAG_CHOICE,
		.choices = thread_counts,
		.help = "threads that read; the output does not depend on it",
		AT(threads),
	},
};

const struct flag_group selection_flags = {"Selection", selection,
					   sizeof selection / sizeof *selection};
const struct flag_group target_flags = {"Conversion", target, sizeof target / sizeof *target};

static bool unknown_word(const char *what, const char *given, const char *(*word)(size_t))
{
	const char *words[32];
	size_t count = 0;

	while (count < sizeof words / sizeof *words && (words[count] = word(count)))
		count++;

	const char *near = flags_nearest(words, count, str_from(given));

	if (near)
		say_error("unknown %s '%s'; did you mean '%s'? (ingress2gw list %ss)", what, given,
			  near, what);
	else
		say_error("unknown %s '%s' (ingress2gw list %ss)", what, given, what);
	return false;
}

/* Several providers mean the same as auto: each Ingress is detected. */
static bool read_providers(const struct conversion_values *values, struct convert_options *options)
{
	const struct texts *names = &values->providers;

	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->at[i], "auto") == 0)
			continue;
		options->provider = provider_find(str_from(names->at[i]));
		if (!options->provider)
			return unknown_word("provider", names->at[i], word_provider);
	}
	if (names->count != 1)
		options->provider = NULL;
	return true;
}

static bool read_emitter(const struct conversion_values *values, struct convert_options *options)
{
	const char *name = values->emitter;

	if (!name)
		return true;
	options->emitter = emitter_find(str_from(name));
	return options->emitter || unknown_word("emitter", name, word_emitter);
}

static bool read_texts(const struct texts *texts, struct convert_options *options,
		       struct arena *arena,
		       bool (*set)(struct convert_options *, struct arena *, struct str),
		       const char *wrong)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (set(options, arena, str_from(texts->at[i])))
			continue;
		say_error("%s, not '%s'", wrong, texts->at[i]);
		return false;
	}
	return true;
}

static bool read_gateways(const struct conversion_values *values, struct convert_options *options,
			  struct arena *arena)
{
	return read_texts(&values->gateways, options, arena, controllers_set_gateway,
			  "--gateway takes NS/NAME or CLASS=NS/NAME") &&
	       read_texts(&values->gateway_classes, options, arena, controllers_set_class,
			  "--gateway-class takes NAME or CLASS=NAME") &&
	       read_texts(&values->controller_configs, options, arena, controllers_set_config,
			  "--controller-config takes [NS/]NAME or CLASS=[NS/]NAME");
}

static bool check_names(const struct convert_options *options)
{
	struct error error;

	if (plan_names_are_legal(&options->plan, &error))
		return true;
	say_error("%s", error.text);
	return false;
}

static struct str *slices(struct arena *arena, const struct texts *texts)
{
	struct str *list = arena_array(arena, struct str, texts->count + 1);

	for (size_t i = 0; i < texts->count; i++)
		list[i] = str_from(texts->at[i]);
	return list;
}

bool conversion_read(const struct conversion_values *values, struct convert_options *options,
		     struct arena *arena)
{
	*options = (struct convert_options){
		.load = {.namespace = str_from(values->namespace),
			 .selector = str_from(values->selector),
			 .threads = (unsigned)values->threads},
		.classes = slices(arena, &values->classes),
		.class_count = values->classes.count,
		.default_certificate = str_from(values->default_certificate),
		.allow_unguarded = values->allow_unguarded,
		.plan = {.gateway_namespace = str_from(values->gateway_namespace),
			 .topology = values->topology ? TOPOLOGY_NAMESPACE : TOPOLOGY_SHARED,
			 .listener_sets = values->listeners,
			 .experimental = values->channel},
	};
	if (values->all_namespaces && values->namespace) {
		say_error("-n and -A exclude each other");
		return false;
	}
	return read_providers(values, options) && read_emitter(values, options) &&
	       check_names(options) && read_gateways(values, options, arena);
}

bool conversion_is_partial(const struct conversion_values *values)
{
	return values->namespace || values->selector || values->classes.count;
}
