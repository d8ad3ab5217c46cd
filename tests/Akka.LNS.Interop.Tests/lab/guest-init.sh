#!/bin/bash
# PID 1 of the clients' machine: a User Mode Linux kernel whose root is the host's own file system, read-only.
# The kernel command line says where its job directory is (lab_job=DIR), the only place on the host that it can write to.
# It runs the scripts cmd/1.sh, cmd/2.sh, ... of that directory as they appear, each in the background, until told to stop:
#   out/N.out  what script N printed      out/N.rc  its exit status, one line, written last      stop  power off
[ "$$" = 1 ] || { echo "guest-init.sh: this is the first process of a guest, not a command" >&2; exit 2; }
export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin HOME=/root LC_ALL=C
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
# devtmpfs has no such links, and bash's process substitution needs them
ln -sfn /proc/self/fd /dev/fd; ln -sfn fd/0 /dev/stdin; ln -sfn fd/1 /dev/stdout; ln -sfn fd/2 /dev/stderr
for w in $(</proc/cmdline); do
  case $w in
    lab_job=*) job=${w#*=} ;;
    lab_modules=*) modules=${w#*=} ;;
  esac
done
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/netns /run/lab /run/xl2tpd
mount -t hostfs none /mnt -o "$job" || echo "guest-init: no job directory"
mkdir -p "/run/kmod/lib/modules/$(uname -r)"
mount --bind "$modules" "/run/kmod/lib/modules/$(uname -r)"
# scratch over everything that daemons like to write to
for d in /tmp /var/log /var/tmp /etc/ppp /etc/xl2tpd; do mount -t tmpfs -o mode=1777 tmpfs "$d"; done
for m in l2tp_ppp bridge veth; do modprobe -q -d /run/kmod "$m" || echo "guest-init: no module $m"; done
# what is written shall be seen on the host at once
echo 10 > /proc/sys/vm/dirty_writeback_centisecs
echo 1 > /proc/sys/vm/dirty_expire_centisecs
ip link set lo up
ip link add br0 type bridge forward_delay 0
ip link set vec0 master br0 up
ip link set br0 up
# a fork costs 40 ms here: sleep by a read with a time-out from a pipe without a writer
exec 9<> <(:)
nap() { read -rt "$1" -u 9 || :; }
. /mnt/client.sh
echo "guest-init: kernel $(uname -r) is ready"
: > /mnt/ready
n=1
while [ ! -e /mnt/stop ]; do
  if [ -e /mnt/cmd/$n.sh ]; then
    k=$n
    { ( . /mnt/cmd/$k.sh ) > /mnt/out/$k.out 2>&1 < /dev/null; echo $? > /mnt/out/$k.rc; } &
    n=$((n + 1))
  else
    nap 0.05
  fi
done
sync
echo 1 > /proc/sys/kernel/sysrq
echo o > /proc/sysrq-trigger
nap 30
