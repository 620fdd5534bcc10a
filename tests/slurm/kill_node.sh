#!/usr/bin/env bash
# A node of up.sh's is lost at once: its slurmd, and all that its jobs run.
set -u
ROOT=${SLURM_TEST_ROOT:?}; N=$1
kill -KILL "$(cat "$ROOT/pid/slurmd.$N.pid")"
for d in /proc/[0-9]*; do
  [ "$(cat "$d/comm" 2>/dev/null)" = slurmstepd ] || continue
  { tr '\0' '\n' <"$d/environ"; } 2>/dev/null | grep -qx "SLURM_CONF=$ROOT/slurm.conf" || continue
  ls -l "$d/fd" 2>/dev/null | grep -qE "slurmd\.$N\.log|spool/$N/" || continue
  kids=$(cat "$d"/task/*/children 2>/dev/null)
  kill -KILL "${d#/proc/}"
  for c in $kids; do kill -KILL -- "-$c" 2>/dev/null; kill -KILL "$c" 2>/dev/null; done
done
exit 0
