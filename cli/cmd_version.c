#include "cli/cmd.h"

static int run(struct cli *cli, const void *values)
{
	struct buf buf;

	(void)cli;
	(void)values;
	buf_init(&buf);
	buf_text(&buf, "ingress2gw " I2G_VERSION "\nGateway API v1.6.1\n");
	return cli_print(&buf);
}

const struct command cmd_version = {
	.name = "version",
	.summary = "print the versions of the program and of Gateway API",
	.usage = "",
	.description = "Prints the version of the program, and the Gateway API bundle whose rules "
		       "the written objects obey.",
	.run = run,
};
