# Everything that is done with this project, each by one word. Only Go is needed; what else a
# target wants, it installs (see scripts/).

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/roster, one static binary
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o bin/roster ./cmd/roster

.PHONY: run
run: build ## Build, then run the stand-in with a demo site
	@exec bin/roster dev

.PHONY: test
test: ## Check and test everything on SQLite and PostgreSQL
	@scripts/test.sh

.PHONY: e2e
e2e: build ## Run real clients and real input against the real binary, on both engines
	@scripts/e2e.sh

.PHONY: bench
bench: build ## Measure the server on both engines; PEOPLE=1000000 for more people
	@scripts/bench.sh

.PHONY: bench-pages
bench-pages: build ## Measure the pages at 1,000,000 people on both engines; PEOPLE=100000 for fewer
	@scripts/bench-pages.sh

.PHONY: contract
contract: ## Write the generated parts of the contract again
	go run ./internal/api/contractgen

.PHONY: fmt
fmt: ## Format the Go code
	go tool -modfile=tools/go.mod gofumpt -l -w .

.PHONY: clean
clean: ## Remove what was built or installed here
	rm -rf bin e2e/node_modules e2e/.venv examples/vitest/node_modules e2e/openapi/node_modules e2e/openapi/generated
