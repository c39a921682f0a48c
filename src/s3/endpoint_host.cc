#include "s3/endpoint_host.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.h"
#include "s3/endpoint.h"

namespace start_claude::s3 {
namespace {

using Labels = std::vector<std::string_view>;

struct Partition {
  std::string_view region_prefix;
  std::string_view suffix;
  std::string_view name;
};

/// The first match counts; the last one is for all other regions.
constexpr std::array<Partition, 8> partitions = {{{"cn-", "amazonaws.com.cn", "aws-cn"},
                                                  {"us-gov-", "amazonaws.com", "aws-us-gov"},
                                                  {"eusc-", "amazonaws.eu", "aws-eusc"},
                                                  {"us-iso-", "c2s.ic.gov", "aws-iso"},
                                                  {"us-isob-", "sc2s.sgov.gov", "aws-iso-b"},
                                                  {"eu-isoe-", "cloud.adc-e.uk", "aws-iso-e"},
                                                  {"us-isof-", "csp.hci.ic.gov", "aws-iso-f"},
                                                  {"", "amazonaws.com", "aws"}}};

const Partition& partition_for(std::string_view region) {
  return *std::find_if(partitions.begin(), partitions.end(), [region](const Partition& p) {
    return region.starts_with(p.region_prefix);
  });
}

std::string_view suffix_for(std::string_view region) { return partition_for(region).suffix; }

enum class Shape {
  service_and_region,    ///< [BUCKET.]s3[.REGION].suffix
  region,                ///< [BUCKET.]REGION.suffix
  oss_region,            ///< [BUCKET.][s3.]oss-REGION[-internal].suffix, as Alibaba names them
  account,               ///< [BUCKET.]ACCOUNT[.JURISDICTION].suffix
  label_with_region,     ///< [BUCKET.]LABELregion.suffix
  namespace_and_region,  ///< NAMESPACE.compat.LABEL.region.suffix
  whole,                 ///< [BUCKET.]suffix
};

enum class Style { either, virtual_hosted_only };

struct Service {
  std::string_view name;
  std::string_view suffix;
  Shape shape;
  std::string_view region = "";  ///< where the name tells none
  Style style = Style::either;
  std::string_view label = "s3";  ///< in front of the region
};

/// The first match counts.
constexpr auto services = std::to_array<Service>({
    {"Backblaze B2", "backblazeb2.com", Shape::service_and_region},
    {"Wasabi", "wasabisys.com", Shape::service_and_region, "us-east-1"},
    {"Scaleway", "scw.cloud", Shape::service_and_region},
    {"OVHcloud", "io.cloud.ovh.net", Shape::service_and_region},
    {"OVHcloud", "perf.cloud.ovh.net", Shape::service_and_region},
    {"OVHcloud", "cloud.ovh.net", Shape::service_and_region},
    {"OVHcloud", "io.cloud.ovh.us", Shape::service_and_region},
    {"IBM Cloud", "cloud-object-storage.appdomain.cloud", Shape::service_and_region},
    {"DigitalOcean Spaces", "digitaloceanspaces.com", Shape::region},
    {"Hetzner", "your-objectstorage.com", Shape::region},
    {"Akamai (Linode)", "linodeobjects.com", Shape::region},
    {"Vultr", "vultrobjects.com", Shape::region},
    {"Alibaba Cloud OSS", "aliyuncs.com", Shape::oss_region, "", Style::virtual_hosted_only},
    {"Volcengine TOS", "volces.com", Shape::label_with_region, "", Style::virtual_hosted_only,
     "tos-s3-"},
    {"Huawei Cloud OBS", "myhuaweicloud.com", Shape::service_and_region, "",
     Style::virtual_hosted_only, "obs"},
    {"Huawei Cloud OBS", "myhuaweicloud.eu", Shape::service_and_region, "",
     Style::virtual_hosted_only, "obs"},
    {"Tencent Cloud COS", "myqcloud.com", Shape::service_and_region, "", Style::virtual_hosted_only,
     "cos"},
    {"Tencent Cloud COS", "tencentcos.cn", Shape::service_and_region, "",
     Style::virtual_hosted_only, "cos"},
    {"Oracle Cloud", "oraclecloud.com", Shape::namespace_and_region, "", Style::either,
     "objectstorage"},
    {"Oracle Cloud", "oci.customer-oci.com", Shape::namespace_and_region, "", Style::either,
     "objectstorage"},
    {"Exoscale", "exo.io", Shape::label_with_region, "", Style::either, "sos-"},
    {"IONOS", "ionoscloud.com", Shape::service_and_region},
    {"Yandex Cloud", "storage.yandexcloud.net", Shape::whole, "ru-central1"},
    {"Cloudflare R2", "r2.cloudflarestorage.com", Shape::account, "auto"},
    {"Google Cloud Storage", "storage.googleapis.com", Shape::whole, "auto"},
    {"Tigris", "fly.storage.tigris.dev", Shape::whole, "auto", Style::virtual_hosted_only},
    {"Tigris", "t3.storage.dev", Shape::whole, "auto", Style::virtual_hosted_only},
});

/// The labels before ".suffix", none if the host is the suffix itself; nothing if it ends
/// otherwise.
std::optional<Labels> labels_before(std::string_view host, std::string_view suffix) {
  if (host == suffix) return Labels{};
  if (!host.ends_with(suffix)) return std::nullopt;
  host.remove_suffix(suffix.size());
  if (!host.ends_with('.')) return std::nullopt;
  host.remove_suffix(1);
  return base::split(host, '.');
}

std::string joined(Labels::const_iterator begin, Labels::const_iterator end) {
  return base::join({begin, end}, ".");
}

/// "eu-west-1", "us-gov-east-1": at least three parts, the last one a number.
bool looks_like_amazon_region(std::string_view text) {
  const auto parts = base::split(text, '-');
  return parts.size() >= 3 && parts.front().size() >= 2 && parts.front().size() <= 5 &&
         base::parse_unsigned(parts.back()).has_value();
}

struct AmazonHost {
  std::string bucket;
  std::string service;  ///< "s3", "s3-fips", "s3-accelerate"; others are no endpoint for buckets
  std::string region;
  bool dualstack = false;
  bool is_private = false;  ///< an interface endpoint inside a VPC
};

bool is_service_label(std::string_view label) {
  return label == "s3" || label.starts_with("s3-") || label.starts_with("s3express-");
}

/// Takes the region out of the older form with a hyphen: s3-eu-west-1, s3-fips-us-gov-west-1.
void split_service(AmazonHost& host) {
  if (host.service == "s3-external-1") {
    host.service = "s3";
    host.region = "us-east-1";
  }
  for (const std::string_view service : {"s3-fips", "s3"}) {
    const auto rest =
        std::string_view(host.service).substr(std::min(service.size() + 1, host.service.size()));
    if (host.service.starts_with(service) && looks_like_amazon_region(rest)) {
      host.region = rest;
      host.service = service;
      return;
    }
  }
}

/// Nothing for a host of Amazon that is not about S3: a virtual machine, a load balancer.
std::optional<AmazonHost> parse_amazon_host(const Labels& labels) {
  const auto label = [&labels](std::size_t from_end) {
    return from_end < labels.size() ? labels[labels.size() - 1 - from_end] : std::string_view();
  };
  AmazonHost host;
  std::size_t service_from_end = 0;
  if (is_service_label(label(0))) {
    // s3.amazonaws.com
  } else if (is_service_label(label(1))) {
    service_from_end = 1;
    // s3-accelerate.dualstack names no region.
    if (label(0) != "dualstack") host.region = label(0);
  } else if (is_service_label(label(2)) && label(1) == "dualstack") {
    service_from_end = 2;
    host.dualstack = true;
    host.region = label(0);
  } else if (is_service_label(label(2)) && label(0) == "vpce") {
    service_from_end = 2;
    host.is_private = true;
    host.region = label(1);
  } else {
    return std::nullopt;
  }
  host.service = label(service_from_end);
  host.bucket = joined(labels.begin(), labels.end() - 1 - static_cast<long>(service_from_end));
  split_service(host);
  return host;
}

struct AmazonName {
  AmazonHost parts;
  std::string_view suffix;
};

std::optional<AmazonName> amazon_name(std::string_view host) {
  for (const auto& partition : partitions) {
    const auto labels = labels_before(host, partition.suffix);
    if (!labels) continue;
    if (auto parts = parse_amazon_host(*labels))
      return AmazonName{*std::move(parts), partition.suffix};
  }
  return std::nullopt;
}

std::string without_bucket(std::string_view host, std::string_view bucket) {
  return std::string(bucket.empty() ? host : host.substr(bucket.size() + 1));
}

Error no_endpoint(std::string_view host, std::string_view what) {
  return Error{ErrorKind::usage, "the endpoint " + std::string(host) + " is " + std::string(what),
               "leave the endpoint out for Amazon S3, or write https://s3.REGION.amazonaws.com"};
}

Result<HostReading> read_amazon_host(std::string_view host, const AmazonName& name) {
  const auto& [bucket, service, region, dualstack, is_private] = name.parts;
  if (service.starts_with("s3-website")) {
    return no_endpoint(host, "a website, which cannot be written to");
  }
  if (service.starts_with("s3-accesspoint")) {
    auto error = no_endpoint(host, "an access point, which is addressed as a bucket");
    error.hint = "set the bucket to the alias of the access point, and leave the endpoint out";
    return error;
  }
  if (service.starts_with("s3express")) {
    return no_endpoint(host, "one of S3 Express, whose directory buckets are not supported");
  }
  if (service != "s3" && service != "s3-fips" && service != "s3-accelerate") {
    return no_endpoint(host, "not one for buckets");
  }
  HostReading reading;
  reading.service = "Amazon S3";
  reading.is_amazon = true;
  reading.is_known_service = true;
  reading.is_accelerated = service == "s3-accelerate";
  reading.region = region;
  // What stands before a private endpoint ("bucket.vpce-1a2b") is part of its own name.
  if (!is_private) reading.bucket = bucket;
  reading.host = without_bucket(host, reading.bucket);
  return reading;
}

/// An account of Cloudflare is 32 hexadecimal digits.
bool is_account_id(std::string_view label) {
  return label.size() == 32 &&
         label.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The labels of the bucket, counted from the left; nothing if the host has not this shape.
struct ServiceParts {
  std::string bucket;
  std::string region;
};

bool is_private_label(std::string_view label) { return label == "private" || label == "direct"; }

std::optional<ServiceParts> parts_of(const Labels& labels, const Service& service) {
  const std::string fixed_region(service.region);
  const auto last = labels.end() - (labels.empty() ? 0 : 1);
  switch (service.shape) {
    case Shape::whole: return ServiceParts{joined(labels.begin(), labels.end()), fixed_region};
    case Shape::account: {
      if (labels.empty()) return std::nullopt;
      const auto account = std::find_if(labels.begin(), labels.end(), is_account_id);
      if (account == labels.end()) return ServiceParts{"", fixed_region};
      return ServiceParts{joined(labels.begin(), account), fixed_region};
    }
    case Shape::region:
      if (labels.empty()) return std::nullopt;
      return ServiceParts{joined(labels.begin(), last), std::string(labels.back())};
    case Shape::oss_region: {
      if (labels.empty() || !labels.back().starts_with("oss-")) return std::nullopt;
      const bool has_service = labels.size() > 1 && *(last - 1) == "s3";
      std::string_view region = labels.back();
      if (region.ends_with("-internal")) region.remove_suffix(std::string_view("-internal").size());
      return ServiceParts{joined(labels.begin(), has_service ? last - 1 : last),
                          std::string(region)};
    }
    case Shape::label_with_region: {
      if (labels.empty() || !labels.back().starts_with(service.label)) return std::nullopt;
      return ServiceParts{joined(labels.begin(), last),
                          std::string(labels.back().substr(service.label.size()))};
    }
    case Shape::namespace_and_region:
      if (labels.size() < 2 || *(last - 1) != service.label) return std::nullopt;
      return ServiceParts{"", std::string(labels.back())};
    case Shape::service_and_region:
      if (labels.empty()) return std::nullopt;
      // IBM's hosts inside its own network.
      if (labels.size() > 2 && *(last - 2) == service.label && is_private_label(*(last - 1))) {
        return ServiceParts{joined(labels.begin(), last - 2), std::string(labels.back())};
      }
      if (labels.back() == "s3" && !fixed_region.empty()) {
        return ServiceParts{joined(labels.begin(), last), fixed_region};
      }
      if (labels.size() < 2 || *(last - 1) != service.label) return std::nullopt;
      return ServiceParts{joined(labels.begin(), last - 1), std::string(labels.back())};
  }
  return std::nullopt;
}

/// What people copy from a page or a download link: reachable, and no endpoint.
struct OtherHost {
  std::string_view suffix;  ///< the host itself, or what follows its first "."
  std::string_view what;
  std::string_view hint;
};

constexpr std::string_view amazon_hint =
    "leave the endpoint out for Amazon S3, or write https://s3.REGION.amazonaws.com";

constexpr auto other_hosts = std::to_array<OtherHost>({
    {"console.aws.amazon.com", "a page of the AWS console, not the service", amazon_hint},
    {"r2.dev", "a public address of Cloudflare R2, which takes no uploads",
     "write https://ACCOUNT.r2.cloudflarestorage.com, as the bucket's settings show it"},
    {"dash.cloudflare.com", "a page of Cloudflare's dashboard, not the service",
     "write https://ACCOUNT.r2.cloudflarestorage.com, as the bucket's settings show it"},
    {"secure.backblaze.com", "a page of Backblaze, not the service",
     "write https://s3.REGION.backblazeb2.com, as the bucket's page shows it"},
    {"console.cloud.google.com", "a page of Google's console, not the service",
     "write https://storage.googleapis.com"},
    {"storage.cloud.google.com", "an address for browsers, not the service",
     "write https://storage.googleapis.com"},
    {"cloud.digitalocean.com", "a page of DigitalOcean's console, not the service",
     "write https://REGION.digitaloceanspaces.com"},
    {"console.wasabisys.com", "a page of Wasabi's console, not the service",
     "write https://s3.REGION.wasabisys.com"},
    {"console.hetzner.com", "a page of Hetzner's console, not the service",
     "write https://REGION.your-objectstorage.com"},
    {"console.scaleway.com", "a page of Scaleway's console, not the service",
     "write https://s3.REGION.scw.cloud"},
});

/// "f003.backblazeb2.com": where files are downloaded from.
bool is_download_host(std::string_view host) {
  const auto labels = labels_before(host, "backblazeb2.com");
  if (!labels || labels->empty()) return false;
  const std::string_view last = labels->back();
  return last.starts_with('f') && base::parse_unsigned(last.substr(1)).has_value();
}

/// Nothing for a host that may be an endpoint.
std::optional<Error> other_host_error(std::string_view host) {
  const auto error = [&](std::string_view what, std::string_view hint) {
    return Error{ErrorKind::usage, "the endpoint " + std::string(host) + " is " + std::string(what),
                 std::string(hint)};
  };
  if (is_download_host(host)) {
    return error("the download host of Backblaze B2, which takes no uploads",
                 "write https://s3.REGION.backblazeb2.com, as the bucket's page shows it");
  }
  for (const OtherHost& other : other_hosts) {
    if (labels_before(host, other.suffix)) return error(other.what, other.hint);
  }
  return std::nullopt;
}

}  // namespace

Result<HostReading> read_host(std::string_view given) {
  if (auto error = other_host_error(given)) return *std::move(error);
  // A CDN in front of the same buckets, which takes no uploads.
  const std::string host = base::replace_all(std::string(given), ".cdn.digitaloceanspaces.com",
                                             ".digitaloceanspaces.com");
  if (const auto name = amazon_name(host)) return read_amazon_host(host, *name);
  HostReading reading;
  reading.host = host;
  for (const auto& service : services) {
    const auto labels = labels_before(host, service.suffix);
    auto parts = labels ? parts_of(*labels, service) : std::nullopt;
    if (!parts) continue;
    reading.host = without_bucket(host, parts->bucket);
    reading.bucket = std::move(parts->bucket);
    reading.region = std::move(parts->region);
    reading.service = service.name;
    reading.is_known_service = true;
    reading.is_virtual_hosted_only = service.style == Style::virtual_hosted_only;
    return reading;
  }
  return reading;
}

std::string_view partition_of(std::string_view region) { return partition_for(region).name; }

std::string amazon_host(std::string_view region, HostVariant variant) {
  std::string host = variant.fips ? "s3-fips." : "s3.";
  if (variant.dualstack) host += "dualstack.";
  return host.append(region).append(".").append(suffix_for(region));
}

std::string amazon_host_in_region(std::string_view host, std::string_view region) {
  const auto name = amazon_name(host);
  if (!name || name->parts.is_private || name->parts.service == "s3-accelerate") {
    return std::string(host);
  }
  std::string moved = name->parts.service + '.';
  if (name->parts.dualstack) moved += "dualstack.";
  return moved.append(region).append(".").append(suffix_for(region));
}

bool is_ip_address(std::string_view host) {
  if (host.starts_with('[')) return true;
  const auto numbers = base::split(host, '.');
  return numbers.size() == 4 && std::all_of(numbers.begin(), numbers.end(), [](auto number) {
           return base::parse_unsigned(number).has_value();
         });
}

}  // namespace start_claude::s3
