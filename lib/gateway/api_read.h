/* api_read.h - how views of Gateway API are read from a tree. Private to lib/gateway/api*.c.
 *
 * A value of the wrong shape makes the object unusable: `base->broken` is set, and the first such value
 * is told as I2G617. The read goes on with nothing in its place, so that readers need no checks.
 */
#ifndef GATEWAY_API_READ_H
#define GATEWAY_API_READ_H

#include "gateway/api.h"
#include "kube/read.h"

/* What one object is read with. */
struct api_reader {
	struct kube_reader *base;
	const struct node *root;
	struct str namespace; /* the object's own */
};

/* Says that `node` (or something missing in it) cannot be read: "expected string, got int". */
void api_misfit(struct api_reader *reader, const struct node *node, struct str message);

/* Value of a field; NULL when absent or null. `map` may be NULL. */
const struct node *api_get(const struct node *map, const char *key);

/* A string field: absent or null yields the absent text. */
struct kube_text api_text(struct api_reader *reader, const struct node *map, const char *key);

/* A string field that must be there / one with a default. */
struct kube_text api_need_text(struct api_reader *reader, const struct node *map, const char *key);
struct str api_text_or(struct api_reader *reader, const struct node *map, const char *key,
		       const char *otherwise);

/* A number field from `low` to `high`; `otherwise` when absent. The span is that of the value. */
struct api_bounds {
	int64_t low, high, otherwise;
};
int64_t api_number(struct api_reader *reader, const struct node *map, const char *key,
		   struct api_bounds bounds, struct span *span);
uint32_t api_port(struct api_reader *reader, const struct node *map, const char *key,
		  struct span *span);

bool api_bool(struct api_reader *reader, const struct node *map, const char *key);

/* A duration in milliseconds; GATEWAY_NO_DURATION when absent. */
int64_t api_duration(struct api_reader *reader, const struct node *map, const char *key,
		     struct span *span);

/* Index of a word in a list that ends in NULL; `otherwise` when absent. */
int api_choice(struct api_reader *reader, const struct node *map, const char *key,
	       const char *const *words, int otherwise);

/* The value of a field as a map / a list; NULL when absent (then the list has no items). */
const struct node *api_map(struct api_reader *reader, const struct node *map, const char *key);
const struct node *api_list(struct api_reader *reader, const struct node *map, const char *key);

/* Strings of a list / entries of a map of strings. */
struct gateway_texts api_texts(struct api_reader *reader, const struct node *map, const char *key);
struct kube_pairs api_pairs(struct api_reader *reader, const struct node *map, const char *key);

/* Place of a value in the file. */
struct span api_span(const struct api_reader *reader, const struct node *node);

/* ---- references ---- */

/* What a reference defaults to; NULL: the field is required. */
struct api_ref_defaults {
	const char *group, *kind;
};

struct gateway_ref api_ref(struct api_reader *reader, const struct node *node,
			   struct api_ref_defaults defaults);
struct gateway_refs api_refs(struct api_reader *reader, const struct node *map, const char *key,
			     struct api_ref_defaults defaults);

/* ---- parts ---- */

struct gateway_filters api_filters(struct api_reader *reader, const struct node *map);
void api_matches(struct api_reader *reader, const struct node *map, enum gateway_route_kind kind,
		 struct gateway_rule *rule);

/* ---- the kinds: rows of the table in api_set.c ---- */

void api_read_class(struct kube_reader *reader, const struct node *root, void *object);
void api_read_gateway(struct kube_reader *reader, const struct node *root, void *object);
void api_read_listener_set(struct kube_reader *reader, const struct node *root, void *object);
void api_read_http_route(struct kube_reader *reader, const struct node *root, void *object);
void api_read_grpc_route(struct kube_reader *reader, const struct node *root, void *object);
void api_read_tls_route(struct kube_reader *reader, const struct node *root, void *object);
void api_read_tcp_route(struct kube_reader *reader, const struct node *root, void *object);
void api_read_udp_route(struct kube_reader *reader, const struct node *root, void *object);
void api_read_tls_policy(struct kube_reader *reader, const struct node *root, void *object);
void api_read_traffic_policy(struct kube_reader *reader, const struct node *root, void *object);
void api_read_grant(struct kube_reader *reader, const struct node *root, void *object);

#endif
