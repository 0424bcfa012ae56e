/* fuzz_config.c - configuration files: settings that flags take, or a message with its place. */
#include <stdlib.h>

#include "base/bug.h"
#include "cli/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_settings(const struct config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct config_setting *setting = &config->settings[i];

		BUG_UNLESS(setting->key && *setting->flag && setting->value);
		BUG_UNLESS(setting->span.line);
	}
}

static void check_message(const struct config *config)
{
	struct buf buf;

	buf_init(&buf);
	config_explain(&buf, config, 80, false);
	BUG_UNLESS(config->message.len);
	BUG_UNLESS(buf.len && buf.at[buf.len - 1] == '\n');
	for (size_t i = 0; i < buf.len; i++)
		BUG_UNLESS(buf.at[i] == '\n' || (unsigned char)buf.at[i] >= ' ');
	buf_finish(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;
	struct arena arena;
	const struct source source = {.name = STR(".ingress2gw.yaml"),
				      .text = {size ? (const char *)data : "", size}};

	arena_init(&arena);
	if (config_read(&config, &source, &arena))
		check_settings(&config);
	else
		check_message(&config);
	config_finish(&config);
	arena_finish(&arena);
	return 0;
}
