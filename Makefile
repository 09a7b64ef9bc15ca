.PHONY: demo test console

# Build the console and the program, then serve the demo brand at http://127.0.0.1:7700.
demo:
	@cargo xtask demo

# Every gate and every test; the last line counts them.
test:
	@cargo xtask test

# The console's pages alone; a program built afterwards carries them.
console:
	@cargo xtask console
