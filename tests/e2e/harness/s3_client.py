"""The least S3 client that can look behind the program's back: SigV4 from its specification,
path-style, with Python's standard library, so that it shares no mistake with the program."""

import datetime
import hashlib
import hmac
import http.client
import urllib.parse


class S3Error(Exception):
    def __init__(self, what, status, body):
        super().__init__(f"{what}: {status} {body[:300]!r}")
        self.status = status


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class S3Client:
    def __init__(self, host, port, access_key_id, secret_access_key, region="us-east-1"):
        self.host, self.port, self.region = host, port, region
        self.access_key_id, self.secret_access_key = access_key_id, secret_access_key

    def _signed_headers(self, method, path, headers, body):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        content_hash = hashlib.sha256(body).hexdigest()
        headers = {name.lower(): value for name, value in headers.items()}
        headers["host"] = f"{self.host}:{self.port}"
        headers["x-amz-date"] = now
        headers["x-amz-content-sha256"] = content_hash
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
        canonical = f"{method}\n{path}\n\n{lines}\n{names}\n{content_hash}"
        to_sign = "\n".join(
            ["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()]
        )
        key = ("AWS4" + self.secret_access_key).encode()
        for part in scope.split("/"):
            key = _hmac(key, part)
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key_id}/{scope}, "
            f"SignedHeaders={names}, Signature={_hmac(key, to_sign).hex()}"
        )
        return headers

    def request(self, method, bucket, key="", body=b"", headers=None):
        """(status, headers with lower-case names, body)."""
        path = "/" + urllib.parse.quote(bucket) + ("/" + urllib.parse.quote(key) if key else "")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            signed = self._signed_headers(method, path, headers or {}, body)
            connection.request(method, path, body, signed)
            reply = connection.getresponse()
            found = {name.lower(): value for name, value in reply.getheaders()}
            return reply.status, found, reply.read()
        finally:
            connection.close()

    def _expect(self, what, reply, accepted):
        status, headers, body = reply
        if status not in accepted:
            raise S3Error(what, status, body)
        return headers, body

    def create_bucket(self, bucket):
        self._expect(f"create bucket {bucket}", self.request("PUT", bucket), (200,))

    def put(self, bucket, key, body, headers=None):
        reply = self.request("PUT", bucket, key, body, headers)
        self._expect(f"put {key}", reply, (200,))

    def delete(self, bucket, key):
        self._expect(f"delete {key}", self.request("DELETE", bucket, key), (200, 204, 404))

    def get(self, bucket, key):
        """(headers, body), or None if there is no such object."""
        reply = self.request("GET", bucket, key)
        return None if reply[0] == 404 else self._expect(f"get {key}", reply, (200,))
