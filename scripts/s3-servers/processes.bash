# Background processes of one state folder, by name: started, looked at, signalled, stopped.
#
# $state/NAME.pid holds the process id and its start time, so that a process id that the kernel gave
# to somebody else in the meantime is never taken for ours.

# Field 22 of /proc/PID/stat; nothing for a process that is gone or a zombie.
start_time_of() {
  local fields
  fields=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086
  set -- $fields
  [ "$1" != Z ] && echo "${20}"
}

# Survives this script and holds none of its files: a caller may be waiting for our output to end.
start_process() {
  local name=$1
  shift
  setsid "$@" </dev/null >>"$state/log/$name.out" 2>&1 9>&- &
  echo "$! $(start_time_of $!)" >"$state/$name.pid"
}

is_process_alive() {
  local pid started
  [ -s "$state/$1.pid" ] && read -r pid started <"$state/$1.pid" &&
    [ "$(start_time_of "$pid")" = "$started" ]
}

signal_process() {
  local pid started
  is_process_alive "$1" || { say "$1 does not run"; return 1; }
  read -r pid started <"$state/$1.pid"
  kill "-$2" "$pid"
}

# All data is in memory or thrown away next, so there is nothing that a polite end would save.
stop_process() {
  local _
  if is_process_alive "$1"; then
    signal_process "$1" KILL
    for _ in $(seq 100); do is_process_alive "$1" || break; sleep 0.05; done
  fi
  rm -f "$state/$1.pid"
}

stop_processes() {
  local file name
  for file in "$state"/*.pid; do
    [ -e "$file" ] || continue
    name=${file##*/}
    stop_process "${name%.pid}"
  done
}

show_processes() {
  local file name pid started
  for file in "$state"/*.pid; do
    [ -e "$file" ] || continue
    name=${file##*/}
    read -r pid started <"$file"
    echo "  ${name%.pid} process $pid, $(sed -n 's/VmRSS:[[:space:]]*//p' "/proc/$pid/status")"
  done
}

# Below the ports that the kernel hands out by itself, or an outgoing connection could be sitting on
# one. `wanted` ports in a row must be free (default 1).
free_port() {
  local wanted=${1:-1} first offset
  while true; do
    first=$((10240 + RANDOM % 20000))
    for ((offset = 0; offset < wanted; ++offset)); do
      ! (exec 3<>"/dev/tcp/127.0.0.1/$((first + offset))") 2>/dev/null || continue 2
    done
    echo "$first"
    return
  done
}

# Until the server answers HTTP at all, whatever it says.
wait_until_ready() {
  local process=$1 _
  for _ in $(seq 600); do
    curl -s -o /dev/null --max-time 2 --noproxy '*' "http://127.0.0.1:$port/" && return
    [ "$process" = none ] || is_process_alive "$process" || { say "$process died"; return 1; }
    sleep 0.1
  done
  say "no answer on port $port"
  return 1
}
