# Benchmarks: figures, not assertions. The toolkit and its peers in turn, in a guest for each kind of figure; then what carrying memory over a kexec costs.
# shellcheck shell=bash

readonly BENCH=$PUBLISHED/bench/Devices.Bench
readonly BENCH_PEERS=$ARTIFACTS/bench/peers
readonly BENCH_RESULTS=$ARTIFACTS/bench/results

# The guests that figures name, and the options of lab/run that make them.
declare -rA BENCH_GUESTS=(
  [devices]='--nvme 2 --edu --memory 6G'
  [vfs]='--vfs 64'
  [many]='--vfs 1016 --no-iommu'
)

command_bench() {
  local figures guest list names code=0
  TIMEOUT=1800
  parse_options "$@"
  figures=("${COMMAND[@]}")
  setup bench
  bench_peers
  rm -rf "$BENCH_RESULTS"
  mkdir -p "$BENCH_RESULTS"
  # A guest after the other, so that each has the machine for itself.
  while read -r guest list; do
    read -ra names <<< "$list"
    # Also without a guest that died the others are measured, and what it has measured is told.
    bench_guest "$guest" "${names[@]}" || code=$?
  done <<< "$("$BENCH" guests "${figures[@]}")"
  "$BENCH" report "$BENCH_RESULTS"
  say "the same with plots: $BENCH_RESULTS/bench.html"
  ((code == 0)) || return "$code"
  ((${#figures[@]})) || bench_kexec
}

# bench_guest GUEST FIGURE...: its samples are added to those that there are.
bench_guest() {
  local guest=$1 code=0 samples=$BENCH_RESULTS/$1/samples.jsonl
  shift
  mkdir -p "$BENCH_RESULTS/$guest"
  [[ " $* " != *' bring-up '* ]] || bench_selftest
  [[ " $* " != *' inventory '* ]] || toolkit_publish devkeep
  if [[ $guest == here ]]; then
    DEVKEEP_RESULTS=$BENCH_RESULTS/here DEVKEEP_BENCH_PEERS=$BENCH_PEERS "$BENCH" run "$ROUNDS" "$@" < /dev/null || code=$?
  else
    (
      read -ra words <<< "${BENCH_GUESTS[$guest]}"
      parse_options "${words[@]}"
      run_new
      job_command before env "DEVKEEP_BENCH_PEERS=$BENCH_PEERS" "$BENCH" run "$ROUNDS" "$@"
      RESULTS=$BENCH_RESULTS/$guest
      guest_boot
    ) < /dev/null || code=$?
  fi
  if [[ -f $samples ]]; then
    cat "$samples" >> "$BENCH_RESULTS/samples.jsonl"
  fi
  return "$code"
}

# The peers in C, against the uapi headers of the lab's kernel.
bench_peers() {
  local source
  have gcc || packages_add gcc libc6-dev
  have fio || packages_add fio
  kernel_headers
  mkdir -p "$BENCH_PEERS"
  for source in "$REPO"/bench/peers/*.c; do
    gcc -O2 -Wall -Wextra -Werror -pthread -isystem "$KERNEL_CACHE/headers-7.3/usr/include" \
      -o "$BENCH_PEERS/$(basename "$source" .c)" "$source" || die "a peer does not build: $source"
  done
}

# The kernel's own test of how long devices take to open, from its source.
bench_selftest() {
  have make || packages_add make
  [[ -f /usr/include/uuid/uuid.h ]] || packages_add uuid-dev
  kernel_selftests
  local log=$ARTIFACTS/bench/selftest.log
  make -C "$KERNEL_CACHE/selftests-7.3/tools/testing/selftests/vfio" "top_srcdir=$KERNEL_CACHE/selftests-7.3" \
    "KHDR_INCLUDES=-isystem $KERNEL_CACHE/headers-7.3/usr/include -isystem $KERNEL_CACHE/headers-7.3/usr/include/x86_64-linux-gnu" \
    "OUTPUT=$BENCH_PEERS" "$BENCH_PEERS/vfio_pci_device_init_perf_test" > "$log" 2>&1 || die "the kernel's selftest does not build: $log"
}

bench_kexec() {
  local phase
  RESULTS=''
  run_new
  for phase in before after; do
    job_command "$phase" "$BENCH" kexec "$phase"
  done
  guest_boot
}
