# Names for the scripts; each installs what it needs and says so.
.PHONY: all build test simulate demo check fuzz races format static bench release install clean
all: build
build:
	@scripts/build debug
test:
	@scripts/test
# make simulate SEEDS=1000000
simulate:
	@scripts/simulate $(SEEDS)
demo:
	@scripts/demo
check:
	@scripts/check
format:
	@scripts/format

MINUTES ?= 1
fuzz:
	@scripts/fuzz --minutes $(MINUTES)
races:
	@scripts/races

# One file that runs on any Linux of this architecture, in dist/.
static:
	@scripts/build-static
bench:
	@scripts/install-dependencies bench server
	@scripts/build-static
	@scripts/build release micro_bench
	@scripts/s3-server --state build/bench-server up --tls >/dev/null
	@trap 'scripts/s3-server --state build/bench-server down' EXIT; \
	  scripts/bench --real build/bench-server/environment \
	    "$$(ls -t dist/start-claude-*-linux-$$(uname -m) | head -1)" \
	    build/release/tests/bench/micro_bench
release:
	@scripts/release

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/user
install:
	@scripts/build release start-claude
	install -D -m 755 build/release/start-claude $(DESTDIR)$(PREFIX)/bin/start-claude
	mkdir -p $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d
	build/release/start-claude completion man >$(SHARE)/man/man1/start-claude.1
	build/release/start-claude completion bash >$(SHARE)/bash-completion/completions/start-claude
	build/release/start-claude completion zsh >$(SHARE)/zsh/site-functions/_start-claude
	build/release/start-claude completion fish >$(SHARE)/fish/vendor_completions.d/start-claude.fish
	mkdir -p $(UNITS) $(SHARE)/start-claude
	for unit in contrib/systemd/*; do \
	  sed 's|/usr/local/bin/|$(PREFIX)/bin/|' $$unit >$(UNITS)/$$(basename $$unit); \
	  chmod 644 $(UNITS)/$$(basename $$unit); done
	install -m 644 contrib/cron/start-claude $(SHARE)/start-claude/crontab
	install -m 644 contrib/launchd/start-claude.sync.plist $(SHARE)/start-claude/
clean:
	rm -rf build
