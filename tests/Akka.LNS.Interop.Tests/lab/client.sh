# What a client's machine can do; sourced by guest-init.sh. Each client has a number, and by it a network name space, an address,
# an xl2tpd and a pppd of its own. The kernel's l2tp_ppp carries its packets.
#   machine ID ADDRESS/LENGTH LNS     its name space, once
#   dial ID                           with the settings in ADDRESS LNS USER PASSWORD AUTH SECRET CHALLENGE MTU WAIT PPP_EXTRA XL2TPD_EXTRA
#                                     prints "up DEVICE LOCAL PEER DNS1 DNS2", "refused" or "timeout"
#   hangup ID                         as a user does: LCP Terminate-Request, CDN, StopCCN
#   crash ID                          kill -9 of both programs at once: no last message is sent
#   down ID SECONDS                   waits until pppd has ended: prints "down" or "timeout"
in_machine() { local id=$1; shift; ip netns exec "c$id" "$@"; }

cat > /etc/ppp/ip-up <<'S'
#!/bin/bash
echo "up $1 $4 $5 ${DNS1:--} ${DNS2:--}" > /run/lab/up.$6
S
chmod +x /etc/ppp/ip-up
: > /etc/ppp/options
: > /etc/ppp/chap-secrets
: > /etc/ppp/pap-secrets
chmod 600 /etc/ppp/*-secrets

machine() {
  local id=$1 address=$2 lns=$3
  ip netns add "c$id"
  ip link add "v$id" type veth peer name eth0 netns "c$id"
  ip link set "v$id" master br0 up
  # the tunnel itself must never follow a route through its own PPP link
  ip -n "c$id" -batch - <<B
link set lo up
link set eth0 up
addr add $address dev eth0
rule add pref 10 to $lns ipproto udp dport 1701 table 100
route add $lns dev eth0 table 100
B
}

dial() {
  local id=$1 dir=/run/lab/$1 refuse line
  [ -d "$dir" ] || mkdir -p "$dir"
  rm -f "/run/lab/up.$id" "/run/ppp-$id.pid"
  case $AUTH in
    pap) refuse="refuse-chap refuse-mschap refuse-mschap-v2 refuse-eap" ;;
    chap) refuse="refuse-pap refuse-mschap refuse-mschap-v2 refuse-eap" ;;
    mschapv2) refuse="refuse-pap refuse-chap refuse-mschap refuse-eap" ;;
    any) refuse= ;;
    *) echo "dial: no method $AUTH"; return 2 ;;
  esac
  {
    printf '%s\n' noauth noipdefault ipcp-accept-local ipcp-accept-remote usepeerdns defaultroute noipv6 nomp noccp \
      "name \"$USER\"" "password \"$PASSWORD\"" "ipparam $id" "linkname $id" "mtu $MTU" "mru $MTU" \
      "lcp-echo-interval 5" "lcp-echo-failure 4" debug "logfile /mnt/ppp.$id.log" $refuse
    printf '%b\n' "$PPP_EXTRA"
  } > "$dir/ppp"
  # three fields: a fourth would become part of the secret
  echo "* * $SECRET" > "$dir/secrets"
  chmod 600 "$dir/secrets"
  {
    printf '%s\n' "[global]" "port = 1701" "listen-addr = $ADDRESS" "auth file = $dir/secrets" "debug tunnel = yes" "debug state = yes" \
      "[lac c]" "lns = $LNS" "pppoptfile = $dir/ppp" "autodial = yes" "redial = no" "length bit = yes" "flow bit = yes" "name = lac$id" \
      "hostname = lac$id" # of its SCCRQ
    echo "challenge = $CHALLENGE"
    printf '%b\n' "$XL2TPD_EXTRA"
  } > "$dir/xl2tpd.conf"
  # here, not by what starts it: a look at the log before that would find the last call's end
  : > "/mnt/ppp.$id.log"
  : > "/mnt/xl2tpd.$id.log"
  rm -f "$dir/pid" # of one that crashed: its number may be another process's by now
  ip netns exec "c$id" xl2tpd -D -c "$dir/xl2tpd.conf" -p "$dir/pid" -C "$dir/control" >> "/mnt/xl2tpd.$id.log" 2>&1 9>&- &
  echo $! > "$dir/xl2tpd"
  local until=$((${EPOCHREALTIME/./} + WAIT * 1000000))
  while [ "${EPOCHREALTIME/./}" -lt $until ]; do
    if [ -s "/run/lab/up.$id" ]; then echo "$(<"/run/lab/up.$id")"; return; fi
    line=$(<"/mnt/xl2tpd.$id.log")
    # either comes first: the CDN of the LNS, or xl2tpd notices the end of pppd
    case $line in
      *"message type is Call-Disconnect-Notify"* | *"message type is Stop-Control-Connection-Notification"* | *" closed to "* | \
        *"Disconnecting from"* | *"Maximum retries exceeded"* | *"pppd exited for call"*) echo refused; return ;;
    esac
    nap 0.1
  done
  echo timeout
}

pppd_of() { local p=; [ ! -s "/run/ppp-$1.pid" ] || read -r p < "/run/ppp-$1.pid"; echo "$p"; }

down() {
  local until=$((${EPOCHREALTIME/./} + $2 * 1000000))
  while [ "${EPOCHREALTIME/./}" -lt $until ]; do
    [ -s "/run/ppp-$1.pid" ] || { echo down; return; }
    nap 0.1
  done
  echo timeout
}

# gone, or a zombie that the first process has not noticed yet
ended() { local s; { read -r s < "/proc/$1/stat"; } 2> /dev/null || return 0; [[ $s == *") Z "* ]]; }

hangup() {
  local x p k
  p=$(pppd_of "$1")
  [ -z "$p" ] || { kill -TERM "$p"; down "$1" 5; nap 0.3; }
  read -r x < "/run/lab/$1/xl2tpd"
  kill -TERM "$x" 2> /dev/null
  for ((k = 0; k < 40; k++)); do ended "$x" && return 0; nap 0.1; done
  kill -9 "$x"
}

crash() {
  local x p
  p=$(pppd_of "$1")
  read -r x < "/run/lab/$1/xl2tpd"
  kill -9 "$x" $p
  rm -f "/run/ppp-$1.pid"
}
