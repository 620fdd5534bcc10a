#!/usr/bin/env bash
# Ends what up.sh started and its jobs, by their process ids, and removes it all.
set -uo pipefail
ROOT=${SLURM_TEST_ROOT:?}
export SLURM_CONF=$ROOT/slurm.conf
is() { # pid name: a process of that name that lives
  [ -n "$1" ] && [[ $(cat "/proc/$1/comm" 2>/dev/null) == "$2"* ]] &&
    [ "$(awk '/^State/{print $2}' "/proc/$1/status" 2>/dev/null)" != Z ]
}
end() { # pid-file name
  local p; p=$(cat "$1" 2>/dev/null) || return 0
  is "$p" "$2" || return 0
  kill -TERM "$p"
  for _ in $(seq 1 50); do is "$p" "$2" || return 0; sleep 0.1; done
  kill -KILL "$p"
}
for d in /proc/[0-9]*; do
  p=${d#/proc/}; is "$p" slurmstepd || continue
  { tr '\0' '\n' <"$d/environ"; } 2>/dev/null | grep -qx "SLURM_CONF=$SLURM_CONF" || continue
  kids=$(cat "$d"/task/*/children 2>/dev/null)
  kill -KILL "$p" 2>/dev/null
  for c in $kids; do kill -KILL -- "-$c" 2>/dev/null; kill -KILL "$c" 2>/dev/null; done
done
for f in "$ROOT"/pid/slurmd.*.pid; do [ -e "$f" ] && end "$f" slurmd; done
end "$ROOT/pid/slurmctld.pid" slurmctld
end "$ROOT/pid/munged.pid" munged
rm -rf "$ROOT"
