// SPDX-License-Identifier: GPL-2.0-only
#define NCURSES_WIDECHAR 1
#include "commands/top/screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "base/utf8.h"

#define WAIT_MAX     1.0 /* seconds: a signal may come just before the wait for a key */
#define ESCAPE_DELAY 100 /* ms: keys that send several characters, over a slow line */
#define COLUMNS_MAX  1024

static volatile sig_atomic_t ended;
static SCREEN *screen;

static void note_end(int signal)
{
	(void)signal;
	ended = 1;
}

/* Before ncurses installs handlers of its own, which exit. */
static void end_by_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	const struct sigaction action = { .sa_handler = note_end };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* Does terminfo know this type of terminal, and can it move the cursor? */
static bool is_screen(void)
{
	bool can;
	int code;

	if (setupterm(NULL, STDOUT_FILENO, &code) != OK)
		return false;
	can = tigetstr("cup");
	del_curterm(cur_term);
	return can;
}

static int check_terminal(struct ng_error *err)
{
	const char *type = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		ng_fail(err, -ENOTTY, "the live screen needs a terminal");
		return ng_hint(err, -ENOTTY, "%s top --once prints the same as text",
			       ng_netguard());
	}
	if (type && *type && is_screen())
		return 0;
	ng_fail(err, -ENOTSUP, "the live screen does not work on a terminal of type '%s'",
		type ? type : "");
	return ng_hint(err, -ENOTSUP,
		       "set TERM to what it is, such as xterm or vt100; %s top --once prints "
		       "the same as text",
		       ng_netguard());
}

static void begin_colours(void)
{
	if (!ng_has_colour(stdout) || start_color() != OK)
		return;
	use_default_colors();
	init_pair(NG_COLOUR_RED, COLOR_RED, -1);
	init_pair(NG_COLOUR_GREEN, COLOR_GREEN, -1);
}

int ng_screen_begin(struct ng_error *err)
{
	int ret = check_terminal(err);

	if (ret)
		return ret;
	setlocale(LC_CTYPE, "");
	end_by_signals();
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return ng_fail(err, -ENOTSUP, "ncurses does not support this terminal");
	begin_colours();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_DELAY);
	curs_set(0);
	return 0;
}

void ng_screen_end(void)
{
	endwin();
	delscreen(screen);
}

int ng_screen_key(double seconds)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int key = getch();

	if (key == ERR && !ended) {
		seconds = seconds < WAIT_MAX ? seconds : WAIT_MAX;
		poll(&input, 1, seconds > 0 ? seconds * 1000 + 1 : 0);
		key = getch(); /* also after a signal: the size may have changed */
	}
	if (ended || (key == ERR && input.revents & (POLLHUP | POLLERR | POLLNVAL)))
		return -1;
	return key == ERR ? 0 : key;
}

bool ng_screen_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

void ng_screen_clear(int *rows, int *width)
{
	erase();
	getmaxyx(stdscr, *rows, *width);
}

void ng_screen_show(void)
{
	refresh();
}

static attr_t attributes_of(enum ng_colour colour, unsigned int emphasis)
{
	attr_t attributes = A_NORMAL;

	if (emphasis & NG_STRONG || colour == NG_COLOUR_BOLD)
		attributes |= A_BOLD;
	if (emphasis & NG_HEADING)
		attributes |= A_REVERSE;
	if (has_colors() && (colour == NG_COLOUR_RED || colour == NG_COLOUR_GREEN))
		attributes |= COLOR_PAIR(colour);
	return attributes;
}

/* Read the next character of @text, *@size bytes; both are advanced. */
static wchar_t next(const char **text, size_t *size, mbstate_t *state)
{
	wchar_t character;
	size_t used = mbrtowc(&character, *text, *size, state);

	if (!used || used > *size) {
		memset(state, 0, sizeof(*state));
		used = 1;
		character = L'?';
	}
	*text += used;
	*size -= used;
	return iswprint(character) && !ng_utf8_hidden(character) ? character : L'?';
}

int ng_screen_text(int row, int column, int room, enum ng_colour colour, unsigned int emphasis,
		   const char *text, size_t size)
{
	wchar_t line[COLUMNS_MAX + 1];
	mbstate_t state = { 0 };
	int width = 0, fits = 0, n = 0, cut = 0;

	if (room > COLUMNS_MAX)
		room = COLUMNS_MAX;
	if (room <= 0)
		return 0;
	while (size) {
		wchar_t character = next(&text, &size, &state);
		int takes = wcwidth(character);

		if (takes < 0 || width + takes > room || n == COLUMNS_MAX) {
			line[cut] = ng_screen_utf8() ? L'…' : L'>';
			n = cut + 1;
			width = fits + 1;
			break;
		}
		width += takes;
		line[n++] = character;
		if (width < room) {
			cut = n;
			fits = width;
		}
	}
	attrset(attributes_of(colour, emphasis));
	mvaddnwstr(row, column, line, n);
	attrset(A_NORMAL);
	return width;
}
