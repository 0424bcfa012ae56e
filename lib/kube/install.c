#include "kube/install.h"

#include <string.h>

#include "kube/kinds.h"
#include "yaml/node.h"

/* The program of the container stands in its command, or first among the arguments. */
#define PROGRAM "nginx-ingress-controller"

static const char *const lists[] = {"command", "args"};

static bool is_controller(const struct node *container)
{
	struct str image = node_text(container, "image");

	if (str_find_str(image, "ingress-nginx/controller") != SIZE_MAX)
		return true;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		node_each(word,
			  node_get(container, lists[i])) if (str_ends(word->text,
								      "/" PROGRAM)) return true;
	return false;
}

/* "--NAME=VALUE", or "--NAME" and VALUE in the next word; NULL when it is not there. */
static const struct node *flag(const struct node *container, const char *name, struct str *value)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		node_each(word, node_get(container, lists[i]))
		{
			struct str text = word->text;

			if (!str_starts(text, name))
				continue;
			if (text.len > len && text.at[len] == '=') {
				*value = str_from_pos(text, len + 1);
				return word;
			}
			if (text.len == len && word->next) {
				*value = word->next->text;
				return word;
			}
		}
	return NULL;
}

/* "$(POD_NAMESPACE)/NAME" in the usual manifests: a variable that has the pod's own namespace. */
static struct str with_namespace(struct arena *arena, struct str value, const struct node *root)
{
	struct str own = node_text(node_get(root, "metadata"), "namespace");
	size_t slash = str_find(value, '/');

	if (!str_starts(value, "$(") || slash == SIZE_MAX)
		return str_dup(arena, value);
	return str_format(arena, "%.*s%.*s", STR_ARG(own.len ? own : STR("default")),
			  STR_ARG(str_from_pos(value, slash)));
}

static struct kube_install *install_of(struct arena *arena, const struct node *container,
				       const struct node *root, uint32_t source)
{
	struct str config, class = {0}, string = {0};
	const struct node *word = flag(container, "--configmap", &config);
	struct kube_install *install;

	if (!word || !config.len)
		return NULL;
	flag(container, "--ingress-class", &class);
	flag(container, "--controller-class", &string);
	install = arena_new(arena, struct kube_install);
	install->config = with_namespace(arena, config, root);
	install->class = str_dup(arena, class);
	install->string = str_dup(arena, string);
	install->span = node_span(word, source);
	return install;
}

struct kube_install *kube_read_install(struct arena *arena, const struct node *root,
				       uint32_t source)
{
	struct str kind = node_text(root, "kind");
	struct str group = kube_group(node_text(root, "apiVersion"));
	const struct node *pod = node_get(node_get(root, "spec"), "template");
	struct kube_install *found = NULL;

	if ((!str_is(kind, "Deployment") && !str_is(kind, "DaemonSet")) ||
	    (!str_is(group, "apps") && !str_is(group, "extensions")))
		return NULL;
	node_each(container, node_get(node_get(pod, "spec"), "containers"))
	{
		if (!found && is_controller(container))
			found = install_of(arena, container, root, source);
	}
	return found;
}
