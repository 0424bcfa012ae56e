#include "cli/convert_flags.h"

static const char *const channels[] = {"standard", "experimental", NULL};
static const char *const topologies[] = {"shared", "namespace", NULL};
static const char *const listeners[] = {"gateway", "listenerset", NULL};
static const char *const splits[] = {"none", "role", NULL};
static const char *const findings_formats[] = {"summary", "text", "concise", "json", NULL};
static const char *const thresholds[] = {"error", "warning", "info", "never", NULL};
static const char *const thread_counts[] = {"auto", "1", "2", NULL};
static const char *const object_formats[] = {"yaml", "json", "name", NULL};

const char *convert_object_format(size_t index)
{
	return object_formats[index];
}

static const char *word_provider_or_auto(size_t index)
{
	return index == 0 ? "auto" : word_provider(index - 1);
}

#define AT(field) .offset = offsetof(struct convert_values, field)

static const struct flag select_flags[] = {
	{
		.name = "namespace",
		.letter = 'n',
		.kind = FLAG_TEXT,
		.argument = "NS",
		.help = "only objects of this namespace",
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
		.kind = FLAG_TEXT,
		.argument = "[NS/]NAME",
		.help = "the ConfigMap in the input that configures the controller",
		.more = "Without it, a ConfigMap with the name of the controller's is taken.",
		AT(controller_config),
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

static const struct flag write_flags[] = {
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
		.kind = FLAG_TEXT,
		.argument = "NS/NAME",
		.help = "attach to this Gateway instead of making one",
		.more = "Listeners are written into a ListenerSet.",
		AT(gateway),
	},
	{
		.name = "gateway-class",
		.kind = FLAG_TEXT,
		.argument = "NAME",
		.help = "the gatewayClassName; without it that of the emitter",
		AT(gateway_class),
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
		.help = "one Gateway for all routes, or one in each namespace",
		AT(topology),
	},
	{
		.name = "listeners",
		.kind = FLAG_CHOICE,
		.choices = listeners,
		.help = "write listeners into the Gateway, or all of them into ListenerSets",
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
		.name = "copy-labels",
		.kind = FLAG_SWITCH,
		.help = "copy the labels of an Ingress to its routes",
		AT(copy_labels),
	},
	{
		.name = "no-comments",
		.kind = FLAG_SWITCH,
		.help = "write no comments that say where an object came from",
		AT(no_comments),
	},
};

static const struct flag output_flags[] = {
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_LIST,
		.argument = "FORMAT",
		.word = convert_object_format,
		.help = "format of the objects: yaml (default), json or name",
		.more = "With a file, as in concise=FILE, the findings are written there in one of "
			"the "
			"formats text, concise and json. May be given several times.",
		AT(outputs),
	},
	{
		.name = "output-dir",
		.kind = FLAG_TEXT,
		.argument = "DIR",
		.help = "write one file an object into this new or empty directory",
		.more = "It is written whole or not at all.",
		AT(output_dir),
	},
	{
		.name = "split",
		.kind = FLAG_CHOICE,
		.choices = splits,
		.help = "role: separate folders in --output-dir for infrastructure, operator and "
			"developer",
		AT(split),
	},
	{
		.name = "report",
		.kind = FLAG_LIST,
		.argument = "FILE",
		.help = "write what became of every item of the input: FILE.json or FILE.txt",
		.more = "With --output-dir, - is standard output. May be given several times.",
		AT(reports),
	},
	{
		.name = "findings",
		.kind = FLAG_CHOICE,
		.choices = findings_formats,
		.help = "format of the findings on standard error",
		AT(findings),
	},
	{
		.name = "fail-on",
		.kind = FLAG_CHOICE,
		.choices = thresholds,
		.help = "end with status 1 on findings of this severity or above",
		AT(fail_on),
	},
	{
		.name = "threads",
		.kind = FLAG_CHOICE,
		.choices = thread_counts,
		.help = "threads that read; the output does not depend on it",
		AT(threads),
	},
};

#define GROUP(title, flags)                                                                        \
	{                                                                                          \
		title, flags, sizeof(flags) / sizeof *(flags)                                      \
	}

static const struct flag_group select_group = GROUP("Selection", select_flags);
static const struct flag_group write_group = GROUP("Conversion", write_flags);
static const struct flag_group output_group = GROUP("Output", output_flags);

const struct flag_section convert_sections[] = {
	{&input_flags, offsetof(struct convert_values, input)},
	{&select_group, 0},
	{&write_group, 0},
	{&output_group, 0},
	{NULL, 0},
};

const char *convert_findings_name(int findings)
{
	return findings_formats[findings];
}
