// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "report/table.h"

#define LINE_LEN 79

/* "  --capture FILE N" */
static void put_option(struct ng_table *table, const struct ng_option *option)
{
	enum ng_arg value = option->value, argument = option->arguments[0].arg;

	ng_table_cell(table, "  %s%s%s%s%s%s", option->name, value ? " " : "",
		      value ? ng_args[value].name : "", argument ? " " : "",
		      argument ? ng_args[argument].name : "",
		      option->arguments[0].how & NG_REPEATED ? "..." : "");
	ng_table_cell(table, "%s", option->summary);
}

/* The command's own options come first. */
static void print_options(FILE *out, const struct ng_command *command)
{
	static const struct ng_column columns[] = { { NULL, false }, { NULL, false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 2);
	const struct ng_option *option;

	for (size_t i = NG_GLOBALS; (option = ng_option_at(command, i)); i++)
		put_option(table, option);
	for (size_t i = 0; (option = ng_option_at(NULL, i)); i++)
		put_option(table, option);
	fputs("\noptions:\n", out);
	ng_table_print(table, out);
}

static bool in_group(const struct ng_command *command, const char *group)
{
	size_t len = strlen(group);

	return !strncmp(command->name, group, len) && command->name[len] == ' ';
}

static void print_commands(FILE *out, const char *group)
{
	static const struct ng_column columns[] = { { NULL, false }, { NULL, false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 2);

	for (size_t i = 0; i < ng_commands_n; i++) {
		if (group && !in_group(&ng_commands[i], group))
			continue;
		ng_table_cell(table, "  %s", ng_commands[i].name);
		ng_table_cell(table, "%s", ng_commands[i].summary);
	}
	ng_table_print(table, out);
}

/* Breaks lines at blanks. */
static void print_wrapped(FILE *out, const char *text)
{
	int column = 0;

	while (*text) {
		int len = strcspn(text, " ");

		if (column && column + 1 + len > LINE_LEN) {
			putc('\n', out);
			column = 0;
		}
		column += fprintf(out, "%s%.*s", column ? " " : "", len, text);
		text += len + strspn(text + len, " ");
	}
	putc('\n', out);
}

static void print_needs(FILE *out, const struct ng_command *command)
{
	const struct ng_privilege *privilege = command->privilege;
	char needs[NG_CAP_TEXT] = "", growth[NG_CAP_TEXT] = "", text[2 * NG_CAP_TEXT + 160];

	if (!(command->needs & NG_NEEDS_ROOT))
		return;
	if (privilege->needs)
		ng_privilege_names(privilege->needs, needs);
	if (command->needs & NG_NEEDS_GROWTH)
		ng_privilege_names(privilege->spare & ~privilege->needs, growth);
	snprintf(text, sizeof(text), "Requires root%s%s%s%s%s.%s", *needs ? ", with " : "", needs,
		 *growth ? "; and " : "", growth,
		 *growth ? " when larger programs have to be loaded" : "",
		 command->needs & NG_NEEDS_STATE ? " netguard must be attached to an interface."
						 : "");
	putc('\n', out);
	print_wrapped(out, text);
}

/* Breaks lines before options, not within them. */
static void print_usage(FILE *out, const struct ng_command *command)
{
	char usage[1 + NG_USAGE_LEN] = " ";
	int column = fprintf(out, "usage:");

	ng_usage_text(command, usage + 1);
	for (const char *at = usage; *at;) {
		int len = 1 + strcspn(at + 1, " ");

		while (at[len] && !strchr("[{-", at[len + 1]))
			len += 1 + strcspn(at + len + 1, " ");
		if (column + len > LINE_LEN)
			column = fprintf(out, "\n%15s", "") - 1;
		column += fprintf(out, "%.*s", len, at);
		at += len;
	}
	putc('\n', out);
}

static void print_command(FILE *out, const struct ng_command *command)
{
	print_usage(out, command);
	fprintf(out, "\n%s\n", command->summary);
	if (command->details) {
		putc('\n', out);
		print_wrapped(out, command->details);
	}
	print_needs(out, command);
	print_options(out, command);
}

void ng_help(FILE *out, const struct ng_command *command, const char *group)
{
	if (command) {
		print_command(out, command);
		return;
	}
	fprintf(out, "usage: netguard [-n NETNS] [--json|-q] %s%sCOMMAND ...\n\ncommands:\n",
		group ? group : "", group ? " " : "");
	print_commands(out, group);
	print_options(out, NULL);
	fputs("\n`netguard help COMMAND` prints the help of one command.\n"
	      "Exit status: 0 success, 1 failure, 2 usage error. Of diff, explain and set test:\n"
	      "0 yes, 1 no, 2 error.\n",
	      out);
}

/* The words are the name of a command. */
int ng_command_help(struct ng_context *ctx)
{
	char *words[] = { NULL, ctx->n_words > 0 ? ctx->words[0] : NULL,
			  ctx->n_words > 1 ? ctx->words[1] : NULL };
	struct ng_context asked = { 0 };
	int ret = ng_arguments_read(&asked, ctx->n_words + 1, words);

	if (ret) {
		ctx->error = asked.error;
		ctx->usage = asked.usage;
		return ret;
	}
	if (asked.n_words)
		return ng_usage(ctx, "help: unexpected argument '%s'", asked.words[0]);
	ng_help(stdout, asked.command, asked.group);
	return 0;
}
