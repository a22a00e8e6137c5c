#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh [-k SERIES] [-t SECONDS] [-m MIB] [-v] COMMAND [ARGUMENT...]
#
# Boots a Debian kernel (SERIES 6.1, the default, or 6.12) in qemu, without KVM, and runs COMMAND
# there as root, in this folder. The guest sees the host's file system; its writes stay in its memory
# and are lost at the end. It has no network; of the environment it gets BUILD and NETGUARD. The
# status is that of COMMAND; 125 if there is none, and then the last lines of the console are shown
# (with -v always all of it).
#
# Kernels are fetched by apt into $NG_GUESTS, by default build/guest of the tree.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
guests=${NG_GUESTS:-$here/../../build/guest}
series=6.1 seconds=300 mib=1024 verbose=

usage() { sed -n '3s/^# /usage: /p' "$0" >&2; exit 2; }

while getopts k:t:m:v option; do
	case $option in
	k) series=$OPTARG ;;
	t) seconds=$OPTARG ;;
	m) mib=$OPTARG ;;
	v) verbose=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage

folder=$(mkdir -p "$guests/$series" && cd "$guests/$series" && pwd)
work=$(mktemp -d)
guest='' server=''
clean_up()
{
	end_guest
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The modules that the guest needs to mount the host's file system, in the order of loading.
initramfs_modules()
{
	local release=$1 module

	for module in virtio_pci virtiofs overlay; do
		modprobe -d "$folder/root" -S "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

make_initramfs()
{
	local tree=$work/initramfs path name

	mkdir -p "$tree"/{bin,modules,dev,proc,sys,host,layer,root}
	cp /bin/busybox "$tree/bin/"
	cp "$here/init" "$tree/init"
	initramfs_modules "$1" | while read -r path; do
		name=$(basename "$path" .xz)
		case $path in
		*.xz) xz -dc "$path" >"$tree/modules/$name" ;;
		*) cp "$path" "$tree/modules/$name" ;;
		esac
		echo "$name" >>"$tree/modules/order"
	done
	(cd "$tree" && find . | cpio -o -H newc --quiet) >"$work/initramfs.cpio"
}

# Process 1 of the guest. ttyS0 is the console, ttyS1 the command's output, ttyS2 reports progress to
# this script.
make_session()
{
	cat <<-END
		export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
		export HOME=/root TERM=dumb LANG=C.UTF-8
		$(declare -p BUILD NETGUARD 2>/dev/null | sed 's/^declare -[a-z-]*/export/')
		echo started >/dev/ttyS2
		mkdir -p /dev/pts /dev/shm /run/netns
		ln -s /proc/self/fd /dev/fd
		mount -t devpts devpts /dev/pts
		mount -t tmpfs shm /dev/shm
		mount -t bpf bpf /sys/fs/bpf
		ip link set lo up
		stty -F /dev/ttyS1 raw
		cd $(printf %q "$PWD")
		( exec </dev/null >/dev/ttyS1 2>&1; exec $(printf '%q ' "$@") )
		echo "status \$?" >/dev/ttyS2
		busybox poweroff -f
	END
}

# Serve the host's file system to the guest; the server exits with the guest.
start_server()
{
	/usr/lib/qemu/virtiofsd --socket-path="$work/host.sock" -o source=/ -o sandbox=chroot \
		-o cache=always >"$work/server" 2>&1 &
	server=$!
	for _ in $(seq 100); do
		[ -S "$work/host.sock" ] && return
		sleep 0.05
	done
	echo "run.sh: virtiofsd does not start:" >&2
	cat "$work/server" >&2
	exit 125
}

# Two CPUs, emulated by one thread: with a thread each, a CPU may execute an instruction that the
# other one has patched long before, and the kernel, which patches itself, crashes (int3 in
# netif_rx_internal). Four levels of page tables are faster to walk than five. An oops ends the guest
# at once, by a panic after which qemu does not reboot.
start_guest()
{
	rm -f "$work/host.sock" "$work/report"
	touch "$work/report"
	start_server
	qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
		-M pc,hpet=off -accel tcg,thread=single -cpu max,la57=off -smp 2 -m "$mib" \
		-object "memory-backend-memfd,id=memory,size=${mib}M,share=on" \
		-numa node,memdev=memory \
		-chardev "socket,id=host,path=$work/host.sock" \
		-device vhost-user-fs-pci,chardev=host,tag=host \
		-serial "file:$work/console" -serial stdio -serial "file:$work/report" \
		-kernel "$folder/root/boot/vmlinuz-$release" -initrd "$work/initramfs.cpio" \
		-append "console=ttyS0 panic=-1 oops=panic mitigations=off no_timer_check \
ng.kernel=$folder/root ng.session=$work/session" </dev/null 2>"$work/qemu" &
	guest=$!
}

# guest_says WORD SECONDS - wait for a line of the report, or for the guest to exit
guest_says()
{
	local end=$((SECONDS + $2))

	until grep -q "^$1" "$work/report"; do
		kill -0 "$guest" 2>/dev/null && [ $SECONDS -lt $end ] || return
		sleep 0.1
	done
}

end_guest()
{
	local process

	for process in $guest $server; do
		kill "$process" 2>/dev/null || true
		wait "$process" 2>/dev/null || true
	done
	guest='' server=''
}

exec 9>"$folder/lock"
flock 9
[ -s "$folder/release" ] || "$here/fetch.sh" "$series" "$folder"
flock -u 9
release=$(cat "$folder/release")

make_initramfs "$release"
make_session "$@" >"$work/session"
start_guest
if ! guest_says started 60; then
	echo "run.sh: kernel $series did not boot, trying once more; its last words:" >&2
	tail -n 20 "$work/console" >&2
	end_guest
	start_guest
	guest_says started 60 || true
fi
guest_says status "$seconds" || true
status=$(sed -n 's/^status \([0-9]*\).*/\1/p' "$work/report")
if [ -z "$status" ]; then
	echo "run.sh: kernel $series: the guest ended, or $seconds seconds did, before the command" >&2
	cat "$work/qemu" >&2
	tail -n 40 "$work/console" >&2
elif [ -n "$verbose" ]; then
	cat "$work/console" >&2
fi
exit "${status:-125}"
