#!/bin/sh
# The inside of a sandbox: a tar in, a tar out (docs/security.md). Plain shell and few processes, so that it can be read
# in one go, starts at once, and runs alike under runc and gVisor. PID 1 is docker-init; this is its only child.
#
#   stdin   one tar: base (commit id), wall-clock (seconds that the tests may take), base.pack, change.diff (may be empty),
#           test-command (absent = apply and export only)
#   stdout  one tar: manifest.json, patch.diff; after the tests report/*.xml
#   stderr  the log, for people
#   exit    the tests' own exit code; 70 parcel, 71 clone, 72 apply, 73 export, when it ends before the first part is out
#
# Nothing here is trusted to keep the tests in: that is the container's work (orchestrator/sandbox/container.ts).
set -eu
umask 022

fail() {
  echo "sandbox: $2" >&2
  exit "$1"
}

# No configuration of image, user or repository, and no hook or monitor: git would run what they name.
safe_git() {
  GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_ATTR_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 \
    command git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.attributesFile=/dev/null \
    -c core.autocrlf=false -c core.logAllRefUpdates=false -c gc.auto=0 "$@"
}

# --- the parcel; a warm container waits here -------------------------------------------------------------------------
# This clock and the tests' are for when the runner was killed; its own ring earlier. Tests that stop this shell get past
# theirs: such a sandbox waits for the reaper.
parcel_seconds=600
mkdir /sandbox/in /sandbox/out /sandbox/report /sandbox/home /sandbox/tmp
timeout -s KILL "$parcel_seconds" tar -xf - -C /sandbox/in --no-same-owner ||
  fail 70 'the parcel can not be read, or did not come in time'
read -r base < /sandbox/in/base || fail 70 'the parcel names no base commit'
case "$base" in '' | *[!0-9a-f]*) fail 70 'the base is no commit id' ;; esac
read -r wall_clock < /sandbox/in/wall-clock || fail 70 'the parcel sets no wall clock'
# 0 would be no limit at all.
case "$wall_clock" in '' | 0* | *[!0-9]*) fail 70 'the wall clock is no number of seconds' ;; esac
case ${#base} in 40) format=sha1 ;; 64) format=sha256 ;; *) fail 70 'the base is no commit id' ;; esac

# --- a fresh clone of that one commit: no history to mine for the answer, no remote to talk to -----------------------
safe_git init -q --template= -b base --object-format="$format" /sandbox/repo || fail 71 'git init failed'
cd /sandbox/repo
mkdir -p .git/info
# The highest-precedence attributes: bytes stay as they are in the tree, and no driver of the repository's is named.
echo '* !filter !diff !merge -text !eol !ident !working-tree-encoding !export-ignore !export-subst' > .git/info/attributes
safe_git index-pack --stdin < /sandbox/in/base.pack > /dev/null || fail 71 'git index-pack failed'
: > /sandbox/in/base.pack # it counts against the memory limit
echo "$base" > .git/shallow
echo "$base" > .git/refs/heads/base
safe_git read-tree -m -u "$base" || fail 71 'git read-tree failed'

# --- the diff --------------------------------------------------------------------------------------------------------
if [ -s /sandbox/in/change.diff ]; then
  safe_git apply --index --whitespace=nowarn -p1 /sandbox/in/change.diff || fail 72 'git apply failed'
fi

# --- the first part goes out BEFORE any code of the repository runs: nothing in the diff can forge it -----------------
tree=$(safe_git write-tree) || fail 73 'git write-tree failed'
safe_git diff --cached --binary --full-index --no-renames --no-ext-diff --no-textconv --no-color \
  --src-prefix=a/ --dst-prefix=b/ --diff-algorithm=myers "$base" > /sandbox/out/patch.diff || fail 73 'git diff failed'
# One line of JSON, written when the image was built: asking each tool now would take longer than all of the above.
read -r tools < /usr/local/lib/self-coding/tools.json || fail 73 'the image does not name its tools'
printf '{"version":1,"base":"%s","tree":"%s","tools":%s}\n' "$base" "$tree" "$tools" > /sandbox/out/manifest.json
bundle() {
  tar --format=ustar -b1 --owner=0 --group=0 --numeric-owner --mode=0644 --mtime=@0 -cf - "$@"
}
# Without the two blocks of zeros that end an archive: a second part may follow.
bundle -C /sandbox/out manifest.json patch.diff | head -c -1024 || fail 73 'the bundle can not be written'

# --- the tests: stdout is no longer theirs, all they print is log ----------------------------------------------------
exec 3>&1 >&2
unset OLDPWD # the tests see the names of the policy's environment and PWD, no more
status=0
if [ -f /sandbox/in/test-command ]; then
  command=$(cat /sandbox/in/test-command)
  timeout -s KILL "$wall_clock" /bin/sh -c "$command" < /dev/null 3>&- || status=$?
  # What the tests left running must not write over their reports, nor hold the process limit. Spares PID 1 and us.
  kill -KILL -1 2> /dev/null || true
  # Until they are gone, without a fork, which the process limit might refuse. The bound only ends a hopeless wait.
  tries=0
  while set -- /proc/[0-9]* && [ $# -gt 2 ] && [ "$tries" -lt 2000 ]; do tries=$((tries + 1)); done
fi

# --- the second part: claims. Few, small, regular files with harmless names; the other side checks again --------------
cd /sandbox
find report -maxdepth 1 -type f -name '*.xml' ! -name '*[!A-Za-z0-9._-]*' -size -1048577c |
  head -n 20 | bundle --verbatim-files-from -T - >&3 || true
exit "$status"
