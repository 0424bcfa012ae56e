/* identity.h - what makes two findings the same one, in baselines and in fingerprints.
 *
 * Rule, object and field path: never the line or the directory, so that edits elsewhere in the file and
 * a file that moves leave it as it is. Two findings of one field have one identity; who needs to tell
 * them apart counts them. The value of a guard belongs to it: who accepted that an allow list is lost has not
 * accepted what it is changed into later.
 */
#ifndef CHECK_IDENTITY_H
#define CHECK_IDENTITY_H

#include "base/finding.h"

/* 16 hex digits and NUL. */
enum { FINDING_ID = 17 };

/* A finding about no object is known by the name of its file, without directories, and its message;
 * one about the whole run by its rule alone. */
void finding_id(char id[FINDING_ID], const struct finding *finding, const struct sources *sources);

#endif
