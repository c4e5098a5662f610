# Needs Go and make. Everything else is built from Go modules on first use and
# kept in the user's cache folder; docs/development.md says how.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# A build must not depend on whether git is here and trusts this folder.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

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
clean: ## Delete bin/; what the cache folder holds stays.
	rm -rf bin

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
	@echo "Building operator, simulator and demo (2 minutes the first time, seconds later)"
	@mkdir -p bin
	@$(GO_BUILD) -o bin/ ./cmd/operator ./cmd/regapi-sim ./test/demo

.PHONY: docker-build
docker-build: ## Build the container image; IMG names it.
	docker build --tag $(IMG) .

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
	DEMO_BIN=$(CURDIR)/bin go test $(RACE) -count 1 -timeout 30m ./...
	cd test/operations && go test -count 1 ./...
	@$(MAKE) --no-print-directory test-e2e

.PHONY: release-check
release-check: control-plane promtool ## Run what is too long for every change: unit tests of the alerts by promtool, and fifty ends of the leader.
	cd test/operations && go test -count 1 -run Alert ./... -promtool $(CURDIR)/bin/promtool
	go test -count 1 -timeout 60m -run TestKilledOrStoppedUnderLoad -v ./cmd/operator -kills 50

.PHONY: test-e2e
test-e2e: build control-plane $(PROGRAMS) ## Run the end-to-end tests, which start the real programs.
	@# They wait more than they work, so that many run side by side.
	cd test/e2e && go test $(RACE) -count 1 -timeout 20m -parallel 16 ./...

.PHONY: test-unit
test-unit: ## Run the tests that need no control plane.
	go test $(RACE) ./internal/regapi/... ./internal/traffic/... ./internal/batch ./internal/inventory ./internal/pause ./internal/account ./internal/zone ./test/bench ./test/layers

# How many seeded runs of orders test-kills follows.
RUNS ?= 500

.PHONY: test-kills
test-kills: control-plane ## Kill the real operator in RUNS (500) seeded runs of orders, of which make test follows a few.
	go test ./cmd/operator -count 1 -timeout 6h -v -run KilledAtAnyRequestAnOrder -order-runs $(RUNS)

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
	kubectl delete --ignore-not-found clusterrolebindings,clusterroles regapi-operator-challenges regapi-operator-auth-delegator
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
