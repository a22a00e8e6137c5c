#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rulesets of docs/examples on the captures of pcaps/examples: the verdict of each packet and
# what decided it, and the counters of each rule have to be as in the .expect files.
set -u
cd "$(dirname "$0")/.." || exit 1
netguard=${NETGUARD:-build/netguard}
failed=0

# report NAME EXPECTED FOUND: two files that must be equal
report() {
	local why

	if why=$(diff "$2" "$3"); then
		echo "ok - $1"
	else
		echo "not ok - $1: expected < and found >:" "${why//$'\n'/ | }"
		failed=1
	fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for rules in docs/examples/*.rules; do
	name=$(basename "$rules" .rules)
	capture=pcaps/examples/$name.pcap
	expect=pcaps/examples/$name.expect

	sed -n 's/\t# .*//p' "$expect" >"$work/verdicts"
	"$netguard" test --each "$rules" "$capture" 2>&1 | cut -f -4 |
		sed 's|^pcaps/examples/||' >"$work/found"
	report "examples: ${name}_verdicts" "$work/verdicts" "$work/found"

	sed -n 's/^# rule \([0-9]*\): \([0-9]*\) packets\{0,1\} \([0-9]*\) bytes/\1 \2 \3/p' "$expect" |
		sort >"$work/counters"
	"$netguard" test --json "$rules" "$capture" |
		jq -r '.rules[] | select(.packets > 0) | "\(.index) \(.packets) \(.bytes)"' |
		sort >"$work/found"
	report "examples: ${name}_counters" "$work/counters" "$work/found"

	sed -n 's/^# over \([0-9]*\): \([0-9]*\) packets\{0,1\} \([0-9]*\) bytes/\1 \2 \3/p' "$expect" |
		sort >"$work/counters"
	"$netguard" test --json "$rules" "$capture" |
		jq -r '.rules[] | select(.over.packets > 0) | "\(.index) \(.over.packets) \(.over.bytes)"' |
		sort >"$work/found"
	report "examples: ${name}_over" "$work/counters" "$work/found"
done
exit $failed
