/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An environment for tests of the kernel side: network and mount namespaces of this process, with a
 * bpffs and the veth pair ngk0 - ngk0p. It goes with the process, however that ends.
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

/** world_receive() - send @n frames into @peer; returns how many of them @iface receives */
unsigned int world_receive(const char *iface, const char *peer, unsigned int n);

/**
 * world_image() - an image without rules
 * @drop: default drop
 * @size: padded with zeros to that size; 0: not padded
 */
struct ng_image world_image(bool drop, size_t size);

/** world_marked_image() - the same, identified by @created */
struct ng_image world_marked_image(bool drop, size_t size, __u64 created);

/** world_open() - open the state; on error the test fails with its message */
struct ng_state *world_open(enum ng_access access);

/** world_attach() - attach WORLD_IFACE, image as world_image(); the test fails if that fails */
void world_attach(enum ng_mode mode, const struct ng_image *first);
void world_publish(const struct ng_image *image);
void world_detach_all(void);

/** world_counted() - packets in a slot */
unsigned long long world_counted(unsigned int slot);

/** world_await() - wait until @slot has counted @packets; fail if it does not, or has counted more
 */
void world_await(unsigned int slot, unsigned long long packets);

/** world_await_deadline() - sleep until the deadline of the window has passed */
void world_await_deadline(void);

/** world_assert_empty() - nothing of netguard's is left in the bpffs or on WORLD_IFACE */
void world_assert_empty(void);

/** world_xdp_id() - the id of the XDP program on the interface, from the kernel; or 0 */
unsigned int world_xdp_id(const char *iface);

#endif
