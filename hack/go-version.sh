#!/bin/sh
# Says in a sentence why a version of Go will not do; nothing if it will.
#
#   go-version.sh HERE NEEDED     such as go1.26.8 1.26.0
here=${1#go} needed=$2
if [ -z "$here" ]; then
	echo "Go is not here: install Go $needed or later"
	exit
fi
awk -v here="$here" -v needed="$needed" 'BEGIN {
	split(here, h, "."); split(needed, n, ".")
	for (i = 1; i <= 3; i++) {
		if (h[i] + 0 > n[i] + 0) exit
		if (h[i] + 0 < n[i] + 0) {
			print "Go " here " is too old: install Go " needed " or later, or let Go fetch it by GOTOOLCHAIN=auto"
			exit
		}
	}
}'
