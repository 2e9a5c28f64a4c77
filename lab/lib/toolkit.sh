# The toolkit's programs, published ReadyToRun for the guest, which has no SDK.
# shellcheck shell=bash

readonly PUBLISHED=$ARTIFACTS/publish

# Programs by name, and their projects. One that is not there yet is left out.
declare -rA PROGRAMS=(
  [devkeep]=src/Cli/Devices.Cli.csproj
  [demo]=lab/demo/Devices.Lab.Demo.csproj
  [hwtests]=hwtests/Devices.HwTests.csproj
  [samples]=samples/Devices.Samples.csproj
  [bench]=bench/Devices.Bench.csproj
)

# toolkit_publish NAME...: what has not changed since it was last published is not built.
toolkit_publish() {
  local name stale=()
  for name in "$@"; do
    if [[ -f $REPO/${PROGRAMS[$name]} ]] && toolkit_is_stale "$name"; then
      stale+=("$name")
    fi
  done
  ((${#stale[@]})) || return 0
  have dotnet || die "no dotnet: install the .NET 10 SDK first"
  say "building: ${stale[*]}"
  mkdir -p "$PUBLISHED"
  for name in "${stale[@]}"; do
    # Dated by its beginning: what is edited meanwhile is newer.
    touch "$PUBLISHED/.$name.began"
    dotnet publish "$REPO/${PROGRAMS[$name]}" --configuration Release --runtime linux-x64 \
      -p:PublishReadyToRun=true --output "$PUBLISHED/$name" --verbosity quiet --nologo >&2 || die "the build failed"
    mv "$PUBLISHED/.$name.began" "$PUBLISHED/.$name"
  done
}

# Directories count too: a file that is deleted changes only those.
toolkit_is_stale() {
  local stamp=$PUBLISHED/.$1 newer
  [[ -f $stamp ]] || return 0
  newer=$(find "$REPO/src" "$REPO/$(dirname "${PROGRAMS[$1]}")" "$REPO"/*.props "$REPO/global.json" \
    \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit)
  [[ -n $newer ]]
}

# The directory of the published command with a colon behind it, to stand at the head of the guest's PATH.
toolkit_path() {
  if [[ -d $PUBLISHED/devkeep ]]; then
    printf '%s:' "$PUBLISHED/devkeep"
  fi
}
