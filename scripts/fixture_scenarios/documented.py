"""Replies that no server here gives, after the documents of those who say they do."""

from fixture_scenarios.scripted_server import Reply, ScriptedServer

ERRORS = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
REDIRECTS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html"
CONDITIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"
GET_OBJECT = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"
OBJECT_LOCK = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"
R2_ERRORS = "https://developers.cloudflare.com/r2/api/error-codes/"
B2_S3 = "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api"
HTTP = "RFC 9112 section 8"
PUT_OBJECT = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html"
SERVER_SIDE_KMS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
KMS_ERRORS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"
DENIED = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html"
GARAGE = "src/api/s3/error.rs of https://git.deuxfleurs.fr/Deuxfleurs/garage"
MINIO = "cmd/api-response.go of https://github.com/minio/minio"
TIGRIS = "https://www.tigrisdata.com/docs/api/s3/"
PORTALS = "RFC 8952 section 1 and the login pages of hotels"

ENDPOINTS = {
    "amazon": {"region": "us-east-1", "endpointUrl": "http://s3.us-east-1.amazonaws.com"},
    "r2": {"region": "auto", "endpointUrl": "http://0123456789abcdef.r2.cloudflarestorage.com"},
    "b2": {"region": "us-west-004", "endpointUrl": "http://s3.us-west-004.backblazeb2.com"},
    "garage": {"region": "us-east-1", "endpointUrl": "http://garage.example:3900"},
    "minio": {"region": "us-east-1", "endpointUrl": "http://minio.example:9000"},
    "tigris": {"region": "auto", "endpointUrl": "http://t3.storage.dev"},
    "network": {"region": "us-east-1", "endpointUrl": "http://minio.example:9000"},
}
MODIFIED = "Mon, 23 Nov 2026 08:00:00 GMT"
REMOTE = '{"configs": [{"name": "production", "model": "opus"}]}'
PAGE = "<!DOCTYPE html>\n<html><head><title>{}</title></head><body>{}</body></html>\n"


def error(status, code, message="", **headers):
    """An error as Amazon words it; `more` is what else its body holds."""
    more = headers.pop("more", "")
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message>{more}"
        "<RequestId>4442587FB7D0A2F9</RequestId></Error>"
    )
    standard = {"x_amz_request_id": "4442587FB7D0A2F9", "Content_Type": "application/xml"}
    return Reply(status, body, **(standard | headers))


def found(body=REMOTE, **headers):
    standard = {
        "x_amz_request_id": "0A49CE4060975EAC",
        "ETag": '"1b2cf535f27731c974343645a3985328"',
        "Last_Modified": MODIFIED,
        "Content_Type": "application/json",
    }
    return Reply(200, body, **(standard | headers))


def stored(server):
    return Reply(200, x_amz_request_id="0A49CE4060975EAC", ETag=server.etag())


def stored_before(server):
    """A read of what the last upload stored."""
    sent = {name.lower(): value for name, value in server.put_headers.items()}
    kept = {name: value for name, value in sent.items() if name.startswith("x-amz-meta-")}
    return found(server.put_body.decode(), ETag=server.etag(), **kept)


def unchanged(server):
    return Reply(304, ETag=server.etag())


ACCESS_DENIED = error(403, "AccessDenied", "Access Denied")
MISSING = error(404, "NoSuchKey", "The specified key does not exist.")
LOST = error(
    412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"
)
# The first upload to a store measures If-Match and If-None-Match with a PUT each that must fail;
# between them a HEAD sees whether it failed for the right reason.
STORED_AND_MEASURED = (stored, LOST, stored_before, LOST)


TO_HTTPS = [(f"> {verb} http://", f"> {verb} https://") for verb in ("GET", "PUT", "HEAD")]


class Store:
    def __enter__(self):
        self.server = ScriptedServer()
        self.proxy = self.server.url
        return self

    def __exit__(self, *_):
        self.server.close()

    def settings(self, name):
        self.server.replies, self.server.asked_too_much = [], 0
        # What a scenario is about may be that there is no TLS.
        self.renamed = [] if name.endswith("_needs_https") else TO_HTTPS
        common = {"bucket": "team", "key": "start-claude-config.json"}
        return common | ENDPOINTS[name.split("/", maxsplit=1)[0]]

    def source(self, scenario):
        return (
            "The requests are the program's. The replies are written after\n"
            f"# {SOURCES[scenario]}, not recorded."
        )

    def check_all_asked(self, name):
        if self.server.asked_too_much or self.server.replies:
            left = len(self.server.replies)
            wrong = f"{self.server.asked_too_much} replies too few, {left} too many"
            raise RuntimeError(f"{name}: {wrong}")


def one_sync(session, store, *replies, **models):
    store.server.replies += replies
    device = session.device()
    if models:
        device.edit(**models)
    device.sync()
    return device


def wrong_region(session, store):
    """400 AuthorizationHeaderMalformed names the bucket's region, which is used then."""
    message = (
        "The authorization header is malformed; the region 'us-east-1' is wrong; "
        "expecting 'eu-west-1'"
    )
    more = "<Region>eu-west-1</Region>"
    refusal = error(400, "AuthorizationHeaderMalformed", message, more=more)
    one_sync(session, store, refusal, found())


def permanent_redirect(session, store):
    """301 PermanentRedirect with the bucket's region in a header: asked again over there."""
    message = (
        "The bucket you are attempting to access must be addressed using the specified "
        "endpoint. Please send all future requests to this endpoint."
    )
    place = "team.s3.eu-west-1.amazonaws.com"
    more = f"<Endpoint>{place}</Endpoint><Bucket>team</Bucket>"
    refusal = error(301, "PermanentRedirect", message, more=more, x_amz_bucket_region="eu-west-1")
    one_sync(session, store, refusal, found())


def temporary_redirect(session, store):
    """307 TemporaryRedirect while a new bucket's name spreads: asked in the region it names."""
    place = "team.s3-us-west-2.amazonaws.com"
    message = "Please re-send this request to the specified temporary endpoint."
    more = f"<Bucket>team</Bucket><Endpoint>{place}</Endpoint>"
    where = f"http://{place}/start-claude-config.json"
    refusal = error(307, "TemporaryRedirect", message, more=more, Location=where)
    one_sync(session, store, refusal, found())


def slow_down_then_found(session, store):
    """503 SlowDown, then the object."""
    one_sync(session, store, error(503, "SlowDown", "Please reduce your request rate."), found())


def internal_error_after_put(session, store):
    """500 InternalError to the upload and 412 to its second attempt: it had been stored."""
    broken = error(500, "InternalError", "We encountered an internal error. Please try again.")
    replies = (MISSING, broken, LOST, stored_before, *STORED_AND_MEASURED[1:])
    one_sync(session, store, *replies, production="sonnet")


def missing_key_without_list(session, store):
    """403 AccessDenied hides that the object is missing; the upload with If-None-Match tells."""
    one_sync(session, store, ACCESS_DENIED, *STORED_AND_MEASURED, unchanged, production="sonnet")


def read_only_key(session, store):
    """403 AccessDenied to a PUT while a GET is answered: not tried again by the next run."""
    device = one_sync(session, store, found())
    store.server.replies += [found(), ACCESS_DENIED, found(), found()]
    device.edit(production="opus", home="haiku")
    device.sync()
    device.sync()


def write_only_key(session, store):
    """403 AccessDenied to every GET and HEAD: the first copy can be stored, and nothing else."""
    measured = (stored, LOST, ACCESS_DENIED, LOST)
    replies = (ACCESS_DENIED, *measured, ACCESS_DENIED)
    one_sync(session, store, *replies, production="sonnet")


def kms_key_denied(session, store):
    """403 AccessDenied that names kms:Decrypt: the object is there, its KMS key is another matter."""
    message = (
        "User: arn:aws:iam::123456789012:user/sync is not authorized to perform: kms:Decrypt on "
        "the resource associated with this ciphertext because no identity-based policy allows "
        "the kms:Decrypt action"
    )
    one_sync(session, store, error(403, "AccessDenied", message), production="sonnet")


def kms_key_disabled(session, store):
    """400 KMS.DisabledException to the first upload: the bucket's default key is switched off."""
    message = "arn:aws:kms:us-east-1:123456789012:key/1a2b is disabled."
    refusal = error(400, "KMS.DisabledException", message)
    one_sync(session, store, MISSING, refusal, production="sonnet")


def kms_needs_https(session, store):
    """400 InvalidArgument: an object that KMS encrypts is not handed out over plain http."""
    message = (
        "Requests specifying Server Side Encryption with AWS KMS managed keys must be made over a "
        "secure connection."
    )
    one_sync(session, store, error(400, "InvalidArgument", message), production="sonnet")


def kms_etag(session, store):
    """Default encryption with KMS: the ETag is no MD5, and serves as a condition all the same."""
    kms = {"x_amz_server_side_encryption": "aws:kms", "x_amz_request_id": "0A49CE4060975EAC"}
    first = Reply(200, ETag='"8f0d6f5c1b7a4be2a1d3c0e9f7b65a42"', **kms)
    second = Reply(200, ETag='"1c9e0b7d3a5f4826b0c4d8e2f6a19375"', **kms)
    same = found(ETag=first.headers["ETag"])
    device = one_sync(session, store, MISSING, first, LOST, same, LOST, production="sonnet")
    store.server.replies += [second]
    device.edit(production="opus")
    device.sync()


def illegal_location_constraint(session, store):
    """400 IllegalLocationConstraintException: another region's endpoint, and no hint at which."""
    message = (
        "The us-west-2 location constraint is incompatible for the region specific endpoint this "
        "request was sent to."
    )
    refusal = error(400, "IllegalLocationConstraintException", message)
    one_sync(session, store, refusal, production="sonnet")


def payload_altered_once(session, store):
    """400 XAmzContentSHA256Mismatch: something on the way changed the body; sent once more."""
    message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    refusal = error(400, "XAmzContentSHA256Mismatch", message)
    replies = (MISSING, refusal, *STORED_AND_MEASURED)
    one_sync(session, store, *replies, production="sonnet")


def bad_digest(session, store):
    """400 BadDigest, twice: something on the way changes every body."""
    refusal = error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
    one_sync(session, store, MISSING, refusal, refusal, production="sonnet")


def incomplete_body(session, store):
    """400 IncompleteBody, twice: something on the way cuts bodies off."""
    message = "You did not provide the number of bytes specified by the Content-Length HTTP header"
    refusal = error(400, "IncompleteBody", message)
    one_sync(session, store, MISSING, refusal, refusal, production="sonnet")


def service_unavailable_then_found(session, store):
    """503 ServiceUnavailable, then the object."""
    refusal = error(503, "ServiceUnavailable", "Service is unable to handle request.")
    one_sync(session, store, refusal, found())


def header_not_implemented(session, store):
    """501 NotImplemented that names a header which is no condition: told by its name."""
    message = "A header you provided implies functionality that is not implemented."
    more = "<Header>x-amz-meta-clock</Header>"
    refusal = error(501, "NotImplemented", message, more=more)
    one_sync(session, store, MISSING, refusal, production="sonnet")


def region_of_garage(session, store):
    """400 AuthorizationHeaderMalformed names the region that Garage was set up with."""
    message = (
        "Authorization header malformed, unexpected scope: 20261123/us-east-1/s3/aws4_request"
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<Error><Code>AuthorizationHeaderMalformed</Code><Message>{message}</Message>"
        "<Resource>/team/start-claude-config.json</Resource><Region>garage</Region></Error>"
    )
    one_sync(session, store, Reply(400, body, Content_Type="application/xml"), found())


def region_of_minio(session, store):
    """400 AuthorizationHeaderMalformed names the region only in its message."""
    message = (
        "The authorization header is malformed; the region is wrong; expecting 'eu-central-7'."
    )
    refusal = error(400, "AuthorizationHeaderMalformed", message, Server="MinIO")
    one_sync(session, store, refusal, found())


def request_timeout(session, store):
    """408 without a body, then the object; the bucket is part of the host's name."""
    one_sync(session, store, Reply(408), found())


def write_conflict(session, store):
    """409 ConditionalRequestConflict: another upload was under way, so everything is read again."""
    message = "The conditional request cannot succeed due to a conflicting operation."
    conflict = error(409, "ConditionalRequestConflict", message)
    replies = (MISSING, conflict, found(REMOTE.replace("opus", "sonnet")))
    one_sync(session, store, *replies, production="sonnet")


def deleted_before_put(session, store):
    """404 NoSuchKey to If-Match: the object was deleted since the last sync."""
    device = one_sync(session, store, MISSING, *STORED_AND_MEASURED, production="sonnet")
    store.server.replies += [MISSING, MISSING]
    device.edit(production="opus")
    device.sync()


def skewed_clock(session, store):
    """403 RequestTimeTooSkewed: this clock is an hour ahead; signed by the server's clock then."""
    message = "The difference between the request time and the current time is too large."
    device = session.device()
    device.clock_offset_s = 3600
    store.server.replies += [error(403, "RequestTimeTooSkewed", message), found()]
    device.sync()


def expired_token(session, store):
    """400 ExpiredToken: the session credentials are over, and there are no others."""
    refusal = error(400, "ExpiredToken", "The provided token has expired.")
    store.server.replies += [refusal]
    session.device(sessionToken="AQoDYXdzEJrtyWJ4NjK7PiEXAMPLEtoken").sync()


def content_md5_required(session, store):
    """400 InvalidRequest of a bucket with Object Lock: uploaded again with Content-MD5."""
    message = (
        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests "
        "with Object Lock parameters"
    )
    refusal = error(400, "InvalidRequest", message)
    replies = (MISSING, refusal, *STORED_AND_MEASURED)
    one_sync(session, store, *replies, production="sonnet")


def unauthorized(session, store):
    """401 Unauthorized, where others answer 403: bad credentials."""
    one_sync(session, store, error(401, "Unauthorized", "Unauthorized"))


def too_many_requests(session, store):
    """429 for more than one write a second to one key: written a little later."""
    message = "Reduce your concurrent request rate for the same object."
    refusal = error(429, "TooManyRequests", message)
    replies = (MISSING, refusal, *STORED_AND_MEASURED)
    one_sync(session, store, *replies, production="sonnet")


def conditions_not_implemented(session, store):
    """501 NotImplemented to conditions: written without, the other one tried, and read back."""
    message = "A header you provided implies functionality that is not implemented"
    refusal = error(501, "NotImplemented", message)
    replies = (MISSING, refusal, stored, refusal, unchanged)
    one_sync(session, store, *replies, production="sonnet")


def truncated_body(session, store):
    """The connection ends in the middle of the object; the second attempt brings all of it."""
    one_sync(session, store, found_cut(), found())


def found_cut():
    reply = found()
    reply.cut = 20
    return reply


def login_page(session, store):
    """200 and a web page: this network wants somebody to sign in first."""
    page = PAGE.format("Welcome", '<a href="/login">Sign in to the network</a>')
    one_sync(session, store, Reply(200, page, Content_Type="text/html"))


def bad_gateway(session, store):
    """502 and a proxy's web page instead of XML, then the object."""
    page = PAGE.format("502 Bad Gateway", "<h1>502 Bad Gateway</h1><hr>nginx")
    one_sync(session, store, Reply(502, page, Content_Type="text/html"), found())


def unavailable(session, store):
    """503 without a body, to every attempt."""
    one_sync(session, store, *[Reply(503) for _ in range(ATTEMPTS)])


ATTEMPTS = 4

SOURCES = {
    wrong_region: ERRORS,
    permanent_redirect: REDIRECTS,
    temporary_redirect: REDIRECTS,
    slow_down_then_found: ERRORS,
    internal_error_after_put: ERRORS,
    missing_key_without_list: GET_OBJECT,
    read_only_key: DENIED,
    write_only_key: DENIED,
    kms_key_denied: DENIED,
    kms_key_disabled: KMS_ERRORS,
    kms_needs_https: SERVER_SIDE_KMS,
    kms_etag: PUT_OBJECT,
    illegal_location_constraint: ERRORS,
    payload_altered_once: ERRORS,
    bad_digest: ERRORS,
    incomplete_body: ERRORS,
    service_unavailable_then_found: ERRORS,
    header_not_implemented: ERRORS,
    region_of_garage: GARAGE,
    region_of_minio: MINIO,
    request_timeout: TIGRIS,
    write_conflict: CONDITIONS,
    deleted_before_put: CONDITIONS,
    skewed_clock: ERRORS,
    expired_token: ERRORS,
    content_md5_required: OBJECT_LOCK,
    unauthorized: R2_ERRORS,
    too_many_requests: R2_ERRORS,
    conditions_not_implemented: B2_S3,
    truncated_body: HTTP,
    login_page: PORTALS,
    bad_gateway: "nginx's default error page",
    unavailable: "RFC 9110 section 15.6.4",
}

SCENARIOS = [
    (store, scenario)
    for store, scenarios in {
        "amazon": (
            wrong_region,
            permanent_redirect,
            temporary_redirect,
            slow_down_then_found,
            internal_error_after_put,
            missing_key_without_list,
            read_only_key,
            write_only_key,
            kms_key_denied,
            kms_key_disabled,
            kms_needs_https,
            kms_etag,
            illegal_location_constraint,
            payload_altered_once,
            bad_digest,
            incomplete_body,
            service_unavailable_then_found,
            header_not_implemented,
            write_conflict,
            deleted_before_put,
            skewed_clock,
            expired_token,
            content_md5_required,
        ),
        "r2": (unauthorized, too_many_requests),
        "b2": (conditions_not_implemented,),
        "garage": (region_of_garage,),
        "minio": (region_of_minio,),
        "tigris": (request_timeout,),
        "network": (truncated_body, login_page, bad_gateway, unavailable),
    }.items()
    for scenario in scenarios
]
