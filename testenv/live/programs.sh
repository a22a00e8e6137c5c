#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# programs.sh [TEST...] - `pass established` with `default drop` under the programs people use: iperf3,
# a resolver, traceroute, nmap; on a host, and on one that forwards for what is behind its bridge. Each
# test also shows that its program fails, or finds out more, without the rule.

. "$(dirname "$0")/../lib/all.sh"
. "$(dirname "$0")/../lib/conversations.sh"

closed()
{
	must ng apply - <<<"default drop"
}

# needs PROGRAM...
needs()
{
	local program

	for program; do
		[ -n "$(type -P "$program")" ] || skip "$program is not installed"
	done
}

# Does something listen there? listening NAMESPACE PORT
listening()
{
	[ -n "$(ip netns exec "$1" ss -Hltn "sport = :$2")" ]
}

# A server of iperf3; it serves one test at a time.
iperf_server()
{
	spawn ip netns exec "$1" iperf3 --server >"$tmp/iperf-$1"
	try listening "$1" 5201 || fail "iperf3 does not start"
}

# iperf NAMESPACE ADDRESS OPTION...
iperf()
{
	ip netns exec "$1" iperf3 --client "$2" --connect-timeout 500 "${@:3}"
}

# iperf_both_ways NAMESPACE ADDRESS: TCP and UDP, sent and received by the one who asks
iperf_both_ways()
{
	must iperf "$1" "$2" --bytes 2M
	must iperf "$1" "$2" --bytes 2M --reverse
	must iperf "$1" "$2" --udp --bitrate 20M --bytes 100K
	must iperf "$1" "$2" --udp --bitrate 20M --bytes 100K --reverse
	says "receiver"
	heard_by_udp || fail "nothing came in over UDP: $output"
}

# The receiver's datagrams in the report of iperf3: LOST/ALL, some of which were heard
heard_by_udp()
{
	awk '/receiver/ { for (i = 1; i <= NF; i++) if (split($i, n, "/") == 2 && n[2] ~ /^[0-9]+$/)
		heard += n[2] - n[1] } END { exit !heard }' <<<"$output"
}

with_iperf()
{
	local to

	needs iperf3
	must ng attach near0 --mode "$1"
	iperf_server "$far"
	iperf_server "$near"
	strict
	for to in $far_ip $far_ip6; do
		iperf_both_ways "$near" $to
	done
	for to in $near_ip $near_ip6; do
		must_fail iperf "$far" $to --bytes 2M
	done
	strict "pass proto tcp,udp dport 5201"
	for to in $near_ip $near_ip6; do
		iperf_both_ways "$far" $to
	done
	closed
	for to in $far_ip $far_ip6; do
		must_fail iperf "$near" $to --bytes 2M
	done
}

test_iperf3_native() { with_iperf native; }
test_iperf3_tc() { with_iperf tc; }

# A server of names at the far end, with answers that are too long for UDP, and a resolver on the
# filtered machine that asks it over IPv4 or IPv6, depending on the name.
resolver()
{
	local long

	long=$(printf '%0250d' 0)
	spawn there dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
		--user=root --pid-file= --edns-packet-max=512 --bind-interfaces \
		--listen-address=$far_ip,$far_ip6 --address=/four.test/203.0.113.4 \
		--address=/six.test/203.0.113.6 --txt-record=long.four.test,$long,$long,$long \
		--txt-record=long.six.test,$long,$long,$long >"$tmp/dnsmasq" 2>&1
	try listening "$far" 53 || fail "dnsmasq does not start: $(<"$tmp/dnsmasq")"
	cat >"$tmp/unbound.conf" <<-END
		server:
			directory: "$tmp"
			chroot: ""
			username: ""
			pidfile: ""
			use-syslog: no
			do-daemonize: no
			interface: 127.0.0.1
			module-config: "iterator"
			local-zone: "test." transparent
			cache-max-ttl: 0
			val-log-level: 0
		forward-zone:
			name: "four.test."
			forward-addr: $far_ip
		forward-zone:
			name: "six.test."
			forward-addr: $far_ip6
		remote-control:
			control-enable: no
	END
	spawn here unbound -d -c "$tmp/unbound.conf" >"$tmp/unbound" 2>&1
	try listening "$near" 53 || fail "unbound does not start: $(<"$tmp/unbound")"
}

# dig of a name and a type
asked() { here dig +short +tries=1 "+time=${3:-5}" @127.0.0.1 "$1" "$2"; }

with_resolver()
{
	needs unbound dnsmasq dig
	must ng attach near0 --mode "$1"
	resolver
	strict
	must asked one.four.test A
	equal "an answer" "$output" 203.0.113.4
	must asked one.six.test A
	equal "an answer over IPv6" "$output" 203.0.113.6
	for name in long.four.test long.six.test; do
		must asked $name TXT
		[ ${#output} -gt 750 ] || fail "no long answer for $name: $output"
	done
	# Others cannot ask the resolver's ports.
	must_end 9 there dig +tries=1 +time=1 @$near_ip one.four.test A
	closed
	output=$(asked two.four.test A 1)
	[[ $output != *203.0.113* ]] || fail "an answer without the rule: $output"
	output=$(asked two.six.test A 1)
	[[ $output != *203.0.113* ]] || fail "an answer over IPv6 without the rule: $output"
}

test_resolver_native() { with_resolver native; }
test_resolver_tc() { with_resolver tc; }

# hops METHOD ADDRESS: who answers to traceroute
hops()
{
	here traceroute -n -q 1 -m 2 -w 0.5 "$1" "$2" | awk 'NR > 1 { print $2 }' | xargs
}

with_traceroute()
{
	local method

	needs traceroute
	beyond
	must ng attach near0 --mode "$1"
	strict
	for method in -U -I; do
		equal "hops, $method" "$(hops $method 198.51.100.2)" "$far_ip 198.51.100.2"
		equal "hops over IPv6, $method" "$(hops $method 2001:db8:2::2)" \
			"$far_ip6 2001:db8:2::2"
	done
	closed
	equal "hops without the rule" "$(hops -U 198.51.100.2)" "* *"
	equal "hops over IPv6 without the rule" "$(hops -U 2001:db8:2::2)" "* *"
}

test_traceroute_native() { with_traceroute native; }
test_traceroute_tc() { with_traceroute tc; }

# scanned KIND ADDRESS: what nmap finds out about four ports, as words: of each kind, open and closed
scanned()
{
	local six=()

	case $2 in *:*) six=(-6) ;; esac
	there nmap "${six[@]}" -n -Pn --disable-arp-ping --max-retries 0 --max-rtt-timeout 300ms \
		"$1" -p 53,80,81,5353 -oG - "$2" >"$tmp/scan" 2>&1 ||
		fail "nmap failed: $(<"$tmp/scan")"
	grep -q "Status: Up" "$tmp/scan" || fail "nmap did not scan: $(<"$tmp/scan")"
	grep -oE '[0-9]+/(open|closed|unfiltered)/|Ignored State: (open|closed|unfiltered) ' \
		"$tmp/scan" | xargs
}

with_nmap()
{
	local kind to

	needs nmap
	must ng attach near0 --mode "$1"
	for to in $near_ip $near_ip6; do
		listen "$near" serve $to 80
		listen "$near" answer $to 53
	done
	# The filtered machine has a conversation with the one that scans.
	listen "$far" serve $far_ip 8080
	must ng apply - <<<"default pass"
	for to in $near_ip $near_ip6; do
		for kind in -sS -sA -sF -sN -sU; do
			[ -n "$(scanned $kind $to)" ] || fail "nmap $kind finds nothing without rules"
		done
	done
	strict
	must here "$peer" get $far_ip 8080
	for to in $near_ip $near_ip6; do
		for kind in -sS -sA -sF -sN -sU; do
			equal "what nmap $kind finds of $to" "$(scanned $kind $to)" ""
		done
	done
}

test_nmap_finds_nothing_native() { with_nmap native; }
test_nmap_finds_nothing_tc() { with_nmap tc; }

# What is behind a bridge asks, and publishes one port. netguard is at the outer interface.
with_bridge()
{
	local to

	needs iperf3
	behind br0
	must ng attach near0 --mode "$1"
	iperf_server "$far"
	listen "$lan" serve 198.51.100.2 80
	listen "$lan" serve 198.51.100.2 81
	listen "$lan" serve 2001:db8:2::2 80
	listen "$lan" serve 2001:db8:2::2 81
	strict "pass on near0 tcp dport 80"
	bridge_works
	# At the bridge as well, where answers of what is published come in.
	must ng attach br0
	strict "pass on near0 tcp dport 80" "pass on br0 to { $far_ip, $far_ip6 }"
	bridge_works
	strict "pass on near0 tcp dport 80"
	for to in $far_ip $far_ip6; do
		must_fail iperf "$lan" $to --bytes 2M
	done
	published
	must ng apply - <<<$'default drop\npass on near0 tcp dport 80'
	must_fail there "$peer" get 198.51.100.2 80
	must_fail there "$peer" get 2001:db8:2::2 80
}

bridge_works()
{
	local to

	for to in $far_ip $far_ip6; do
		iperf_both_ways "$lan" $to
		must ip netns exec "$lan" ping -q -c 2 -i 0.01 -W 5 $to
	done
	published
}

published()
{
	local to

	for to in 198.51.100.2 2001:db8:2::2; do
		must there "$peer" get $to 80
		must_fail there "$peer" get $to 81
	done
}

test_bridge_native() { with_bridge native; }
test_bridge_tc() { with_bridge tc; }

# As containers have it: their addresses are translated to the one of the machine.
with_translation()
{
	needs nft iperf3
	behind br0
	must ip -n "$far" route del 198.51.100.0/24
	here nft -f - <<-'END' || skip "the kernel does not translate addresses"
		table ip translate {
			chain out {
				type nat hook postrouting priority srcnat
				oifname near0 masquerade
			}
			chain in {
				type nat hook prerouting priority dstnat
				iifname near0 tcp dport 8080 dnat to 198.51.100.2:80
			}
		}
	END
	must ng attach near0 --mode "$1"
	iperf_server "$far"
	listen "$lan" serve 198.51.100.2 80
	strict
	iperf_both_ways "$lan" $far_ip
	must_fail there "$peer" get $near_ip 8080
	strict "pass tcp dport 8080"
	must there "$peer" get $near_ip 8080
	closed
	must_fail iperf "$lan" $far_ip --bytes 2M
}

test_translated_native() { with_translation native; }
test_translated_tc() { with_translation tc; }

run_tests "$@"
