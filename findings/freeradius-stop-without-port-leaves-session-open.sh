#!/usr/bin/env bash
# FreeRADIUS 3.2.1 (Debian 12), shipped policy acct_unique and SQL queries for SQLite. RFC 2866 section 5.5 makes
# Acct-Session-Id the key that joins a Stop with its Start, and the ports are optional in both. We expected that a Stop
# with the same NAS, user and Acct-Session-Id closes the row of its Start when only the Start carries NAS-Port-Id. It
# makes a second, closed row. The row of the Start stays open: acct_unique hashes the ports into the key of the row.
# Output seen (session, port, start, stop, session time):
#   after the Start
#   1|line-7|1000||0
#   after the Stop
#   1|line-7|1000||0
#   1||1000|1600|600
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
    usr/bin/sqlite3 acct.db "SELECT acctsessionid, nasportid, acctstarttime, acctstoptime, acctsessiontime
        FROM radacct ORDER BY radacctid"
}
session=(NAS-IP-Address=192.0.2.1 NAS-Identifier=lns User-Name=user Acct-Session-Id=1)
{
    send Acct-Status-Type=Start "${session[@]}" NAS-Port-Id=line-7 Event-Timestamp=1000
    rows "after the Start"
    send Acct-Status-Type=Stop "${session[@]}" Event-Timestamp=1600 Acct-Session-Time=600
    rows "after the Stop"
} >seen.txt
cat seen.txt
diff - seen.txt <<'TXT'
after the Start
1|line-7|1000||0
after the Stop
1|line-7|1000||0
1||1000|1600|600
TXT
