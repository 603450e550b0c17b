# modmeta: `make help` lists the targets.

PREFIX ?= /usr/local
CONFIGURATION ?= release
SEEDS ?= 10000
FIRST ?= 1
FUZZ_SECONDS ?= 1800
BUILD_FLAGS ?= -c $(CONFIGURATION) --static-swift-stdlib
# Optimised: the tests of the coders take ten times as long without.
# With the trait, which nothing else is built with, the simulator can put bugs in.
TEST_FLAGS ?= -c release -Xswiftc -enable-testing --traits FaultInjection --scratch-path .build-tests
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES := git git-lfs gcc pkg-config libssl-dev libzstd-dev libdivsufsort-dev libbz2-dev libsqlite3-dev libcurl4-openssl-dev libyaml-dev bsdiff python3 openssl zstd xdelta3

demo: PACKAGES += python3-pip
bench: PACKAGES += python3-pip python3-numpy

.DEFAULT_GOAL := build

.PHONY: deps build install uninstall demo test simulate integration bench fuzz fmt check docs clean help

deps: ## Install the Debian packages that are missing
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; \
	$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

build: ## Build the release binaries
	swift build $(BUILD_FLAGS) --product modmeta
	swift build $(BUILD_FLAGS) --product git-remote-modmeta

install: build ## Install the binaries under PREFIX
	install -d "$(DESTDIR)$(PREFIX)/bin"
	bin=$$(swift build $(BUILD_FLAGS) --show-bin-path) && \
	install -m 755 "$$bin/modmeta" "$$bin/git-remote-modmeta" "$(DESTDIR)$(PREFIX)/bin/"

uninstall: ## Remove the installed binaries
	rm -f "$(DESTDIR)$(PREFIX)/bin/modmeta" "$(DESTDIR)$(PREFIX)/bin/git-remote-modmeta"

demo: deps build ## Push and clone two checkpoints of a real model and show what was sent
	@MODMETA_BIN=$$(swift build $(BUILD_FLAGS) --show-bin-path) bash integration/demo.sh $(CHECKPOINTS)

test: deps ## Run the unit, contract and directory-store integration tests
	swift build $(TEST_FLAGS) --build-tests
	swift test $(TEST_FLAGS) --skip-build
	$(MAKE) simulate SEEDS=3000
	$(MAKE) build
	MODMETA_BIN=$$(swift build $(BUILD_FLAGS) --show-bin-path) bash integration/run.sh local

simulate: deps ## Run SEEDS simulations of pushes and fetches with faults, from seed FIRST on
	swift build $(TEST_FLAGS) --product simulate
	$$(swift build $(TEST_FLAGS) --show-bin-path)/simulate --seeds $(SEEDS) --first $(FIRST)
	$$(swift build $(TEST_FLAGS) --show-bin-path)/simulate --bugs --seeds $(SEEDS) --first $(FIRST)

integration: deps build ## Run every integration test on the release binaries, those that need servers too
	MODMETA_BIN=$$(swift build $(BUILD_FLAGS) --show-bin-path) bash integration/run.sh all

bench: deps build ## Compare sizes, speeds and memory with the alternatives
	MODMETA_BIN=$$(swift build $(BUILD_FLAGS) --show-bin-path) bash integration/bench.sh

fuzz: deps ## Attack each parser and decoder for FUZZ_SECONDS of processor time; an input that costs too much fails
	swift build $(TEST_FLAGS) --build-tests
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_BUNDLE=$$(swift build $(TEST_FLAGS) --show-bin-path)/modmetaPackageTests.xctest \
		bash integration/fuzz.sh

fmt: ## Format the Swift sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests

check: ## Check formatting, documentation comments, undeclared imports, file lengths, output, links and symbols
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	swift build --explicit-target-dependency-import-check error
	@bash integration/check-length.sh
	@bash integration/check-output.sh
	@python3 integration/check-links.py
	@python3 integration/check-symbols.py

docs: ## List the documentation and check its links and the symbols it names
	@find README.md CONTRIBUTING.md docs -name '*.md' | sort
	@python3 integration/check-links.py
	@python3 integration/check-symbols.py

clean: ## Remove what was built
	rm -rf .build .build-tests

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
