# How many words a text has.
count_words() {
  printf '%s' "$1" | wc -w | tr -d ' '
}

# The first version counted letters; nothing calls it any more.
count_letters() {
  printf '%s' "$1" | wc -c
}
