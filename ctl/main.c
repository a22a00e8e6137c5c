// SPDX-License-Identifier: GPL-2.0-only
/* netguard: find the command, run it, report errors, exit with 0, 1 or 2. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/help.h"
#include "commands/confirm.h"
#include "commands/session_check.h"
#include "kernel/pins/bpffs.h"
#include "kernel/programs/namespaces.h"
#include "report/plain.h"

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_TROUBLE = EXIT_USAGE };

static volatile sig_atomic_t reader_gone;

static void note_broken_pipe(int signal)
{
	(void)signal;
	reader_gone = 1;
}

/* A message about a place in a file begins with it, so that editors can jump there. */
static void print_messages(const struct ng_messages *messages)
{
	for (size_t i = 0; i < messages->n; i++) {
		const struct ng_message *message = &messages->list[i];

		ng_print_error(stderr, *message->error.where ? "" : "netguard: ",
			       message->warning ? "warning: " : "", &message->error);
	}
	if (messages->left_out)
		fprintf(stderr, "netguard: %zu more of these\n", messages->left_out);
}

/* First finds what the process cannot reach any more without its privileges. */
static int give_up_privileges(struct ng_context *ctx)
{
	int ret;

	if (!ctx->command->privilege)
		return 0;
	/* Commands that need nothing work without the BPF file system. */
	ret = ng_bpffs_keep(&ctx->error);
	if (ret && ctx->command->needs)
		return ret;
	ng_session_find(ctx);
	return ng_privilege_keep(ctx->command->privilege, &ctx->error);
}

/* -q: neither what was done nor an answer that the exit status gives is printed. */
static int silence(struct ng_context *ctx)
{
	const struct ng_command *command = ctx->command;

	if (!(command->needs & NG_NEEDS_LOCK) && command->tells != NG_TELLS_ANSWER &&
	    !(command->tells == NG_TELLS_FILE && ctx->n_words))
		return 0;
	if (freopen("/dev/null", "we", stdout))
		return 0;
	return ng_fail_at(&ctx->error, -errno, "/dev/null", "%s", strerror(errno));
}

/* Returns what struct ng_command.run does. */
static int run(struct ng_context *ctx, int argc, char **argv)
{
	int ret = ng_arguments_parse(ctx, argc, argv);

	if (ret)
		return ret;
	if (ctx->help) {
		ng_help(stdout, ctx->command, ctx->group);
		return 0;
	}
	if (ctx->version)
		return ng_command_version(ctx);
	if (ctx->command->privilege) {
		ret = ng_privilege_check(ctx->command->privilege, &ctx->error);
		if (ret)
			return ret;
	}
	if (ctx->netns && ctx->command->needs) {
		ret = ng_netns_enter(ctx->netns, &ctx->error);
		if (ret)
			return ret;
	}
	ret = ctx->quiet ? silence(ctx) : 0;
	if (!ret)
		ret = give_up_privileges(ctx);
	if (!ret)
		ret = ctx->command->run(ctx);
	if (!ret && ctx->waits && !ctx->json)
		ng_confirm_print(ctx);
	return ret;
}

/* For a command that answers a question, 1 is an answer. */
static int failure(const struct ng_context *ctx)
{
	return ctx->command && ctx->command->asks ? EXIT_TROUBLE : EXIT_FAILED;
}

static int report(struct ng_context *ctx, int ret)
{
	print_messages(&ctx->messages);
	if (ret >= 0)
		return ret ? EXIT_FAILED : EXIT_DONE;
	if (ret == -EPIPE && ferror(stdout))
		return failure(ctx); /* finish_output() prints why */
	if (!*ng_first_error(ctx)->what)
		ng_fail(&ctx->error, ret, "%s", ret == -ENOMEM ? "out of memory" : strerror(-ret));
	if (!ctx->messages.errors)
		ng_print_error(stderr, "netguard: ", "", &ctx->error);
	if (ctx->json && !ctx->said)
		ng_say_json(ctx, ng_json_new(), ret);
	return ctx->usage ? EXIT_USAGE : failure(ctx);
}

/* Output that could not be written (full disk, closed pipe) is a failure. */
static int finish_output(const struct ng_context *ctx, int status)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (!fflush(stdout) && !failed)
		return status;
	if (!reader_gone)
		fprintf(stderr, "netguard: cannot write the output%s%s\n", errno ? ": " : "",
			errno ? strerror(errno) : "");
	return status == EXIT_USAGE ? status : failure(ctx);
}

int main(int argc, char **argv)
{
	struct sigaction on_broken_pipe = { .sa_handler = note_broken_pipe };
	struct ng_context ctx = { 0 };
	int status;

	/* A reader that exits must not kill the command between two steps of a change. */
	sigaction(SIGPIPE, &on_broken_pipe, NULL);
	status = report(&ctx, run(&ctx, argc, argv));
	if (ng_warned())
		ng_print_error(stderr, "netguard: ", "warning: ", ng_warned());
	ng_messages_clear(&ctx.messages);
	return finish_output(&ctx, status);
}
