#!/usr/bin/env bash
# Make this machine ready for `make demo` (app), `make test` (dev) or `make bench` (bench):
# system packages from apt, then .venv with the locked packages. What is there is left alone, so that a second run takes
# a moment; a step that was interrupted is done again.
#
# usage: .ci/setup.sh app|dev|bench     everything for that purpose
#        .ci/setup.sh make              only the program make
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
purpose=${1:?usage: .ci/setup.sh app|dev|bench|make}

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- system packages --------------------------------------------------------------------------------------------------

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11 python3.14 /usr/bin/python3; do
    if have "$name" && is_new_enough "$name"; then command -v "$name"; return; fi
  done
}

# The newest PostgreSQL server (14 or newer) on this machine, as its major version.
server_major() {
  local initdb major newest=""
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$initdb" ] || continue
    major=${initdb#/usr/lib/postgresql/}; major=${major%%/*}
    if [ "$major" -ge 14 ] && [ "$major" -gt "${newest:-0}" ]; then newest=$major; fi
  done
  printf '%s' "$newest"
}

has_postgis() {
  local control major
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    major=${control#/usr/share/postgresql/}; major=${major%%/*}
    if [ -e "$control" ] && [ "$major" -ge 14 ] && [ -x "/usr/lib/postgresql/$major/bin/initdb" ]; then return 0; fi
  done
  return 1
}

# The distribution's major version of PostgreSQL; empty when apt has no package lists yet.
offered_major() { apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]\+\)$/\1/p' | head -n 1; }

missing_packages() {
  local python major
  have make || echo make
  if [ "$purpose" = make ]; then return; fi
  python=$(find_python)
  if [ -z "$python" ]; then
    echo python3 python3-venv
  elif [ ! -x .venv/bin/python ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    "$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'
  fi
  if [ "$purpose" != app ] || [ -z "${GRIDGOV_DATABASE_URL:-}" ]; then
    if ! has_postgis; then
      major=$(server_major)
      if [ -z "$major" ]; then major=$(offered_major); echo "postgresql${major:+-$major}"; fi
      echo "postgresql${major:+-$major}-postgis${major:+-3}"
    fi
  fi
  if [ "$purpose" != app ]; then
    have chromium || have chromium-browser || have google-chrome || echo chromium
    if ! have fc-list; then
      echo fontconfig fonts-noto-cjk
    elif [ -z "$(fc-list :lang=zh family)" ]; then
      echo fonts-noto-cjk
    fi
  fi
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq -y "$@"; }

# Debian makes and starts a cluster of its own with the server package; ours is private, so that one is not wanted.
no_main_cluster=/etc/postgresql-common/createcluster.d/gridgov.conf
forbid_main_cluster() {
  as_root mkdir -p "${no_main_cluster%/*}"
  echo 'create_main_cluster = false' | as_root tee "$no_main_cluster" >/dev/null
}
allow_main_cluster() { as_root rm -f "$no_main_cluster"; }

install_system_packages() {
  local missing
  missing=$(missing_packages | xargs)
  if [ -z "$missing" ]; then return; fi
  have apt-get || stop "This machine lacks: $missing. It has no apt-get: install these by its own means, then run the command again."
  if [ "$(id -u)" != 0 ] && ! { have sudo && sudo -n true 2>/dev/null; }; then
    say "Some system packages are missing. Run this line, then the command again:"
    stop "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
  fi
  if [ -n "$(dpkg --audit)" ]; then as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a; fi
  apt update
  missing=$(missing_packages | xargs) # now with fresh package lists
  say "Installing system packages: $missing"
  if ! have pg_createcluster; then
    trap allow_main_cluster EXIT
    forbid_main_cluster
  fi
  # shellcheck disable=SC2086  # a list of names
  apt install --no-install-recommends $missing >&2
  allow_main_cluster
  trap - EXIT
  hash -r
  missing=$(missing_packages | xargs)
  if [ -z "$(find_python)" ] && [ "$purpose" != make ]; then
    stop "gridgov needs Python 3.11 or newer; this machine offers $(python3 --version 2>&1 || echo none). Install one, then run the command again."
  fi
  [ -z "$missing" ] || stop "apt-get ran, but these are still missing: $missing. Install them, then run the command again."
}

# --- .venv ------------------------------------------------------------------------------------------------------------

digest() { cat "$@" | sha256sum | cut -c 1-16; }
is_done() { [ "$(cat ".venv/stamp-$1" 2>/dev/null)" = "$2" ]; }
mark_done() { echo "$2" >".venv/stamp-$1.new" && mv ".venv/stamp-$1.new" ".venv/stamp-$1"; }

is_sound_venv() {
  .venv/bin/python -c 'import pip' 2>/dev/null && is_new_enough .venv/bin/python &&
    head -n 1 .venv/bin/pip 2>/dev/null | grep -qF "$PWD/.venv/" # not one that was moved or copied here
}

make_venv() {
  if ! is_sound_venv; then
    say "Making .venv"
    rm -rf .venv
    "$(find_python)" -m venv .venv
  fi
}

install_packages() {
  local larger
  case $purpose in app) larger="app dev bench" ;; dev) larger="dev bench" ;; *) larger=$purpose ;; esac
  for set in $larger; do # each set holds the ones before it, at the same versions
    if is_done "$set" "$(digest "requirements/$set.txt")"; then return; fi
  done
  say "Installing the packages of requirements/$purpose.txt into .venv"
  rm -f .venv/stamp-*
  .venv/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r "requirements/$purpose.txt"
  mark_done "$purpose" "$(digest "requirements/$purpose.txt")"
}

install_gridgov() {
  if is_done gridgov "$(digest pyproject.toml)" && [ -x .venv/bin/gridgov ]; then return; fi
  # The build tools are locked with the packages: this needs no network.
  .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-index --no-build-isolation -e .
  mark_done gridgov "$(digest pyproject.toml)"
}

install_system_packages
if [ "$purpose" = make ]; then exit; fi
make_venv
install_packages
install_gridgov
