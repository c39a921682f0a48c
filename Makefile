# Names for the scripts; each installs what it needs and says so.
.PHONY: all build test demo check format install clean
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

PREFIX ?= /usr/local
install:
	@scripts/build release start-claude
	install -D -m 755 build/release/start-claude $(DESTDIR)$(PREFIX)/bin/start-claude
clean:
	rm -rf build
