#include "s3/endpoint.h"

#include <catch2/catch.hpp>

using namespace start_claude;
using namespace start_claude::s3;

namespace {

std::string object_url(const Endpoint& endpoint, const std::string& bucket) {
  return object_uri(endpoint, bucket, "k.json").text();
}

constexpr auto automatic = Addressing::automatic;
constexpr auto path_style = Addressing::path_style;
constexpr auto virtual_hosted = Addressing::virtual_hosted;

const std::string account = "0123456789abcdef0123456789abcdef";

}  // namespace

TEST_CASE("settings lead to the URL of an object and the region to sign for") {
  struct Row {
    std::string endpoint, region, bucket;
    std::string url, signed_region;
  };
  const auto row = GENERATE(values<Row>({
      // Amazon S3 without an endpoint
      {"", "", "docs", "https://docs.s3.us-east-1.amazonaws.com/k.json", "us-east-1"},
      {"", "eu-west-1", "docs", "https://docs.s3.eu-west-1.amazonaws.com/k.json", "eu-west-1"},
      {"  ", " EU-West-1 ", "docs", "https://docs.s3.eu-west-1.amazonaws.com/k.json", "eu-west-1"},
      {"", "eu-west-1", "my.docs", "https://s3.eu-west-1.amazonaws.com/my.docs/k.json",
       "eu-west-1"},
      {"", "cn-north-1", "docs", "https://docs.s3.cn-north-1.amazonaws.com.cn/k.json",
       "cn-north-1"},
      {"", "us-gov-west-1", "docs", "https://docs.s3.us-gov-west-1.amazonaws.com/k.json",
       "us-gov-west-1"},
      {"", "eusc-de-east-1", "docs", "https://docs.s3.eusc-de-east-1.amazonaws.eu/k.json",
       "eusc-de-east-1"},
      {"", "us-iso-east-1", "docs", "https://docs.s3.us-iso-east-1.c2s.ic.gov/k.json",
       "us-iso-east-1"},
      {"", "us-isob-east-1", "docs", "https://docs.s3.us-isob-east-1.sc2s.sgov.gov/k.json",
       "us-isob-east-1"},
      // Amazon S3 by its own host names
      {"https://s3.amazonaws.com", "", "docs", "https://docs.s3.amazonaws.com/k.json", "us-east-1"},
      {"s3.eu-west-1.amazonaws.com", "", "docs", "https://docs.s3.eu-west-1.amazonaws.com/k.json",
       "eu-west-1"},
      {"https://s3.eu-west-1.amazonaws.com/", "auto", "docs",
       "https://docs.s3.eu-west-1.amazonaws.com/k.json", "eu-west-1"},
      {"https://s3-ap-southeast-2.amazonaws.com", "", "docs",
       "https://docs.s3-ap-southeast-2.amazonaws.com/k.json", "ap-southeast-2"},
      {"https://s3-external-1.amazonaws.com", "", "docs",
       "https://docs.s3-external-1.amazonaws.com/k.json", "us-east-1"},
      {"https://s3.dualstack.eu-north-1.amazonaws.com", "", "docs",
       "https://docs.s3.dualstack.eu-north-1.amazonaws.com/k.json", "eu-north-1"},
      {"https://s3-fips.us-gov-west-1.amazonaws.com", "", "docs",
       "https://docs.s3-fips.us-gov-west-1.amazonaws.com/k.json", "us-gov-west-1"},
      {"https://s3-fips.dualstack.us-east-2.amazonaws.com", "", "docs",
       "https://docs.s3-fips.dualstack.us-east-2.amazonaws.com/k.json", "us-east-2"},
      {"https://s3-fips-us-gov-west-1.amazonaws.com", "", "docs",
       "https://docs.s3-fips-us-gov-west-1.amazonaws.com/k.json", "us-gov-west-1"},
      {"https://s3.cn-northwest-1.amazonaws.com.cn", "", "docs",
       "https://docs.s3.cn-northwest-1.amazonaws.com.cn/k.json", "cn-northwest-1"},
      {"https://s3-accelerate.amazonaws.com", "eu-west-1", "docs",
       "https://docs.s3-accelerate.amazonaws.com/k.json", "eu-west-1"},
      {"https://s3-accelerate.dualstack.amazonaws.com", "eu-west-1", "docs",
       "https://docs.s3-accelerate.dualstack.amazonaws.com/k.json", "eu-west-1"},
      {"https://s3-accelerate.dualstack.amazonaws.com", "", "docs",
       "https://docs.s3-accelerate.dualstack.amazonaws.com/k.json", "us-east-1"},
      {"https://bucket.vpce-1a2b-3c4d.s3.us-east-2.vpce.amazonaws.com", "", "docs",
       "https://bucket.vpce-1a2b-3c4d.s3.us-east-2.vpce.amazonaws.com/docs/k.json", "us-east-2"},
      // Hosts at Amazon that run another server
      {"http://ec2-3-4-5-6.eu-west-1.compute.amazonaws.com:9000", "", "docs",
       "http://ec2-3-4-5-6.eu-west-1.compute.amazonaws.com:9000/docs/k.json", "us-east-1"},
      {"https://s3-lb-7.eu-west-1.elb.amazonaws.com", "", "docs",
       "https://s3-lb-7.eu-west-1.elb.amazonaws.com/docs/k.json", "us-east-1"},
      // Other services
      {"https://" + account + ".r2.cloudflarestorage.com", "", "docs",
       "https://" + account + ".r2.cloudflarestorage.com/docs/k.json", "auto"},
      {"https://" + account + ".eu.r2.cloudflarestorage.com", "", "docs",
       "https://" + account + ".eu.r2.cloudflarestorage.com/docs/k.json", "auto"},
      {"https://s3.us-west-004.backblazeb2.com", "", "docs",
       "https://s3.us-west-004.backblazeb2.com/docs/k.json", "us-west-004"},
      {"https://s3.wasabisys.com", "", "docs", "https://s3.wasabisys.com/docs/k.json", "us-east-1"},
      {"https://s3.eu-central-2.wasabisys.com", "", "docs",
       "https://s3.eu-central-2.wasabisys.com/docs/k.json", "eu-central-2"},
      {"https://nyc3.digitaloceanspaces.com", "", "docs",
       "https://nyc3.digitaloceanspaces.com/docs/k.json", "nyc3"},
      {"https://s3.fr-par.scw.cloud", "", "docs", "https://s3.fr-par.scw.cloud/docs/k.json",
       "fr-par"},
      {"https://s3.gra.io.cloud.ovh.net", "", "docs", "https://s3.gra.io.cloud.ovh.net/docs/k.json",
       "gra"},
      {"https://fsn1.your-objectstorage.com", "", "docs",
       "https://fsn1.your-objectstorage.com/docs/k.json", "fsn1"},
      {"https://storage.googleapis.com", "", "docs", "https://storage.googleapis.com/docs/k.json",
       "auto"},
      {"https://s3.sbg.perf.cloud.ovh.net", "", "docs",
       "https://s3.sbg.perf.cloud.ovh.net/docs/k.json", "sbg"},
      {"https://s3.us-east-va.io.cloud.ovh.us", "", "docs",
       "https://s3.us-east-va.io.cloud.ovh.us/docs/k.json", "us-east-va"},
      {"https://s3.rbx.cloud.ovh.net", "", "docs", "https://s3.rbx.cloud.ovh.net/docs/k.json",
       "rbx"},
      {"https://s3.eu-de.cloud-object-storage.appdomain.cloud", "", "docs",
       "https://s3.eu-de.cloud-object-storage.appdomain.cloud/docs/k.json", "eu-de"},
      {"https://us-ord-1.linodeobjects.com", "", "docs",
       "https://us-ord-1.linodeobjects.com/docs/k.json", "us-ord-1"},
      {"https://ewr1.vultrobjects.com", "", "docs", "https://ewr1.vultrobjects.com/docs/k.json",
       "ewr1"},
      // Services that take no path-style requests
      {"https://t3.storage.dev", "", "docs", "https://docs.t3.storage.dev/k.json", "auto"},
      {"https://s3.oss-cn-hangzhou.aliyuncs.com", "", "docs",
       "https://docs.s3.oss-cn-hangzhou.aliyuncs.com/k.json", "oss-cn-hangzhou"},
      {"https://docs.s3.oss-cn-hangzhou-internal.aliyuncs.com", "", "docs",
       "https://docs.s3.oss-cn-hangzhou-internal.aliyuncs.com/k.json", "oss-cn-hangzhou"},
      {"https://t3.storage.dev", "", "my.docs", "https://t3.storage.dev/my.docs/k.json", "auto"},
      {"https://tos-s3-cn-beijing.volces.com", "", "docs",
       "https://docs.tos-s3-cn-beijing.volces.com/k.json", "cn-beijing"},
      {"https://obs.eu-west-101.myhuaweicloud.eu", "", "docs",
       "https://docs.obs.eu-west-101.myhuaweicloud.eu/k.json", "eu-west-101"},
      {"https://obs.cn-north-4.myhuaweicloud.com", "", "docs",
       "https://docs.obs.cn-north-4.myhuaweicloud.com/k.json", "cn-north-4"},
      {"https://cos.ap-guangzhou.myqcloud.com", "", "docs-1250000000",
       "https://docs-1250000000.cos.ap-guangzhou.myqcloud.com/k.json", "ap-guangzhou"},
      {"https://cos.eu-frankfurt.tencentcos.cn", "", "docs-1250000000",
       "https://docs-1250000000.cos.eu-frankfurt.tencentcos.cn/k.json", "eu-frankfurt"},
      {"https://ns.compat.objectstorage.eu-frankfurt-1.oraclecloud.com", "", "docs",
       "https://ns.compat.objectstorage.eu-frankfurt-1.oraclecloud.com/docs/k.json",
       "eu-frankfurt-1"},
      {"https://ns.compat.objectstorage.eu-paris-1.oci.customer-oci.com", "", "docs",
       "https://ns.compat.objectstorage.eu-paris-1.oci.customer-oci.com/docs/k.json", "eu-paris-1"},
      {"https://sos-ch-gva-2.exo.io", "", "docs", "https://sos-ch-gva-2.exo.io/docs/k.json",
       "ch-gva-2"},
      {"https://s3.eu-central-3.ionoscloud.com", "", "docs",
       "https://s3.eu-central-3.ionoscloud.com/docs/k.json", "eu-central-3"},
      {"https://storage.yandexcloud.net", "", "docs", "https://storage.yandexcloud.net/docs/k.json",
       "ru-central1"},
      {"https://s3.private.us-south.cloud-object-storage.appdomain.cloud", "", "docs",
       "https://s3.private.us-south.cloud-object-storage.appdomain.cloud/docs/k.json", "us-south"},
      // As people type and paste them
      {"https//s3.us-west-004.backblazeb2.com", "", "docs",
       "https://s3.us-west-004.backblazeb2.com/docs/k.json", "us-west-004"},
      {"https:/minio.lan", "", "docs", "https://minio.lan/docs/k.json", "us-east-1"},
      {"HTTP:////minio.lan", "", "docs", "http://minio.lan/docs/k.json", "us-east-1"},
      {"'https://minio.lan:9000'", "", "docs", "https://minio.lan:9000/docs/k.json", "us-east-1"},
      {"\"minio.lan\"", "", "docs", "https://minio.lan/docs/k.json", "us-east-1"},
      {"https://s3.us-west-004.backblazeb2.com/file/docs", "", "docs",
       "https://s3.us-west-004.backblazeb2.com/docs/k.json", "us-west-004"},
      {"https://nyc3.cdn.digitaloceanspaces.com", "", "docs",
       "https://nyc3.digitaloceanspaces.com/docs/k.json", "nyc3"},
      {"https://docs.nyc3.cdn.digitaloceanspaces.com", "", "docs",
       "https://nyc3.digitaloceanspaces.com/docs/k.json", "nyc3"},
      // A host called like a scheme stays one.
      {"https.lan", "", "docs", "https://https.lan/docs/k.json", "us-east-1"},
      {"http:9000", "", "docs", "https://http:9000/docs/k.json", "us-east-1"},
      {"https://minio.lan", "home.lab", "docs", "https://minio.lan/docs/k.json", "home.lab"},
      // One's own server
      {"http://localhost:9000", "", "docs", "http://localhost:9000/docs/k.json", "us-east-1"},
      {"minio.lan:9000", "", "docs", "https://minio.lan:9000/docs/k.json", "us-east-1"},
      {"https://minio.lan:443/", "garage", "docs", "https://minio.lan/docs/k.json", "garage"},
      {"https://minio.lan", "Rack_7", "docs", "https://minio.lan/docs/k.json", "Rack_7"},
      {"http://[::1]:9000", "", "docs", "http://[::1]:9000/docs/k.json", "us-east-1"},
      {"[2001:db8::1]", "", "docs", "https://[2001:db8::1]/docs/k.json", "us-east-1"},
      {"https://gateway.lan/s3/store//", "", "docs", "https://gateway.lan/s3/store/docs/k.json",
       "us-east-1"},
      {"http://ceph.lan", "", "tenant:Docs_1", "http://ceph.lan/tenant%3ADocs_1/k.json",
       "us-east-1"},
      // What is said outright counts, whatever the host name says
      {"https://s3.eu-west-1.amazonaws.com", "eu-west-2", "docs",
       "https://docs.s3.eu-west-1.amazonaws.com/k.json", "eu-west-2"},
      {"https://s3.us-west-004.backblazeb2.com", "us-east-1", "docs",
       "https://s3.us-west-004.backblazeb2.com/docs/k.json", "us-east-1"},
  }));
  INFO(row.endpoint << " in " << row.region);
  const auto endpoint = resolve_endpoint({.url = row.endpoint, .region = row.region}, row.bucket);
  REQUIRE(endpoint);
  CHECK(object_url(*endpoint, row.bucket) == row.url);
  CHECK(endpoint->region == row.signed_region);
}

TEST_CASE("an endpoint pasted with its bucket means what it says") {
  struct Row {
    std::string endpoint, bucket;
    std::string url;
  };
  const auto row = GENERATE(values<Row>({
      {"https://docs.s3.eu-west-1.amazonaws.com", "docs",
       "https://docs.s3.eu-west-1.amazonaws.com/k.json"},
      {"https://docs.s3.amazonaws.com/", "docs", "https://docs.s3.amazonaws.com/k.json"},
      {"https://docs.s3-eu-west-1.amazonaws.com", "docs",
       "https://docs.s3-eu-west-1.amazonaws.com/k.json"},
      {"https://docs.s3.dualstack.eu-west-1.amazonaws.com", "docs",
       "https://docs.s3.dualstack.eu-west-1.amazonaws.com/k.json"},
      {"https://my.s3.docs.s3.eu-west-1.amazonaws.com", "my.s3.docs",
       "https://s3.eu-west-1.amazonaws.com/my.s3.docs/k.json"},
      {"https://docs.s3-accelerate.amazonaws.com", "docs",
       "https://docs.s3-accelerate.amazonaws.com/k.json"},
      {"https://s3.eu-west-1.amazonaws.com/docs", "docs",
       "https://docs.s3.eu-west-1.amazonaws.com/k.json"},
      {"https://docs.s3.eu-west-1.amazonaws.com/docs/", "docs",
       "https://docs.s3.eu-west-1.amazonaws.com/k.json"},
      {"https://" + account + ".r2.cloudflarestorage.com/docs", "docs",
       "https://" + account + ".r2.cloudflarestorage.com/docs/k.json"},
      {"https://docs." + account + ".eu.r2.cloudflarestorage.com", "docs",
       "https://" + account + ".eu.r2.cloudflarestorage.com/docs/k.json"},
      {"https://cafe." + account + ".r2.cloudflarestorage.com", "cafe",
       "https://" + account + ".r2.cloudflarestorage.com/cafe/k.json"},
      {"https://docs.s3.us-west-004.backblazeb2.com", "docs",
       "https://s3.us-west-004.backblazeb2.com/docs/k.json"},
      {"https://docs.nyc3.digitaloceanspaces.com", "docs",
       "https://nyc3.digitaloceanspaces.com/docs/k.json"},
      {"https://docs.s3.wasabisys.com", "docs", "https://s3.wasabisys.com/docs/k.json"},
      {"https://docs.storage.googleapis.com", "docs", "https://storage.googleapis.com/docs/k.json"},
      {"https://minio.lan/docs/", "docs", "https://minio.lan/docs/k.json"},
      {"https://gateway.lan/s3/docs", "docs", "https://gateway.lan/s3/docs/k.json"},
      // A prefix called like the bucket is written twice.
      {"https://gateway.lan/docs/docs", "docs", "https://gateway.lan/docs/docs/k.json"},
      {"https://gateway.lan/docs", "other", "https://gateway.lan/docs/other/k.json"},
      // Nobody knows whether this host has a bucket in its name.
      {"https://docs.minio.lan", "docs", "https://docs.minio.lan/docs/k.json"},
  }));
  INFO(row.endpoint);
  const auto endpoint = resolve_endpoint({.url = row.endpoint}, row.bucket);
  REQUIRE(endpoint);
  CHECK(object_url(*endpoint, row.bucket) == row.url);
}

TEST_CASE("addressing is chosen, or as asked for") {
  struct Row {
    std::string endpoint;
    Addressing asked;
    std::string bucket;
    std::string url;
  };
  const auto row = GENERATE(values<Row>({
      {"", automatic, "docs", "https://docs.s3.us-east-1.amazonaws.com/k.json"},
      {"", path_style, "docs", "https://s3.us-east-1.amazonaws.com/docs/k.json"},
      {"", virtual_hosted, "my.docs", "https://my.docs.s3.us-east-1.amazonaws.com/k.json"},
      {"https://docs.s3.eu-west-1.amazonaws.com", path_style, "docs",
       "https://s3.eu-west-1.amazonaws.com/docs/k.json"},
      {"https://minio.lan:9000", automatic, "docs", "https://minio.lan:9000/docs/k.json"},
      {"https://minio.lan:9000", virtual_hosted, "docs", "https://docs.minio.lan:9000/k.json"},
      {"https://docs.minio.lan:9000", virtual_hosted, "docs", "https://docs.minio.lan:9000/k.json"},
      {"http://gateway.lan/s3/", virtual_hosted, "docs", "http://docs.gateway.lan/s3/k.json"},
      {"http://localhost:9000", virtual_hosted, "docs", "http://docs.localhost:9000/k.json"},
      {"https://t3.storage.dev", path_style, "docs", "https://t3.storage.dev/docs/k.json"},
      {"https://nyc3.digitaloceanspaces.com", virtual_hosted, "nyc3",
       "https://nyc3.nyc3.digitaloceanspaces.com/k.json"},
      {"https://docs.nyc3.digitaloceanspaces.com", virtual_hosted, "docs",
       "https://docs.nyc3.digitaloceanspaces.com/k.json"},
  }));
  INFO(row.endpoint << " " << row.bucket);
  const auto endpoint =
      resolve_endpoint({.url = row.endpoint, .addressing = row.asked}, row.bucket);
  REQUIRE(endpoint);
  CHECK(endpoint->addressing != automatic);
  CHECK(object_url(*endpoint, row.bucket) == row.url);
}

TEST_CASE("only hosts of Amazon S3 are Amazon") {
  const auto is_amazon = [](const std::string& url) {
    const auto endpoint = resolve_endpoint({.url = url}, "docs");
    REQUIRE(endpoint);
    return endpoint->is_amazon;
  };
  CHECK(is_amazon(""));
  CHECK(is_amazon("http://s3.amazonaws.com"));
  CHECK(is_amazon("https://S3.EU-West-1.AmazonAWS.com"));
  CHECK(is_amazon("https://s3.cn-north-1.amazonaws.com.cn"));
  CHECK(is_amazon("https://s3.eusc-de-east-1.amazonaws.eu"));
  CHECK(is_amazon("https://s3.us-iso-east-1.c2s.ic.gov"));
  CHECK_FALSE(is_amazon("https://amazonaws.com"));
  CHECK_FALSE(is_amazon("https://s3.amazonaws.com.example.com"));
  CHECK_FALSE(is_amazon("https://s3.notamazonaws.com"));
  CHECK_FALSE(is_amazon("https://s3amazonaws.com"));
  CHECK_FALSE(is_amazon("https://internal.eu-west-1.elb.amazonaws.com"));
  CHECK_FALSE(is_amazon("https://s3.us-west-004.backblazeb2.com"));
}

TEST_CASE("settings that cannot be meant are refused, with the way out") {
  struct Row {
    std::string endpoint, region;
    Addressing asked;
    std::string problem, hint;
  };
  const auto row = GENERATE(values<Row>({
      {"ftp://minio.lan", "", automatic, "endpoint: \"ftp://minio.lan\" is not a usable URL",
       "https://"},
      {"https://minio.lan:99999", "", automatic, "the port must be a number", "https://"},
      {"https://me:pw@minio.lan", "", automatic, "endpoint: a URL must not have a user name",
       "credentials"},
      {"https://minio.lan/?list", "", automatic, "the endpoint must not have a ?", "leave out"},
      {"2001:db8::1", "", automatic, "endpoint: ", "https://"},
      {"https://photos.s3.eu-west-1.amazonaws.com", "", automatic,
       "the endpoint names the bucket \"photos\", but the bucket is \"docs\"",
       "https://s3.eu-west-1.amazonaws.com"},
      {"https://s3.eu-west-1.amazonaws.com/photos", "", automatic,
       "the endpoint names the bucket \"photos\"", "https://s3.eu-west-1.amazonaws.com"},
      {"https://" + account + ".r2.cloudflarestorage.com/photos", "", automatic,
       "the endpoint names the bucket \"photos\"", "https://" + account},
      {"https://photos." + account + ".r2.cloudflarestorage.com", "", automatic,
       "the endpoint names the bucket \"photos\"", "https://" + account},
      {"https://s3.eu-west-1.amazonaws.com/docs/k.json", "", automatic,
       "the endpoint has a path, /docs/k.json", "https://s3.eu-west-1.amazonaws.com"},
      {"https://docs.s3-website-us-east-1.amazonaws.com", "", automatic, "a website",
       "leave the endpoint out"},
      {"https://docs.s3-website.eu-central-1.amazonaws.com", "", automatic, "a website",
       "leave the endpoint out"},
      {"https://ap-1234.s3-accesspoint.eu-west-1.amazonaws.com", "", automatic, "an access point",
       "alias"},
      {"https://s3express-use1-az4.us-east-1.amazonaws.com", "", automatic, "S3 Express",
       "leave the endpoint out"},
      {"https://s3-lb-1.amazonaws.com", "", automatic, "not one for buckets",
       "leave the endpoint out"},
      {"https://s3-control.us-east-1.amazonaws.com", "", automatic, "not one for buckets",
       "leave the endpoint out"},
      {"https://eu-west-1.console.aws.amazon.com/s3/buckets/docs", "", automatic, "AWS console",
       "leave the endpoint out"},
      {"s3://docs/k.json", "", automatic, "is the address of a bucket", "bucket to docs"},
      {"https://f003.backblazeb2.com/file/docs", "", automatic, "the download host of Backblaze",
       "https://s3.REGION.backblazeb2.com"},
      {"https://docs.f003.backblazeb2.com", "", automatic, "the download host of Backblaze",
       "https://s3.REGION.backblazeb2.com"},
      {"https://pub-" + account + ".r2.dev", "", automatic, "a public address of Cloudflare R2",
       "ACCOUNT.r2.cloudflarestorage.com"},
      {"https://dash.cloudflare.com/abc/r2/default/buckets/docs", "", automatic, "dashboard",
       "ACCOUNT.r2.cloudflarestorage.com"},
      {"https://secure.backblaze.com/b2_buckets.htm", "", automatic, "a page of Backblaze",
       "https://s3.REGION.backblazeb2.com"},
      {"https://console.cloud.google.com/storage/browser/docs", "", automatic, "Google's console",
       "https://storage.googleapis.com"},
      {"https://storage.cloud.google.com/docs/k.json", "", automatic, "for browsers",
       "https://storage.googleapis.com"},
      {"https://cloud.digitalocean.com/spaces/docs", "", automatic, "DigitalOcean's console",
       "digitaloceanspaces.com"},
      {"https://console.wasabisys.com/file_manager/docs", "", automatic, "Wasabi's console",
       "wasabisys.com"},
      {"https://console.hetzner.com/projects/1", "", automatic, "Hetzner's console",
       "your-objectstorage.com"},
      {"https://console.scaleway.com/object-storage", "", automatic, "Scaleway's console",
       "scw.cloud"},
      {"https://minio.lan:9001/browser/docs", "", automatic, "MinIO's console",
       "https://minio.lan:9000"},
      {"", "auto", automatic, "\"auto\" is not a region of Amazon S3", "set the endpoint"},
      {"", "eu west", automatic, "\"eu west\" is not usable as a region", "us-east-1"},
      {"https://minio.lan", "eu/west", automatic, "\"eu/west\" is not usable as a region",
       "us-east-1"},
      {"https://minio.lan", std::string(64, 'r'), automatic, "is not usable as a region",
       "us-east-1"},
      {"", "evil.example/", automatic, "is not usable as a region", "us-east-1"},
      {"http://127.0.0.1:9000", "", virtual_hosted, "virtual-hosted addressing needs a host name",
       "path-style"},
      {"http://[::1]:9000", "", virtual_hosted, "virtual-hosted addressing needs a host name",
       "path-style"},
      {"https://s3-accelerate.amazonaws.com", "", path_style, "no path-style addressing",
       "leave the addressing out"},
  }));
  INFO(row.endpoint << " in " << row.region);
  const auto endpoint = resolve_endpoint(
      {.url = row.endpoint, .region = row.region, .addressing = row.asked}, "docs");
  REQUIRE_FALSE(endpoint);
  CHECK(endpoint.error().kind == ErrorKind::usage);
  CHECK_THAT(endpoint.error().message, Catch::Contains(row.problem));
  CHECK_THAT(endpoint.error().hint, Catch::Contains(row.hint));
  CHECK_THAT(endpoint.error().message + endpoint.error().hint, !Catch::Contains("pw"));
}

TEST_CASE("an endpoint with a bucket in it does not stand in for the bucket setting") {
  const auto url = GENERATE(values<std::string>(
      {"https://docs.s3.eu-west-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com/docs"}));
  const auto endpoint = resolve_endpoint({.url = url}, "");
  REQUIRE_FALSE(endpoint);
  CHECK(endpoint.error() == Error{ErrorKind::usage,
                                  "the endpoint names the bucket \"docs\", but no bucket is set",
                                  "set the bucket to docs"});
}

TEST_CASE("a bucket that cannot be part of a host name is refused only there") {
  const EndpointOptions hosted{.url = "https://ceph.lan", .addressing = virtual_hosted};
  CHECK_FALSE(resolve_endpoint(hosted, "My_Docs"));
  CHECK_FALSE(resolve_endpoint(hosted, "evil.example/x"));
  CHECK(resolve_endpoint({.url = "https://ceph.lan"}, "My_Docs"));
}

TEST_CASE("another region of the same endpoint") {
  struct Row {
    std::string endpoint, region;
    std::string host, signed_region;
  };
  const auto row = GENERATE(values<Row>({
      {"", "eu-west-1", "s3.eu-west-1.amazonaws.com", "eu-west-1"},
      {"", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn", "cn-north-1"},
      {"https://s3.amazonaws.com", "eu-west-1", "s3.eu-west-1.amazonaws.com", "eu-west-1"},
      {"https://s3-us-west-2.amazonaws.com", "eu-west-1", "s3.eu-west-1.amazonaws.com",
       "eu-west-1"},
      {"https://docs.s3.dualstack.us-west-2.amazonaws.com", "eu-west-1",
       "s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1"},
      {"https://s3-fips.us-west-2.amazonaws.com", "us-east-2", "s3-fips.us-east-2.amazonaws.com",
       "us-east-2"},
      {"https://s3-accelerate.amazonaws.com", "eu-west-1", "s3-accelerate.amazonaws.com",
       "eu-west-1"},
      {"https://bucket.vpce-1a.s3.us-east-2.vpce.amazonaws.com", "eu-west-1",
       "bucket.vpce-1a.s3.us-east-2.vpce.amazonaws.com", "eu-west-1"},
      {"https://minio.lan", "garage", "minio.lan", "garage"},
      // A hint that is no region must not lead to another host.
      {"", "evil.example/", "s3.us-east-1.amazonaws.com", "us-east-1"},
      {"", "", "s3.us-east-1.amazonaws.com", "us-east-1"},
  }));
  INFO(row.endpoint << " to " << row.region);
  const auto endpoint = resolve_endpoint({.url = row.endpoint}, "docs");
  REQUIRE(endpoint);
  const auto moved = endpoint_in_region(*endpoint, row.region);
  CHECK(moved.base.host == row.host);
  CHECK(moved.region == row.signed_region);
  CHECK(moved.addressing == endpoint->addressing);
  CHECK(moved.base.path == endpoint->base.path);
}

TEST_CASE("the URI of a bucket, and of keys encoded once") {
  const auto own = *resolve_endpoint({.url = "http://minio.lan:9000"}, "docs");
  const auto behind_prefix = *resolve_endpoint({.url = "https://gateway.lan/s3"}, "docs");
  const auto amazon = *resolve_endpoint({}, "docs");
  CHECK(bucket_uri(own, "docs").text() == "http://minio.lan:9000/docs");
  CHECK(bucket_uri(behind_prefix, "docs").text() == "https://gateway.lan/s3/docs");
  CHECK(bucket_uri(amazon, "docs").text() == "https://docs.s3.us-east-1.amazonaws.com/");
  CHECK(object_uri(own, "docs", "a b/c%20d/\xc3\xbc+=@:~").path ==
        "/docs/a%20b/c%2520d/%C3%BC%2B%3D%40%3A~");
  CHECK(object_uri(amazon, "docs", "a/../b//c").path == "/a/../b//c");
}
