// Every fuzz target by name: what takes bytes from outside, and what must hold for all of them.
#pragma once

#include <array>
#include <string_view>

namespace start_claude::fuzz {

void aws_ini(std::string_view input);
void config_document(std::string_view input);
void endpoint(std::string_view input);
void exchange_text(std::string_view input);
void merge(std::string_view input);
void object_metadata(std::string_view input);
void own_files(std::string_view input);
void request_head(std::string_view input);
void s3_xml(std::string_view input);

struct Target {
  std::string_view name;  ///< also its folder in fixtures/fuzz
  void (*run)(std::string_view input);
};

inline constexpr std::array targets{
    Target{"aws_ini", aws_ini},     Target{"config_document", config_document},
    Target{"endpoint", endpoint},   Target{"exchange_text", exchange_text},
    Target{"merge", merge},         Target{"object_metadata", object_metadata},
    Target{"own_files", own_files}, Target{"request_head", request_head},
    Target{"s3_xml", s3_xml},
};

}  // namespace start_claude::fuzz
