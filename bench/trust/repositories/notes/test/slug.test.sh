. lib/slug.sh
[ "$(slug 'Hello World')" = hello-world ] || exit 1
[ "$(slug 'Room 101')" = room-101 ] || exit 1
[ "$(slug 'what?')" = what ] || exit 1
echo ok
