#!/usr/bin/env bash
# FreeRADIUS 3.2.1 (Debian 12), shipped SQL queries and schema for SQLite. Two access servers behind one address name
# themselves by NAS-Identifier alone, as RFC 2866 section 4.1 allows. The shipped policy acct_unique tells their sessions
# apart by it. We expected that an Accounting-On of one access server closes the sessions of that one. It closes the open
# rows of both: its query looks at the address alone, and preprocess fills NAS-IP-Address in from the source of the packet.
# A later Interim-Update of the other access server is counted, but its row stays closed.
# Output seen (session, address, start, stop, session time):
#   before the Accounting-On of east
#   east-1|127.0.0.1|1000||0
#   west-1|127.0.0.1|1000||0
#   after it
#   east-1|127.0.0.1|1000|1100|100
#   west-1|127.0.0.1|1000|1100|100
#   after an Interim-Update of west-1
#   east-1|127.0.0.1|1000|1100|100
#   west-1|127.0.0.1|1000|1100|200
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
    usr/bin/sqlite3 acct.db "SELECT acctsessionid, nasipaddress, acctstarttime, acctstoptime, acctsessiontime
        FROM radacct ORDER BY acctsessionid"
}
{
    for nas in east west; do
        send Acct-Status-Type=Start NAS-Identifier=$nas Acct-Session-Id=$nas-1 User-Name=user Event-Timestamp=1000
    done
    rows "before the Accounting-On of east"
    send Acct-Status-Type=Accounting-On NAS-Identifier=east Acct-Session-Id=east-0 Event-Timestamp=1100
    rows "after it"
    send Acct-Status-Type=Interim-Update NAS-Identifier=west Acct-Session-Id=west-1 User-Name=user Event-Timestamp=1200 \
        Acct-Session-Time=200
    rows "after an Interim-Update of west-1"
} >seen.txt
cat seen.txt
diff - seen.txt <<'TXT'
before the Accounting-On of east
east-1|127.0.0.1|1000||0
west-1|127.0.0.1|1000||0
after it
east-1|127.0.0.1|1000|1100|100
west-1|127.0.0.1|1000|1100|100
after an Interim-Update of west-1
east-1|127.0.0.1|1000|1100|100
west-1|127.0.0.1|1000|1100|200
TXT
