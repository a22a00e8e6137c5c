/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small world for tests of the kernel side: network and mount namespaces of this process's own,
 * with a bpffs and the veth pair ngk0 - ngk0p. It ends with the process, however that ends.
 */
#ifndef NG_TEST_KERNEL_WORLD_H
#define NG_TEST_KERNEL_WORLD_H

#include "kernel/attach.h"
#include "kernel/maps/counters.h"
#include "kernel/live/live.h"
#include "kernel/publish.h"
#include "kernel/state/state.h"

#define WORLD_IFACE "ngk0"
#define WORLD_PEER  "ngk0p"

/** world_enter() - leave the last world and enter a new one; a cmocka setup function */
int world_enter(void **unused);

/** world_run() - a shell command that must succeed */
void world_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** world_send() - send @n UDP frames from 198.51.100.1 into @peer */
void world_send(const char *peer, unsigned int n);

/** world_receive() - how many frames of the next @n that are sent into @peer come out of @iface */
unsigned int world_receive(const char *iface, const char *peer, unsigned int n);

/**
 * world_image() - an image without rules
 * @drop: default drop for what comes in
 * @size: padded with zeros to that; 0: as small as it is
 */
struct ng_image world_image(bool drop, size_t size);

/** world_marked_image() - likewise, known again by @created */
struct ng_image world_marked_image(bool drop, size_t size, __u64 created);

/** world_open() - the state, or the test fails with the error's words */
struct ng_state *world_open(enum ng_access access);

/** world_attach() - attach WORLD_IFACE, image as world_image(); the test fails if that fails */
void world_attach(enum ng_mode mode, const struct ng_image *first);
void world_publish(const struct ng_image *image);
void world_detach_all(void);

/** world_counted() - packets in a slot */
unsigned long long world_counted(unsigned int slot);

/** world_await() - wait until @slot has counted @packets; fail when it never does, or is beyond */
void world_await(unsigned int slot, unsigned long long packets);

/** world_await_deadline() - sleep until the time of the window that runs is over */
void world_await_deadline(void);

/** world_assert_empty() - nothing of netguard's is left in the bpffs or on WORLD_IFACE */
void world_assert_empty(void);

/** world_xdp_id() - the XDP program on the interface, as the kernel tells it; or 0 */
unsigned int world_xdp_id(const char *iface);

#endif
