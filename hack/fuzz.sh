#!/bin/sh
# Runs every fuzz target of the module in turn, each for the time given.
set -eu

time=$1

git ls-files --cached --others --exclude-standard '*_test.go' |
	xargs grep -l '^func Fuzz' | sort | while read -r file; do
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r target; do
		echo "$target in $(dirname "$file"), $time"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$(dirname "$file")" </dev/null
	done
done
