# The name of a file for a title: small letters, digits and dashes.
slug() {
  printf '%s' "$1" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9-'
}
