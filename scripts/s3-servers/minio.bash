# MinIO, as a container or as a program on the PATH. Both keep their data in the state folder, which
# goes away with the server.
#
# MinIO speaks HTTP or HTTPS, not both, so the HTTPS port is a small forwarder in front of it. Its
# second user needs MinIO's client `mc` (the container brings it); without, there is only one user.

minio_image=${S3_SERVER_MINIO_IMAGE:-minio/minio}

minio_is_available() { command -v minio >/dev/null 2>&1 && command -v curl >/dev/null 2>&1; }
minio_is_alive() { [ -d "$state/data" ]; }

minio_start() {
  mkdir -p "$state/data"
  minio_gateway_up && minio_add_second_user && start_tls_forwarder
}

minio_gateway_up() {
  is_process_alive gateway ||
    MINIO_ROOT_USER=$access_key_id MINIO_ROOT_PASSWORD=$secret_access_key MINIO_BROWSER=off \
      MINIO_DOMAIN=$virtual_host \
      start_process gateway minio server "$state/data" --address "127.0.0.1:$port" \
      --console-address "127.0.0.1:$(free_port)"
  wait_until_ready gateway
}
minio_gateway_down() { stop_process gateway; }
minio_pause() { signal_process gateway STOP; }
minio_resume() { signal_process gateway CONT; }
minio_stop() { stop_processes; }

# `mc` may also be Midnight Commander, which knows nothing of this.
minio_admin() {
  MC_CONFIG_DIR="$state/mc" \
    MC_HOST_server="http://$access_key_id:$secret_access_key@127.0.0.1:$port" mc "$@"
}

minio_add_second_user() {
  if "${backend//-/_}_admin" admin user add server "$second_access_key_id" \
    "$second_secret_access_key" >"$state/log/users.out" 2>&1; then
    touch "$state/second-user"
  else
    say "no second user: MinIO's client mc is not here"
  fi
}

# MinIO gives temporary credentials to any user but the first.
minio_sts() {
  [ -e "$state/second-user" ] || fail "temporary credentials need the second user, and that mc"
  "${backend//-/_}_admin" admin policy attach server readwrite --user "$second_access_key_id" \
    >>"$state/log/users.out" 2>&1 || true
  assume_role 'arn%3Axxx%3Axxx%3Axxx%3Axxx' "$second_access_key_id:$second_secret_access_key"
}

# The container's name tells servers with different state folders apart.
minio_container_name() { echo "start-claude-s3-$(printf %s "$state" | cksum | cut -d' ' -f1)"; }

minio_container_is_available() {
  command -v docker >/dev/null 2>&1 && command -v curl >/dev/null 2>&1 &&
    timeout 20 docker info >/dev/null 2>&1 &&
    { docker image inspect "$minio_image" >/dev/null 2>&1 ||
      timeout 300 docker pull -q "$minio_image" >/dev/null 2>&1; }
}

minio_container_is_alive() {
  docker inspect "$(minio_container_name)" >/dev/null 2>&1
}

minio_container_start() {
  minio_container_stop
  docker run -d --name "$(minio_container_name)" -p "127.0.0.1:$port:9000" \
    -e MINIO_DOMAIN="$virtual_host" \
    -e MINIO_ROOT_USER="$access_key_id" -e MINIO_ROOT_PASSWORD="$secret_access_key" \
    "$minio_image" server /data >"$state/log/docker.out" 2>&1 &&
    wait_until_ready none && minio_add_second_user && start_tls_forwarder
}

minio_container_gateway_down() { docker stop -t 1 "$(minio_container_name)" >/dev/null; }
minio_container_gateway_up() {
  docker start "$(minio_container_name)" >/dev/null && wait_until_ready none
}
minio_container_pause() { docker pause "$(minio_container_name)" >/dev/null; }
minio_container_resume() { docker unpause "$(minio_container_name)" >/dev/null; }
minio_container_stop() {
  docker rm -f "$(minio_container_name)" >/dev/null 2>&1 || true
  stop_processes
}
minio_container_admin() {
  docker exec -e MC_HOST_server="http://$access_key_id:$secret_access_key@127.0.0.1:9000" \
    "$(minio_container_name)" mc "$@"
}
minio_container_sts() { minio_sts; }
