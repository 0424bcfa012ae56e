/* verify_text.h - what `verify` says: differences for people, and as findings. */
#ifndef CLI_VERIFY_TEXT_H
#define CLI_VERIFY_TEXT_H

#include "cli/cli.h"
#include "route/verify.h"

/* Differences in the order of severity: guards that are lost, those that no finding covers, the others.
 *
 *   GET https://shop.example.com/Cart
 *   - web/cart:8080  path /
 *   + 404
 *     I2G204 path-case, deploy/shop.yaml:23
 *
 * `from`, `to`: sources of the spans of each side; NULL: they are in no file that people have. */
void verify_text(struct buf *buf, const struct verify *verify, const struct sources *from,
		 const struct sources *to, bool colour);

/* Names the settings of the input that a table does not simulate, with their places; nothing when there
 * are none. `sources`: of its spans; NULL: they are in no file that people have. */
void verify_gaps(struct buf *buf, const struct route_table *table, const struct sources *sources,
		 bool colour);

/* The same as findings, I2G705. `shift`: sources in front of theirs; NULL: they are in no file that people
 * have. */
void verify_gap_findings(struct findings *findings, const struct route_table *table,
			 const uint32_t *shift);

/* Names what of the input cannot be used and is not compared, with its places in `sources`. */
void verify_unusable(struct buf *buf, const struct findings *findings,
		     const struct sources *sources, bool colour);

/* `unusable`: parts of the input that are not compared. "412 requests to 5 hosts, proven but for 3 patterns (sampled, seed 1): 410 agree, 2 differ." */
void verify_summary(struct buf *buf, const struct verify *verify, uint64_t seed, size_t unusable);

/* The differences as findings, in `findings`' arena. `at`: whose addresses were asked; empty: there is only
 * one. `shift`: as above, for places of the new side. */
void verify_findings(struct findings *findings, const struct verify *verify, struct str at,
		     const uint32_t *shift);

#endif
