/* ingress2gw.h - converts Kubernetes Ingress to Gateway API, as a library.
 *
 * A run takes inputs and options, converts, and then holds the written text, the findings and the
 * counts of what became of the input, until it is destroyed:
 *
 *	struct i2g_run *run = i2g_create();
 *
 *	i2g_add_file(run, "ingress.yaml");
 *	if (!i2g_convert(run))
 *		fprintf(stderr, "%s\n", i2g_error(run));
 *	fputs(i2g_output(run, NULL), stdout);
 *	i2g_destroy(run);
 *
 * Three kinds of bad are kept apart. A finding is about the user's YAML or a gap in Gateway API: data,
 * read with i2g_finding_at(). An error is about the world or the caller (a file that cannot be read, an
 * unknown option): the function returns false and i2g_error() has a sentence. A bug of the library
 * itself, and memory that runs out, end the process with a message; inputs are bounded so that no file
 * can cause either.
 *
 * Ownership: everything a function returns belongs to the run, or to the library where there is no
 * run, and is read-only. What belongs to a run is valid until i2g_convert() is called again or the run
 * is destroyed. What is passed in is copied. Text is UTF-8 and ends in NUL.
 *
 * Threads: a run may be used by one thread at a time; different runs do not touch each other.
 * i2g_version() and the tables may be read by any thread at any time. i2g_convert() may use a second
 * thread of its own while it runs. The library changes no signal handler, locale or environment.
 *
 * ABI: within one soname functions and enumerators are only added, and structs only grow at their end;
 * they are made by the library alone, so callers never depend on their size. Codes of findings are
 * never reused. Texts for people (messages, hints, titles) may change with any version.
 */
#ifndef INGRESS2GW_INGRESS2GW_H
#define INGRESS2GW_INGRESS2GW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks what the shared library exports. */
#if defined(__GNUC__)
#define I2G_API __attribute__((visibility("default")))
#else
#define I2G_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the library that runs: "0.1.0". */
I2G_API const char *i2g_version(void);

/* ---- a run ---- */

struct i2g_run;

/* A run without inputs and with all options at their defaults. Never NULL. */
I2G_API struct i2g_run *i2g_create(void);

/* Frees the run and all that belongs to it. NULL is allowed. */
I2G_API void i2g_destroy(struct i2g_run *run);

/* Sets an option. The names are those of the long flags of `ingress2gw convert`:
 *
 *	allow-unguarded          "true", "false": write routes whose access check is lost
 *	channel                  "standard", "experimental"
 *	comments                 "true", "false": comments that say where an object came from
 *	controller-config        "[CLASS=][NS/]NAME" of the controller's ConfigMap
 *	copy-labels              "true", "false": labels of Ingresses on their routes
 *	default-ssl-certificate  "NS/NAME" of the controller's default certificate
 *	emitter                  name of a row of I2G_EMITTERS
 *	gateway                  "[CLASS=]NS/NAME" of a Gateway to attach to
 *	gateway-class            "[CLASS=]NAME", spec.gatewayClassName; CLASS in these three: for the
 *	                         controller of this class of Ingresses; set again for another one
 *	gateway-namespace        namespace of the Gateway that is made
 *	ingress-class            only Ingresses of this class; set again to add another
 *	listeners                "gateway", "listenerset"
 *	namespace                only objects of this namespace
 *	output                   "yaml", "json", "name"
 *	provider                 name of a row of I2G_PROVIDERS, or "auto"
 *	selector                 label selector on Ingresses
 *	threads                  "auto", "1", "2"
 *	topology                 "shared", "namespace"
 *
 * False with an error for an unknown name or a value it cannot have; the option is unchanged then. */
I2G_API bool i2g_set(struct i2g_run *run, const char *name, const char *value);

/* Adds an input: YAML (several documents) or JSON, lists included. A file is opened by i2g_convert()
 * and not before. All inputs are one set: a Service is found in whichever it stands. `name` is how
 * findings call the text; `length` is in bytes, and the text may hold NULs. */
I2G_API void i2g_add_file(struct i2g_run *run, const char *path);
I2G_API void i2g_add_text(struct i2g_run *run, const char *name, const char *text, size_t length);

/* Converts all inputs. False with an error when a file could not be read: the others are converted all
 * the same; or when the library made an object that is not legal, which is a bug of it: that object is
 * not written, and findings I2G690 say why. Output, findings and counts are there in any case. True says
 * nothing about findings. May be called again after more inputs or other options: the results are then replaced. */
I2G_API bool i2g_convert(struct i2g_run *run);

/* Sentence about the last function of this run that returned false, without capital and full stop; ""
 * when none has. Valid until the next one does. */
I2G_API const char *i2g_error(const struct i2g_run *run);

/* ---- results; empty before i2g_convert() ---- */

/* All written objects in the chosen format, with separators. *length (NULL is allowed) is in bytes. */
I2G_API const char *i2g_output(const struct i2g_run *run, size_t *length);

struct i2g_object {
	const char *kind; /* "HTTPRoute" */
	const char *ns;   /* namespace; "" for a GatewayClass */
	const char *name;
	const char *text; /* its part of i2g_output(); no NUL behind it */
	size_t length;
};

/* Written objects in their order. NULL past the last. */
I2G_API size_t i2g_object_count(const struct i2g_run *run);
I2G_API const struct i2g_object *i2g_object_at(const struct i2g_run *run, size_t index);

enum i2g_severity {
	I2G_INFO,
	I2G_WARNING,
	I2G_ERROR, /* something was lost or held back */
};

struct i2g_finding {
	const char *code; /* "I2G301": a row of I2G_RULES */
	const char *rule; /* "auth-not-portable" */
	enum i2g_severity severity;
	const char *kind; /* the object it is about; "" when it is about a file or the run */
	const char *ns;   /* namespace */
	const char *name;
	const char *path;      /* "metadata.annotations[...]"; may be "" */
	const char *file;      /* name of the input; "" when there is no place */
	uint32_t line, column; /* from 1, in code points; 0 when there is no place */
	uint32_t length;       /* code points of that line from `column` on; 0 marks a place */
	const char *message;   /* what, in one sentence without full stop */
	const char *hint;      /* how to fix it; may be "" */
};

/* Findings in the order they were made: by input, then by object. NULL past the last. */
I2G_API size_t i2g_finding_count(const struct i2g_run *run);
I2G_API const struct i2g_finding *i2g_finding_at(const struct i2g_run *run, size_t index);

/* What became of the items of the input: classes, hosts, paths, backends, TLS entries, annotations and
 * options of the controller. Every item is counted once, so the sum is the number of items. */
enum i2g_outcome {
	I2G_INERT,       /* has no effect in the source either, or needs nothing in the target */
	I2G_EXACT,       /* same behaviour */
	I2G_APPROXIMATE, /* differs in a stated way */
	I2G_POLICY,      /* needs an object of the chosen implementation */
	I2G_REFUSED,     /* not converted, and a finding says why */
};
I2G_API size_t i2g_item_count(const struct i2g_run *run, enum i2g_outcome outcome);

/* Ingresses that were converted, and rules that were held back because a guard would be lost. */
I2G_API size_t i2g_ingress_count(const struct i2g_run *run);
I2G_API size_t i2g_held_count(const struct i2g_run *run);

/* ---- tables: what the library knows ---- */

enum i2g_table {
	I2G_RULES,       /* code name severity title text fix */
	I2G_ANNOTATIONS, /* provider key type default mapping scope invalid field code text differs */
	I2G_PROVIDERS,   /* name title */
	I2G_EMITTERS,    /* name title gateway-class controller */
};

/* Rows of a table, in the order of their names (annotations: by provider and key). */
I2G_API size_t i2g_row_count(enum i2g_table table);

/* Name of a column; NULL past the last. */
I2G_API const char *i2g_column(enum i2g_table table, size_t index);

/* Text in a row; "" when the cell is empty, NULL when there is no such row or column. */
I2G_API const char *i2g_cell(enum i2g_table table, size_t row, const char *column);

#ifdef __cplusplus
}
#endif

#endif
