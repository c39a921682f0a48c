# The static binary and nothing else; scripts/build-static makes it.
#
#   docker build --build-arg BINARY=dist/start-claude-0.1.0-linux-x86_64 -t start-claude .
#   docker run --rm --user "$(id -u):$(id -g)" -v ~/.start-claude:/config start-claude s3-sync
FROM scratch
ARG BINARY
COPY ${BINARY} /start-claude
ENV START_CLAUDE_HOME=/config
VOLUME /config
ENTRYPOINT ["/start-claude"]
