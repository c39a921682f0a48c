# OpenStack Swift with its S3 middleware: a store that refuses conditional writes and takes no more
# than 256 bytes a metadata value. Limits are Swift's defaults. One server of each kind, one replica,
# all on 127.0.0.1 and as whoever runs this.

swift_is_available() {
  local program
  for program in swift-{proxy,account,container,object}-server memcached curl; do
    command -v "$program" >/dev/null 2>&1 || return 1
  done
}

swift_is_alive() { is_process_alive object && is_process_alive memcached; }

# swift_write_server PORT PIPELINE NAME: the start of NAME's configuration. Without workers a server
# is one process, so that a signal to it reaches all of it.
swift_write_server() {
  cat >"$state/etc/$3-server.conf" <<CONF
[DEFAULT]
swift_dir = $state/etc
user = $(id -un)
bind_ip = 127.0.0.1
bind_port = $1
workers = 0
log_level = WARNING
devices = $state/devices
mount_check = false
# Reserves space in advance, which some file systems cannot.
disable_fallocate = true
[pipeline:main]
pipeline = $2
[app:$3-server]
use = egg:swift#${3}
CONF
}

# An access key id is ACCOUNT:USER here, so these look like the ones of other servers. The second
# user is of the same account, as each account has buckets of its own, and may do nothing there.
swift_write_proxy() {
  local cache_port=$1 filter pipeline
  access_key_id=AKIAIOSFODNN7:EXAMPLE
  second_access_key_id=AKIAIOSFODNN7:SECONDUSER
  pipeline='catch_errors gatekeeper healthcheck proxy-logging cache listing_formats bulk s3api
    tempauth copy container-quotas account-quotas slo dlo versioned_writes symlink proxy-logging'
  pipeline=$(echo $pipeline)
  swift_write_server "$port" "$pipeline proxy-server" proxy
  {
    echo 'account_autocreate = true'
    for filter in $(printf '%s\n' $pipeline | sort -u); do
      printf '[filter:%s]\nuse = egg:swift#%s\n' "$filter" "$(swift_egg_of "$filter")"
      case $filter in
        cache) echo "memcache_servers = 127.0.0.1:$cache_port" ;;
        s3api) printf '%s\n' 'location = us-east-1' "storage_domain = $virtual_host" ;;
        versioned_writes) echo 'allow_object_versioning = true' ;;
        tempauth)
          echo "user_${access_key_id/:/_} = $secret_access_key .admin"
          echo "user_${second_access_key_id/:/_} = $second_secret_access_key"
          ;;
      esac
    done
  } >>"$state/etc/proxy-server.conf"
}

swift_egg_of() {
  case $1 in cache) echo memcache ;; *) printf '%s\n' "${1//-/_}" ;; esac
}

# Where each kind of server is. One process for all three: swift-ring-builder takes a second a call.
swift_write_rings() {
  /usr/bin/python3 - "$state/etc" "$@" <<'PYTHON'
import sys
from swift.common.ring import RingBuilder

for kind, port in zip(("account", "container", "object"), sys.argv[2:]):
    builder = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port),
                     "replication_ip": "127.0.0.1", "replication_port": int(port),
                     "device": "d1", "weight": 1, "meta": ""})
    builder.rebalance()
    builder.get_ring().save(f"{sys.argv[1]}/{kind}.ring.gz")
PYTHON
}

# Swift keeps metadata in extended attributes, and says nothing useful where there are none.
swift_check_attributes() {
  /usr/bin/python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.probe", b"1")' \
    "$state/devices" 2>/dev/null ||
    fail "the file system of $state has no extended attributes, which Swift needs" \
      "name another folder with --state"
}

swift_start() {
  local first name
  first=$(free_port 4)
  mkdir -p "$state/etc" "$state/devices/d1"
  swift_check_attributes
  printf '[swift-hash]\nswift_hash_path_suffix = suffix\nswift_hash_path_prefix = prefix\n' \
    >"$state/etc/swift.conf"
  swift_write_server "$first" account-server account
  swift_write_server $((first + 1)) container-server container
  swift_write_server $((first + 2)) object-server object
  swift_write_proxy $((first + 3))
  start_process memcached memcached -u "$(id -un)" -l 127.0.0.1 -p $((first + 3)) -m 32
  swift_write_rings "$first" $((first + 1)) $((first + 2)) >"$state/log/rings.out" 2>&1 || return 1
  for name in account container object; do
    start_process "$name" "swift-$name-server" "$state/etc/$name-server.conf" -v
  done
  swift_run_gateway
  # All come up at once; a request that one of them misses would be answered 503.
  port=$first wait_until_ready account && port=$((first + 1)) wait_until_ready container &&
    port=$((first + 2)) wait_until_ready object && wait_until_ready gateway &&
    touch "$state/second-user" && start_tls_forwarder
}

swift_run_gateway() { start_process gateway swift-proxy-server "$state/etc/proxy-server.conf" -v; }
swift_gateway_down() { stop_process gateway; }
swift_gateway_up() {
  is_process_alive gateway || swift_run_gateway
  wait_until_ready gateway
}
swift_pause() { signal_process gateway STOP; }
swift_resume() { signal_process gateway CONT; }
swift_stop() { stop_processes; }
swift_admin() { fail "Swift has no administration tool of its own"; }
swift_sts() { fail "Swift gives no temporary credentials"; }
