// SPDX-License-Identifier: GPL-2.0-only
/* The sources of images: maps of their own, which images name by id. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "compile/image_read.h"
#include "image_help.h"
#include "kernel/maps/map.h"
#include "kernel/pins/handle.h"
#include "kernel_world.h"

static const char *const texts[] = {
	"default drop\npass tcp dport 22\n",
	"set s { 192.0.2.1, 2001:db8::/32 }\ndrop from @s\n",
	"count udp\ndrop udp dport 53 log\n",
};
#define TEXTS (sizeof(texts) / sizeof(*texts))

static void publish(size_t which)
{
	struct ng_image image = image_of(texts[which % TEXTS]);

	world_publish(&image);
	ng_image_clear(&image);
}

/* Attach, then publish the first two texts. */
static void attach(void)
{
	struct ng_image first = world_image(false, 0);

	world_attach(NG_MODE_NATIVE, &first);
	publish(0);
	publish(1);
}

static void assert_text(enum ng_image_slot slot, size_t which)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_held_image image;
	struct ng_ruleset *ruleset;
	struct ng_error err;
	const struct ng_list *text;

	assert_int_equal(ng_image_hold(state, slot, &image, &err), 0);
	assert_int_equal(ng_image_check(image.data, image.size, &err), 0);
	text = &ng_image_source(image.data)->text;
	assert_non_null(memmem(ng_image_text(image.data, text), text->count,
			       strrchr(texts[which], ' '), strlen(strrchr(texts[which], ' '))));
	assert_int_equal(ng_image_ruleset(image.data, &ruleset, &err), 0);
	ng_ruleset_free(ruleset);
	ng_image_release(&image);
	ng_state_close(state);
}

/* The id of the source of the image in @slot, and the path of its pin. */
static __u32 source_of(enum ng_image_slot slot, char path[NG_PIN_PATH])
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	__cleanup_fd int fd = ng_image_fd(&state->now, slot);
	struct ng_image_header head;

	assert_int_equal(ng_image_head(fd, &head), 0);
	ng_pin_path(state, path, "map-%u", head.source_id);
	ng_state_close(state);
	return head.source_id;
}

static int hold(enum ng_image_slot slot, struct ng_error *err)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_held_image image = { 0 };
	int result = ng_image_hold(state, slot, &image, err);

	ng_image_release(&image);
	ng_state_close(state);
	return result;
}

static void test_sources_of_both_images_stay(void **unused)
{
	char path[NG_PIN_PATH];
	__u32 gone;

	(void)unused;
	attach();
	gone = source_of(NG_IMAGE_PREVIOUS, path);
	for (size_t i = 2; i < 6; i++) {
		publish(i);
		assert_text(NG_IMAGE_CURRENT, i % TEXTS);
		assert_text(NG_IMAGE_PREVIOUS, (i - 1) % TEXTS);
		/* Two images, two sources and the live table. */
		world_run("test $(ls -d /sys/fs/bpf/netguard/*/map-* | wc -l) = 5");
	}
	assert_true(bpf_map_get_fd_by_id(gone) < 0);
	assert_int_equal(errno, ENOENT);
	world_detach_all();
	world_assert_empty();
}

/* It takes as much memory as the ruleset needs, not as the programs' capacity allows. */
static void test_source_is_as_large_as_the_ruleset(void **unused)
{
	char path[NG_PIN_PATH];
	struct bpf_map_info info;
	__cleanup_fd int fd = -1;

	(void)unused;
	attach();
	source_of(NG_IMAGE_CURRENT, path);
	fd = bpf_obj_get(path);
	assert_int_equal(ng_map_info(fd, &info), 0);
	assert_in_range(info.value_size, sizeof(struct ng_image_source), 4096);
}

static void test_source_stays_when_programs_are_replaced(void **unused)
{
	struct ng_image large = world_image(false, 1 << 20);
	char path[NG_PIN_PATH];
	__u32 source;

	(void)unused;
	attach();
	source = source_of(NG_IMAGE_CURRENT, path);
	world_publish(&large); /* the image in force becomes the previous one of a new generation */
	assert_int_equal(source_of(NG_IMAGE_PREVIOUS, path), source);
	assert_text(NG_IMAGE_PREVIOUS, 1);
}

/* Whether it is the current or the previous image: it is there, and its text is not known. */
static void test_source_that_is_missing_is_an_error(void **unused)
{
	(void)unused;
	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++) {
		char path[NG_PIN_PATH];
		struct ng_error err;

		attach();
		source_of(slot, path);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(hold(slot, &err), -ENODATA);
		assert_non_null(strstr(err.what, "source"));
		assert_int_equal(hold(!slot, &err), 0);
		publish(2); /* which does not need it */
		assert_text(NG_IMAGE_CURRENT, 2);
		world_detach_all();
		world_assert_empty();
	}
}

static void test_source_of_another_image_is_an_error(void **unused)
{
	char current[NG_PIN_PATH], previous[NG_PIN_PATH];
	__cleanup_fd int fd = -1;
	struct ng_error err;

	(void)unused;
	attach();
	source_of(NG_IMAGE_CURRENT, current);
	source_of(NG_IMAGE_PREVIOUS, previous);
	fd = bpf_obj_get(previous);
	assert_int_equal(unlink(current), 0);
	assert_int_equal(bpf_obj_pin(fd, current), 0);
	assert_int_equal(hold(NG_IMAGE_CURRENT, &err), -EPROTO);
	assert_int_equal(hold(NG_IMAGE_PREVIOUS, &err), 0);
}

static void test_source_that_is_no_source_is_an_error(void **unused)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = ng_array_create("other", 8, 1);
	struct ng_error err;

	(void)unused;
	attach();
	source_of(NG_IMAGE_CURRENT, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(bpf_obj_pin(fd, path), 0);
	assert_int_equal(hold(NG_IMAGE_CURRENT, &err), -EPROTO);
}

/* A command that was killed after it had made a source, and before its image was in force. */
static void test_source_that_was_not_used_is_swept(void **unused)
{
	struct ng_image image = image_of(texts[2]);
	struct ng_state *state;
	int fd;

	(void)unused;
	attach();
	state = world_open(NG_ACCESS_CHANGE);
	fd = ng_image_create(&state->now, image.data);
	assert_true(fd >= 0);
	close(fd);
	world_run("test $(ls -d /sys/fs/bpf/netguard/*/map-* | wc -l) = 6");
	ng_state_close(state);
	world_run("test $(ls -d /sys/fs/bpf/netguard/*/map-* | wc -l) = 5");
	assert_text(NG_IMAGE_CURRENT, 1);
	assert_text(NG_IMAGE_PREVIOUS, 0);
	ng_image_clear(&image);
}

/* Before the reader's @nth system call, the images are replaced; false: it made fewer calls. */
static bool replace_at(enum ng_image_slot slot, unsigned int nth, size_t *published)
{
	bool replaced = false;
	struct ng_error err;
	int status;
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(hold(slot, &err) ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL), 0);
	/* Each call stops it twice. */
	for (unsigned int stop = 1; WIFSTOPPED(status); stop++) {
		replaced = stop == 2 * nth;
		for (int i = 0; replaced && i < 2; i++)
			publish(++*published);
		assert_int_equal(
			ptrace(replaced ? PTRACE_DETACH : PTRACE_SYSCALL, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg("slot %d, call %u: status %#x", slot, nth, status);
	return replaced;
}

/* A reader takes no lock: whenever an image is replaced, it finds one with its own source. */
static void test_source_is_found_while_images_are_replaced(void **unused)
{
	size_t published = 1;

	(void)unused;
	attach();
	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++)
		for (unsigned int nth = 1; replace_at(slot, nth, &published);)
			nth++;
	assert_true(published > 40);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_enter)
	const struct CMUnitTest tests[] = {
		TEST(test_sources_of_both_images_stay),
		TEST(test_source_is_as_large_as_the_ruleset),
		TEST(test_source_stays_when_programs_are_replaced),
		TEST(test_source_that_is_missing_is_an_error),
		TEST(test_source_of_another_image_is_an_error),
		TEST(test_source_that_is_no_source_is_an_error),
		TEST(test_source_that_was_not_used_is_swept),
		TEST(test_source_is_found_while_images_are_replaced),
	};

	return cmocka_run_group_tests_name("kernel source", tests, NULL, NULL);
}
