// SPDX-License-Identifier: GPL-2.0-only
#include "commands/rules_file.h"

#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>

#include "base/work.h"
#include "cli/options.h"
#include "commands/slow.h"
#include "report/busy.h"
#include "rules/cover.h"
#include "rules/messages.h"
#include "rules/parse.h"

#define FEW_RULES 2000 /* not worth a thread */

/**
 * struct search - for rules that earlier ones cover
 * @beside: in its own thread
 */
struct search {
	const struct ng_ruleset *ruleset;
	struct ng_messages messages;
	int result;
	bool beside;
	pthread_t thread;
};

static void *run_search(void *data)
{
	struct search *search = data;

	search->result = ng_check_cover(search->ruleset, &search->messages);
	return NULL;
}

static void begin_search(struct search *search)
{
	search->beside = search->ruleset->n_rules > FEW_RULES &&
			 !pthread_create(&search->thread, NULL, run_search, search);
	if (!search->beside)
		run_search(search);
}

static int end_search(struct search *search, struct ng_messages *messages)
{
	if (search->beside)
		pthread_join(search->thread, NULL);
	for (size_t i = 0; i < search->messages.n; i++)
		ng_messages_add(messages, true, &search->messages.list[i].error);
	messages->left_out += search->messages.left_out;
	ng_messages_clear(&search->messages);
	return search->result;
}

/*
 * Reading and compiling allocate and free much memory. Returning it to the kernel and getting it
 * again, zeroed page by page, takes a twelfth of the time. Larger blocks are always returned.
 */
#define BLOCK_KEPT (4 << 20)
#define HEAP_STEP  (16 << 20)

static void keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, BLOCK_KEPT);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_TOP_PAD, HEAP_STEP);
}

int ng_rules_read(struct ng_context *ctx, const char *path, bool search,
		  struct ng_ruleset **ruleset)
{
	int ret;

	keep_memory();
	ng_busy_begin();
	ret = search ? ng_parse_file(path, ruleset, &ctx->messages)
		     : ng_parse_file_unsearched(path, ng_option(ctx, "--kept"), ruleset,
						&ctx->messages);
	ng_busy_end();
	return ret;
}

static void say_work(const struct ng_ruleset *ruleset)
{
	size_t prefixes = 0;

	for (size_t i = 0; i < ruleset->n_sets; i++)
		prefixes += ruleset->sets[i].n_prefixes;
	if (prefixes > ruleset->n_rules)
		ng_work_at("compiling", prefixes, "prefixes");
	else
		ng_work_at("compiling", ruleset->n_rules, "rules");
}

int ng_rules_compile(struct ng_context *ctx, const struct ng_ruleset *ruleset, bool search,
		     const void *const *kept, size_t n_kept, const struct ng_image_place *place,
		     struct ng_image *image)
{
	struct search covered = { .ruleset = ruleset };
	int ret, found = 0;

	ng_busy_begin();
	say_work(ruleset);
	if (search)
		begin_search(&covered);
	ret = ng_image_compile_to(place, ruleset, kept, n_kept, image, &ctx->error);
	if (search)
		found = end_search(&covered, &ctx->messages);
	ng_busy_end();
	if (!ret && found)
		ng_image_clear(image);
	else if (!ret)
		ng_slow_warn(ctx, ruleset, image, search || !n_kept ? NULL : kept[0]);
	return ret ? ret : found;
}

static const struct ng_ruleset *volatile left; /* so that it is not reported as a leak */

void ng_rules_leave(struct ng_ruleset **ruleset)
{
	left = *ruleset;
	*ruleset = NULL;
}
