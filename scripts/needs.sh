# What a checkout needs before it can run, as questions that are asked on every start and so cost almost nothing.
# Sourced with $here set to the checkout.

# Prints the Node to use: the one fetched for this checkout, or one on the PATH that is new enough.
find_node() {
  if [ -x "$here/.node/bin/node" ]; then
    echo "$here/.node/bin/node"
  else
    version=$(node --version 2>/dev/null) || return 1
    version=${version#v}
    [ "${version%%.*}" -ge 24 ] 2>/dev/null && command -v node
  fi
}

# The dependencies are there when they were installed from the lock as it is now.
have_dependencies() {
  [ -f "$here/node_modules/.installed" ] && read -r installed <"$here/node_modules/.installed" &&
    [ "$installed" = "$(lock_sum)" ]
}

lock_sum() {
  cksum <"$here/package-lock.json"
}

have_tools() {
  have_redis && have_bubblewrap
}

have_redis() {
  [ -n "${REDIS_URL-}" ] || have_program redis-server || have_program valkey-server
}

# The sandbox is bubblewrap on Linux; elsewhere there is nothing to fetch.
have_bubblewrap() {
  [ ! -d /proc/self ] || have_program bwrap
}

have_program() {
  command -v "$1" >/dev/null || [ -x "$here/.tools/bin/$1" ]
}

# What could not be had is not asked for again before tomorrow: `chargehand doctor` says what is missing.
tried_lately() {
  [ -e "$here/.tools/unavailable" ] && [ -n "$(find "$here/.tools/unavailable" -mtime -1)" ]
}
