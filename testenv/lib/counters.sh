# SPDX-License-Identifier: GPL-2.0-only
# counters.sh - netguard's counters

# packets PATH: e.g. `.default`, `.rules[0]`, `.invalid.reasons["ip-length"]`
packets()
{
	ng counters --json | jq "$1.packets // 0"
}

octets()
{
	ng counters --json | jq "$1.bytes // 0"
}

# rule_packets TEXT: of the rule with that text
rule_packets()
{
	ng counters --json | jq --arg text "$1" '.rules[] | select(.text == $text) | .packets'
}

# The rules in force, one a line.
rules()
{
	ng rules --json | jq -r '.rules[].text'
}

# counted in|out <JSON: the counters that are not 0, in a form like that of the .expect files of pcaps/
counted()
{
	jq -r --arg default "default$([ "$1" = out ] && echo _out)" '
		def line(name): select(.packets > 0) | "\(name): \(.packets) " +
			(if .packets == 1 then "packet" else "packets" end) + " \(.bytes) bytes";
		(.[$default] | line("default")),
		(.invalid.reasons | to_entries[] | select(.value > 0) |
			"invalid \(.key): \(.value) " +
			(if .value == 1 then "packet" else "packets" end)),
		(.invalid | select(.bytes > 0) | "invalid: \(.bytes) bytes"),
		(.non_ip | line("non_ip")),
		(.exempt | line("exempt")),
		(.blocked | line("blocked")),
		(.rules[] | .index as $index | line("rule \($index)"))'
}
