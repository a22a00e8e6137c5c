# SPDX-License-Identifier: GPL-2.0-only
# Replaces command_common.sh for tests that need their own network: they run in new network and mount
# namespaces, with a BPF file system of their own, which go when the test ends, however it ends.
# $namespaces, if set before, has options of unshare(1) for further namespaces.
if [ "${1-}" != inside ]; then
	if [ "$(id -u)" -ne 0 ]; then
		echo "skip - $(basename "$0" .sh): needs root"
		exit 0
	fi
	exec unshare --net --mount ${namespaces-} "$0" inside
fi
. "$(dirname "$0")/command_common.sh"
mount -t sysfs sys /sys && mount -t bpf bpf /sys/fs/bpf || exit 1

# wire IFACE PEER: a veth pair, both ends up
wire() {
	ip link add "$1" type veth peer name "$2" && ip link set "$1" up && ip link set "$2" up ||
		exit 1
}
