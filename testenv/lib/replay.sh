# SPDX-License-Identifier: GPL-2.0-only
# replay.sh - sends captures through a filter: frames enter at one interface and leave at another

# replay_begin CAPTURE FROM-NAMESPACE FROM-IFACE TO-NAMESPACE TO-IFACE
#
# Sends the frames. Those that arrive until replay_end are written to $tmp/arrived, a line of
# hexadecimal digits each.
replay_begin()
{
	mkfifo "$tmp/end"
	"$FRAMES" through "$@" <"$tmp/end" >"$tmp/arrived" 2>"$tmp/unsent" &
	replayer=$!
	exec 3>"$tmp/end"
	rm "$tmp/end"
}

# After this no more frames arrive. The ruleset in force must pass the marker frame.
replay_end()
{
	exec 3>&-
	wait $replayer || fail "the frame that marks the end did not arrive. $(<"$tmp/unsent")"
	[ ! -s "$tmp/unsent" ] || fail "$(<"$tmp/unsent")"
}

# met HOOK: number of frames that the filter has seen at xdp, tc-in or tc-out
met()
{
	ng status --json | jq --arg hook "$1" \
		'[.interfaces[] | select(.hook == $hook) | .passed.packets, .dropped.packets] | add'
}

has_met()
{
	[ "$(met "$1")" = "$2" ]
}

# wait_until_met HOOK FRAMES
wait_until_met()
{
	try has_met "$@" || fail "the filter has met $(met "$1") of $2 frames. $(<"$tmp/unsent")"
}

# expected_verdicts EXPECT: pass, drop or lost, a line a frame
expected_verdicts()
{
	grep -v '^#' "$1" | cut -f 3
}

# passes_came_through CAPTURE EXPECT: exactly these frames arrived, unchanged
passes_came_through()
{
	"$FRAMES" hex "$1" >"$tmp/frames"
	paste <(expected_verdicts "$2") "$tmp/frames" | sed -n 's/^pass\t//p' >"$tmp/wanted"
	same "frames that came through" "$tmp/arrived" "$tmp/wanted"
}
