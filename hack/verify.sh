#!/bin/sh
# Fails when a generated file, a go.mod or the formatting is not as its command
# would leave it. Changes nothing: the files are generated into a scratch folder
# and compared.
#
#   verify.sh MODULE...
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

stale() {
	echo "STALE: $1; run: $2" >&2
	failed=1
}

compare() { # compare COMMAND FILE...
	command=$1
	shift
	for file; do
		git --no-pager diff --no-index -- "$file" "$scratch/$file" || stale "$file" "$command"
	done
}

echo "Generating into a scratch folder"
mkdir -p "$scratch/api/v1alpha1" "$scratch/config/crd/bases" "$scratch/config/rbac" "$scratch/docs"
make --no-print-directory GENERATED="$scratch" generate manifests docs chart
compare "make generate" api/v1alpha1/zz_generated.deepcopy.go
compare "make manifests" config/crd/bases config/rbac/role.yaml
compare "make docs" docs/api.md
compare "make chart" charts/regapi-operator/files charts/regapi-operator/README.md charts/regapi-operator/values.schema.json

for module; do
	echo "go mod tidy -diff in $module"
	(cd "$module" && go mod tidy -diff) || stale "$module/go.mod or go.sum" "cd $module && go mod tidy"
done

echo "gofmt"
for file in $(git ls-files '*.go' | xargs gofmt -l); do
	stale "$file" "make fmt"
done

echo "kustomize build"
for folder in config/default config/crd config/samples; do
	bin/kustomize build "$folder" >/dev/null || failed=1
done

[ "$failed" = 0 ] && echo "Everything is up to date"
exit "$failed"
