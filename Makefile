# Every target does all it needs, and is quick the second time. ARGS are passed on: make run ARGS="--listen 127.0.0.1:9000"
.PHONY: run test bench check cluster
.DEFAULT_GOAL := run

XTASK = cargo run --quiet --package xtask --

run:
	@$(XTASK) run -- $(ARGS)

test:
	@$(XTASK) test -- $(ARGS)

bench:
	@$(XTASK) bench -- $(ARGS)

check:
	@$(XTASK) check

cluster:
	@$(XTASK) cluster up -- $(ARGS)
