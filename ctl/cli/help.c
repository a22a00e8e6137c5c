// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "cli/command.h"
#include "report/table.h"

#define LINE_LEN 79

static void print_options(FILE *out, const struct ng_option *options, size_t n)
{
	static const struct ng_column columns[] = { { NULL, false }, { NULL, false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 2);

	for (size_t i = 0; i < n && options[i].name; i++) {
		ng_table_cell(table, "  %s%s%s", options[i].name, options[i].value ? " " : "",
			      options[i].value ? options[i].value : "");
		ng_table_cell(table, "%s", options[i].summary);
	}
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
	char names[NG_CAP_TEXT];

	if (!(command->needs & NG_NEEDS_ROOT))
		return;
	fputs("\nNeeds root", out);
	if (privilege && privilege->needs)
		fprintf(out, ", with %s", ng_privilege_names(privilege->needs, names));
	if (command->needs & NG_NEEDS_GROWTH)
		fprintf(out, "; with %s too when larger programs have to be loaded",
			ng_privilege_names(privilege->spare & ~privilege->needs, names));
	fprintf(out, ".%s\n",
		command->needs & NG_NEEDS_STATE ? " netguard must be attached to an interface."
						: "");
}

static void print_command(FILE *out, const struct ng_command *command)
{
	fprintf(out, "usage: netguard %s%s%s\n\n%s\n", command->name,
		*command->arguments ? " " : "", command->arguments, command->summary);
	if (command->details) {
		putc('\n', out);
		print_wrapped(out, command->details);
	}
	print_needs(out, command);
	fputs("\noptions:\n", out);
	print_options(out, command->options, NG_OPTIONS_MAX);
	print_options(out, ng_global_options, ng_global_options_n);
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
	fputs("\noptions:\n", out);
	print_options(out, ng_global_options, ng_global_options_n);
	fputs("\n`netguard help COMMAND` tells more of one.\n"
	      "Exit status: 0 done, 1 failed, 2 called in a wrong way; of diff, explain and set "
	      "test:\n"
	      "0 yes, 1 no, 2 trouble.\n",
	      out);
}

/* The words are those that a command is called by. */
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
		return ng_usage(ctx, "help: '%s' is no part of a command's name", asked.words[0]);
	ng_help(stdout, asked.command, asked.group);
	return 0;
}
