#include "resolve/merge.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/text.h"
#include "config/document.h"
#include "config/profile.h"
#include "json/write.h"
#include "resolve/merge_field.h"
#include "resolve/merge_profiles.h"

namespace start_claude::resolve {
namespace {

constexpr std::string_view configs_name = "configs";
constexpr std::chrono::days tombstone_age_max{30};

std::optional<std::uint64_t> schema_number(const json::Value* version) {
  const json::Number* number = version != nullptr ? version->as_number() : nullptr;
  return number != nullptr ? base::parse_unsigned(number->spelling) : std::nullopt;
}

/// A schema number only grows: of two different changes the higher one is true of both.
std::optional<json::Value> merge_version(const Versions& version, FieldPath& path, Ledger& ledger) {
  const auto local = schema_number(version.local);
  const auto remote = schema_number(version.remote);
  if (!local || !remote) return merge_whole(version, path, ledger);
  return merge_by_rule(version, path, ledger, *local < *remote ? Side::remote : Side::local);
}

bool is_object(const json::Value& value) { return value.as_object() != nullptr; }

/// Each once, in an order that every machine finds.
std::vector<const json::Value*> in_normal_order(const std::vector<const json::Value*>& documents) {
  if (documents.size() < 2) return documents;
  std::map<std::string, const json::Value*> by_text;
  for (const json::Value* document : documents) {
    by_text.emplace(json::write_canonical(*document), document);
  }
  std::vector<const json::Value*> ordered;
  for (const auto& [text, document] : by_text) ordered.push_back(document);
  return ordered;
}

}  // namespace

std::string format_path(const FieldPath& path) {
  if (path.empty()) return "the whole document";
  if (path[0] != configs_name) return base::join(path, ".");
  if (path.size() == 1) return "order of profiles";
  FieldPath below(path.begin() + 1, path.end());
  if (below[0].empty()) below[0] = "(no name)";
  return base::join(below, ".");
}

std::vector<FieldChange> open_conflicts(const MergeResult& merge) {
  std::vector<FieldChange> open;
  for (const FieldChange& conflict : merge.conflicts) {
    if (conflict.reason == Reason::unsettled) open.push_back(conflict);
  }
  return open;
}

bool is_about_default(const FieldPath& path) {
  return path.size() == 3 && path[0] == configs_name && path[2] == "isDefault";
}

MergeResult merge(const std::optional<json::Value>& ancestor, const json::Value& local,
                  const json::Value& remote, const MergeOptions& options) {
  std::vector<const json::Value*> ancestors;
  if (ancestor) ancestors.push_back(&*ancestor);
  return merge(ancestors, local, remote, options);
}

MergeResult merge(const std::vector<const json::Value*>& ancestors, const json::Value& local,
                  const json::Value& remote, const MergeOptions& options) {
  Ledger ledger(options, ancestors.empty() ? Ledger::Ancestor::unknown : Ledger::Ancestor::known);
  const Versions documents{Ancestors(in_normal_order(ancestors)), &local, &remote};
  FieldPath path;
  if (!is_object(local) || !is_object(remote)) {
    auto merged = merge_whole(documents, path, ledger);
    return ledger.close(merged ? *std::move(merged) : json::Value{});
  }
  auto merged = merge_members(documents, path, [&](std::string_view name, const Versions& member) {
    if (name == configs_name) return merge_profiles(member, path, ledger);
    if (name == "version") return merge_version(member, path, ledger);
    return merge_field(member, path, ledger);
  });
  return ledger.close(std::move(merged));
}

json::Value prune_tombstones(json::Value document, UtcTime now) {
  json::Object* root = document.as_object();
  json::Value* configs = root != nullptr ? root->find(configs_name) : nullptr;
  json::Array* entries = configs != nullptr ? configs->as_array() : nullptr;
  if (entries == nullptr) return document;
  const auto is_old = [&](const json::Value& entry) {
    const auto deleted = config::is_tombstone(entry) ? config::deleted_at(entry) : std::nullopt;
    return deleted && now - *deleted > tombstone_age_max;
  };
  entries->erase(std::remove_if(entries->begin(), entries->end(), is_old), entries->end());
  return document;
}

}  // namespace start_claude::resolve
