# SPDX-License-Identifier: GPL-2.0-only
# conversations.sh - what tests of `established` share: a ruleset with it, both ends, a longer path

peer=$root/testenv/lib/peer.py

strict()
{
	printf '%s\n' "default drop" "pass established" "$@" >"$tmp/rules"
	must ng apply "$tmp/rules"
}

# What is in the near namespace, and the far one.
here() { ip netns exec "$near" "$@"; }
there() { ip netns exec "$far" "$@"; }

listen()
{
	spawn ip netns exec "$1" "$peer" "${@:2}" >"$tmp/$2-$3-$4"
	try grep -q ready "$tmp/$2-$3-$4" || fail "the server does not start"
}

# A router with a small link behind it, and a hop that is not the last one.
beyond()
{
	hop=$near-hop
	namespace_add "$hop"
	must ip -n "$far" link add far1 type veth peer name hop0 netns "$hop"
	address far1 "$far" 198.51.100.1/24 2001:db8:2::1/64
	must ip -n "$far" link set far1 up
	must ip -n "$hop" link set hop0 up
	address hop0 "$hop" 198.51.100.2/24 2001:db8:2::2/64
	must there sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	must ip -n "$near" route add 198.51.100.0/24 via $far_ip
	must ip -n "$near" route add 2001:db8:2::/64 via $far_ip6
	must ip -n "$hop" route add 192.0.2.0/24 via 198.51.100.1
	must ip -n "$hop" route add 2001:db8::/64 via 2001:db8:2::1
}

# behind IFACE: a namespace behind this machine, $lan, which forwards for it. IFACE is lan0 for a wire,
# or the name of a bridge.
behind()
{
	lan=$near-lan
	namespace_add "$lan"
	must ip -n "$near" link add lan0 type veth peer name host0 netns "$lan"
	if [ "$1" != lan0 ]; then
		must ip -n "$near" link add "$1" type bridge
		must ip -n "$near" link set lan0 master "$1"
		must ip -n "$near" link set "$1" up
	fi
	must ip -n "$near" link set lan0 up
	must ip -n "$lan" link set host0 up
	address "$1" "$near" 198.51.100.1/24 2001:db8:2::1/64
	address host0 "$lan" 198.51.100.2/24 2001:db8:2::2/64
	must here sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	must ip -n "$far" route add 198.51.100.0/24 via $near_ip
	must ip -n "$far" route add 2001:db8:2::/64 via $near_ip6
	must ip -n "$lan" route add default via 198.51.100.1
	must ip -n "$lan" -6 route add default via 2001:db8:2::1
}
