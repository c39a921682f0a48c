# Temporary credentials through AssumeRole, the call that all backends share.

# assume_role ROLE-ARN-URL-ENCODED KEY:SECRET: prints KEY=VALUE lines, the role and the keys among them.
assume_role() {
  local form="Action=AssumeRole&Version=2011-06-15&RoleArn=$1&RoleSessionName=test"
  local reply
  reply=$(curl -sS --fail-with-body --noproxy '*' --aws-sigv4 aws:amz:us-east-1:sts --user "$2" \
    -H 'Content-Type: application/x-www-form-urlencoded' \
    -d "$form&DurationSeconds=${TTL:-900}" "http://127.0.0.1:$port/") ||
    fail "no temporary credentials: $reply"
  printf '%s=%q\n' S3_ACCESS_KEY_ID "$(element AccessKeyId "$reply")" \
    S3_SECRET_ACCESS_KEY "$(element SecretAccessKey "$reply")" \
    S3_SESSION_TOKEN "$(element SessionToken "$reply")" \
    S3_ROLE_ARN "$(printf %b "${1//%/\\x}")" \
    S3_SOURCE_ACCESS_KEY_ID "${2%%:*}" S3_SOURCE_SECRET_ACCESS_KEY "${2#*:}"
}

element() { printf %s "$2" | tr -d '\n' | sed -n "s#.*<$1>\([^<]*\)</$1>.*#\1#p"; }
