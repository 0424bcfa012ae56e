/* cmd.h - the rows of the commands, each defined in cmd_<command>.c.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "cli/cli.h"

extern const struct command cmd_audit;
extern const struct command cmd_completion;
extern const struct command cmd_convert;
extern const struct command cmd_diff;
extern const struct command cmd_explain;
extern const struct command cmd_help;
extern const struct command cmd_lint;
extern const struct command cmd_list;
extern const struct command cmd_match;
extern const struct command cmd_plan;
extern const struct command cmd_serve;
extern const struct command cmd_validate;
extern const struct command cmd_verify;
extern const struct command cmd_version;

#endif
