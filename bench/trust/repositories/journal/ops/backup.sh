#!/bin/sh
cp -r entries /srv/backup/
