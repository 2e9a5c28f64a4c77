# Benchmarks: figures, not assertions. The toolkit and its peers in turn, in one guest; then what carrying memory over a kexec costs.
# shellcheck shell=bash

readonly BENCH=$PUBLISHED/bench/Devices.Bench
readonly BENCH_PEERS=$ARTIFACTS/bench/peers
readonly BENCH_RESULTS=$ARTIFACTS/bench/results
readonly BENCH_ROUNDS=5

command_bench() {
  NVME=2 EDU=1 MEMORY=6G TIMEOUT=1800 RESULTS=$BENCH_RESULTS
  parse_options "$@"
  setup bench
  bench_peers
  rm -rf "$BENCH_RESULTS"
  run_new
  job_command before env "DEVKEEP_BENCH_PEERS=$BENCH_PEERS" "$BENCH" run "$BENCH_ROUNDS" "${COMMAND[@]}"
  guest_boot
  "$BENCH" report "$BENCH_RESULTS"
  say "the same with plots: $BENCH_RESULTS/bench.html"
  ((${#COMMAND[@]})) || bench_kexec
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

bench_kexec() {
  local phase
  NVME=0 EDU=0 RESULTS=''
  run_new
  for phase in before after; do
    job_command "$phase" "$BENCH" kexec "$phase"
  done
  guest_boot
}
