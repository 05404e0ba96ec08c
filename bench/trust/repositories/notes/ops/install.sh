#!/bin/sh
install -m 755 bin/notes.sh /usr/local/bin/notes
