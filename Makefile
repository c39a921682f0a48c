# Names for the scripts; each installs what it needs and says so.
.PHONY: all build test demo check format static bench release install clean
all: build
build:
	@scripts/build debug
test:
	@scripts/test
demo:
	@scripts/demo
check:
	@scripts/check
format:
	@scripts/format

# One file that runs on any Linux of this architecture, in dist/.
static:
	@scripts/build-static
bench:
	@scripts/install-dependencies bench
	@scripts/build-static
	@scripts/build release micro_bench
	@scripts/bench "$$(ls -t dist/start-claude-*-linux-$$(uname -m) | head -1)" build/release/tests/bench/micro_bench
release:
	@scripts/release

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share
install:
	@scripts/build release start-claude
	install -D -m 755 build/release/start-claude $(DESTDIR)$(PREFIX)/bin/start-claude
	mkdir -p $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d
	build/release/start-claude completion man >$(SHARE)/man/man1/start-claude.1
	build/release/start-claude completion bash >$(SHARE)/bash-completion/completions/start-claude
	build/release/start-claude completion zsh >$(SHARE)/zsh/site-functions/_start-claude
	build/release/start-claude completion fish >$(SHARE)/fish/vendor_completions.d/start-claude.fish
clean:
	rm -rf build
