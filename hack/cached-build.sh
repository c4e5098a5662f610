#!/bin/sh
# Builds a program from its own module once, keeps it in the user's cache
# folder, and links to it from here. A second clone, or a `make clean`, then
# costs nothing.
#
#   cached-build.sh NAME MODULE PACKAGE TIME LINK...
#
#   NAME     the program's name, also of its folder in the cache
#   MODULE   the folder that holds its go.mod
#   PACKAGE  the package to build, as `go build` takes it
#   TIME     what to tell the user about how long it takes
#   LINK     one or more links to make to the binary
#
# LDFLAGS in the environment is added to the linker's flags.
set -eu
unset GOOS GOARCH # what is built here runs here, whatever the operator is built for

name=$1 module=$2 package=$3 time=$4
shift 4

ldflags="-s -w ${LDFLAGS:-}"

digest() {
	if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c 1-16
}

# Whatever may change the binary belongs to the key, and nothing else.
key=$(cd "$module" && {
	go env GOVERSION GOOS GOARCH
	echo "$package $ldflags"
	cat go.mod go.sum
	for source in *.go */*.go */*/*.go; do [ ! -e "$source" ] || cat "$source"; done
} | digest)

folder=${XDG_CACHE_HOME:-$HOME/.cache}/regapi-operator/$name
binary=$folder/$key

# progress shows errors as they are and the rest as a count, so that a build of
# minutes is seen to move.
progress() {
	awk '
		/^go: downloading / { if (++modules % 50 == 0) { print "  " modules " modules downloaded"; fflush() }; next }
		/^[^ ]+$/           { if (++packages % 200 == 0) { print "  " packages " packages compiled"; fflush() }; next }
		                    { print; fflush() }
	' >&2
}

if [ ! -x "$binary" ]; then
	echo "Building $name ($time; once, then kept in $folder)" >&2
	mkdir -p "$folder"
	partial=$binary.partial.$$
	trap 'rm -f "$partial"' EXIT
	trap 'exit 130' INT TERM HUP
	(cd "$module" && CGO_ENABLED=0 go build -v -trimpath -ldflags "$ldflags" -o "$partial" "$package") 2>&1 | progress
	[ -x "$partial" ] || { echo "Building $name failed" >&2; exit 1; }
	mv "$partial" "$binary" # a rename: an interrupted build leaves no half binary
fi

for link; do
	mkdir -p "$(dirname "$link")"
	ln -sfn "$binary" "$link"
done
