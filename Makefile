.PHONY: demo test console bench soak

# Build the console and the program, then serve the demo brand at http://127.0.0.1:7700.
demo:
	@cargo xtask demo

# Every gate and every test; the last line counts them.
test:
	@cargo xtask test

# The console's pages alone; a program built afterwards carries them.
console:
	@cargo xtask console

# Measure the program beside its peers; one table at the end. QUICK=1 takes a minute, WRITE=1 puts it into docs/benchmarks.md.
bench:
	@cargo xtask bench $(if $(QUICK),--quick) $(if $(WRITE),--write)

# Random and crash tests for so many minutes: make soak MINUTES=120
soak:
	@cargo xtask soak $(or $(MINUTES),60)
