# The toolkit, published for the guest.
# shellcheck shell=bash

readonly PUBLISHED=$ARTIFACTS/publish

# The directories of the published programs, each with a colon behind it.
toolkit_path() {
  [[ -d $PUBLISHED/devkeep ]] && printf '%s:' "$PUBLISHED/devkeep"
  return 0
}
