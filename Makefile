# Every step that a person or the checks run is a target here; `make help` lists them.
# One set of build flags everywhere: other flags would compile the Temporal server a second time.

.DEFAULT_GOAL := help
# What the page is made from.
PAGE := $(shell find web/src web/public web/index.html web/*.ts web/*.json -type f 2>/dev/null) api/openapi.yaml

.PHONY: help dev demo build web test e2e chaos lint bench fuzz soak replay generate verify compose mutants

TOOLS := .cache/tools
# Packages whose tests start the whole program: they run one after the other, because each of them
# keeps a small machine busy. Those that drive it as processes are targets of their own.
PROGRAMS := -e /e2e/
PROCESSES := -e /e2e/system -e /e2e/chaos
# WEEKS are the tests of waits through releases and restored backups: they come after the fire of three minutes.
WEEKS := TestThreeWeeks|TestBackupOfBothDatabases
# Modules beside the main one, each with its own go.mod.
NESTED := devserver deploy/composetest

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dev: bin/launch web/dist/index.html ## Run everything in the foreground on loopback addresses; ARGS="--only temporal" for Temporal alone.
	@exec bin/launch dev $(ARGS)

demo: ## Carry one purchase through what make dev runs, and show its six effects.
	@go run ./scripts/demo

build: bin/launch web/dist/index.html ## Build the page, bin/fermata and bin/fermata-dev.
	go build -o bin/fermata ./cmd/fermata
	@bin/launch build

web: web/dist/index.html ## Build the page into web/dist, from where the programs embed it.

test: build ## Run the whole suite: units, both stores, skipped time, recorded histories, the engine on real parts.
	go test -timeout 20m $$(go list ./... | grep -v $(PROGRAMS)) && light=0 || light=1; \
	go test -timeout 20m -p 1 $$(go list ./e2e/... | grep -v $(PROCESSES)) && exit $$light
	npm --prefix web test
	@for m in $(NESTED); do echo "go test -C $$m ./..."; go test -C $$m ./... || exit 1; done

e2e: build ## Drive the program as processes: kills, restarts, the README's first hour, the demo, the page in a browser, make chaos in short.
	go test -count=1 -timeout 30m ./e2e/system/...
	npm --prefix web run e2e
	go test -count=1 -timeout 30m -v -skip '$(WEEKS)' ./e2e/chaos
	go test -count=1 -timeout 30m -v -run '$(WEEKS)' ./e2e/chaos

chaos: build ## Kill, freeze and cut off everything for an hour and audit every row; ONLY=TestChaos, CHAOS_SEED, CHAOS_EVENTS …
	CHAOS_LONG=1 go test -count=1 -timeout 3h -v -run '$(or $(ONLY),.)' ./e2e/chaos

lint: $(TOOLS)/golangci-lint $(TOOLS)/workflowcheck web/src/api/schema.d.ts ## Check style and types, the import rules (and that they fire), and that workflow code is deterministic.
	$(TOOLS)/golangci-lint run ./...
	scripts/lint-nested $(TOOLS)/golangci-lint
	npm --prefix web run check
	go run ./scripts/lint-rules $(TOOLS)/golangci-lint .golangci.yml
	scripts/pure-code interpreter workflows
	$(TOOLS)/workflowcheck -config scripts/workflowcheck.yaml ./workflows/...

fuzz: ## Run every fuzz target for FUZZTIME (60s) each.
	scripts/fuzz $(or $(FUZZTIME),60s)

bench: build ## Print what the engine costs beside hand-written Temporal code, on PostgreSQL, and how fast 21 days are rehearsed and 100,000 past events tried.
	go test -tags bench -count=1 -v -timeout 20m ./bench
	go test -count=1 -v -run TestThreeWeeksTakeNoTime ./interpreter/rehearse
	go test -tags bench -count=1 -v -timeout 20m -run TestABacktestOfManyEvents ./events

soak: build ## Show in full size, for hours, the promises that make chaos does not; ONLY=S5 for one of docs/RELIABILITY.md.
	scripts/soak $(ONLY)

replay: ## Replay every recorded history on this build.
	go test -count=1 -run Replay ./workflows

mutants: build ## Break the rules that keep the promise, one at a time, and see their tests turn red.
	go run ./scripts/mutants

generate: ## Write the generated files anew.
	go generate ./...

verify: ## Fail when a generated file is stale.
	scripts/verify-generated

compose: ## Write .env once, with random keys, for docker compose; print the key and the address.
	@deploy/compose-env

bin/launch: $(wildcard devserver/launch/*.go devserver/ports/*.go devserver/loopback/*.go) devserver/go.mod
	@go build -C devserver -o ../bin/launch ./launch

$(TOOLS)/golangci-lint $(TOOLS)/workflowcheck &: tools/go.mod tools/go.sum
	@echo "building the linters (minutes, once)"
	@mkdir -p $(TOOLS)
	go build -C tools -o ../$(TOOLS)/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint go.temporal.io/sdk/contrib/tools/workflowcheck
	@touch $(TOOLS)/golangci-lint $(TOOLS)/workflowcheck

web/dist/index.html: web/node_modules/.package-lock.json $(PAGE)
	npm --prefix web run generate
	npm --prefix web run build
	@touch $@

web/src/api/schema.d.ts: web/node_modules/.package-lock.json api/openapi.yaml
	npm --prefix web run generate

# npm writes this file last.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	npm ci --prefix web --no-audit --no-fund --ignore-scripts
	@touch $@
