. lib/count.sh
[ "$(count_words 'one two  three')" = 3 ] || exit 1
[ "$(count_words '')" = 0 ] || exit 1
echo ok
