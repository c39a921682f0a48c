#include "s3/s3_object_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "s3/version_list.h"
#include "s3/xml.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view metadata_prefix = "x-amz-meta-";

/// `now` is this machine's time, for servers that do not say theirs.
ObjectAttributes attributes_from(const http::Headers& headers, UtcTime now) {
  const auto value = [&headers](std::string_view name) { return headers.find(name).value_or(""); };
  ObjectAttributes attributes;
  attributes.etag = {value("etag")};
  const auto date = base::parse_time(value("date"));
  // A cache repeats the Date of when it stored the reply, which is no earlier.
  attributes.last_modified =
      base::plausible(base::parse_time(value("last-modified")), date.value_or(now));
  attributes.version_id = value("x-amz-version-id");
  attributes.content_encoding = value("content-encoding");
  for (const auto& [header, text] : headers) {
    const std::string name = base::to_lower(header);
    if (!name.starts_with(metadata_prefix)) continue;
    attributes.metadata.emplace(name.substr(metadata_prefix.size()), base::trim(text));
  }
  return attributes;
}

Condition condition_of(const Precondition& precondition) {
  if (std::holds_alternative<IfAbsent>(precondition)) return Condition::if_none_match;
  return std::holds_alternative<IfMatch>(precondition) ? Condition::if_match : Condition::none;
}

/// Of a failed condition: the server compared it with what is there.
bool was_compared(const Answer& answer) {
  constexpr int conflict = 409;
  return answer.response.status != conflict;
}

bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// What a caller must not ask for: it could not be sent, or would not protect what it should.
Result<base::Done> check_put(const PutRequest& request, const Precondition& precondition) {
  for (const auto& [name, value] : request.metadata) {
    if (!is_header_text(name) || !is_header_text(value)) {
      return Error{ErrorKind::unexpected,
                   "object metadata must be ASCII: " + base::printable(name)};
    }
  }
  const auto* match = std::get_if<IfMatch>(&precondition);
  if (match != nullptr && !(match->etag.can_be_condition() && is_header_text(match->etag.raw))) {
    return Error{ErrorKind::unexpected, "a weak or missing ETag cannot be a condition"};
  }
  return base::Done{};
}

Call get_call(const ObjectLocation& object) {
  return {.asked = {.operation = Operation::get_object}, .method = "GET", .object = object};
}

Call put_call(const ObjectLocation& object, const PutRequest& request) {
  Call call{.asked = {.operation = Operation::put_object}, .method = "PUT", .object = object};
  call.headers.add("content-type", request.content_type);
  for (const auto& [name, value] : request.metadata) {
    call.headers.add(std::string(metadata_prefix) + name, value);
  }
  call.body = request.body;
  return call;
}

/// A GET with If-None-Match was answered by what gateways say that do not know it: 412 where 304
/// is meant, 400, 405 or 501. A GET without it tells whether it was that.
bool may_refuse_conditional_get(const Answer& answer) {
  constexpr std::array statuses = {400, 405, 412, 501};
  constexpr std::array replies = {Reply::other, Reply::precondition_failed, Reply::not_from_s3};
  const auto is_one_of = [](const auto& list, auto value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  return is_one_of(statuses, answer.response.status) && is_one_of(replies, answer.reply);
}

bool is_unsupported_listing(const Answer& answer) {
  constexpr int method_not_allowed = 405;
  constexpr int not_implemented = 501;
  const int status = answer.response.status;
  return status == method_not_allowed || status == not_implemented;
}

}  // namespace

S3ObjectStore::S3ObjectStore(http::Transport& transport, platform::Clock& clock,
                             platform::Random& random, CredentialsProvider& credentials,
                             Endpoint endpoint, StoreOptions options)
    : clock_(clock),
      options_(std::move(options)),
      configured_region_(endpoint.region),
      exchange_(transport, clock, random, credentials,
                endpoint_in_region(endpoint, options_.learnt_region)) {}

std::optional<LearntRegion> S3ObjectStore::learnt_region() const {
  if (region() == configured_region_) return std::nullopt;
  return LearntRegion{.region = region(), .instead_of = configured_region_};
}

Result<GetOutcome> S3ObjectStore::get(const ObjectLocation& object,
                                      const std::optional<ETag>& if_none_match) {
  const EndTime end = end_of_call();
  Call call = get_call(object);
  const bool is_conditional = if_none_match && if_none_match->can_be_condition();
  if (!is_conditional || options_.refuses_conditional_get) return read(call, end);
  call.asked.condition = Condition::if_none_match;
  call.headers.add("if-none-match", if_none_match->raw);
  if (auto checked = check_object_key(object.key); !checked) return std::move(checked).error();
  auto answer = exchange_.send(call, end, options_);
  if (!answer) return std::move(answer).error();
  if (!may_refuse_conditional_get(*answer)) return read_outcome(call, *std::move(answer));
  auto plain = read(get_call(object), end);
  if (plain) options_.refuses_conditional_get = true;
  return plain;
}

Result<GetOutcome> S3ObjectStore::get_version(const ObjectLocation& object,
                                              const std::string& version_id) {
  Call call = get_call(object);
  call.asked.operation = Operation::get_version;
  call.query = "versionId=" + http::encode_segment(version_id);
  return read(call, end_of_call());
}

Result<GetOutcome> S3ObjectStore::read(const Call& call, EndTime end) {
  if (auto checked = check_object_key(call.object.key); !checked) return std::move(checked).error();
  auto answer = exchange_.send(call, end, options_);
  if (!answer) return std::move(answer).error();
  return read_outcome(call, *std::move(answer));
}

Result<GetOutcome> S3ObjectStore::read_outcome(const Call& call, Answer answer) const {
  switch (answer.reply) {
    case Reply::ok: {
      auto attributes = attributes_from(answer.response.headers, clock_.now());
      return Object{std::move(attributes), std::move(answer.response.body)};
    }
    case Reply::no_such_key:
      return Absent{.is_deletion = answer.response.headers.find("x-amz-delete-marker") == "true"};
    case Reply::not_modified:
      if (call.asked.condition == Condition::if_none_match) return NotModified{};
      break;
    case Reply::access_denied:
      if (call.asked.operation == Operation::get_object) {
        return ReadDenied{exchange_.error_from(call, answer)};
      }
      break;
    case Reply::altered_on_the_way:
      if (answer.response.status == 200) {
        auto attributes = attributes_from(answer.response.headers, clock_.now());
        return Object{std::move(attributes), std::move(answer.response.body), true};
      }
      break;
    case Reply::no_answer:
    case Reply::no_such_bucket:
    case Reply::precondition_failed:
    case Reply::condition_not_supported:
    case Reply::encryption_key_refused:
    case Reply::credentials_refused:
    case Reply::credentials_expired:
    case Reply::clock_refused:
    case Reply::wrong_region:
    case Reply::content_md5_required:
    case Reply::try_later:
    case Reply::bucket_already_ours:
    case Reply::bucket_of_someone_else:
    case Reply::not_from_s3:
    case Reply::other: break;
  }
  return exchange_.error_from(call, answer);
}

Result<VersionsOutcome> S3ObjectStore::list_versions(const ObjectLocation& object) {
  constexpr std::size_t versions_max = 1000;
  constexpr int pages_max = 20;
  if (auto checked = check_object_key(object.key); !checked) return std::move(checked).error();
  const EndTime end = end_of_call();
  std::vector<ObjectVersion> versions;
  std::optional<VersionPage> page;
  for (int i = 0; i < pages_max && versions.size() < versions_max; ++i) {
    const Call call{.asked = {.operation = Operation::list_versions},
                    .method = "GET",
                    .object = {.bucket = object.bucket, .key = ""},
                    .query = version_list_query(object.key, page ? &*page : nullptr)};
    auto answer = exchange_.send(call, end, options_);
    if (!answer) return std::move(answer).error();
    if (is_unsupported_listing(*answer)) return VersionsOutcome{NotSupported{}};
    if (answer->reply != Reply::ok) return exchange_.error_from(call, *answer);
    page = parse_version_list(answer->response.body, object.key);
    if (!page) return VersionsOutcome{NotSupported{}};
    std::move(page->versions.begin(), page->versions.end(), std::back_inserter(versions));
    if (!page->next_key_marker) break;
  }
  const UtcTime now = clock_.now() + clock_skew().value_or(std::chrono::milliseconds(0));
  bool are_times_known = true;
  for (ObjectVersion& version : versions) {
    version.last_modified = base::plausible(version.last_modified, now);
    are_times_known = are_times_known && version.last_modified;
  }
  // Some stores list deletions after all versions.
  if (are_times_known) {
    std::stable_sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) {
      return a.last_modified > b.last_modified;
    });
  }
  if (versions.size() > versions_max) versions.resize(versions_max);
  return VersionsOutcome{std::move(versions)};
}

Result<HeadOutcome> S3ObjectStore::head(const ObjectLocation& object) {
  if (auto checked = check_object_key(object.key); !checked) return std::move(checked).error();
  const EndTime end = end_of_call();
  const Call call{
      .asked = {.operation = Operation::head_object}, .method = "HEAD", .object = object};
  auto answer = exchange_.send(call, end, options_);
  if (!answer) return std::move(answer).error();
  if (answer->reply == Reply::ok) return attributes_from(answer->response.headers, clock_.now());
  if (answer->reply == Reply::no_answer || answer->reply == Reply::try_later) {
    return exchange_.error_from(call, *answer);
  }
  // A refused HEAD has no body that could say why, or what is missing; a GET has.
  auto outcome = read(get_call(object), end);
  if (!outcome) return std::move(outcome).error();
  if (auto* found = std::get_if<Object>(&*outcome)) return std::move(found->attributes);
  if (auto* denied = std::get_if<ReadDenied>(&*outcome)) return std::move(*denied);
  return std::get<Absent>(*outcome);
}

std::string S3ObjectStore::if_match_value(const ETag& etag) const {
  std::string_view text = etag.raw;
  const bool is_quoted = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
  if (is_quoted) text = text.substr(1, text.size() - 2);
  if (options_.etag_unquoted.value_or(false)) return std::string(text);
  return '"' + std::string(text) + '"';
}

Result<PutOutcome> S3ObjectStore::put(const ObjectLocation& object, const PutRequest& request,
                                      const Precondition& precondition) {
  if (auto checked = check_object_key(object.key); !checked) return std::move(checked).error();
  if (auto checked = check_put(request, precondition); !checked) return std::move(checked).error();
  const EndTime end = end_of_call();
  Call call = put_call(object, request);
  if (!options_.server_side_encryption.empty()) {
    call.headers.add("x-amz-server-side-encryption", options_.server_side_encryption);
  }
  call.asked.condition = condition_of(precondition);
  const auto* match = std::get_if<IfMatch>(&precondition);
  if (match != nullptr) call.headers.add("if-match", if_match_value(match->etag));
  if (call.asked.condition == Condition::if_none_match) call.headers.add("if-none-match", "*");
  bool was_awaited = false;
  if (request.while_awaited) {
    call.while_awaited = [&] {
      if (!std::exchange(was_awaited, true)) request.while_awaited();
    };
  }

  auto answer = exchange_.send(call, end, options_);
  if (!answer) return std::move(answer).error();
  constexpr int precondition_failed = 412;
  const bool is_refused =
      match != nullptr && !answer->in_doubt && answer->response.status == precondition_failed;
  if (is_refused && is_doubtful(match->etag)) {
    answer = doubt_if_match(call, *std::move(answer), match->etag, end);
  }
  auto outcome = put_outcome(call, *answer);
  // The condition held as it was spelt. A 304 would not show that: Ceph before 2025 takes the
  // quotes off in a GET's conditions, and not in a PUT's.
  if (match != nullptr && outcome && std::holds_alternative<Stored>(*outcome)) {
    options_.etag_unquoted = options_.etag_unquoted.value_or(false);
  }
  return outcome;
}

bool S3ObjectStore::is_doubtful(const ETag& refused) {
  if (!options_.etag_unquoted) return true;
  // Whoever puts over the same ETag again has read again meanwhile and found it there. What was
  // learnt is out of date then (the store was updated), or came from one that ignored conditions.
  return std::exchange(refused_, refused) == refused;
}

bool S3ObjectStore::has_etag(const ObjectLocation& object, const ETag& etag, EndTime end) {
  const Call call{
      .asked = {.operation = Operation::head_object}, .method = "HEAD", .object = object};
  auto answer = exchange_.send(call, end, options_);
  return answer && answer->reply == Reply::ok &&
         attributes_from(answer->response.headers, clock_.now()).etag == etag;
}

Answer S3ObjectStore::doubt_if_match(Call call, Answer refused, const ETag& etag, EndTime end) {
  if (!has_etag(call.object, etag, end)) return refused;
  const auto known = options_.etag_unquoted;
  options_.etag_unquoted = !known.value_or(false);
  call.headers.set("if-match", if_match_value(etag));
  auto second = exchange_.send(call, end, options_);
  if (second && second->reply == Reply::ok) return *std::move(second);
  options_.etag_unquoted = known;
  if (!second) return refused;
  if (second->in_doubt) return *std::move(second);
  // In buckets with versions, Ceph before 2025 compares with the version that is about to be
  // written: no condition ever holds there.
  if (second->reply == Reply::precondition_failed && was_compared(*second) &&
      has_etag(call.object, etag, end)) {
    refused.reply = Reply::condition_not_supported;
  }
  return refused;
}

Result<PutOutcome> S3ObjectStore::put_outcome(const Call& call, const Answer& answer) const {
  const bool conditional = call.asked.condition != Condition::none;
  const bool condition_failed =
      (answer.reply == Reply::precondition_failed && conditional) ||
      // S3 answers 404, not 412, to If-Match on a deleted object: our ETag is stale.
      (answer.reply == Reply::no_such_key && call.asked.condition == Condition::if_match);
  if (answer.reply == Reply::ok) {
    ObjectAttributes attributes = attributes_from(answer.response.headers, clock_.now());
    if (!attributes.etag.empty() && answer.response.status != only_accepted) {
      return Stored{std::move(attributes.etag), std::move(attributes.version_id)};
    }
    // S3 always names the ETag; whoever said "200" without one may have stored nothing. OpenStack
    // Swift says so of a PUT that it drops because a later one overtook it.
    return AnswerLost{Error{ErrorKind::unreachable,
                            exchange_.endpoint().base.authority() +
                                " accepted the object but did not say what it stored",
                            "check the endpoint URL: it may not be that of an S3 service"}};
  }
  if (answer.in_doubt) {
    Error error = condition_failed
                      ? Error{ErrorKind::unreachable,
                              "the answer to storing " + call.object.text() + " was lost",
                              "run the command again"}
                      : exchange_.error_from(call, answer);
    return AnswerLost{std::move(error), condition_failed};
  }
  if (condition_failed) return PreconditionFailed{.was_compared = was_compared(answer)};
  if (answer.reply == Reply::condition_not_supported) return ConditionNotSupported{};
  if (answer.reply == Reply::access_denied) return WriteDenied{exchange_.error_from(call, answer)};
  return exchange_.error_from(call, answer);
}

Result<base::Done> S3ObjectStore::create_bucket(const std::string& bucket) {
  const Endpoint& endpoint = exchange_.endpoint();
  if (auto checked = check_bucket_name(bucket, endpoint.is_amazon); !checked) return checked;
  const EndTime end = end_of_call();
  Call call{.asked = {.operation = Operation::create_bucket},
            .method = "PUT",
            .object = {.bucket = bucket, .key = ""}};
  const std::string region = endpoint.region;
  // us-east-1 has no name here, and Cloudflare's "auto" is none.
  if (!region.empty() && region != "us-east-1" && region != "auto") {
    call.headers.add("content-type", "application/xml");
    call.body =
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<LocationConstraint>" +
        escape_xml(region) + "</LocationConstraint></CreateBucketConfiguration>";
  }
  auto answer = exchange_.send(call, end, options_);
  const bool is_strange_region = answer && answer->error &&
                                 answer->error->code == "InvalidLocationConstraint" &&
                                 !endpoint.is_amazon;
  if (is_strange_region) {
    // Ceph signs for any region but knows only its own zone groups by name.
    call.headers.remove("content-type");
    call.body.clear();
    answer = exchange_.send(call, end, options_);
  }
  if (!answer) return std::move(answer).error();
  if (answer->reply == Reply::ok || answer->reply == Reply::bucket_already_ours) {
    return base::Done{};
  }
  return exchange_.error_from(call, *answer);
}

}  // namespace start_claude::s3
