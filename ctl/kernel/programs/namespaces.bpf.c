// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a network namespace with this cookie still exist? This walks the kernel's own list, since a
 * namespace that only a socket or a mount keeps alive has no name that could be looked up.
 *
 * A test run of a raw tracepoint program runs in the caller's context and under rcu_read_lock(),
 * and the kernel itself walks this list under rcu_read_lock(), too (for_each_net_rcu()).
 */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define NG_NAMESPACES_MAX (1 << 20)

/* The members of kernel structures that are read; libbpf relocates them (CO-RE). */
#define KERNEL __attribute__((preserve_access_index))

struct list_head {
	struct list_head *next;
} KERNEL;

struct net {
	struct list_head list;
	__u64 net_cookie;
} KERNEL;

struct nsproxy {
	struct net *net_ns;
} KERNEL;

struct task_struct {
	struct nsproxy *nsproxy;
} KERNEL;

/**
 * ng_cookie - the namespace to look for ng_found - it is there ng_whole - the whole list was
 * walked: only then does its absence mean anything
 */
__u64 ng_cookie;
__u32 ng_found;
__u32 ng_whole;

struct walk {
	struct list_head *at;
	struct list_head *first;
};

/*
 * The list head is not a namespace, and the word where its cookie would be may hold any number: at
 * worst, a namespace that is gone is reported as found.
 */
static long step(__u32 i, struct walk *walk)
{
	struct list_head *at = walk->at;
	struct net *net = (void *)at - bpf_core_field_offset(struct net, list);

	(void)i;
	if (BPF_CORE_READ(net, net_cookie) == ng_cookie)
		ng_found = 1;
	walk->at = BPF_CORE_READ(at, next);
	ng_whole = walk->at == walk->first;
	return ng_found || ng_whole || !walk->at;
}

SEC("raw_tp")
int namespaces(void *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct net *own = BPF_CORE_READ(task, nsproxy, net_ns);
	struct walk walk;

	(void)context;
	walk.at = (void *)own + bpf_core_field_offset(struct net, list);
	walk.first = walk.at;
	ng_found = ng_whole = 0;
	bpf_loop(NG_NAMESPACES_MAX, step, &walk, 0);
	return 0;
}

char ng_license[] SEC("license") = "GPL";
