# SPDX-License-Identifier: GPL-2.0-only
# replay.sh - captures through a filter: frames in at one interface, out at another

# replay_begin CAPTURE FROM-NAMESPACE FROM-IFACE TO-NAMESPACE TO-IFACE
#
# Sends the frames. Those that arrive come to stand in $tmp/arrived, a line of hexadecimal digits
# each, until replay_end.
replay_begin()
{
	mkfifo "$tmp/end"
	"$FRAMES" through "$@" <"$tmp/end" >"$tmp/arrived" 2>"$tmp/unsent" &
	replayer=$!
	exec 3>"$tmp/end"
	rm "$tmp/end"
}

# No frame that has not arrived will any more. What is in force must pass the frame that tells.
replay_end()
{
	exec 3>&-
	wait $replayer || fail "the frame that marks the end did not arrive. $(<"$tmp/unsent")"
	[ ! -s "$tmp/unsent" ] || fail "$(<"$tmp/unsent")"
}

# met HOOK: how many frames the filter has met there, xdp, tc-in or tc-out
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

# passes_came_through CAPTURE EXPECT: those frames, unchanged, and no other
passes_came_through()
{
	"$FRAMES" hex "$1" >"$tmp/frames"
	paste <(expected_verdicts "$2") "$tmp/frames" | sed -n 's/^pass\t//p' >"$tmp/wanted"
	same "frames that came through" "$tmp/arrived" "$tmp/wanted"
}
