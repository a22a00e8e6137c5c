# SPDX-License-Identifier: GPL-2.0-only
# kernel.sh - netguard's objects in the kernel, and whether they are gone
#
# Others may use netguard on this machine meanwhile: only objects noted as ours count.

# pins NAMESPACE: the folder of netguard's pins for it; its name is the namespace's cookie
pins()
{
	local cookie

	cookie=$(in_namespace "$1" "$root/testenv/lib/netns_cookie.py") &&
		echo "/sys/fs/bpf/netguard/$cookie"
}

# inner_maps MAP: the ids in a map of maps
inner_maps()
{
	local a b c d

	bpftool map dump pinned "$1" | sed -n 's/.*value: //p' |
		while read -r a b c d; do
			echo $((0x$d$c$b$a))
		done
}

# source_of ID: the id of the map with the source of image ID, which is in its header (image.h)
source_of()
{
	local a b c d

	read -r a b c d < <(bpftool -j map lookup id "$1" key 0 0 0 0 | head -c 1000 |
		grep -o '"0x[0-9a-f]*"' | sed -n '37,40s/"0x\(.*\)"/\1/p' | tr '\n' ' ')
	echo $((0x$d$c$b$a))
}

# The ids of the live table, of the flow table, of tables of buckets, and of the images with their
# sources.
maps_in_force()
{
	local id map

	for map in live flows tables; do
		inner_maps "$folder"/gen-*/$map
	done
	for id in $(inner_maps "$folder"/gen-*/images); do
		echo "$id"
		source_of "$id"
	done
}

# in_the_kernel: the pins in $folder, without the number of the generation, and how many programs
# use our maps ($control is the id of one). Exactly the maps in force have pins; the length of the
# history is left out.
in_the_kernel()
{
	diff <(find "$folder" -name 'map-*' -printf '%P\n' | sed 's/map-//' | sort) \
		<(maps_in_force | sort -u) || :
	find "$folder" -printf '%P\n' | sed -e 's/gen-[0-9]*/gen/' -e '/^map-/d' \
		-e '/^history./d' | sort
	bpftool -j prog show |
		jq --argjson control "$control" \
			'[.[] | select(.map_ids // [] | index($control))] | length'
}

# Note netguard's programs, maps and pins for $near.
remember_kernel_objects()
{
	local id map

	for id in $(ng status --json | jq '.interfaces[].program_id'); do
		echo "prog $id"
		for map in $(bpftool -j prog show id "$id" | jq '.map_ids[]'); do
			echo "map $map"
		done
	done >>"$tmp/objects"
	# Images with their sources, and the live table.
	find "$(pins "$near")" -name 'map-*' -printf '%f\n' | sed 's/-/ /' >>"$tmp/objects"
	grep -q map "$tmp/objects" || fail "netguard has no maps here"
}

is_gone()
{
	! bpftool "$1" show id "$2" >/dev/null 2>&1
}

# nothing_is_left: of what was noted; and the interfaces are as before
nothing_is_left()
{
	local kind id

	while read -r kind id; do
		try is_gone "$kind" "$id" || fail "$kind $id is left: $(bpftool "$kind" show id "$id")"
	done < <(sort -u "$tmp/objects")
	must ng status
	says "not attached to any interface here"
	must ip -n "$near" -d link show
	[[ $output != *xdp* ]] || fail "an XDP program is left: $output"
	must in_namespace "$near" bpftool net show
	[[ $output != *netguard* ]] || fail "a program is left: $output"
	equal "qdiscs" "$(tc -n "$near" qdisc show | grep -v noqueue)" ""
}
