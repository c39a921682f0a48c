# Certificates for the HTTPS port: a CA of this server's own, and a certificate that it signed.

tls_names='DNS:localhost,DNS:s3.localhost,DNS:*.s3.localhost,IP:127.0.0.1'

make_certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=start-claude test CA' \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$state/ca.key" -out "$state/ca.crt" 2>"$state/log/openssl.out"
  openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' \
    -keyout "$state/tls.key" -out "$state/tls.csr" 2>>"$state/log/openssl.out"
  openssl x509 -req -in "$state/tls.csr" -CA "$state/ca.crt" -CAkey "$state/ca.key" \
    -CAcreateserial -days 30 -out "$state/tls.crt" 2>>"$state/log/openssl.out" \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$tls_names")
}

# For servers that cannot listen for HTTP and HTTPS at once.
start_tls_forwarder() {
  [ -n "$tls_port" ] || return 0
  start_process tls-forwarder python3 "$here/s3-servers/tls_forwarder.py" --listen "$tls_port" \
    --to "$port" --certificate "$state/tls.crt" --key "$state/tls.key"
}
