#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make.sh - the pictures of the README, made anew: `netguard top` under a flood between two network
# namespaces, and the chart that the last `make bench` left, if there was one
. "$(dirname "$0")/../../testenv/lib/all.sh"

here=$root/docs/pictures
world_begin
cat >"$tmp/flood.rules" <<-END
	set admins { 192.0.2.128/25 }
	pass tcp from @admins dport 22
	drop udp sport 53 length 512-65535 label "dns amplification"
	drop udp sport 123 label "ntp amplification"
	drop udp dport 11211
	count udp dport 443
	pass udp dport 443
	drop tcp flags fin,syn/fin,syn
END
must ng attach near0 --rules "$tmp/flood.rules"
must ng block 198.51.100.0/24
spawn ip netns exec "$far" "$here/flood.py" far0
ip netns exec "$near" "$here/screen.py" 88 20 25 "$NETGUARD" top >"$tmp/top.svg" || fail "no picture of top"
mv "$tmp/top.svg" "$here/top.svg"
if [ -e "$BUILD/bench/bench.svg" ]; then
	cp "$BUILD/bench/bench.svg" "$here/bench.svg"
else
	echo "bench.svg stays as it was: make bench first"
fi
