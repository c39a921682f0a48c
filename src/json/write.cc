#include "json/write.h"

#include <utility>

#include "json/members.h"
#include "json/number.h"
#include "json/string_text.h"

namespace start_claude::json {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} * 1024;

enum class Form { compact, canonical, pretty };

class Writer {
 public:
  using Take = std::function<void(std::string_view)>;

  explicit Writer(Form form, const Take* take = nullptr) : form_(form), take_(take) {}

  std::string text;

  void put(const Value& value) {
    if (!put_typed(value.text())) value.visit(*this);
  }

  void operator()(const Null&) { text += "null"; }
  void operator()(bool value) { text += value ? "true" : "false"; }
  void operator()(const Number& number) {
    text += form_ == Form::canonical ? normal_number(number.spelling) : number.spelling;
  }
  void operator()(const std::string& string) { append_quoted(text, string); }

  void operator()(const Array& array) {
    open('[');
    bool first = true;
    for (const Value& value : array) {
      separate(std::exchange(first, false));
      put(value);
    }
    close(']', array.empty());
  }

  void operator()(const Object& object) {
    open('{');
    bool first = true;
    const auto write = [this, &first](const Member& member) {
      separate(std::exchange(first, false));
      append_quoted(text, member.name);
      text += form_ == Form::pretty ? ": " : ":";
      put(member.value);
    };
    if (form_ == Form::canonical) {
      for (const Member* member : counting_members(object)) write(*member);
    } else {
      for (const Member& member : object.members()) write(member);
    }
    close('}', object.empty());
  }

 private:
  /// A string that was typed without escapes is written as it was typed.
  bool put_typed(std::string_view typed) {
    if (!typed.starts_with('"') || typed.find('\\') != std::string_view::npos) return false;
    if (take_ == nullptr || typed.size() < piece_bytes) {
      text += typed;
    } else {
      (*take_)(text);
      text.clear();
      (*take_)(typed);
    }
    return true;
  }

  void open(char bracket) {
    text += bracket;
    ++depth_;
  }

  void close(char bracket, bool empty) {
    --depth_;
    if (!empty) break_line();
    text += bracket;
  }

  void separate(bool first) {
    if (take_ != nullptr && text.size() >= piece_bytes) {
      (*take_)(text);
      text.clear();
    }
    if (!first) text += ',';
    break_line();
  }

  void break_line() {
    if (form_ == Form::pretty) text.append(1, '\n').append(2 * depth_, ' ');
  }

  Form form_;
  const Take* take_;  ///< null: all of it stays in `text`
  std::size_t depth_ = 0;
};

std::string write(const Value& value, Form form) {
  Writer writer(form);
  writer.put(value);
  return std::move(writer.text);
}

}  // namespace

std::string write_compact(const Value& value) { return write(value, Form::compact); }

std::string write_canonical(const Value& value) { return write(value, Form::canonical); }

void write_canonical(const Value& value, const std::function<void(std::string_view)>& take) {
  Writer writer(Form::canonical, &take);
  writer.put(value);
  take(writer.text);
}

std::string write_pretty(const Value& value) { return write(value, Form::pretty) + '\n'; }

}  // namespace start_claude::json
