#!/bin/sh
# Installs Debian packages, as root, without leaving a service that was not there before: none is started, none is
# enabled for the next boot, no default PostgreSQL cluster is created.
# Usage: install-packages.sh refresh | install <package> ...
# It undoes its own measures however it ends, so it may outlive the process that started it. SIGINT and SIGTERM stop a
# download at once; an installation that has begun is finished first, for a half-installed package blocks apt for all.
# INSTALL_ROOT stands before every path it writes to; for tests.
set -u
export DEBIAN_FRONTEND=noninteractive LC_ALL=C NEEDRESTART_SUSPEND=1

root=${INSTALL_ROOT:-}
policy=$root/usr/sbin/policy-rc.d
policy_mark="# Put here by Jobstack while it installs packages; safe to delete."
cluster_dir=$root/etc/postgresql-common/createcluster.d
cluster_conf=$cluster_dir/jobstack.conf
options="-q -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o APT::Status-Fd=1
  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold"
newline='
'
stopped=
child=

stop() {
  stopped=1
  [ -z "$child" ] || kill -TERM "$child" 2>/dev/null
}

# In the background, because a shell hears a signal only once a program in the foreground has ended.
stoppable() {
  "$@" &
  child=$!
  # The signal may have come before the line above.
  [ -z "$stopped" ] || kill -TERM "$child" 2>/dev/null
  wait "$child"
  code=$?
  [ -z "$stopped" ] || wait "$child"
  child=
  [ -z "$stopped" ] || exit 130
  return "$code"
}

block_services() {
  if [ -e "$policy" ]; then return; fi
  mkdir -p "${policy%/*}"
  cat >"$policy" <<END
#!/bin/sh
$policy_mark
# What runs already may be restarted; nothing else is started.
[ "\$1" = --quiet ] && shift
[ -d /run/systemd/system ] && systemctl is-active --quiet "\$1" && exit 0
exit 101
END
  chmod 755 "$policy"
}

block_default_cluster() {
  mkdir -p "$cluster_dir"
  echo "create_main_cluster = false" >"$cluster_conf"
}

unblock() {
  if grep -qsF "$policy_mark" "$policy"; then rm -f "$policy"; fi
  rm -f "$cluster_conf"
  rmdir "$cluster_dir" "${cluster_dir%/*}" 2>/dev/null
}

# Read from the files, because in a container systemd is often installed and never runs.
enabled_units() {
  command -v systemctl >/dev/null || return 0
  systemctl --root="$root/" list-unit-files --state=enabled --type=service,socket,timer --no-legend --no-pager |
    while read -r unit _; do echo "$unit"; done
}

# Takes the units that were enabled before.
disable_new_units() {
  enabled_units | while read -r unit; do
    case "$newline$1$newline" in *"$newline$unit$newline"*) continue ;; esac
    echo "disabling $unit, which this installation enabled"
    if [ -d /run/systemd/system ] && [ -z "$root" ]; then
      systemctl disable --now "$unit"
    else
      systemctl --root="$root/" disable "$unit"
    fi
  done
}

install() {
  # shellcheck disable=SC2086
  stoppable apt-get $options --download-only install "$@" || return
  units=$(enabled_units)
  trap unblock EXIT
  block_services
  block_default_cluster
  # A session of its own keeps Ctrl-C away from it.
  # shellcheck disable=SC2086
  setsid --wait apt-get $options install "$@"
  code=$?
  disable_new_units "$units"
  return "$code"
}

trap stop INT TERM HUP
case ${1:-} in
refresh)
  # shellcheck disable=SC2086
  stoppable apt-get $options update
  ;;
install)
  shift
  install "$@"
  ;;
*)
  echo "usage: install-packages.sh refresh | install <package> ..." >&2
  exit 2
  ;;
esac
