#!/bin/sh
# Runs every test; each ends with the line "ok", or it has failed.
count=0
for file in test/*.test.sh; do
  if [ "$(sh "$file" | tail -n 1)" != ok ]; then
    echo "not ok: $file"
    exit 1
  fi
  count=$((count + 1))
done
echo "$count files passed"
[ "$count" -gt 0 ]
