#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# netguard doctor: its findings and its hints.
. "$(dirname "$0")/command_common.sh"
shopt -s extglob

if [ "$(id -u)" != 0 ]; then
	echo "skip - doctor: needs root"
	exit 0
fi

netns_begin doctor numrxqueues 2

# of ABOUT GROUP: "GRADE: WHAT; HINT" of each such finding in the JSON of the last run
of() {
	/usr/bin/python3 -c 'import json, sys
for found in json.load(open("out"))["findings"]:
    if [found["about"], found["group"]] == sys.argv[1:]:
        print(found["grade"] + ": " + found["what"] + "; " + found["hint"])' "$@"
}

# examine IFACE...: as run, but without the capability to load programs, which is slow
examine() {
	nsenter --net="/run/netns/$netns" setpriv --bounding-set -all,+sys_admin \
		--inh-caps -all,+sys_admin "$netguard" doctor --json "$@" >out 2>err
	status=$?
}

# finds NAME ABOUT GROUP PATTERN: in the JSON of the last run
finds() {
	local found
	found=$(of "$2" "$3")
	# shellcheck disable=SC2254 # it is a pattern
	case $found in
	$4) ok "$1" ;;
	*) not_ok "$1" "it finds: $found" ;;
	esac
}

run -n "$netns" doctor --json near0
expect_json "a sound machine has no problem" 0 'it["problems"]' 0
finds "the kernel" kernel machine "ok: Linux *"
finds "the BPF file system" "BPF file system" machine "*: *mounted at /sys/fs/bpf*"
finds "the programs load" "XDP program" kernel "ok: *"
finds "the TC program loads" "TC program" kernel "ok: *"
finds "a capability" CAP_NET_ADMIN privileges "ok: available: *"
finds "a device" device near0 "ok: veth, MTU 1500, up; "
finds "its native XDP" "native XDP" near0 "@(ok|unknown): *"
finds "veth strips no tags" offload near0 "ok: none that affects XDP; "
[ "$(nproc)" = 1 ] || finds "few queues" queues near0 "@(note|ok): *"
finds "nothing is attached" netguard near0 ""
[ ! -e "/sys/fs/bpf/netguard/$(nsenter --net="/run/netns/$netns" "$root/testenv/lib/netns_cookie.py")" ] &&
	ok "it leaves nothing" || not_ok "it leaves nothing" "a state"
run -n "$netns" doctor
expect "without names it looks at all interfaces" 0 "*far0*near0*0 problems,*" ""
examine nowhere0
finds "an interface that is not there is a problem" device nowhere0 \
	"problem: there is no such interface here; \`ip link\` lists*"

run -n "$netns" attach near0
examine near0
finds "where netguard is attached" netguard near0 "ok: attached: xdp, native; "
finds "which is no program of somebody else's" XDP near0 ""
run -n "$netns" detach near0
echo '__attribute__((section("xdp"))) int other(void *context) { return 2; }' |
	clang -O2 -g -target bpf -x c -c -o other.o -
ip -n "$netns" link set near0 xdp obj other.o sec xdp
examine near0
finds "a program of somebody else's" XDP near0 \
	"note: program other (id *) is already attached; *netguard attach near0 --mode tc"
ip -n "$netns" link set near0 xdp off
ip -n "$netns" link set near0 mtu 9000
examine near0
finds "a large MTU with a driver that takes it" "native XDP" near0 "@(ok|unknown): *"
if ip -n "$netns" tuntap add dev tun0 mode tun 2>/dev/null; then
	examine
	finds "a device without Ethernet is a note" frames tun0 \
		"note: *no Ethernet header*; attach to the Ethernet*"
	examine tun0
	finds "and a problem when it is asked for" frames tun0 "problem: *no Ethernet header*"
else
	echo "skip - a device without Ethernet: this kernel has no tun"
fi

setpriv --bounding-set -all --inh-caps -all "$netguard" doctor --json near0 >out 2>err
status=$?
finds "a missing capability" CAP_NET_ADMIN privileges "problem: missing: *; run as root*"
finds "what could not be tried is unknown" "extension programs" kernel "unknown: *"
setpriv --reuid 65534 --clear-groups "$netguard" doctor >out 2>err
status=$?
expect "an ordinary user learns what there is to know" 1 "*ok       kernel: Linux*problem  CAP_BPF*" ""

# elsewhere SCRIPT: doctor on a machine that SCRIPT has changed, in its own mount namespace
elsewhere() {
	unshare -m bash -c "mount --make-rprivate / && $1
		exec setpriv --bounding-set -all --inh-caps -all '$netguard' doctor --json lo" >out 2>err
	status=$?
}
# setting FILE VALUE
setting() {
	echo "$2" >"setting-${1##*/}"
	echo "mount --bind '$folder/setting-${1##*/}' '$1';"
}
# Only the first network namespace has these; the test may run in another one.
mkdir core
echo 2 >core/bpf_jit_harden
echo 0 >core/bpf_jit_enable
elsewhere "mount --bind '$folder/core' /proc/sys/net/core;
	$(setting /proc/sys/kernel/unprivileged_bpf_disabled 0)
	$(setting /sys/devices/system/clocksource/clocksource0/current_clocksource hpet)
	mount -t tmpfs none /sys/kernel/btf;"
finds "JIT hardening that costs" "JIT hardening" machine \
	"note: *bpf_jit_harden is 2*; sysctl -w net.core.bpf_jit_harden=1*"
finds "no JIT" JIT machine "note: off*; sysctl -w net.core.bpf_jit_enable=1"
finds "BPF for all" "unprivileged BPF" machine "note: every user*; sysctl -w *disabled=2"
finds "a slow clock" clock machine "note: hpet*"
finds "no BTF" BTF machine "note: no /sys/kernel/btf/vmlinux*"
elsewhere "mount -t tmpfs none /sys/fs/bpf; mount -t tmpfs none /proc/1; mount -t tmpfs none /proc/\$PPID; mount -t tmpfs none /proc/$$;"
finds "no BPF file system" "BPF file system" machine "problem: no BPF file system is mounted; mount -t bpf -o mode=0700 bpf /sys/fs/bpf"
[ "$status" = 1 ] && ok "which is status 1" || not_ok "which is status 1" "$status"

finish
