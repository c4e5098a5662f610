# Needs Go and make. Everything else is built from Go modules on first use and
# kept in the user's cache folder; docs/development.md says how.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# A build must not depend on whether git is here and trusts this folder.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

# An older Go is refused with a sentence, not with a mistake of its compiler.
REFUSED := $(shell hack/go-version.sh "$$(go env GOVERSION 2>/dev/null)" "$$(sed -n 's/^go //p' go.mod)")
ifneq ($(REFUSED),)
$(error $(REFUSED))
endif

IMG ?= regapi-operator:dev
# What make deploy installs and make undeploy deletes: config/default, or a kustomization built on it.
KUSTOMIZATION ?= config/default
# The label of all that is installed outside of the operator's namespace.
OURS := app.kubernetes.io/name=regapi-operator
FUZZTIME ?= 20s
# Where generated files go; `make verify` points it at a scratch folder.
GENERATED ?= .

# The race detector needs a C compiler on most platforms; without one the tests
# run without it.
RACE ?= $(if $(shell command -v $(shell go env CC) 2>/dev/null),-race)

# go test would vet every dependency first, with the race detector once more; make lint vets.
UNVETTED = -vet=off

# What the programs say they are: `make release` gives the version, and the commit is git's if there is one.
VERSION ?=
COMMIT ?= $(shell git describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null)
BUILDINFO := github.com/regapi-io/regapi-operator/internal/buildinfo
STAMP = -X $(BUILDINFO).version=$(VERSION) -X $(BUILDINFO).commit=$(COMMIT)

GO_BUILD = CGO_ENABLED=0 go build -trimpath -ldflags '$(STAMP)'
MODULES := . test/controlplane test/e2e test/operations $(patsubst %/go.mod,%,$(wildcard test/programs/*/go.mod test/programs/*/*/go.mod)) $(wildcard hack/tools/*)
# Linted and vetted are all but the modules that only name a program: that would compile the program once more.
LINTED := . test/e2e test/operations $(patsubst %/go.mod,%,$(wildcard test/programs/*/*/go.mod))

##@ General

.PHONY: help
help: ## Show this text.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: clean
clean: ## Delete bin/ and dist/; what the cache folder holds stays.
	rm -rf bin dist

##@ Try it

.PHONY: demo
demo: build-demo control-plane ## Start control plane, simulator and operator on loopback and apply config/samples.
	@bin/demo

.PHONY: demo-test
demo-test: build-demo control-plane ## Do the same, check the result and exit.
	@bin/demo --check

.PHONY: sim
sim: build ## Run the REG.API simulator alone on loopback; SEED names its seed file.
	bin/regapi-sim $(if $(SEED),--seed $(SEED))

.PHONY: run
run: build ## Run the operator against the cluster of the current kubeconfig.
	bin/operator --metrics-bind-address=0

##@ Build

.PHONY: build
build: ## Build the operator, the simulator and the kubectl plugin into bin/.
	@mkdir -p bin
	$(GO_BUILD) -o bin/ ./cmd/operator ./cmd/regapi-sim ./cmd/kubectl-regapi

.PHONY: build-demo
build-demo:
	@echo "Building operator, simulator, plugin and demo (2 minutes the first time, seconds later)"
	@mkdir -p bin
	@$(GO_BUILD) -o bin/ ./cmd/operator ./cmd/regapi-sim ./cmd/kubectl-regapi ./test/demo

.PHONY: build-plugin
build-plugin: ## Build the kubectl plugin alone into bin/.
	@mkdir -p bin
	$(GO_BUILD) -o bin/ ./cmd/kubectl-regapi

# What an image is built for, and where it, the SBOM and all else that is released goes.
PLATFORMS ?= linux/amd64 linux/arm64
PLUGIN_PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
DIST ?= dist
# Stripped, and without anything that tells where it was built.
RELEASE_BUILD = CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -buildid= $(STAMP)'

.PHONY: image
image: ## Build the container image as an OCI layout in DIST (dist), for PLATFORMS, with its SBOM; needs no Docker.
	@mkdir -p $(DIST)/programs
	@for platform in $(PLATFORMS); do \
		echo "Building the operator for $$platform"; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} $(RELEASE_BUILD) -o $(DIST)/programs/operator-$$(echo $$platform | tr / -) ./cmd/operator || exit 1; \
	done
	@cd hack/tools/image && go run . -layout $(abspath $(DIST))/image -sbom $(abspath $(DIST))/sbom.cdx.json -version '$(VERSION)' -revision '$(COMMIT)' \
		$(foreach platform,$(PLATFORMS),$(platform)=$(abspath $(DIST))/programs/operator-$(subst /,-,$(platform)))
	@rm -rf $(DIST)/programs

.PHONY: image-check
image-check: ## Build the image twice, the second time from a copy elsewhere and without Go's cache, and compare.
	@scratch=$$(mktemp -d) && trap 'chmod -R u+w "$$scratch"; rm -rf "$$scratch"' EXIT && \
	mkdir "$$scratch/elsewhere" && git ls-files -z | xargs -0 tar -cf - | tar -xf - -C "$$scratch/elsewhere" && \
	$(MAKE) --no-print-directory image DIST="$$scratch/one" COMMIT='$(COMMIT)' && \
	GOCACHE="$$scratch/cache" $(MAKE) --no-print-directory -C "$$scratch/elsewhere" image DIST="$$scratch/two" COMMIT='$(COMMIT)' && \
	diff -r "$$scratch/one" "$$scratch/two" && echo "Both are the same"

.PHONY: release
release: kustomize helm ## Put chart, manifests, plugin, image, SBOM and checksums of VERSION (v1.2.3) into DIST; needs no network beyond Go modules.
	@case '$(VERSION)' in v[0-9]*.[0-9]*.[0-9]*) ;; *) echo "make release VERSION=v1.2.3: give the version that is to be released" >&2; exit 1;; esac
	@rm -rf $(DIST) && mkdir -p $(DIST)
	@$(MAKE) --no-print-directory image
	@tar -C $(DIST)/image -cf $(DIST)/regapi-operator-$(VERSION)-image.tar . && rm -rf $(DIST)/image
	@bin/helm package charts/regapi-operator --version $(VERSION:v%=%) --app-version $(VERSION) --destination $(DIST)
	@bin/kustomize build config/default | sed 's|image: regapi-operator:dev|image: regapi-operator:$(VERSION)|' >$(DIST)/regapi-operator-$(VERSION).yaml
	@for platform in $(PLUGIN_PLATFORMS); do \
		echo "Building the plugin for $$platform"; \
		ending=; case $$platform in windows/*) ending=.exe;; esac; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} $(RELEASE_BUILD) -o $(DIST)/kubectl-regapi-$(VERSION)-$$(echo $$platform | tr / -)$$ending ./cmd/kubectl-regapi || exit 1; \
	done
	@cd $(DIST) && if command -v sha256sum >/dev/null; then sha256sum *; else shasum -a 256 *; fi >../SHA256SUMS.partial && mv ../SHA256SUMS.partial SHA256SUMS
	@ls -l $(DIST)

.PHONY: docker-build
docker-build: ## Build the container image; IMG names it.
	docker build --tag $(IMG) --build-arg VERSION='$(VERSION)' --build-arg COMMIT='$(COMMIT)' .

##@ Test

# KUBEBUILDER_ASSETS names the folder that holds etcd, kube-apiserver and
# kubectl. Set it to use your own; otherwise they are built.
ifeq ($(KUBEBUILDER_ASSETS),)
export KUBEBUILDER_ASSETS := $(CURDIR)/bin/k8s

.PHONY: control-plane
control-plane: ## Build etcd, kube-apiserver, kube-controller-manager and kubectl into bin/k8s.
	@hack/control-plane.sh bin/k8s
else
.PHONY: control-plane
control-plane:
	@echo "Using the control plane in $(KUBEBUILDER_ASSETS)"
endif

# The foreign programs that the end-to-end tests start, each from a module of its own.
PROGRAMS := external-dns cert-manager pebble

.PHONY: external-dns
external-dns: ## Build the pinned external-dns into bin/.
	@version=$$(sed -n 's/^require sigs.k8s.io\/external-dns //p' test/programs/externaldns/go.mod) && \
		LDFLAGS="-X sigs.k8s.io/external-dns/pkg/apis/externaldns.Version=$$version" \
		hack/cached-build.sh $@ test/programs/externaldns . "about 9 minutes on 2 cores" bin/$@

.PHONY: cert-manager
cert-manager: ## Build the pinned controller of cert-manager into bin/.
	@hack/cached-build.sh $@ test/programs/certmanager . "about 6 minutes on 2 cores" bin/$@

.PHONY: pebble
pebble: ## Build the pinned ACME server Pebble into bin/.
	@hack/cached-build.sh $@ test/programs/pebble github.com/letsencrypt/pebble/v2/cmd/pebble "under a minute" bin/$@

.PHONY: test
test: build-demo control-plane helm $(PROGRAMS) ## Run every test: unit, fuzz seeds, API server, demo, end to end.
	@# Never from the cache: it does not see that config or a started program has changed.
	DEMO_BIN=$(CURDIR)/bin REGAPI_TEST_OPERATOR=$(CURDIR)/bin/operator go test $(RACE) $(UNVETTED) -count 1 -timeout 30m ./...
	@# All floods of answers, and all lives of a folder: the race detector would take twelve minutes for them.
	go test $(UNVETTED) -count 1 -run 'Mebibytes|NoKill' ./internal/regapi ./internal/controller/folder
	cd test/operations && go test $(UNVETTED) -count 1 ./...
	@cd hack/tools/image && go test $(UNVETTED) -count 1 -timeout 5m ./...
	@$(MAKE) --no-print-directory test-e2e

.PHONY: release-check
release-check: control-plane promtool ## Run what is too long for every change: unit tests of the alerts by promtool, and fifty ends of the leader.
	cd test/operations && go test -count 1 -run Alert ./... -promtool $(CURDIR)/bin/promtool
	go test -count 1 -timeout 60m -run TestKilledOrStoppedUnderLoad -v ./cmd/operator -kills 50

.PHONY: test-e2e
test-e2e: build control-plane $(PROGRAMS) ## Run the end-to-end tests, which start the real programs.
	@# They wait more than they work, so that many run side by side.
	cd test/e2e && go test $(RACE) $(UNVETTED) -count 1 -timeout 20m -parallel 16 ./...

.PHONY: test-unit
test-unit: ## Run the tests that need no control plane.
	go test $(RACE) ./internal/regapi/... ./internal/traffic/... ./internal/batch ./internal/inventory ./internal/pause ./internal/account ./internal/zone ./test/bench ./test/layers

# How many seeded runs of orders test-kills follows.
RUNS ?= 500

.PHONY: test-kills
test-kills: control-plane ## Kill the real operator in RUNS (500) seeded runs of orders, of which make test follows a few.
	go test ./cmd/operator -count 1 -timeout 6h -v -run KilledAtAnyRequestAnOrder -order-runs $(RUNS)

# How many domains live for a simulated year, and how many are renewed at once.
YEAR ?= 200
WAVE ?= 500

.PHONY: test-year
test-year: ## Follow YEAR (200) domains through a simulated year, and a wave of WAVE (500) renewals; make test follows a few.
	go test ./internal/controller -count 1 -timeout 1h -v -run 'AYear|AWave' -year-domains $(YEAR) -wave-domains $(WAVE)

.PHONY: bench
bench: ## Compare the requests and time of bulk work with a client that makes one call per record.
	@cd test/bench && go test -count 1 -skip Day -args -compare

# How many zones, and as many Domains, bench-cluster works with, and how long the simulator takes for a request.
ZONES ?= 1000
LATENCY ?= 300ms

.PHONY: bench-cluster
bench-cluster: control-plane ## Measure the operator with ZONES zones (1000) through a real API server; PROFILES names a folder for profiles.
	@# In the folder itself, so that go test shows what it prints.
	@cd test/scale && go test -count 1 -timeout 60m -args -table -zones $(ZONES) -latency $(LATENCY) $(if $(PROFILES),-profiles $(abspath $(PROFILES)))

.PHONY: test-sessions
test-sessions: ## Run the curl sessions of docs/simulator.md; needs bash, curl and openssl.
	go test $(RACE) -count 1 -tags sessions ./cmd/regapi-sim

.PHONY: fuzz
fuzz: ## Run every fuzz target in turn for FUZZTIME (20s).
	@hack/fuzz.sh $(FUZZTIME)

##@ Generate and check

.PHONY: generate
generate: controller-gen ## Generate deepcopy methods.
	@bin/controller-gen object:headerFile=hack/boilerplate.go.txt paths=./api/... \
		$(if $(filter-out .,$(GENERATED)),output:object:dir=$(GENERATED)/api/v1alpha1)

.PHONY: manifests
manifests: controller-gen ## Generate CRDs and the operator's role.
	@bin/controller-gen crd paths=./api/... output:crd:dir=$(GENERATED)/config/crd/bases
	@bin/controller-gen rbac:roleName=operator paths=./cmd/... paths=./internal/... paths=./webhook/... output:rbac:dir=$(GENERATED)/config/rbac

.PHONY: docs
docs: crd-ref-docs ## Generate docs/api.md from the API types.
	@mkdir -p $(GENERATED)/docs
	@bin/crd-ref-docs --source-path=./api --config=hack/crd-ref-docs.yaml --renderer=markdown \
		--output-path=$(GENERATED)/docs/api.md --log-level=ERROR

.PHONY: chart
chart: ## Generate the schema and the README of the Helm chart, and bring its CRDs, roles and alerts in line with config.
	@go run ./hack/chart $(GENERATED)

.PHONY: verify
verify: controller-gen crd-ref-docs kustomize ## Fail when a generated file, a go.mod or the formatting is stale.
	@hack/verify.sh $(MODULES)

.PHONY: lint
lint: golangci-lint ## Run the linters, import rules included.
	@for module in $(LINTED); do \
		echo "golangci-lint run in $$module"; \
		(cd $$module && $(CURDIR)/bin/golangci-lint run ./...) || exit 1; \
	done

.PHONY: fmt
fmt: ## Format the Go code.
	gofmt -w $$(git ls-files '*.go')

.PHONY: vet
vet: ## Run go vet.
	@for module in $(LINTED); do \
		echo "go vet in $$module"; \
		(cd $$module && go vet ./...) || exit 1; \
	done

##@ Cluster of the current kubeconfig

.PHONY: install
install: ## Install the CRDs.
	kubectl apply -k config/crd

.PHONY: uninstall
uninstall: ## Delete the CRDs and with them every object of theirs.
	@# Zones, folders and domains first: to be seen off they need their account.
	kubectl delete --ignore-not-found crd dnszones.regapi.io folders.regapi.io domains.regapi.io
	@# Then orders, which nobody asks for any more by now: an open one deletes its bill first. docs/uninstall.md says what may hold one up.
	kubectl delete --ignore-not-found crd orders.regapi.io
	kubectl delete --ignore-not-found -k config/crd

.PHONY: deploy
deploy: kustomize ## Install the operator with its CRDs; IMG names the image, KUSTOMIZATION what to install.
	bin/kustomize build $(KUSTOMIZATION) | sed 's|image: regapi-operator:dev|image: $(IMG)|' | kubectl apply -f -

.PHONY: undeploy
undeploy: ## Delete the solver's APIService, the CRDs with every object of theirs, and then the operator, which sees them off.
	# An APIService that nobody serves keeps every namespace of the cluster from being deleted, so that it goes first.
	kubectl delete --ignore-not-found apiservices --selector=$(OURS)
	kubectl delete --ignore-not-found apiservices v1alpha1.acme.regapi.io v1alpha1.door.regapi.io
	$(MAKE) uninstall
	kubectl delete --ignore-not-found clusterrolebindings,clusterroles --selector=$(OURS)
	kubectl delete --ignore-not-found clusterrolebindings,clusterroles regapi-operator-challenges regapi-operator-auth-delegator regapi-operator-secrets
	kubectl delete --ignore-not-found --namespace=kube-system rolebindings regapi-operator-authentication-reader
	kubectl delete --ignore-not-found -k $(KUSTOMIZATION)

# Tools, pinned by the go.mod of their own module.

.PHONY: controller-gen
controller-gen:
	@hack/cached-build.sh $@ hack/tools/$@ sigs.k8s.io/controller-tools/cmd/controller-gen "under a minute" bin/$@

.PHONY: crd-ref-docs
crd-ref-docs:
	@hack/cached-build.sh $@ hack/tools/$@ github.com/elastic/crd-ref-docs "under a minute" bin/$@

.PHONY: kustomize
kustomize:
	@hack/cached-build.sh $@ hack/tools/$@ sigs.k8s.io/kustomize/kustomize/v5 "under a minute" bin/$@

.PHONY: helm
helm: ## Build the pinned Helm into bin/.
	@hack/cached-build.sh $@ hack/tools/$@ helm.sh/helm/v4/cmd/helm "about 4 minutes on 2 cores" bin/$@

.PHONY: promtool
promtool: ## Build the pinned promtool into bin/.
	@hack/cached-build.sh $@ hack/tools/$@ github.com/prometheus/prometheus/cmd/promtool "about 10 minutes on 2 cores" bin/$@

.PHONY: golangci-lint
golangci-lint:
	@hack/cached-build.sh $@ hack/tools/$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint "about 2 minutes on 2 cores" bin/$@
