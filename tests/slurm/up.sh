#!/usr/bin/env bash
# A throw-away Slurm on this machine: a controller, and nodes that are processes. Idempotent; needs root,
# Debian's slurmctld, slurmd, slurm-client and munge, and a host whose name is one of loopback, on which
# alone daemons listen. What it is and does lies below ROOT.
set -euo pipefail
ROOT=${SLURM_TEST_ROOT:?a folder for state, logs, keys and process ids}
NODES=${SLURM_TEST_NODES:-3}
CPUS=${SLURM_TEST_CPUS:-2}        # that each node claims to have
PORT=${SLURM_TEST_PORT:-17100}    # the controller's; node i has PORT+i
HOST=$(hostname -s)
export SLURM_CONF=$ROOT/slurm.conf
PATH=$PATH:/usr/sbin
say() { echo "slurm up: $*" >&2; }

mkdir -p "$ROOT"/{munge,state,spool,log,pid,dev}
chmod 755 "$ROOT" "$ROOT"/{munge,state,spool,log,pid}; chmod 700 "$ROOT/state"
[ -s "$ROOT/munge/key" ] || (umask 077; head -c 128 /dev/urandom >"$ROOT/munge/key")
for i in $(seq 1 "$NODES"); do
  mkdir -p "$ROOT/spool/n$i"
  for g in 0 1; do [ -c "$ROOT/dev/n$i-gpu$g" ] || mknod "$ROOT/dev/n$i-gpu$g" c 1 3; done
done
# proctrack/pgid: with linuxproc, children of a killed job were left.
cat >"$SLURM_CONF.new" <<CONF
ClusterName=tests
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$PORT
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$ROOT/munge/socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$ROOT/state
SlurmdSpoolDir=$ROOT/spool/%n
SlurmctldPidFile=$ROOT/pid/slurmctld.pid
SlurmdPidFile=$ROOT/pid/slurmd.%n.pid
SlurmctldLogFile=$ROOT/log/slurmctld.log
SlurmdLogFile=$ROOT/log/slurmd.%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=256
SlurmdParameters=config_overrides
GresTypes=gpu
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdTimeout=300
InactiveLimit=0
KillWait=2
MinJobAge=${SLURM_TEST_MIN_JOB_AGE:-300}
MaxJobCount=${SLURM_TEST_MAX_JOBS:-10000}
BatchStartTimeout=10
MessageTimeout=10
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,bf_interval=1
JobRequeue=1
NodeName=n[1-$NODES] NodeHostname=$HOST NodeAddr=127.0.0.1 Port=[$((PORT + 1))-$((PORT + NODES))] CPUs=$CPUS RealMemory=2048 Gres=gpu:2 State=UNKNOWN
PartitionName=tests Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
for i in $(seq 1 "$NODES"); do echo "NodeName=n$i Name=gpu File=$ROOT/dev/n$i-gpu[0-1]"; done >"$ROOT/gres.conf.new"
# In one step: who asks at this moment reads one or the other.
mv "$ROOT/gres.conf.new" "$ROOT/gres.conf"
mv "$SLURM_CONF.new" "$SLURM_CONF"

alive() {
  local p; p=$(cat "$1" 2>/dev/null) && [ -n "$p" ] && [[ $(cat "/proc/$p/comm" 2>/dev/null) == "$2"* ]] &&
    [ "$(awk '/^State/{print $2}' "/proc/$p/status" 2>/dev/null)" != Z ]
}
alive "$ROOT/pid/munged.pid" munged || munged --force --socket="$ROOT/munge/socket" \
  --key-file="$ROOT/munge/key" --seed-file="$ROOT/munge/seed" --log-file="$ROOT/log/munged.log" \
  --pid-file="$ROOT/pid/munged.pid"
alive "$ROOT/pid/slurmctld.pid" slurmctld || slurmctld -f "$SLURM_CONF"
for i in $(seq 1 "$NODES"); do alive "$ROOT/pid/slurmd.n$i.pid" slurmd || slurmd -N "n$i" -f "$SLURM_CONF"; done

SECONDS=0
while [ $SECONDS -lt 60 ]; do
  states=$(timeout 5 sinfo -h -N -o "%N %T" 2>/dev/null) || { sleep 0.3; continue; }
  awk '$2 ~ /^(drain|down)/ {print $1}' <<<"$states" | while read -r n; do
    scontrol update nodename="$n" state=resume 2>/dev/null || true
  done
  ok=$(grep -cE " (idle|mixed|allocated|completing)$" <<<"$states") || true
  [ "$ok" = "$NODES" ] && exit 0
  sleep 0.2
done
say "its nodes were not idle after a minute"
tail -n 20 "$ROOT"/log/*.log >&2
exit 1
