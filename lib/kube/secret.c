#include "kube/base64.h"
#include "kube/read.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static size_t map_count(const struct node *map)
{
	return map && map->kind == NODE_MAP ? map->count : 0;
}

static void add_keys(struct kube_reader *reader, const struct node *map, struct kube_secret *secret)
{
	if (!map_count(map))
		return;
	node_each(key, map) secret->keys[secret->key_count++] = kube_keep(reader, key->text);
}

static void read_keys(struct kube_reader *reader, const struct node *data, const struct node *plain,
		      struct kube_secret *secret)
{
	size_t most = map_count(data) + map_count(plain), unique = 0;

	if (!most)
		return;
	secret->keys = arena_array(reader->arena, struct str, most);
	add_keys(reader, data, secret);
	add_keys(reader, plain, secret);
	qsort(secret->keys, secret->key_count, sizeof *secret->keys, compare);
	for (size_t i = 0; i < secret->key_count; i++)
		if (!unique || !str_eq(secret->keys[unique - 1], secret->keys[i]))
			secret->keys[unique++] = secret->keys[i];
	secret->key_count = unique;
}

static struct str text_of(const struct node *map, struct str key)
{
	if (!map_count(map))
		return (struct str){0};
	node_each(at, map) if (str_eq(at->text, key) &&
			       at->value->kind == NODE_STRING) return at->value->text;
	return (struct str){0};
}

/* Decoded value of a key in scratch memory, or empty. stringData wins, as in the API server. Values
 * are looked at and, unless somebody asks for them, not kept: private keys stay where they are. */
static struct str value_of(struct kube_reader *reader, const struct node *root, struct str key)
{
	struct str plain = text_of(node_get(root, "stringData"), key), decoded;
	struct str encoded = text_of(node_get(root, "data"), key);

	if (plain.len)
		return plain;
	if (encoded.len > KUBE_PEM_LONGEST * 2 ||
	    !kube_base64_decode(reader->scratch, encoded, &decoded))
		return (struct str){0};
	return decoded;
}

/* A CA that does not read is none: the text would go into a ConfigMap as it is. */
static struct str read_ca(struct kube_reader *reader, const struct node *root)
{
	struct str ca = value_of(reader, root, STR("ca.crt"));
	struct kube_secret probe = {0};

	kube_read_certificate(reader->scratch, ca, &probe);
	return probe.has_certificate ? str_dup(reader->arena, ca) : STR("");
}

void kube_read_secret(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_secret *secret = object;

	secret->type =
		kube_read_text(reader, KUBE_FIELD(NULL, "type"), node_get(root, "type")).text;
	read_keys(reader, node_get(root, "data"), node_get(root, "stringData"), secret);
	kube_read_certificate(reader->arena, value_of(reader, root, STR("tls.crt")), secret);
	secret->ca = read_ca(reader, root);
	if (!reader->keep_keys)
		return;
	secret->certificate = str_dup(reader->arena, value_of(reader, root, STR("tls.crt")));
	secret->key = str_dup(reader->arena, value_of(reader, root, STR("tls.key")));
	secret->values = arena_array(reader->arena, struct str, secret->key_count);
	for (size_t i = 0; i < secret->key_count; i++)
		secret->values[i] = str_dup(reader->arena, value_of(reader, root, secret->keys[i]));
}
