/* Whether two rules do the same: every field of struct model_rule that is written. */
#include "gateway/planner.h"

static bool same_headers(const struct model_header *a, const struct model_header *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!str_eq(a[i].name, b[i].name) || !str_eq(a[i].value, b[i].value))
			return false;
	return true;
}

static bool same_edits(const struct model_header_edits *a, const struct model_header_edits *b)
{
	if (!a || !b || a == b)
		return a == b;
	return a->set_count == b->set_count && a->add_count == b->add_count &&
	       same_headers(a->set, b->set, a->set_count) &&
	       same_headers(a->add, b->add, a->add_count) &&
	       str_eq_all(a->remove, a->remove_count, b->remove, b->remove_count);
}

/* The prefix that is replaced is the one of the only match. */
static bool same_path_edit(enum path_edit a, struct str a_path, enum path_edit b, struct str b_path)
{
	return a == b && a != PATH_REPLACE_PREFIX && str_eq(a_path, b_path);
}

static bool same_redirect(const struct model_redirect *a, const struct model_redirect *b)
{
	if (!a || !b)
		return a == b;
	return same_path_edit(a->edit, a->path, b->edit, b->path) && str_eq(a->scheme, b->scheme) &&
	       str_eq(a->hostname, b->hostname) && a->port == b->port && a->status == b->status;
}

static bool same_rewrite(const struct model_rewrite *a, const struct model_rewrite *b)
{
	if (!a || !b)
		return a == b;
	return same_path_edit(a->edit, a->path, b->edit, b->path) &&
	       str_eq(a->hostname, b->hostname);
}

static bool same_cors(const struct model_cors *a, const struct model_cors *b)
{
	if (!a || !b || a == b)
		return a == b;
	return str_eq_all(a->origins, a->origin_count, b->origins, b->origin_count) &&
	       str_eq_all(a->methods, a->method_count, b->methods, b->method_count) &&
	       str_eq_all(a->headers, a->header_count, b->headers, b->header_count) &&
	       str_eq_all(a->expose, a->expose_count, b->expose, b->expose_count) &&
	       a->credentials == b->credentials && a->max_age == b->max_age;
}

static bool same_backends(const struct model_rule *a, const struct model_rule *b)
{
	if (a->backend_count != b->backend_count)
		return false;
	for (size_t i = 0; i < a->backend_count; i++)
		if (!model_same_backend(&a->backends[i], &b->backends[i]) ||
		    (a->backend_count > 1 && a->backends[i].weight != b->backends[i].weight))
			return false;
	return true;
}

static bool same_mirrors(const struct model_rule *a, const struct model_rule *b)
{
	if (a->mirror_count != b->mirror_count)
		return false;
	for (size_t i = 0; i < a->mirror_count; i++)
		if (!model_same_backend(&a->mirrors[i].backend, &b->mirrors[i].backend))
			return false;
	return true;
}

static bool same_retry(const struct model_retry *a, const struct model_retry *b)
{
	if (!a || !b || a == b)
		return a == b;
	if (a->attempts != b->attempts || a->code_count != b->code_count)
		return false;
	for (size_t i = 0; i < a->code_count; i++)
		if (a->codes[i] != b->codes[i])
			return false;
	return true;
}

static bool same_session(const struct model_session *a, const struct model_session *b)
{
	if (!a || !b)
		return a == b;
	return str_eq(a->cookie, b->cookie) && a->lifetime == b->lifetime;
}

bool rules_alike(const struct planned_rule *a, const struct planned_rule *b)
{
	const struct model_rule *x = a->rule, *y = b->rule;

	if (a->blocks || b->blocks)
		return a->blocks == b->blocks;
	return same_backends(x, y) && same_redirect(x->redirect, y->redirect) &&
	       same_rewrite(x->rewrite, y->rewrite) &&
	       same_edits(x->request_headers, y->request_headers) &&
	       same_edits(x->response_headers, y->response_headers) &&
	       same_cors(x->cors, y->cors) && same_mirrors(x, y) &&
	       same_retry(x->retry, y->retry) && same_session(x->session, y->session) &&
	       model_same_ext_auth(x->ext_auth, y->ext_auth);
}
