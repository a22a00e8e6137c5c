#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# metrics.sh [TEST...] - netguard-metrics.service, with its hardening, on a booting machine

. "$(dirname "$0")/../lib/all.sh"
. "$root/testenv/lib/machine.sh"

# scraped LINE: the metrics have it
scraped()
{
	in_namespace "$near" /usr/bin/python3 -c 'from urllib.request import urlopen
print(urlopen("http://127.0.0.1:9900/metrics").read().decode())' >"$tmp/metrics" 2>&1
	grep -qxF "$1" "$tmp/metrics"
}

test_metrics_service()
{
	local main

	machine_new
	machine_boot
	must machine systemctl start netguard-metrics
	try scraped 'netguard_up 0' || fail "$(head -n 5 "$tmp/metrics")"
	must ng attach near0
	scraped 'netguard_hook_attached{interface="near0",hook="xdp",mode="native"} 1' ||
		fail "$(head -n 20 "$tmp/metrics"; machine_said netguard-metrics)"
	main=$(machine_unit netguard-metrics MainPID)
	equal "user that speaks HTTP" "$(machine sh -c "ps -o user= --ppid $main")" nobody

	# Without the service the filter works as before, and it is restarted.
	must machine systemctl kill --signal=KILL netguard-metrics
	equal "attached" "$(ng status --json | jq '.interfaces[0].attached')" true
	try scraped 'netguard_up 1' || fail "it was not started again"
	[ "$(machine_unit netguard-metrics MainPID)" != "$main" ] || fail "it was not killed"
	must machine systemctl stop netguard-metrics
	equal "netguard-metrics.service" "$(machine_unit netguard-metrics Result)" success
}

machine_install
run_tests "$@"
