#!/bin/sh
. "$(dirname "$0")/../lib/slug.sh"
slug "$*"
