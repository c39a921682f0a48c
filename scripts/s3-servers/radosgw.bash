# Ceph's object gateway with the smallest cluster behind it: one monitor and one storage daemon that
# keeps everything in memory, all on 127.0.0.1, without authentication among themselves.

radosgw_is_available() {
  local program
  for program in ceph-mon ceph-osd ceph radosgw radosgw-admin monmaptool curl; do
    command -v "$program" >/dev/null 2>&1 || return 1
  done
}

radosgw_is_alive() { is_process_alive mon && is_process_alive osd; }

radosgw_write_configuration() {
  local fsid=$1 monitor_port=$2 tls_options=
  if [ -n "$tls_port" ]; then
    tls_options=" ssl_endpoint=127.0.0.1:$tls_port ssl_certificate=$state/tls.crt"
    tls_options+=" ssl_private_key=$state/tls.key"
  fi
  cat >"$state/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = v2:127.0.0.1:$monitor_port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind port min = $((monitor_port + 1))
ms bind port max = $((monitor_port + 19))
auth cluster required = none
auth service required = none
auth client required = none
run dir = $state
admin socket =
log file = $state/log/\$name.log
log to stderr = false
err to stderr = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
# A developer's disk may be nearly full, and nothing here is written to it.
mon data avail warn = 2
mon data avail crit = 1
[mon]
mon data = $state/mon
mon cluster log file = $state/log/cluster.log
# Every change of the cluster map waits this long; the defaults are for many monitors far apart.
paxos propose interval = 0.05
paxos min wait = 0.02
[osd]
osd data = $state/osd
osd objectstore = memstore
memstore device bytes = 4G
osd crush initial weight = 1
osd class load list = *
osd class default list = *
[client]
objecter tick interval = 0.3
mon client hunt interval = 0.5
[client.rgw]
# The gateway asks for "secure" by default, which needs the authentication that is switched off.
ms mon client mode = crc
rgw frontends = beast endpoint=127.0.0.1:$port$tls_options
rgw dns name = $virtual_host
rgw thread pool size = 64
# local first: otherwise a wrong signature is answered AccessDenied, not SignatureDoesNotMatch.
rgw s3 auth use sts = true
rgw s3 auth order = local, sts
rgw sts key = abcdefghijklmnop
# One shard of everything, and no usage statistics: start-up is mostly making these objects.
rgw override bucket index max shards = 1
rgw enable usage log = false
rgw enable ops log = false
rgw lc debug interval = -1
rgw gc max objs = 2
rgw lc max objs = 2
rgw objexp hints num shards = 2
rgw usage max shards = 1
rgw data log num shards = 1
rgw md log max shards = 1
debug rgw = ${S3_SERVER_DEBUG:-1}
CONF
}

radosgw_ceph() { local program=$1; shift; "$program" -c "$state/ceph.conf" "$@"; }

# Runs as this user, whoever that is: packages may drop to a user "ceph" only when told so.
# Each step needs the one before; `set -e` is off while a caller asks for the outcome, so && says it.
radosgw_start_storage() {
  local fsid=$1 monitor_port=$2 osd_uuid
  osd_uuid=$(cat /proc/sys/kernel/random/uuid)
  mkdir -p "$state/mon" "$state/osd"
  monmaptool --create --clobber --fsid "$fsid" --enable-all-features \
    --addv a "[v2:127.0.0.1:$monitor_port]" "$state/monmap" >"$state/log/monmap.out" 2>&1 &&
    radosgw_ceph ceph-mon -i a --mkfs --monmap "$state/monmap" >>"$state/log/monmap.out" 2>&1 &&
    start_process mon ceph-mon -c "$state/ceph.conf" -i a -d &&
    radosgw_ceph ceph --connect-timeout 20 osd new "$osd_uuid" 0 >"$state/log/osd.out" 2>&1 &&
    radosgw_ceph ceph-osd -i 0 --mkfs --osd-uuid "$osd_uuid" >>"$state/log/osd.out" 2>&1 &&
    start_process osd ceph-osd -c "$state/ceph.conf" -i 0 -d
}

radosgw_add_user() {
  radosgw_admin user create --uid="$1" --display-name="$1" --access-key="$2" --secret-key="$3" \
    >>"$state/log/users.out" 2>&1
}

radosgw_start() {
  local fsid monitor_port
  fsid=$(cat /proc/sys/kernel/random/uuid)
  monitor_port=$(free_port 20)
  radosgw_write_configuration "$fsid" "$monitor_port" &&
    radosgw_start_storage "$fsid" "$monitor_port" &&
    radosgw_run_gateway &&
    radosgw_add_user main "$access_key_id" "$secret_access_key" &&
    radosgw_add_user second "$second_access_key_id" "$second_secret_access_key" &&
    touch "$state/second-user" &&
    wait_until_ready gateway
}

radosgw_run_gateway() { start_process gateway radosgw -c "$state/ceph.conf" -n client.rgw -d; }
radosgw_gateway_down() { stop_process gateway; }
radosgw_gateway_up() {
  is_process_alive gateway || radosgw_run_gateway
  wait_until_ready gateway
}
radosgw_pause() { signal_process gateway STOP; }
radosgw_resume() { signal_process gateway CONT; }
radosgw_stop() { stop_processes; }
radosgw_admin() { radosgw_ceph radosgw-admin -n client.rgw "$@"; }

radosgw_make_role() {
  local trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":
    ["arn:aws:iam:::user/main"]},"Action":["sts:AssumeRole"]}]}'
  local everything='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],
    "Resource":["arn:aws:s3:::*"]}]}'
  radosgw_admin role create --role-name=tester --path=/ --assume-role-policy-doc="$trust" &&
    radosgw_admin role-policy put --role-name=tester --policy-name=all --policy-doc="$everything"
}

radosgw_sts() {
  if [ ! -e "$state/role" ]; then
    radosgw_make_role >"$state/log/role.out" 2>&1 || fail "cannot make a role, see $state/log/role.out"
    touch "$state/role"
  fi
  assume_role 'arn%3Aaws%3Aiam%3A%3A%3Arole%2Ftester' "$access_key_id:$secret_access_key"
}
