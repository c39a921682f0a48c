# Temporary credentials through AssumeRole, the call that all backends share.

# assume_role ROLE-ARN-URL-ENCODED KEY:SECRET: prints KEY=VALUE lines.
assume_role() {
  local form="Action=AssumeRole&Version=2011-06-15&RoleArn=$1&RoleSessionName=test"
  local reply
  reply=$(curl -sS --fail-with-body --noproxy '*' --aws-sigv4 aws:amz:us-east-1:sts --user "$2" \
    -H 'Content-Type: application/x-www-form-urlencoded' \
    -d "$form&DurationSeconds=${TTL:-900}" "http://127.0.0.1:$port/") ||
    fail "no temporary credentials: $reply"
  printf '%s=%q\n' S3_ACCESS_KEY_ID "$(element AccessKeyId "$reply")" \
    S3_SECRET_ACCESS_KEY "$(element SecretAccessKey "$reply")" \
    S3_SESSION_TOKEN "$(element SessionToken "$reply")"
}

element() { printf %s "$2" | tr -d '\n' | sed -n "s#.*<$1>\([^<]*\)</$1>.*#\1#p"; }
