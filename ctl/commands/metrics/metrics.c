// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file_replace.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "commands/metrics/serve.h"
#include "commands/metrics/write.h"

static int write_text(FILE *out, const void *text)
{
	return fputs(text, out) < 0 ? -EIO : 0;
}

static void say(struct ng_context *ctx, const char *key, const char *value)
{
	struct json_object *object = ng_json_new();

	ng_json_text(object, key, value);
	ng_say_json(ctx, object, 0);
}

static int write_once(struct ng_context *ctx, struct ng_metrics_image *image)
{
	const char *path = ctx->n_words ? ctx->words[0] : "-";
	bool to_file = strcmp(path, "-") != 0;
	__cleanup_free char *text = NULL;
	struct ng_error error = { 0 };
	int asked = 0, ret;
	size_t size;

	text = ng_metrics_text(&size, image, &asked, &error);
	if (!text)
		return -ENOMEM;
	/* Also on failure: netguard_up 0 replaces outdated metrics. */
	ret = to_file ? ng_file_replace(path, write_text, text, &ctx->error) : 0;
	if (ret)
		return ret;
	if (asked)
		ctx->error = error;
	else if (ctx->json)
		say(ctx, to_file ? "file" : "text", to_file ? path : text);
	else if (!to_file)
		fwrite(text, 1, size, stdout); /* main() checks stdout for errors */
	return asked;
}

int ng_command_metrics(struct ng_context *ctx)
{
	__attribute__((cleanup(ng_metrics_image_clear))) struct ng_metrics_image image = {
		.all_rules = ng_option(ctx, "--all-rules"),
	};

	if (!ng_option(ctx, "--listen"))
		return write_once(ctx, &image);
	if (ctx->n_words)
		return ng_usage(ctx, "--listen and FILE exclude each other");
	return ng_metrics_serve(ctx, ng_option(ctx, "--listen"), &image);
}
