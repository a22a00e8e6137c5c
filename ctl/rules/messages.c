// SPDX-License-Identifier: GPL-2.0-only
#include "rules/messages.h"

#include <stdlib.h>

#include "base/array.h"

void ng_messages_add(struct ng_messages *messages, bool warning, const struct ng_error *error)
{
	struct ng_message *message;

	if (!warning)
		messages->errors++;
	if (messages->n == NG_MESSAGES_MAX ||
	    ng_array_grow(&messages->list, messages->n, sizeof(*message))) {
		messages->left_out++;
		return;
	}
	message = &messages->list[messages->n++];
	message->warning = warning;
	message->error = *error;
}

void ng_messages_put_first(struct ng_messages *messages, const struct ng_error *warning)
{
	if (messages->n == NG_MESSAGES_MAX) {
		messages->n--;
		messages->left_out++;
	}
	ng_messages_add(messages, true, warning);
	for (size_t i = messages->n; i > 1; i--) {
		struct ng_message last = messages->list[i - 1];

		messages->list[i - 1] = messages->list[i - 2];
		messages->list[i - 2] = last;
	}
}

void ng_messages_clear(struct ng_messages *messages)
{
	free(messages->list);
	*messages = (struct ng_messages){ 0 };
}
