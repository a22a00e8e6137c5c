#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# aggregates.sh [TEST...] - at TC the stack passes many TCP segments in one buffer (TSO at egress, GRO
# at ingress): counted are the segments as on a wire.

. "$(dirname "$0")/../lib/all.sh"

port=5001 payload=20000000

# statistic NAMESPACE PROTOCOL NAME: of /proc/net/snmp
statistic()
{
	in_namespace "$1" awk -v "protocol=$2:" -v "name=$3" '$1 != protocol { next }
		!column { for (column = 2; $column != name; column++) ; next }
		{ print $column }' /proc/net/snmp
}

# Segments sent by the namespace, as TCP itself counts them.
segments_sent()
{
	echo $(($(statistic "$1" Tcp OutSegs) + $(statistic "$1" Tcp RetransSegs)))
}

# buffers in|out: number of buffers that the near end's TC programs have seen, approximately
buffers()
{
	case $1 in
	in) echo $(($(statistic "$near" Ip InReceives) + $(in_namespace "$near" awk \
		'$1 == "Ip6InReceives" { print $2 }' /proc/net/snmp6))) ;;
	out) ip -n "$near" -s -j link show near0 | jq '.[0].stats64.tx.packets' ;;
	esac
}

# transfer FROM-NAMESPACE TO-NAMESPACE TO-ADDRESS: sets $sent, bytes of TCP payload
transfer()
{
	spawn ip netns exec "$2" "$root/testenv/lib/tcp.py" serve "$3" $port >"$tmp/server"
	try grep -q ready "$tmp/server" || fail "the server does not start"
	must in_namespace "$1" "$root/testenv/lib/tcp.py" send "$3" $port $payload
	sent=$output
	wait "$child" || fail "the server failed with status $?"
}

# counted_as_segments DIRECTION FROM TO TO-ADDRESS HEADERS
#
# HEADERS are those of a segment with timestamps, and a SYN has 8 bytes of options more.
counted_as_segments()
{
	local direction=$1 from=$2 to=$3 address=$4 headers=$5
	local segments sent passed before

	must ng attach near0 --mode tc
	printf "count $direction tcp dport $port%s\n" "" " length 1500" \
		" length 1501-65575" >"$tmp/rules"
	must ng apply "$tmp/rules"
	before=$(segments_sent "$from")
	passed=$(buffers $direction)
	transfer "$from" "$to" "$address"
	segments=$(($(segments_sent "$from") - before))
	passed=$(($(buffers $direction) - passed))
	[ $passed -lt $((segments / 2)) ] ||
		fail "there were no aggregates: $segments segments in $passed buffers"
	equal "packets" "$(packets '.rules[0]')" $segments
	equal "bytes" "$(octets '.rules[0]')" $((segments * headers + sent + 8))
	[ "$(packets '.rules[1]')" -gt $((segments * 9 / 10)) ] ||
		fail "only $(packets '.rules[1]') of $segments have the length of a full segment"
	equal "packets longer than a segment" "$(packets '.rules[2]')" 0
}

# The far end sends single segments, the near end merges them.
by_gro()
{
	must in_namespace "$far" ethtool -K far0 tso off gso off
	must in_namespace "$near" ethtool -K near0 gro on
}

test_in_of_tso() { counted_as_segments in "$far" "$near" $near_ip 66; }
test_in_of_tso_ipv6() { counted_as_segments in "$far" "$near" $near_ip6 86; }
test_out_of_tso() { counted_as_segments out "$near" "$far" $far_ip 66; }
test_out_of_tso_ipv6() { counted_as_segments out "$near" "$far" $far_ip6 86; }
test_in_of_gro() { by_gro && counted_as_segments in "$far" "$near" $near_ip 66; }
test_in_of_gro_ipv6() { by_gro && counted_as_segments in "$far" "$near" $near_ip6 86; }

run_tests "$@"
