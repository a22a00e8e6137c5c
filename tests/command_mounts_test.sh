#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every command in a mount namespace that differs from that of process 1, as under `ip netns exec`:
# the BPF file system of process 1 is used, and finding it takes a privilege.
namespaces="--pid --fork --kill-child --mount-proc"
. "$(dirname "$0")/command_world.sh"
wire near0 far0
echo 192.0.2.0/25 >list
echo 'set agents { 192.0.2.0/24 }
drop from @agents' >rules
echo 'count udp' >more.rules
"$netguard" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p' >names

# finds OUT ARGUMENTS...: netguard, with a /sys of its own, prints OUT, a pattern
finds() {
	local output=$1 words

	shift
	unshare --mount sh -c 'mount -t tmpfs other /sys/fs/bpf && eval "$0" && exec "$@"' "$mount" \
		timeout -s INT --preserve-status "${limit:-60}" "$netguard" "$@" >out 2>err
	status=$?
	words=$*
	expect "mounts_${others}_${words//[^a-z0-9]/_}" 0 "$output" '*'
	grep -xF -e "$1" -e "$1 ${2-}" names >>tried
}

all_commands() {
	finds '*near0*' attach near0 --rules rules
	finds '*near0*XDP*' status
	finds '*' upgrade
	finds '*drop from @agents*' rules
	finds '*agents*' completion words -- set list ''
	finds '*drop from @agents*' completion words -- rule delete ''
	finds '*' counters
	finds '*' counters reset
	finds '*' flows
	finds '*' flows flush
	finds '*agents*' set list
	finds '*' set add agents 198.51.100.1
	finds '*' set test agents 198.51.100.1
	finds '*' set delete agents 198.51.100.1
	finds '*' set flush agents
	finds '*' set load agents list
	finds '*' feed - --owner one
	finds '*' block 198.51.100.2
	finds '*' unblock 198.51.100.2
	finds '*' allow 198.51.100.3
	finds '*' count 198.51.100.4
	finds '*' rule add drop tcp
	finds '*' rule insert 1 drop udp
	finds '*' rule replace 1 count udp
	finds '*' rule move 1 2
	finds '*' rule delete 1
	finds '*' explain in on near0 icmp from 203.0.113.1
	finds '*' apply rules
	finds '' diff rules
	finds '*' flush --confirm 60s
	finds '*' confirm
	finds '*' rollback
	finds '*@agents*' save
	finds '*near0*' metrics
	finds '*near0*' top interfaces --once --interval 0.1
	limit=1 finds '*' watch
	limit=1 finds '*' capture -w capture.pcapng
	finds '*BPF file system*another process*' doctor near0
	finds '*' check rules
	finds '*' test more.rules "$root/pcaps/arp.pcap"
	finds '*rules*' help rules
	finds '*netguard*' version
	finds '*' detach --all
}

others=without_a_bpffs mount=
all_commands
others=with_another_bpffs mount='mount -t bpf bpf /sys/fs/bpf'
all_commands
sort -u names >all
sort -u tried >out
status=0
expect mounts_every_command 0 "$(cat all)" '*'
finish
