#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `netguard metrics`: it agrees with `counters`, `status` and `set list`; promtool and a Prometheus
# accept it, the example alerts and the queries of the dashboard.

# All processes that were started here end with process 1 of the namespace.
namespaces="--pid --fork --kill-child --mount-proc"
. "$(dirname "$0")/command_world.sh"
export netguard
odd='a"\b' # a valid name for an interface
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 && ip link set lo up || exit 1
wire "$odd" veth1

py() {
	/usr/bin/python3 "$root/tests/metrics_test.py" "$@" >out 2>err
	status=$?
}

# eventually OUT COMMAND...: repeat COMMAND until the file out has OUT, 20 s at most
eventually() {
	local wanted=$1 i
	shift
	for i in {1..100}; do
		"$@"
		[ "$(cat out)" != "$wanted" ] || return
		sleep 0.2
	done
}

# promtool_takes NAME OPTIONS...: promtool accepts the metrics, which are left in the file text
promtool_takes() {
	run metrics "${@:2}"
	cp out text
	promtool check metrics <text >out 2>&1
	status=$?
	expect "$1" 0 '' '*'
}

cat >rules <<'END'
default drop
default out pass
set admins { 192.0.2.128/25, 2001:db8::/32 }
pass tcp from @admins dport 22
count ipv4 label "all IPv4, ä"
drop tcp dport 23 label "tel\net"
drop tcp dport 24 label "tel\net"
pass udp dport 53
drop out tcp dport 25 label "tel\net"
END

# ---- once --------------------------------------------------------------------------------------

promtool_takes metrics_of_nothing_are_taken_by_promtool
grep -v '^#' text >out
expect metrics_of_nothing 0 '*
netguard_up 0' '*'

run attach "$odd" --rules rules
run block 203.0.113.7
run set add admins 198.51.100.1 for 1h
py frames veth1
expect metrics_frames_are_sent 0 '' ''
packets() {
	run status --json
	json 'sum(i["dropped"]["packets"] + i["passed"]["packets"]
		for i in it["interfaces"] if i["hook"] == "xdp")' >sum
	mv sum out
}
eventually 18 packets
expect metrics_frames_arrive 0 18 ''
promtool_takes metrics_are_taken_by_promtool
py compare text
expect metrics_are_what_other_commands_say 0 '' ''
promtool_takes metrics_of_all_rules_are_taken_by_promtool --all-rules
py compare text all
expect metrics_of_all_rules_are_what_other_commands_say 0 '' ''
grep -F 'netguard_rule_packets_total{rule="tel\\net",direction="in",verdict="drop"}' text >out
expect metrics_of_one_label_are_added_up 0 '*} 5' ''

run metrics node.prom
expect metrics_to_a_file 0 '' ''
before=$(stat -c %i node.prom)
run metrics node.prom
stat -c %a node.prom >out
ls node.prom* >>out
expect metrics_file_is_for_all_to_read_and_nothing_stays_beside_it 0 '644
node.prom' ''
[ "$before" != "$(stat -c %i node.prom)" ] && ok metrics_file_is_replaced ||
	not_ok metrics_file_is_replaced "it was written in place"
run metrics
cmp -s out node.prom && ok metrics_are_the_same_in_a_file ||
	not_ok metrics_are_the_same_in_a_file "$(diff out node.prom | head -n 3)"
run metrics nowhere/node.prom
expect metrics_to_a_folder_that_is_not_there 1 '' '*nowhere/node.prom: cannot be written*'
run metrics --json
expect_json metrics_as_json 0 '"netguard_up 1\n" in it["text"]' True

run apply rules --confirm 1d
run metrics
grep '^netguard_confirm' out | sed 's/seconds .*/seconds/' >text
mv text out
expect metrics_of_a_change_that_waits 0 'netguard_confirm_waiting{change="ruleset"} 1
netguard_confirm_waiting{change="attachment"} 0
netguard_confirm_expired 0
netguard_confirm_deadline_timestamp_seconds' ''
run confirm
run attach veth1
ip link set veth1 xdpdrv off
run metrics
grep '^netguard_hook_\(att\|prob\).*veth1.*xdp' out >text
mv text out
expect metrics_of_a_lost_hook 0 'netguard_hook_attached{interface="veth1",hook="xdp",mode="native"} 0
netguard_hook_problem{interface="veth1",hook="xdp"} 1' ''
run attach veth1

# ---- over HTTP ---------------------------------------------------------------------------------

# Answers of 6 MB, so that slow readers would take much memory.
{
	echo 'default pass'
	for i in {1..20000}; do
		echo "drop tcp dport $i label \"$i of the many rules whose label is long enough\""
	done
} >many.rules
run apply many.rules
"$netguard" metrics --listen 9902 >listening 2>complaints &
server=$!
said() {
	cp listening out
}
eventually 'listening on http://127.0.0.1:9902/metrics' said
py readers 9902 60
expect metrics_while_60_clients_read_nothing 0 '200 1' ''
awk '/^VmHWM/ { print ($2 < 131072 ? "bounded" : "it took " $2 " kB") }' \
	"/proc/$(pgrep -P $server)/status" >out
expect metrics_hold_few_answers_for_slow_readers 0 bounded ''
kill $server
wait $server
run apply rules

for wrong in :9900 localhost:9900 127.0.0.1: 127.0.0.1:66000 ::1:9900 '[::1]' 127.0.0.1:http \
	'[127.0.0.1:1'; do
	run metrics --listen "$wrong"
	expect "metrics_do_not_listen_on_$wrong" 2 '' '*is not ADDR:PORT or PORT*'
done
run metrics --listen 9900 node.prom
expect metrics_listen_and_write_no_file 2 '' '*--listen*'

"$netguard" metrics --listen 9900 >listening 2>complaints &
server=$!
said() {
	cp listening out
}
eventually 'listening on http://127.0.0.1:9900/metrics' said
status=0
expect metrics_say_where_they_listen 0 'listening on http://127.0.0.1:9900/metrics' '*'
url=http://127.0.0.1:9900
run metrics --listen 127.0.0.1:9900
expect metrics_port_is_taken 1 '' '*127.0.0.1:9900: cannot listen: Address already in use*'

size=$("$netguard" metrics | wc -c)
py get GET $url/metrics
expect metrics_get 0 "200 $size" ''
py get GET $url/metrics content-type
expect metrics_content_type 0 '200 text/plain; version=0.0.4; charset=utf-8' ''
py get HEAD $url/metrics
expect metrics_head_has_no_body 0 '200 0' ''
py get HEAD $url/metrics content-length
expect metrics_head_tells_the_length 0 "200 $size" ''
py get POST $url/metrics allow
expect metrics_post_is_refused 0 '405 GET, HEAD' ''
py get GET $url/
expect metrics_are_at_one_path 0 '*404 *' ''
ls "/proc/$server/fd" >fds
exec 7<>/dev/tcp/127.0.0.1/9900
printf 'GET /metr' >&7
py many $url/metrics 40
expect metrics_many_at_once_beside_one_that_stalls 0 "(200, 1)" ''
exec 7>&-
ls "/proc/$server/fd" >out
expect metrics_leave_no_descriptor_open 0 "$(cat fds)" ''

# ---- hostile clients ---------------------------------------------------------------------------

py raw 9900 'GET /metrics HTTP/1.1\r\n\r\n' 'GET /metrics?a=b HTTP/1.0\r\nHost: x\r\n\r\n' \
	'GET /metrics HTTP/1.1\n\n'
expect metrics_requests 0 'HTTP/1.1 200 OK
HTTP/1.1 200 OK
HTTP/1.1 200 OK' ''
py raw 9900 'GET /metrics\0x HTTP/1.1\r\n\r\n' 'GET /metrics HTTP/1.1\r\nA: \0\r\n\r\n' \
	'GET /metrics%00x HTTP/1.1\r\n\r\n' 'GET /metricsx HTTP/1.1\r\n\r\n' \
	'GET /metrics\r\n\r\n' 'GET  /metrics HTTP/1.1\r\n\r\n' 'GET /metrics HTTP/1.1 x\r\n\r\n' \
	'GET /metrics HTTP/2.0\r\n\r\n' '\n\n' "GET /$(printf 'x%.0s' {1..8200})"
expect metrics_are_at_that_path_only 0 'HTTP/1.1 400 Bad Request
HTTP/1.1 400 Bad Request
HTTP/1.1 404 Not Found
HTTP/1.1 404 Not Found
HTTP/1.1 400 Bad Request
HTTP/1.1 400 Bad Request
HTTP/1.1 400 Bad Request
HTTP/1.1 400 Bad Request
HTTP/1.1 400 Bad Request
HTTP/1.1 431 Request Header Fields Too Large' ''
py tricklers 9900 300
expect metrics_while_300_clients_trickle 0 '200 200 200 200 200 ' ''

speaker=$(pgrep -P $server)
awk '/^(Uid|Groups|CapPrm|CapEff|CapInh|NoNewPrivs)/ { print $1, $2 }' "/proc/$speaker/status" >out
expect metrics_speak_http_without_privileges 0 'Uid: 65534
Groups: 
CapInh: 0000000000000000
CapPrm: 0000000000000000
CapEff: 0000000000000000
NoNewPrivs: 1' ''
for fd in "/proc/$speaker/fd/"*; do
	readlink "$fd"
done | grep -v '^socket:\|eventpoll\|/listening$\|/complaints$\|^/dev/null$' >out
expect metrics_speak_http_with_no_way_to_the_filter 0 '' ''
awk '/^(CapPrm|NoNewPrivs)/ { print $1, $2 }' /proc/$server/status >out
expect metrics_ask_with_one_capability 0 'CapPrm: 0000000000200000
NoNewPrivs: 1' ''

# ---- a Prometheus ------------------------------------------------------------------------------

alerts=$root/packaging/prometheus/netguard.rules.yml
promtool check rules "$alerts" >out 2>err
status=$?
expect alerts_are_taken_by_promtool 0 '*SUCCESS*' ''
cat >prometheus.yml <<END
global: { scrape_interval: 200ms, evaluation_interval: 200ms }
rule_files: [ "$alerts" ]
scrape_configs:
  - job_name: netguard
    static_configs: [ { targets: [ "127.0.0.1:9900" ] } ]
END
prometheus --config.file=prometheus.yml --storage.tsdb.path=data --log.level=error \
	--web.listen-address=127.0.0.1:9090 >prometheus.log 2>&1 &
prometheus=$!
eventually 1 py query netguard_up
expect prometheus_scrapes 0 1 ''
py query 'netguard_rule_packets_total{rule="tel\\net",direction="in"}'
expect prometheus_has_the_counts_of_a_label 0 5 ''
py query 'netguard_hook_packets_total{interface="a\"\\b",hook="xdp",verdict="drop"}'
expect prometheus_has_the_counts_of_an_odd_interface 0 13 ''
py query 'ALERTS'
expect prometheus_has_nothing_to_alert 0 '' ''

# The queries of the dashboard and the alerts are valid and have results.
"$netguard" metrics --all-rules >text
py names text
cp out names
dashboard=$root/packaging/grafana/netguard.json
jq -e '(.panels | length) > 0 and ([.panels[].id] | length == (unique | length))' "$dashboard" \
	>out 2>err
status=$?
expect dashboard_is_json 0 true ''
jq -r '.. | .expr? // empty' "$dashboard" >queries
grep -o 'netguard_[a-z_0-9]*' queries "$alerts" -h | sort -u | grep -vxFf names >out
status=0
expect dashboard_and_alerts_ask_for_what_there_is 0 '' ''
sed 's/\$__rate_interval/1m/g; s/\$__interval/1m/g; s/\$instance/.*/g' queries |
	while read -r expression; do
		py query "$expression"
		[ $status = 0 ] || cat err
	done >problems
mv problems out
expect dashboard_asks_in_a_right_way 0 '' ''

# ---- what happens to the filter ----------------------------------------------------------------

run rule add 'drop udp dport 9 label "new"'
eventually 0 py query 'netguard_rule_packets_total{rule="new"}'
expect metrics_of_a_new_rule_are_there 0 0 ''
run detach --all
eventually 0 py query netguard_up
expect metrics_go_on_without_the_filter 0 0 ''
eventually 1 py query 'ALERTS{alertname="NetguardNotFiltering"}'
expect prometheus_alerts_that_nothing_is_filtered 0 1 ''
cp complaints out
expect metrics_do_not_complain_of_that 0 '' ''
run attach veth1
eventually 1 py query netguard_up
expect metrics_know_the_filter_again 0 1 ''
kill $prometheus
wait $prometheus

# A netguard of another layout took over.
other=$(realpath "${BUILD:-$root/build}")/other/netguard
"$other" upgrade >/dev/null
py get GET $url/metrics
py get GET $url/metrics
cp complaints out
expect metrics_tell_that_they_are_too_old 0 '*made by a newer netguard*' ''
[ "$(wc -l <complaints)" = 1 ] && ok metrics_complain_once ||
	not_ok metrics_complain_once "$(cat complaints)"
run metrics node.prom
grep -v '#' node.prom >out
expect metrics_to_a_file_when_they_cannot_ask 1 '*netguard_up 0' '*made by a newer netguard*'
"$other" detach --all >/dev/null

# The two processes end together.
kill $server
wait $server
gone() {
	[ -e "/proc/$speaker" ] && echo there >out || echo gone >out
}
eventually gone gone
status=0
expect metrics_end_together 0 gone '*'
"$netguard" metrics --listen '[::1]:9901' >listening 2>complaints &
server=$!
eventually 'listening on http://[::1]:9901/metrics' said
py get GET 'http://[::1]:9901/metrics'
expect metrics_over_ipv6 0 '*200 *' ''
kill -KILL "$(pgrep -P $server)"
wait $server
status=$?
mv complaints err
expect metrics_end_with_the_process_that_speaks_http 1 '*' '*was killed: Killed*'
finish
