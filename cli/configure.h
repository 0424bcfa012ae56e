/* configure.h - what flags say when the command line does not.
 *
 * The command line wins over INGRESS2GW_* in the environment, that over the project's file, that over
 * the user's. A list is taken whole from the first that has it.
 */
#ifndef CLI_CONFIGURE_H
#define CLI_CONFIGURE_H

#include "cli/cli.h"

/* Fills in what the parser did not get from the command line. False after a message on standard
 * error. */
bool configure(struct cli *cli, struct flag_parser *parser);

#endif
