#!/bin/sh
# Builds etcd, kube-apiserver, kube-controller-manager and kubectl as one
# program, and links to it under the four names in the folder given.
set -eu

folder=$1

version=$(sed -n 's/^	k8s.io\/kubernetes //p' test/controlplane/go.mod) # v1.36.3
major=${version#v} major=${major%%.*}
minor=${version#v*.} minor=${minor%.*}

# Kubernetes learns its version from the linker alone, and kube-apiserver
# refuses to start without one.
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	LDFLAGS="${LDFLAGS:-} -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
done
export LDFLAGS

exec hack/cached-build.sh control-plane test/controlplane . "about 8 minutes on 2 cores" \
	"$folder/etcd" "$folder/kube-apiserver" "$folder/kube-controller-manager" "$folder/kubectl"
