// SPDX-License-Identifier: GPL-2.0-only
/* Tables on a terminal: a pseudo-terminal of 40 columns. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/table.h"

#define WIDTH 40

struct terminal {
	int screen; /* what is printed is read here */
	FILE *out;
};

static int open_terminal(void **state)
{
	static struct terminal terminal;
	struct winsize size = { .ws_row = 24, .ws_col = WIDTH };
	struct termios settings;
	int fd;

	terminal.screen = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(terminal.screen >= 0);
	assert_int_equal(grantpt(terminal.screen), 0);
	assert_int_equal(unlockpt(terminal.screen), 0);
	fd = open(ptsname(terminal.screen), O_RDWR | O_NOCTTY);
	assert_true(fd >= 0);
	assert_int_equal(tcgetattr(fd, &settings), 0);
	settings.c_oflag &= ~OPOST;
	assert_int_equal(tcsetattr(fd, TCSANOW, &settings), 0);
	assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
	terminal.out = fdopen(fd, "w");
	assert_non_null(terminal.out);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	*state = &terminal;
	return 0;
}

static int close_terminal(void **state)
{
	struct terminal *terminal = *state;

	fclose(terminal->out);
	close(terminal->screen);
	return 0;
}

#define SCREEN 512

/* Read @lines lines: a terminal passes on each one separately. */
static void read_lines(const struct terminal *terminal, char text[SCREEN], int lines)
{
	size_t n = 0;

	while (lines) {
		ssize_t len = read(terminal->screen, text + n, SCREEN - 1 - n);

		assert_true(len > 0);
		text[n + len] = 0;
		for (char *at = text + n; *at; at++)
			lines -= *at == '\n';
		n += len;
	}
}

/* A `drop` rule that is wider than the terminal, after a number. */
static void expect_table(struct terminal *terminal, const char *expected)
{
	static const struct ng_column columns[] = { { "#", true }, { "RULE", false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 2);
	char text[SCREEN];

	ng_table_cell(table, "1");
	ng_table_cell(table, "drop udp sport 53,123,1900 length 512-65535");
	ng_table_colour(table, NG_COLOUR_RED);
	ng_table_print(table, terminal->out);
	fflush(terminal->out);
	read_lines(terminal, text, 2);
	assert_string_equal(text, expected);
}

static void test_long_lines_are_cut_and_coloured(void **state)
{
	expect_table(*state, "#  RULE\n"
			     "1  \033[31mdrop udp sport 53,123,1900 length 51…\033[0m\n");
}

#define PLAIN "#  RULE\n1  drop udp sport 53,123,1900 length 51…\n"

static void test_no_colour_when_it_is_refused(void **state)
{
	setenv("NO_COLOR", "1", 1);
	expect_table(*state, PLAIN);
}

static void test_no_colour_on_a_dumb_terminal(void **state)
{
	setenv("TERM", "dumb", 1);
	expect_table(*state, PLAIN);
	unsetenv("TERM");
	expect_table(*state, PLAIN);
}

static void test_an_empty_refusal_is_none(void **state)
{
	setenv("NO_COLOR", "", 1);
	expect_table(*state, "#  RULE\n"
			     "1  \033[31mdrop udp sport 53,123,1900 length 51…\033[0m\n");
}

static void test_numbers_are_not_cut(void **state)
{
	static const struct ng_column columns[] = { { "A", false }, { "B", true } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 2);
	struct terminal *terminal = *state;
	char text[SCREEN];

	ng_table_cell(table, "a name that leaves two columns free");
	ng_table_cell(table, "12345");
	ng_table_print(table, terminal->out);
	fflush(terminal->out);
	read_lines(terminal, text, 2);
	assert_non_null(strstr(text, "12345\n"));
}

static void test_units_on_a_terminal(void **state)
{
	static const struct {
		uint64_t n;
		const char *packets, *bytes;
	} cases[] = {
		{ 0, "0", "0" },
		{ 99999, "99999", "99999" },
		{ 100000, "100.0 k", "97.6 KiB" },
		{ 999999, "999.9 k", "976.5 KiB" },
		{ 12345678, "12.3 M", "11.7 MiB" },
		{ 2 * 1048576 - 1, "2.0 M", "1.9 MiB" },
		{ UINT64_MAX, "18.4 E", "15.9 EiB" },
	};
	struct terminal *terminal = *state;
	char text[NG_UNITS_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_string_equal(ng_packets_text(terminal->out, cases[i].n, text),
				    cases[i].packets);
		assert_string_equal(ng_bytes_text(terminal->out, cases[i].n, text), cases[i].bytes);
	}
}

static void test_exact_numbers_elsewhere(void **state)
{
	FILE *file = tmpfile();
	char text[NG_UNITS_TEXT];

	(void)state;
	assert_non_null(file);
	assert_string_equal(ng_packets_text(file, 12345678, text), "12345678");
	assert_string_equal(ng_bytes_text(file, 12345678, text), "12345678");
	fclose(file);
}

#define in_terminal(test) cmocka_unit_test_setup_teardown(test, open_terminal, close_terminal)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_terminal(test_long_lines_are_cut_and_coloured),
		in_terminal(test_no_colour_when_it_is_refused),
		in_terminal(test_no_colour_on_a_dumb_terminal),
		in_terminal(test_an_empty_refusal_is_none),
		in_terminal(test_numbers_are_not_cut),
		in_terminal(test_units_on_a_terminal),
		in_terminal(test_exact_numbers_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
