# Sourced by .ci/run and .ci/nightly. They set MINUTES, the time for all steps together.
# A step that fails does not stop the others: the summary names it, and the exit code is 1.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
summary=()
failures=()
failed=0
output=$(mktemp) # of the step that runs

# packages <name>...: installs Debian packages that a step needs, if any is missing. Needs root then.
packages() {
  (($# == 0)) || dpkg --status "$@" > /dev/null 2>&1 && return
  step apt-get update --quiet
  step apt-get install --yes --quiet --no-install-recommends "$@"
}

# step <command>...: runs it without a terminal, so that nothing draws progress, within the time that is left.
step() {
  local began=$SECONDS left=$((MINUTES * 60 - SECONDS)) status=0
  printf '\n== %s\n' "$*"
  timeout --kill-after=10 "$((left > 0 ? left : 1))" "$@" < /dev/null 2>&1 | tee "$output" || status=$?
  local word=ok
  case $status in
    0) ;;
    124 | 137) word='no time' failed=1 ;;
    *) word=failed failed=1 ;;
  esac
  summary+=("$(printf '%-8s %5d s  %s' "$word" "$((SECONDS - began))" "$*")")
  [[ $word == ok ]] || failures+=("$(named_failures "$*")")
  printf -- '-- %s after %d s\n' "$word" "$((SECONDS - began))"
}

# named_failures <command>: what the tests of the last step say of those that failed. Who keeps only the end of a long run needs it
# there.
named_failures() {
  printf -- '\n-- %s\n' "$1"
  sed 's/\x1b\[[0-9;]*m//g' "$output" | grep --text --after-context=25 '^ *FAIL ' | cut --characters=-300 | head --lines=100 ||
    tail --lines=20 "$output" | cut --characters=-300
}

# finish: prints what became of each step and ends.
finish() {
  rm --force "$output"
  ((failed)) && printf '\n== What failed\n' && printf '%s\n' "${failures[@]}"
  printf '\n== Summary\n'
  printf '%s\n' "${summary[@]}"
  printf '%d steps in %d s: %s\n' "${#summary[@]}" "$SECONDS" "$( ((failed)) && echo 'NOT all passed' || echo 'all passed')"
  exit "$failed"
}
