// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutations of rulesets, the same in every run: nothing crashes, and rulesets print back. And the
 * earlier findings of `make fuzz` in tests/fuzz/TARGET/.
 *
 * `fuzz_test --seeds FOLDER` writes the inputs that fuzzing starts with.
 */
#include "rules_help.h"

#include <dirent.h>
#include <limits.h>

#include "captures.h"
#include "base/cleanup.h"
#include "compile/image.h"
#include "compile/image_read.h"
#include "fuzz.h"
#include "rules/fields.h"

#define ROUNDS	 20000
#define TEXT_MAX 4096

static const char *const seeds[] = {
	"default drop\ndefault out pass\ndefault invalid pass\ndrop tcp dport 22\n",
	"set a { 10.0.0.0/8, 2001:db8::/32 }\npass from @a\ndrop from not @a\n",
	"set a { 10.0.0.0/8,\n\t192.0.2.1, # one\n\t::1,\n}\ndrop to @a\n",
	"drop from { 10.0.0.0/8, 192.0.2.0/24 } to 198.51.100.7 proto tcp,udp\n",
	"drop in on eth0 udp sport 53,123,1900 length 512-65535 log 10/s label \"x\"\n",
	"pass icmpv6 icmp-type 1-4,echo-request,129/0\n",
	"count icmp icmp-type 3/0,3/1,3/4,3,11\n",
	"count icmp-type 3/255,4,5/0,5\n",
	"drop out ipv4 tcp flags syn/syn,ack ttl 0-5 dscp ef,0x0a fragment no,first\n",
	"drop flags not none/fin,syn,rst,psh,ack,urg,ece,cwr\n",
	"drop vlan 5,7-9\ndrop vlan any\ndrop vlan none\ndrop vlan not 4095\n",
	"drop df tcp\ndrop df no log\ncount flow-label not 0,0x5-0xfffff\n"
	"drop fragment any invalid\ndrop fragment not first,later\n",
	"drop ethertype arp,0x88cc-0x88ff,2054\ndrop ethertype not 0x0800\n",
	"drop ether-from 00:00:5e:00:53:01-00:00:5e:00:53:ff ether-to ff:ff:ff:ff:ff:ff\n",
	"pass \\\n  tcp \\\n  dport ssh,http,443\n",
	"drop proto 200-255,0,47,1\ndrop proto not icmp\npass port 0-65535 from any\n",
	"drop from ::ffff:0:0/96\ndrop to 0.0.0.0/0\ndrop from ::/0 log\n",
	"\xef\xbb\xbf"
	"default pass\r\n# \xc3\xa4\r\ndrop label \"\xc3\xa4\xe2\x82\xac\"\r\n",
};

/* In addition to the keywords of conditions. */
static const char *const words[] = {
	"pass ",  "drop ",    "count ",	    "not ",   "in ",	"out ",	  "on eth0 ",
	"any ",	  "@a ",      "@blocked ",  "tcp ",   "udp ",	"icmp ",  "icmpv6 ",
	"ipv4 ",  "ipv6 ",    "syn/syn ",   "log ",   "label ", "\"l\" ", "default ",
	"set b ", "include ", "file ",	    "{ ",     " }",	", ",	  "0-65535",
	"255",	  "3/4",      "10.0.0.0/8", "::/0",   "none ",	"later ", "\n",
	"\r\n",	  "\\\n",     "#",	    "\t",     "1,2",	"0x800",  "00:00:00:00:00:00",
	"\x01",	  "\xff\xfe", "limit ",	    "until ", "65575",
};

static const char *const lists[] = {
	"; Spamhaus\n1.10.16.0/20 ; SBL256894\n2.56.192.0/22;SBL1\n",
	"# DShield\nStart\tEnd\tNetmask\n192.0.2.0\t192.0.2.255\t24\t9113\tNAME\n",
	"network,geoname_id\r\n1.0.0.0/24,2077456,AU\r\n2001:db8::/32,1,\r\n",
	"192.0.2.0-192.0.2.255\n198.51.100.1 - 198.51.100.6 , 100 , Example\n",
	"\xef\xbb\xbf"
	"2001:db8::1-2001:db8::ffff\n::/0\n10.1.2.3/8\n10.0.0.0/8\n",
	"192.0.2.7\t9\n192.0.2.8\t10\n::ffff:0:0/96\n",
};

static const char *const list_words[] = {
	"192.0.2.1",
	"10.0.0.0/8",
	"2001:db8::/32",
	"::",
	"-",
	" - ",
	",",
	"\t",
	"/24",
	"/0",
	"/128",
	":",
	"\r\n",
	"\n",
	"#",
	";",
	"%eth0",
	"Start\t",
	"24",
	" ",
	"\r",
	"255.255.255.255",
	"ffff",
	".",
	"::ffff:",
	"\x01",
	"\xe2\x80\x93",
	"/",
	"0",
	"add x ",
};

/* xorshift64: the same numbers everywhere. */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#define PICK(array, state) ((array)[draw(state) % (sizeof(array) / sizeof((array)[0]))])

struct text {
	char bytes[TEXT_MAX];
	size_t len;
};

static void replace(struct text *text, size_t at, size_t gone, const char *with, size_t len)
{
	if (text->len - gone + len > TEXT_MAX)
		return;
	memmove(text->bytes + at + len, text->bytes + at + gone, text->len - at - gone);
	memcpy(text->bytes + at, with, len);
	text->len += len - gone;
}

/* @room: for a keyword and a blank */
static const char *some_word(uint64_t *state, char *room, size_t size)
{
	const char *keyword = ng_fields[draw(state) % NG_FIELDS].keyword;

	if (!keyword || draw(state) % 3)
		return PICK(words, state);
	snprintf(room, size, "%s ", keyword);
	return room;
}

static void mutate(struct text *text, uint64_t *state, bool is_list)
{
	size_t at = draw(state) % (text->len + 1);
	size_t span = draw(state) % (text->len - at + 1) % 24;
	const char *other = is_list ? PICK(lists, state) : PICK(seeds, state);
	char copy[24], keyword[24], byte = (char)draw(state);
	const char *word =
		is_list ? PICK(list_words, state) : some_word(state, keyword, sizeof(keyword));

	switch (draw(state) % 8) {
	case 0:
		replace(text, at, span, "", 0);
		break;
	case 1:
		replace(text, at, at < text->len, &byte, 1);
		break;
	case 2:
		memcpy(copy, text->bytes + at, span);
		replace(text, at, 0, copy, span);
		break;
	case 3:
		replace(text, text->len, 0, other, strlen(other));
		break;
	case 4:
		text->len = at;
		break;
	case 5:
		replace(text, at, span, word, strlen(word));
		break;
	default:
		/* Words between words make rules that are nearly right. */
		while (at && text->bytes[at - 1] != ' ' && text->bytes[at - 1] != '\n')
			at--;
		replace(text, at, 0, word, strlen(word));
	}
}

static void run(const char *seed, size_t len, uint64_t number, size_t *same)
{
	uint64_t state = number * 0x9e3779b97f4a7c15ULL + 1;
	struct text text = { .len = len < TEXT_MAX / 2 ? len : TEXT_MAX / 2 };
	enum fuzz_result result;

	memcpy(text.bytes, seed, text.len);
	for (uint64_t n = draw(&state) % 4; n; n--)
		mutate(&text, &state, false);
	result = fuzz_rules((const uint8_t *)text.bytes, text.len);
	if (result == FUZZ_BROKEN)
		fail_msg("mutation %llu does not print back:\n%.*s", (unsigned long long)number,
			 (int)text.len, text.bytes);
	*same += result == FUZZ_SAME;
}

static const char *const feeds[] = {
	"add blocked 203.0.113.7 for 9m55.9s # a reason\n",
	"add @bad 2001:db8::/32 until 1795000000.25\n",
	"add bad 10.0.0.0-10.0.0.9\nping\n",
	"del bad 203.0.113.7\n",
	"begin bad\nadd bad 192.0.2.1 until 2026-12-01T00:00:00Z\ncommit bad\n",
	"add bad 192.0.2.0/24 ; SBL1\n# nothing\n\n",
};

static void test_fuzz_mutated_feeds_are_read_back(void **state)
{
	size_t same = 0;

	(void)state;
	for (uint64_t i = 0; i < ROUNDS; i++) {
		uint64_t number = i * 0x9e3779b97f4a7c15ULL + 1;
		const char *seed = feeds[i % (sizeof(feeds) / sizeof(feeds[0]))];
		struct text text = { .len = strlen(seed) };
		enum fuzz_result result;

		memcpy(text.bytes, seed, text.len);
		for (uint64_t n = draw(&number) % 4; n; n--)
			mutate(&text, &number, true);
		result = fuzz_feed((const uint8_t *)text.bytes, text.len);
		if (result == FUZZ_BROKEN)
			fail_msg("mutation %llu is not read back:\n%.*s", (unsigned long long)i,
				 (int)text.len, text.bytes);
		same += result == FUZZ_SAME;
	}
	assert_true(same > ROUNDS / 4 && same < ROUNDS);
}

static void test_fuzz_mutated_lists_are_read_back(void **state)
{
	size_t same = 0;

	(void)state;
	for (uint64_t i = 0; i < ROUNDS; i++) {
		uint64_t number = i * 0x9e3779b97f4a7c15ULL + 1;
		const char *seed = lists[i % (sizeof(lists) / sizeof(lists[0]))];
		struct text text = { .len = strlen(seed) };
		enum fuzz_result result;

		memcpy(text.bytes, seed, text.len);
		for (uint64_t n = draw(&number) % 4; n; n--)
			mutate(&text, &number, true);
		result = fuzz_list((const uint8_t *)text.bytes, text.len);
		if (result == FUZZ_BROKEN)
			fail_msg("mutation %llu is not read back:\n%.*s", (unsigned long long)i,
				 (int)text.len, text.bytes);
		same += result == FUZZ_SAME;
	}
	assert_true(same > ROUNDS / 4 && same < ROUNDS);
}

static void test_fuzz_mutated_seeds_print_back(void **state)
{
	size_t same = 0;

	(void)state;
	for (uint64_t i = 0; i < ROUNDS; i++) {
		const char *seed = seeds[i % (sizeof(seeds) / sizeof(seeds[0]))];

		run(seed, strlen(seed), i, &same);
	}
	/* Otherwise only errors would be tried. */
	assert_true(same > ROUNDS / 4);
}

static void test_fuzz_mutated_examples_print_back(void **state)
{
	static const char *const paths[] = { "docs/examples/host.rules",
					     "docs/examples/reflection-flood.rules",
					     "docs/examples/count-only.rules" };
	static char text[TEXT_MAX];
	size_t same = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		FILE *file = fopen(paths[i], "r");
		size_t len;

		assert_non_null(file);
		len = fread(text, 1, sizeof(text), file);
		fclose(file);
		for (uint64_t n = 0; n < 1000; n++)
			run(text, len, ROUNDS + i * 1000 + n, &same);
	}
	assert_true(same > 100);
}

static void test_fuzz_seeds_are_rulesets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
		if (fuzz_rules((const uint8_t *)seeds[i], strlen(seeds[i])) != FUZZ_SAME)
			fail_msg("seed %zu: %s", i, seeds[i]);
}

/* ---- findings -------------------------------------------------------------------------- */

static void replay_file(const struct fuzz_target *target, const char *path)
{
	__cleanup_file FILE *file = fopen(path, "r");
	__cleanup_free uint8_t *data = NULL;
	struct stat status;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	data = malloc(status.st_size + 1);
	assert_non_null(data);
	assert_int_equal(fread(data, 1, status.st_size, file), status.st_size);
	/* No byte after it, for AddressSanitizer. */
	data = realloc(data, status.st_size ? status.st_size : 1);
	if (target->run(data, status.st_size) == FUZZ_BROKEN)
		fail_msg("%s is broken", path);
}

static size_t replay_folder(const struct fuzz_target *target)
{
	char folder[64], path[PATH_MAX];
	const struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "tests/fuzz/%s", target->name);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		replay_file(target, path);
		n++;
	}
	closedir(dir);
	return n;
}

static void test_fuzz_findings_stay_fixed(void **state)
{
	(void)state;
	for (size_t i = 0; i < FUZZ_TARGETS; i++)
		if (!replay_folder(&fuzz_targets[i]))
			fail_msg("tests/fuzz/%s is empty", fuzz_targets[i].name);
}

/* ---- seeds ----------------------------------------------------------------------------- */

static FILE *seed_file(const char *folder, const char *target, size_t number)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%zu", folder, target, number);
	file = fopen(path, "w");
	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

static void write_seed(const char *folder, const char *target, size_t number, const void *data,
		       size_t size)
{
	__cleanup_file FILE *file = seed_file(folder, target, number);

	fwrite(data, 1, size, file);
}

static void write_image(const char *folder, size_t number, const char *text)
{
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset = NULL;
	struct ng_image image = { 0 };
	struct ng_error err;

	if (!ng_parse_text(text, strlen(text), "seed", NULL, NULL, &ruleset, &messages) &&
	    !ng_image_compile(ruleset, NULL, 0, &image, &err))
		write_seed(folder, "image", number, image.data, ng_image_extent(image.data));
	ng_image_clear(&image);
	ng_ruleset_free(ruleset);
	ng_messages_clear(&messages);
}

/* As a whole frame with nothing beside it. */
static void write_frame(const char *folder, size_t number, const struct capture_frame *frame)
{
	static const uint8_t head[FUZZ_FRAME_HEAD] = { [FUZZ_FRAME_HEAD - 1] = 1 };
	__cleanup_file FILE *file = seed_file(folder, "frame", number);

	fwrite(head, 1, sizeof(head), file);
	fwrite(frame->bytes, 1, frame->len < 512 ? frame->len : 512, file);
}

static void write_frames(const char *folder)
{
	struct captures captures;
	size_t number = 0;

	if (captures_read("pcaps", &captures)) {
		perror("pcaps");
		exit(1);
	}
	for (size_t i = 0; i < captures.n; i++)
		for (size_t j = 0; j < captures.list[i].n && j < 4; j++) {
			const struct capture_frame *frame = &captures.list[i].frames[j];
			__cleanup_file FILE *file = seed_file(folder, "hex", number);

			write_frame(folder, number++, frame);
			for (size_t k = 0; k < frame->len && k < 512; k++)
				fprintf(file, "%02x", frame->bytes[k]);
		}
	captures_free(&captures);
}

static int write_seeds(const char *folder)
{
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		write_seed(folder, "rules", i, seeds[i], strlen(seeds[i]));
		write_image(folder, i, seeds[i]);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		write_seed(folder, "list", i, lists[i], strlen(lists[i]));
	for (size_t i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++)
		write_seed(folder, "feed", i, feeds[i], strlen(feeds[i]));
	write_frames(folder);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fuzz_seeds_are_rulesets),
		cmocka_unit_test(test_fuzz_mutated_seeds_print_back),
		cmocka_unit_test(test_fuzz_mutated_lists_are_read_back),
		cmocka_unit_test(test_fuzz_mutated_feeds_are_read_back),
		cmocka_unit_test(test_fuzz_mutated_examples_print_back),
		cmocka_unit_test(test_fuzz_findings_stay_fixed),
	};

	if (argc == 3 && !strcmp(argv[1], "--seeds"))
		return write_seeds(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
