// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/keys.h"

#include <curses.h>
#include <string.h>

#define ESCAPE	  27
#define BACKSPACE 127
#define CTRL_U	  21

static void show(struct ng_top *top, enum ng_view view)
{
	if (view == top->view)
		return;
	if (top->view == NG_VIEW_SOURCES)
		ng_sample_end(&top->sample);
	top->view = view;
	top->first = 0;
}

/* Select the next longer (@step 1) or shorter (-1) interval. */
static void change_interval(struct ng_top *top, int step)
{
	static const double intervals[] = { 0.2, 0.5, 1, 2, 5, 10, 30, 60 };
	int n = sizeof(intervals) / sizeof(*intervals), at = step > 0 ? 0 : n - 1;

	while (at >= 0 && at < n &&
	       (step > 0 ? intervals[at] <= top->interval : intervals[at] >= top->interval))
		at += step;
	if (at >= 0 && at < n)
		top->interval = intervals[at];
}

static void pause_or_continue(struct ng_top *top)
{
	top->paused = !top->paused;
	if (top->view != NG_VIEW_SOURCES)
		return;
	/* There is no sample of packets dropped meanwhile: start again. */
	if (top->paused)
		ng_sample_stop(&top->sample);
	else
		ng_sample_end(&top->sample);
}

static void scroll_by(struct ng_top *top, long lines)
{
	long last = (long)top->listing.n_shown - (long)top->page, first = top->first + lines;

	if (first > last)
		first = last;
	top->first = first > 0 ? first : 0;
}

static bool scroll_key(struct ng_top *top, int key)
{
	long page = top->page > 1 ? top->page - 1 : 1;

	switch (key) {
	case KEY_UP:
	case 'k':
		scroll_by(top, -1);
		return true;
	case KEY_DOWN:
	case 'j':
		scroll_by(top, 1);
		return true;
	case KEY_PPAGE:
		scroll_by(top, -page);
		return true;
	case KEY_NPAGE:
		scroll_by(top, page);
		return true;
	case KEY_HOME:
		top->first = 0;
		return true;
	case KEY_END:
		scroll_by(top, top->listing.n_shown);
		return true;
	}
	return false;
}

/* One byte of the filter; multibyte characters come byte by byte. */
static void type(struct ng_top *top, int key)
{
	size_t size = strlen(top->filter);

	if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		top->typing = false;
	} else if (key == ESCAPE) {
		top->typing = false;
		top->filter[0] = '\0';
	} else if (key == CTRL_U) {
		top->filter[0] = '\0';
	} else if (key == KEY_BACKSPACE || key == BACKSPACE || key == '\b') {
		/* RFC 3629: a character with all its continuation bytes. */
		while (size && ((unsigned char)top->filter[--size] & 0xc0) == 0x80)
			;
		top->filter[size] = '\0';
	} else if (key >= ' ' && key < 256 && size + 1 < sizeof(top->filter)) {
		top->filter[size] = key;
		top->filter[size + 1] = '\0';
	}
	top->first = 0;
}

static void command(struct ng_top *top, int key)
{
	switch (key) {
	case 'q':
		top->ended = true;
		break;
	case '1':
	case '2':
	case '3':
		show(top, NG_VIEW_RULES + key - '1');
		break;
	case '\t':
		show(top, (top->view + 1) % NG_VIEWS);
		break;
	case 's':
		top->sort = (top->sort + 1) % NG_SORTS;
		top->first = 0;
		break;
	case 'r':
		top->up = !top->up;
		top->first = 0;
		break;
	case 'p':
	case ' ':
		pause_or_continue(top);
		break;
	case '+':
		change_interval(top, 1);
		break;
	case '-':
		change_interval(top, -1);
		break;
	case '/':
		top->typing = true;
		break;
	case ESCAPE:
		top->filter[0] = '\0';
		break;
	case '?':
	case 'h':
		top->help = true;
		break;
	}
}

void ng_top_key(struct ng_top *top, int key)
{
	if (key == KEY_RESIZE)
		return;
	if (top->help && key != 'q')
		top->help = false;
	else if (top->typing)
		type(top, key);
	else if (!scroll_key(top, key))
		command(top, key);
	ng_top_list(top);
}
