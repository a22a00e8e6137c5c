// SPDX-License-Identifier: GPL-2.0-only
#include "commands/origin.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/options.h"
#include "cli/words.h"
#include "layout/history.h"

/* Control characters must not be printed when the history is listed. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = '?';
}

/* The caller of sudo, or the user of this process. */
static void name_user(char *user, size_t size)
{
	const char *caller = getuid() ? NULL : getenv("SUDO_USER");
	const struct passwd *entry = getpwuid(getuid());

	if (caller)
		snprintf(user, size, "%s by sudo", caller);
	else if (entry)
		snprintf(user, size, "%s", entry->pw_name);
	else
		snprintf(user, size, "uid %u", getuid());
	make_printable(user);
}

/* Is it a command that scripts call often? With --confirm it is taken as typed by a person. */
static bool is_automatic(const struct ng_context *ctx)
{
	return ctx->command->automatic && !ng_option(ctx, "--confirm");
}

int ng_history_note(struct ng_context *ctx, struct ng_state *state, const void *image)
{
	__cleanup_free char *words = ng_words_joined(ctx, 0);
	struct ng_history_head head;
	char command[sizeof(head.command)], user[sizeof(head.user)];

	if (!words)
		return -ENOMEM;
	snprintf(command, sizeof(command), "%s%s%s", ctx->command->name, *words ? " " : "", words);
	make_printable(command);
	name_user(user, sizeof(user));
	return ng_history_add(state, image, &(struct ng_origin){ command, user, is_automatic(ctx) },
			      &ctx->error);
}

void ng_history_done(struct ng_context *ctx, struct ng_state *state)
{
	struct ng_error warning;
	size_t shed;
	int failed = ng_history_settle(state, &shed);

	if (failed)
		ng_warn(failed, "the history");
	if (!shed)
		return;
	ng_fail(&warning, 0,
		"the history is limited to %llu MiB: the text%s of %zu older ruleset%s deleted",
		NG_HISTORY_BYTES >> 20, ng_plural(shed), shed, ng_plural(shed));
	ng_hint(&warning, 0, "%s rollback --list shows which; %s save writes a ruleset to a file",
		ng_netguard(), ng_netguard());
	ng_messages_add(&ctx->messages, true, &warning);
}
