#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The bench itself, on a few small rows: its output, and that a wrong verdict is an error.
# Its figures are not checked.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
bench=$BUILD/bench/bench
netguard=${NETGUARD:-$BUILD/netguard}
failed=0
tmp=$(mktemp -d -t ng-bench-test.XXXXXX) || exit 1
trap 'rm -rf "$tmp"' EXIT

# check NAME COMMAND...: the command succeeds
check()
{
	local name=$1

	shift
	if "$@" >"$tmp/said" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name: $(tail -n 3 "$tmp/said" | tr '\n' ' ')"
		failed=1
	fi
}

# run ARGUMENT...: the bench, its status in $status, its words in $tmp/out and $tmp/err
run()
{
	timeout 200 "$bench" --out "$tmp" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

is() { [ "$1" = "$2" ] || { echo "$1 is not $2"; cat "$tmp/err"; false; }; }

[ -x "$bench" ] || { echo "not ok - bench_is_built: there is no $bench"; exit 1; }
if [ "$(id -u)" != 0 ]; then
	echo "skip - bench: must be root"
	exit 0
fi

run 'rules-v4-acl-10$' 'rules-v6-fw-100-tc$' 'set-v6-mixed-1000$'
check bench_measures_rows is "$status" 0
check bench_rows_have_names_and_figures jq -e '
	map(select((.name | type) == "string" and .floor_ns > 0 and
		(.over_parsing_ns | type) == "number" and .image_bytes > 0)) | length == 3
	' "$tmp/results.json"
check bench_measures_what_is_asked_for jq -e '
	map(.name) == ["rules-v4-acl-10", "rules-v6-fw-100-tc", "set-v6-mixed-1000"]
	' "$tmp/results.json"
check bench_says_where_it_ran jq -e '.kernel and .cpu and .cpus > 0' "$tmp/environment.json"

check bench_says_what_is_promised_and_whether_it_is_kept \
	grep -qE '^rules-v4-acl-10 .* ns  parsing +<= 10 ns, goal 10: (goal reached|MISSED)$' "$tmp/out"

cp "$tmp/results.json" "$tmp/earlier.json"
run --compare "$tmp/earlier.json" 'rules-v4-acl-10$' 'rules-v4-ipc-10$'
check bench_sets_a_run_beside_another is "$status" 0
check bench_compares_rows \
	grep -qE '^rules-v4-acl-10 +[0-9.]+ +[0-9.]+ ns +[0-9.]+$' "$tmp/out"
check bench_compares_the_machine is "$(grep -cE \
	'^(floor|parsing): XDP, IPv4 +[0-9.]+ +[0-9.]+ ns +[0-9.]+$' "$tmp/out")" 2
check bench_names_rows_of_the_other_run \
	grep -qx 'only before: rules-v6-fw-100-tc, set-v6-mixed-1000' "$tmp/out"
check bench_names_rows_of_this_run grep -qx 'only now: rules-v4-ipc-10' "$tmp/out"
echo '[{"name": "parse-v4"}]' >"$tmp/foreign.json"
for file in "$tmp/none.json" "$tmp/rules" "$tmp/environment.json" "$tmp/foreign.json"; do
	echo x >"$tmp/rules"
	run --compare "$file" 'rules-v4-acl-10$'
	check bench_does_not_compare_with_"$(basename "$file")" \
		is "$status $(grep -c "^bench: $file: " "$tmp/err") $(wc -l <"$tmp/out")" '1 1 0'
done

# The bench's rulesets are ordinary ones: check must not warn of slow packets.
for row in rules-v4-acl-10000 rules-v4-fw-10000 rules-v4-ipc-10000 rules-v6-acl-10000 \
	rules-v6-fw-10000 rules-v6-ipc-10000; do
	"$bench" --print $row >"$tmp/rules"
	"$netguard" check "$tmp/rules" --json 2>"$tmp/err" | jq -c .slow >"$tmp/slow"
	check "check_calls_nothing_slow_in_$row" is "$(cat "$tmp/slow")" '[]'
done

run --wrong --up-to 100 'rules-v4-ipc-100$' 'rules-v6-acl-10-tc$' worst-v4-acl
check bench_with_a_spoiled_rule_fails is "$status" 1
check bench_names_the_rule_that_is_wrong \
	is "$(grep -cE '^(rules|worst)-v[46]-[a-z0-9-]*: wrong answers: rule [0-9]+ counted' "$tmp/err")" 3
check bench_gives_no_figure_for_wrong_answers jq -e 'length == 0' "$tmp/results.json"

run --walk 'rules-v4-acl-100$' 'rules-v6-fw-10$'
check bench_walk_counts_what_packets_meet is "$(grep -cE \
	'^rules-v[46]-[a-z0-9-]+ +[1-6] .* [0-9]+\.[0-9] +[0-9]+ +[0-9]+' "$tmp/out")" 2

run no-such-row
check bench_without_a_row_fails is "$status" 1

"$bench" --print rules-v6-ipc-1000 >"$tmp/ipc.rules"
check bench_prints_rules_that_netguard_takes "$netguard" check "$tmp/ipc.rules"
"$bench" --print rules-v6-ipc-1000 >"$tmp/again.rules"
check bench_generates_the_same_rules_again cmp "$tmp/ipc.rules" "$tmp/again.rules"

"$bench" --print rules-v6-fw-10 >"$tmp/fw.rules"
"$bench" --pcap rules-v6-fw-10 >"$tmp/fw.pcap"
"$netguard" test "$tmp/fw.rules" "$tmp/fw.pcap" --json >"$tmp/tested" 2>"$tmp/err"
check bench_prints_packets_that_its_rules_are_about jq -e '
	.total.packets == 65536 and .non_ip.packets == 0 and .invalid.packets == 0 and
	(.default.packets < 20000) and (.rules | all(.packets > 1000))' "$tmp/tested"
check bench_prints_packets_of_no_other_row \
	is "$("$bench" --pcap parse-v4 2>&1)" "parse-v4: not the name of a ruleset, as rules-v4-acl-1000 is"

cat >"$tmp/site" <<'END'
@192.0.2.7/32	198.51.100.0/24	0 : 65535	1521 : 1521	0x06/0xFF	0x0000/0x0200
@192.0.2.0/24	198.51.100.0/25	1024 : 65535	53 : 53	0x11/0xFF	0x0000/0x0000
@0.0.0.0/0	203.0.113.0/28	0 : 65535	0 : 65535	0x01/0xFF	0x0800/0xff00
@10.0.0.0/8	0.0.0.0/0	0 : 65535	80 : 80	0x2f/0xFF	0x0000/0x0000
@0.0.0.0/0	0.0.0.0/0	0 : 65535	0 : 65535	0x00/0x00	0x0000/0x0000
END
run --classbench "$tmp/site"
check bench_reads_classbench is "$status" 0
check bench_classbench_has_both_hooks jq -e '
	map(.name) == ["classbench-site", "classbench-site-tc"]' "$tmp/results.json"
check bench_says_which_rules_match_nothing grep -q '1 rules that can match nothing' "$tmp/out"

# A prototype that somebody has built in $BUILD stays.
make_prototype() { make -s bench-prototype BUILD="$tmp/built" PROTOTYPE="$1"; }
run_beside()
{
	timeout 200 "$tmp/built/bench/bench" --out "$tmp" --prototype "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

mkdir -p "$tmp/built/bench"
cp "$bench" "$tmp/built/bench/bench"
xz -k "$tmp/site"
run_beside --classbench "$tmp/site.xz"
check bench_without_the_prototype_it_should_measure_fails is "$status" 1
check bench_says_that_there_is_none grep -q '^classbench-site: .*prototype' "$tmp/err"
check bench_refuses_a_folder_without_a_prototype \
	is "$(make_prototype "$tmp" 2>&1 | grep -c 'there is no tree4qbpf.c')" 1
check bench_prototype_is_there tests/bench_prototype.sh "$tmp/prototype" 0
check bench_builds_a_prototype make_prototype "$tmp/prototype"
run_beside --classbench "$tmp/site.xz"
check bench_measures_a_prototype_beside_netguard jq -e '
	map(.name) == ["classbench-site", "prototype-site", "classbench-site-tc"] and
	.[1].netguard_ratio > 0 and .[1].image_bytes == 3072' "$tmp/results.json"
tests/bench_prototype.sh "$tmp/prototype" 1
check bench_builds_a_prototype_anew make_prototype "$tmp/prototype"
run_beside --classbench "$tmp/site"
check bench_fails_when_a_prototype_answers_wrong is "$status" 1
check bench_says_what_a_prototype_answers grep -q 'wrong answers: the prototype finds rule' "$tmp/err"

# A stand-in for bpfilter: its command answers once its daemon runs, and takes no rules.
mkdir -p "$tmp/bpfilter/src/bfcli" "$tmp/bpfilter/build/output/sbin"
run --bpfilter "$tmp/bpfilter" bpfilter
check bench_refuses_a_folder_without_bpfilter \
	is "$status $(cat "$tmp/err")" "1 bench: $tmp/bpfilter: there is no program bfcli in it; build \
bpfilter there, as its own documentation says"
cat >"$tmp/bpfilter/build/output/sbin/bfcli" <<'END'
#!/bin/sh
[ -e /run/daemon ] || { echo "no daemon" >&2; exit 1; }
[ "$2" != set ] || { echo "takes no $1 of $4: $(grep -c ^rule "$4")" >&2; exit 1; }
END
printf '#!/bin/sh\necho "$*" >/run/daemon\nexec sleep 60\n' >"$tmp/bpfilter/build/output/sbin/bpfilter"
chmod +x "$tmp"/bpfilter/build/output/sbin/*
run --bpfilter "$tmp/bpfilter" --up-to 10 bpfilter
check bench_calls_a_bpfilter_that_is_named grep -qx \
	'not measured: bpfilter-10: takes no ruleset of /run/live.rules: 10' "$tmp/out"
rm "$tmp/bpfilter/build/output/sbin/bpfilter"
run --bpfilter "$tmp/bpfilter" --up-to 10 bpfilter
check bench_fails_when_bpfilter_does_not_answer is "$status $(grep -cx 'bpfilter: no daemon' "$tmp/err")" '1 1'

run worst-v4-fw worst-v6-ipc --up-to 300
check bench_searches_for_the_packet_that_costs_most jq -e '
	map(.name) == ["worst-v4-fw-300", "worst-v6-ipc-300"] and
	all(.entries + .steps > .usual_entries + .usual_steps and .weight_ns <= .bound_ns)
	' "$tmp/results.json"
check bench_says_which_packet_that_is is "$(grep -cE '^  from [0-9a-f:.]+ to ' "$tmp/out")" 2

run change --up-to 50
check bench_times_changes jq -e '
	map(.name) == ["change-add-50", "change-insert-50", "change-block-50", "change-delete-50"]
	and all(.ms > 0)' "$tmp/results.json"

run ban apply --up-to 1000
check bench_ban_is_seen_in_the_data_path jq -e '
	.[0].name == "ban" and .[0].ms > 0' "$tmp/results.json"
run --up-to 10 live-xdp live-tc
check bench_live_frames_arrive_and_are_counted is "$status" 0
check bench_live_rows_have_rates jq -e '
	map(select(.packets_per_second > 0)) | length == 4' "$tmp/results.json"
exit $failed
