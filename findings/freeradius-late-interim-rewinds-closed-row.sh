#!/usr/bin/env bash
# FreeRADIUS 3.2.1 (Debian 12), shipped SQL queries and schema for SQLite. An Interim-Update that was sent before the
# Stop but arrives after it, as a repetition over UDP does, meets a closed row. We expected that the totals of the Stop
# stay. The row keeps its stop time and cause but takes the older, smaller session time and octets of the Interim-Update:
# the query of interim-update does not ask whether the row is closed, nor which time stamp is the newer one.
# Output seen (start, update, stop, session time, octets in, octets out, cause):
#   after the Stop
#   1000|1000|1600|600|9000|90000|User-Request
#   after the late Interim-Update
#   1000|1300|1600|300|4000|40000|User-Request
set -euo pipefail
work=$(mktemp -d) pid=
trap '[ -z "$pid" ] || kill "$pid"; rm -rf "$work"' EXIT
cd "$work"
v=3.2.1+dfsg-4+deb12u1
apt-get download -o APT::Sandbox::User=root {freeradius,freeradius-common,freeradius-config,freeradius-utils,libfreeradius3}="$v" \
    libtalloc2=2.4.0-f2 libpcap0.8=1.10.3-1 libdbus-1-3=1.14.10-1~deb12u1 libpcre3=2:8.39-15 \
    {sqlite3,libsqlite3-0}=3.40.1-2+deb12u2 libreadline8=8.2-1.3 >apt.txt 2>&1 ||
    { tail -n 5 apt.txt; exit 77; }
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$work/usr/lib/freeradius:$work/usr/lib/x86_64-linux-gnu
raddb=$work/etc/freeradius/3.0
sed -i "s/rlm_sql_null/rlm_sql_sqlite/; s#/tmp/freeradius.db#$work/acct.db#" "$raddb/mods-available/sql"
cat >radiusd.conf <<CONF
prefix = $work
localstatedir = $work
libdir = $work/usr/lib/freeradius
modconfdir = $raddb/mods-config
thread pool {
	start_servers = 1
	max_servers = 1
	min_spare_servers = 1
	max_spare_servers = 1
}
client loopback {
	ipaddr = 127.0.0.1
	secret = finding
}
modules {
	\$INCLUDE $raddb/mods-available/always
	\$INCLUDE $raddb/mods-available/expr
	\$INCLUDE $raddb/mods-available/preprocess
	\$INCLUDE $raddb/mods-available/sql
}
policy {
	\$INCLUDE $raddb/policy.d/accounting
}
server finding {
	listen {
		type = acct
		ipaddr = 127.0.0.1
		port = 41813
	}
	preacct {
		preprocess
		acct_unique
	}
	accounting {
		sql
	}
}
CONF
setsid usr/sbin/freeradius -f -l stdout -d . -D usr/share/freeradius -n radiusd >server.txt 2>&1 &
pid=$!
for _ in {1..100}; do grep -qs 'Ready to process' server.txt && break; sleep 0.2; done
send() {
    printf '%s\n' "$@" | usr/bin/radclient -d "$raddb" -D usr/share/freeradius 127.0.0.1:41813 acct finding >>client.txt
}
rows() {
    echo "$1"
    usr/bin/sqlite3 acct.db "SELECT acctstarttime, acctupdatetime, acctstoptime, acctsessiontime, acctinputoctets,
        acctoutputoctets, acctterminatecause FROM radacct"
}
session=(NAS-IP-Address=192.0.2.1 User-Name=user Acct-Session-Id=1 Framed-IP-Address=198.51.100.1)
{
    send Acct-Status-Type=Start "${session[@]}" Event-Timestamp=1000
    send Acct-Status-Type=Stop "${session[@]}" Event-Timestamp=1600 Acct-Session-Time=600 Acct-Input-Octets=9000 \
        Acct-Output-Octets=90000 Acct-Terminate-Cause=User-Request
    rows "after the Stop"
    send Acct-Status-Type=Interim-Update "${session[@]}" Event-Timestamp=1300 Acct-Session-Time=300 \
        Acct-Input-Octets=4000 Acct-Output-Octets=40000
    rows "after the late Interim-Update"
} >seen.txt
cat seen.txt
diff - seen.txt <<'TXT'
after the Stop
1000|1000|1600|600|9000|90000|User-Request
after the late Interim-Update
1000|1300|1600|300|4000|40000|User-Request
TXT
