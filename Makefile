# Every target does all it needs, and is quick the second time. ARGS are passed on: make run ARGS="--listen 127.0.0.1:9000"
.PHONY: run dev test bench check cluster
.DEFAULT_GOAL := run

# The first time, cargo says itself what it builds; after it there is nothing to say.
XTASK = cargo run $(if $(wildcard target/debug/xtask),--quiet) --package xtask --

run:
	@$(XTASK) run -- $(ARGS)

dev:
	@$(XTASK) dev -- $(ARGS)

test:
	@$(XTASK) test -- $(ARGS)

bench:
	@$(XTASK) bench -- $(ARGS)

check:
	@$(XTASK) check

cluster:
	@$(XTASK) cluster up -- $(ARGS)
