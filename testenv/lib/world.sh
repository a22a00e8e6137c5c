# SPDX-License-Identifier: GPL-2.0-only
# world.sh - two network namespaces and the wire between them:
#
#	$near: near0 192.0.2.1, 2001:db8::1	where netguard works
#	$far:  far0  192.0.2.2, 2001:db8::2	where the packets come from
#
# Names contain the shell's pid, so any number of worlds can exist at the same time.

near_ip=192.0.2.1 far_ip=192.0.2.2
near_ip6=2001:db8::1 far_ip6=2001:db8::2

# Make the world of this shell, which is removed when the shell exits in any way.
world_begin()
{
	near=ng-$BASHPID-near far=ng-$BASHPID-far
	namespaces=()
	tmp=$(mktemp -d -t ng-world.XXXXXX)
	trap world_end EXIT
	trap 'exit 130' INT TERM HUP
	bpffs_mount
	namespace_add "$near"
	namespace_add "$far"
	wire near0 far0
	address near0 "$near" $near_ip/24 $near_ip6/64
	address far0 "$far" $far_ip/24 $far_ip6/64
}

world_end()
{
	local namespace pid pins

	trap '' INT TERM HUP
	for pid in $(jobs -pr); do
		{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
	done
	for namespace in "${namespaces[@]}"; do
		"$NETGUARD" -n "$namespace" detach --all >/dev/null 2>&1
		# A netguard that has failed a test may have left more.
		if [ -e /sys/fs/bpf/netguard ] && pins=$(pins "$namespace"); then
			rm -rf "$pins"
		fi
		ip netns pids "$namespace" 2>/dev/null | xargs -r kill -KILL
		ip netns del "$namespace"
	done
	rm -rf "$tmp"
}

# As systemd does; if nothing has, it stays mounted for the next test.
bpffs_mount()
{
	[ "$(stat -f -c %T /sys/fs/bpf)" = bpf_fs ] || mount -t bpf bpf /sys/fs/bpf
}

namespace_add()
{
	ip netns add "$1" || fail "cannot make network namespaces"
	namespaces+=("$1")
	ip -n "$1" link set lo up
	# Without duplicate address detection and router solicitations.
	in_namespace "$1" sysctl -qw net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.router_solicitations=0
}

# wire NEAR-IFACE FAR-IFACE: a veth pair from $near to $far, both ends up
wire()
{
	must ip -n "$near" link add "$1" type veth peer name "$2" netns "$far"
	must ip -n "$near" link set "$1" up
	must ip -n "$far" link set "$2" up
}

# address IFACE NAMESPACE ADDRESS...
address()
{
	local iface=$1 namespace=$2 address

	shift 2
	for address; do
		must ip -n "$namespace" address add "$address" dev "$iface" $(nodad "$address")
	done
}

nodad()
{
	case $1 in *:*) echo nodad ;; esac
}

# quiet NAMESPACE IFACE: only the test sends packets
quiet()
{
	in_namespace "$1" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=1"
	must ip -n "$1" link set "$2" arp off
}

in_namespace()
{
	local namespace=$1

	shift
	ip netns exec "$namespace" "$@"
}

# spawn COMMAND...: in the background; its pid is in $child; it is killed with the world
spawn()
{
	"$@" &
	child=$!
}

# ng ARGUMENT...: netguard at the near end
ng()
{
	"$NETGUARD" -n "$near" "$@"
}

# reached ADDRESS: does the far end reach it?
reached()
{
	in_namespace "$far" ping -q -c 1 -W 2 "$1" >/dev/null
}

unreached()
{
	! in_namespace "$far" ping -q -c 1 -W 1 "$1" >/dev/null
}

# foreign_program IFACE xdp|xdpgeneric: attach a program of other software, called `other`
foreign_program()
{
	echo '__attribute__((section("xdp"))) int other(void *context) { return 2; }' |
		clang -O2 -g -target bpf -x c -c -o "$tmp/other.o" - ||
		fail "cannot build a program"
	must ip -n "$near" link set "$1" "$2" obj "$tmp/other.o" sec xdp
}
