#include "support/random_json.h"

#include <array>
#include <string_view>
#include <utility>

#include "json/write.h"

namespace start_claude::support {

using json::Array;
using json::Member;
using json::Number;
using json::Object;
using json::Value;

std::size_t RandomJson::below(std::size_t limit) {
  return static_cast<std::size_t>(engine_() % limit);
}

std::string RandomJson::name() {
  constexpr std::array<std::string_view, 6> names = {"id", "name", "a", "b", "", "caf\u00e9"};
  return std::string(names[below(names.size())]);
}

Value RandomJson::scalar() {
  constexpr std::array<std::string_view, 12> numbers = {
      "0",   "-0",  "1",     "1.0",  "10",    "1e1",
      "1.5", "-12", "1e400", "1E-9", "1e401", "12345678901234567890123"};
  constexpr std::array<std::string_view, 8> strings = {"",
                                                       "a",
                                                       "b",
                                                       "\"\\/\n\x01",
                                                       "caf\u00e9",
                                                       "\U0001F600",
                                                       "\xED\xA0\x80",
                                                       "long enough to move"};
  switch (below(5)) {
    case 0: return {};
    case 1: return chance(2);
    case 2: return strings[below(strings.size())];
    default: return Number{std::string(numbers[below(numbers.size())])};
  }
}

Value RandomJson::value(int depth) {
  if (depth == 0 || chance(3)) return scalar();
  const std::size_t size = below(5);
  if (chance(2)) {
    Array array;
    for (std::size_t i = 0; i < size; ++i) array.push_back(value(depth - 1));
    return array;
  }
  Object object;
  for (std::size_t i = 0; i < size; ++i) object.members().push_back({name(), value(depth - 1)});
  return object;
}

std::string RandomJson::gap() {
  constexpr std::array<std::string_view, 8> gaps = {"",       "",   " ",    "\n",
                                                    "\r\n\t", "  ", "\n  ", "\t"};
  return std::string(gaps[below(gaps.size())]);
}

std::string RandomJson::spelled(const std::string& string) {
  std::string text;
  for (const char c : json::write_compact(string)) {
    const bool letter = c >= 'a' && c <= 'b' && !text.empty() && text.back() != '\\' &&
                        text.find('\\') == std::string::npos;
    text +=
        letter && chance(3) ? std::string("\\u006") + (c == 'a' ? '1' : '2') : std::string(1, c);
  }
  return text;
}

std::string RandomJson::text_of(const Value& value) {
  std::string text = gap();
  if (const Array* array = value.as_array()) {
    text += '[' + gap();
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) text += ',';
      text += text_of((*array)[i]);
    }
    text += ']';
  } else if (const Object* object = value.as_object()) {
    text += '{' + gap();
    for (std::size_t i = 0; i < object->size(); ++i) {
      if (i > 0) text += ',';
      const Member& member = object->members()[i];
      text += gap() + spelled(member.name) + gap() + ':' + text_of(member.value);
    }
    text += '}';
  } else if (const std::string* string = value.as_string()) {
    text += spelled(*string);
  } else {
    text += json::write_compact(value);
  }
  return text + gap();
}

void RandomJson::edit(Value& value) {
  Array* array = value.as_array();
  Object* object = value.as_object();
  if (array != nullptr && !array->empty() && !chance(3)) {
    edit((*array)[below(array->size())]);
  } else if (object != nullptr && !object->empty() && !chance(3)) {
    edit(object->members()[below(object->size())].value);
  } else if (array != nullptr && !chance(6)) {
    edit_array(*array);
  } else if (object != nullptr && !chance(6)) {
    edit_object(*object);
  } else {
    value = this->value(2);
  }
}

void RandomJson::edit_array(Array& array) {
  const auto at = [&array](std::size_t i) {
    return array.begin() + static_cast<std::ptrdiff_t>(i);
  };
  if (array.empty() || chance(3)) {
    array.insert(at(below(array.size() + 1)), value(2));
  } else if (chance(2)) {
    array.erase(at(below(array.size())));
  } else {
    std::swap(array[below(array.size())], array[below(array.size())]);
  }
}

void RandomJson::edit_object(Object& object) {
  std::vector<Member>& members = object.members();
  const auto at = [&members](std::size_t i) {
    return members.begin() + static_cast<std::ptrdiff_t>(i);
  };
  if (members.empty() || chance(3)) {
    members.insert(at(below(members.size() + 1)), Member{name(), value(2)});
  } else if (chance(2)) {
    members.erase(at(below(members.size())));
  } else if (chance(2)) {
    members[below(members.size())].name = name();
  } else {
    std::swap(members[below(members.size())], members[below(members.size())]);
  }
}

std::string RandomJson::damaged(std::string text) {
  constexpr std::string_view bytes =
      "[]{},:\"\\ \n0123456789-+.eEtrufalsn/\x01\x7F\x80\xC3\xED\xFF";
  for (std::size_t times = 1 + below(3); times > 0; --times) {
    const std::size_t at = below(text.size() + 1);
    const char byte = chance(40) ? '\0' : bytes[below(bytes.size())];
    switch (below(4)) {
      case 0: text.insert(at, 1, byte); break;
      case 1: text.erase(at, 1 + below(2)); break;
      case 2: text.resize(at); break;
      default:
        if (at < text.size()) text[at] = byte;
    }
  }
  return text;
}

}  // namespace start_claude::support
