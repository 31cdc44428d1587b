// SPDX-License-Identifier: Apache-2.0
// The erased half of Schema: tables to structs and back.
#include "banach/parameters.hpp"
#include "core/parameters/limits.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/whole_number.hpp"

namespace banach::detail {

namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

void* at(void* object, std::size_t offset) { return static_cast<char*>(object) + offset; }
const void* at(const void* object, std::size_t offset) {
  return static_cast<const char*>(object) + offset;
}

std::string in_parentheses(const std::string& doc) { return doc.empty() ? "" : " (" + doc + ")"; }

void broken_rule(const Value& value, const std::string& path, const Check& check,
                 const ParameterInfo& info, Diagnostics& diagnostics) {
  std::string hint;
  if (const auto* text = value.get<std::string>()) {
    const std::string near = nearest(*text, check.options);
    if (!near.empty()) hint = "; did you mean " + in_quotes(near) + "?";
  }
  diagnostics.error(value.source, path + " = " + shortened(to_text(value)) + ": must be " +
                                      check.text + hint + in_parentheses(info.doc));
}

void apply_rules(const Field& field, const Value& value, const std::string& path,
                 Diagnostics& diagnostics, const void* content) {
  for (const Check& check : field.checks) {
    const std::ptrdiff_t broken = field.type->first_broken(content, check);
    if (broken < 0) continue;
    const auto* list = value.get<Value::List>();
    const auto index = static_cast<std::size_t>(broken);
    if (list && index < list->size())
      broken_rule((*list)[index], join_path(path, std::to_string(index)), check, field.info,
                  diagnostics);
    else
      broken_rule(value, path, check, field.info, diagnostics);
  }
}

// A field with its default, which stands in for what is refused; none where it may be absent.
struct DefaultedField : Field {
  std::optional<Value> fallback;
};

bool integral(const ParameterInfo& info) {
  const std::string word = "integer";
  return info.type.size() >= word.size() &&
         info.type.compare(info.type.size() - word.size(), word.size(), word) == 0;
}

// Every integer within what its rules allow, or within 32 bits where no rule has a bound.
void check_range(const Field& field, const Limits& limits, const Value& value,
                 const std::string& path, Diagnostics& diagnostics) {
  if (const auto* list = value.get<Value::List>())
    for (std::size_t i = 0; i < list->size(); ++i)
      check_range(field, limits, (*list)[i], join_path(path, std::to_string(i)), diagnostics);
  if (const auto* table = value.get<Table>())
    for (const auto& [key, item] : table->entries)
      check_range(field, limits, item, join_path(path, key), diagnostics);
  const auto number = whole_number(value);
  if (number && *number < std::stoll(limits.minimum))
    broken_rule(value, path, {">= " + limits.minimum, {}, {}, nullptr}, field.info, diagnostics);
  if (number && *number > std::stoll(limits.maximum))
    broken_rule(value, path, {"<= " + limits.maximum, {}, {}, nullptr}, field.info, diagnostics);
}

bool holds(const Field& field, const Value& value, void* content) {
  Diagnostics broken;
  if (!field.type->read(value, "", broken, content) || !broken.empty()) return false;
  apply_rules(field, value, "", broken, content);
  return broken.empty();
}

// What is refused never leaves the reader, so that whoever looks for further errors works on
// numbers that hold: the default, or what the rules allow where there is none.
void stand_in(const DefaultedField& field, void* content) {
  if (field.fallback && holds(field, *field.fallback, content)) return;
  const Limits limits = limits_of(field.info);
  std::vector<Value> candidates{1, "", Value::List{}, Table{}, false};
  for (const auto& bound : {limits.minimum, limits.maximum})
    if (!bound.empty()) candidates.emplace_back(std::stod(bound));
  for (const auto& option : limits.options) candidates.emplace_back(option);
  for (const Value& candidate : candidates)
    if (holds(field, candidate, content)) return;
}

void read_field(const DefaultedField& field, const Value& value, const std::string& path,
                Diagnostics& diagnostics, void* content) {
  const auto errors = [&diagnostics] { return diagnostics.lines().size(); };
  const std::size_t before = errors();
  if (!field.type->read(value, path, diagnostics, content)) {
    wrong_type(value, path, field.type->type(), diagnostics);
    return stand_in(field, content);
  }
  const std::size_t read = errors();
  if (read == before) apply_rules(field, value, path, diagnostics, content);
  if (errors() == before && integral(field.info))
    check_range(field, limits_of(field.info), value, path, diagnostics);
  const bool own = field.info.children.empty() || errors() != read;
  if (errors() != before && own) stand_in(field, content);
}

}  // namespace

struct Fields::State {
  std::vector<std::unique_ptr<DefaultedField>> fields;
  std::size_t rest = nowhere, named = nowhere;
  ParameterInfo named_info;
  const Operations *element = nullptr, *map = nullptr;
  void* (*slot)(void* map, const std::string& key) = nullptr;

  const DefaultedField* find(const std::string& name) const {
    for (const auto& field : fields)
      if (field->info.name == name) return field.get();
    return nullptr;
  }
  bool read_unknown(const std::string& key, const Value& value, const std::string& path,
                    Diagnostics& diagnostics, void* object) const;
  void report_unknown(const std::string& key, const Value& value, const std::string& path,
                      Diagnostics& diagnostics) const;
  bool read(const Table& table, const std::string& path, const Source& source,
            Diagnostics& diagnostics, void* object) const;
};

/// Where a key goes that no field has: by name, into the rest, or nowhere (false).
bool Fields::State::read_unknown(const std::string& key, const Value& value,
                                 const std::string& path, Diagnostics& diagnostics,
                                 void* object) const {
  if (named != nowhere && (named_info.children.empty() || value.get<Table>())) {
    if (!element->read(value, path, diagnostics, slot(at(object, named), key)))
      wrong_type(value, path, element->type(), diagnostics);
    return true;
  }
  if (rest == nowhere) return false;
  static_cast<Table*>(at(object, rest))->set(key, value);
  return true;
}

void Fields::State::report_unknown(const std::string& key, const Value& value,
                                   const std::string& path, Diagnostics& diagnostics) const {
  std::vector<std::string> names;
  for (const auto& field : fields) names.push_back(field->info.name);
  const std::string near = nearest(key, names);
  std::string text = path.empty() ? "unknown parameter " : path + " has no parameter ";
  text += in_quotes(shortened(key));
  if (!near.empty())
    text += "; did you mean " + in_quotes(near) + "?";
  else if (names.empty())
    text += "; it takes none";
  else
    text += "; known: " + join(names);
  diagnostics.error(value.key.file ? value.key : value.source, text);
}

bool Fields::State::read(const Table& table, const std::string& path, const Source& source,
                         Diagnostics& diagnostics, void* object) const {
  const std::size_t before = diagnostics.lines().size();
  for (const auto& [key, value] : table.entries) {
    const std::string where = join_path(path, key);
    if (const DefaultedField* field = find(key))
      read_field(*field, value, where, diagnostics, at(object, field->offset));
    else if (!read_unknown(key, value, where, diagnostics, object))
      report_unknown(key, value, path, diagnostics);
  }
  for (const auto& field : fields)
    if (field->info.required && !table.find(field->info.name))
      diagnostics.error(source, (path.empty() ? "" : path + ": ") + in_quotes(field->info.name) +
                                    " is required" + in_parentheses(field->info.doc));
  return diagnostics.lines().size() == before;
}

Fields::Fields() : state_(std::make_unique<State>()) {}
Fields::~Fields() = default;

Field& Fields::add(std::string name, std::string doc, const Operations& type, const void* fallback,
                   std::size_t offset) {
  auto field = std::make_unique<DefaultedField>();
  field->info.name = std::move(name);
  field->info.doc = std::move(doc);
  field->info.type = type.type();
  field->info.children = type.children();
  if (!type.absent(fallback)) {
    field->fallback = type.write(fallback);
    field->info.fallback = to_text(*field->fallback);
  }
  field->type = &type;
  field->offset = offset;
  return *state_->fields.emplace_back(std::move(field));
}

void Fields::keep_rest(std::size_t offset) { state_->rest = offset; }

void Fields::keep_named(std::string doc, const Operations& element, const Operations& map,
                        std::size_t offset, void* (*slot)(void* map, const std::string& key)) {
  state_->named = offset;
  state_->element = &element;
  state_->map = &map;
  state_->slot = slot;
  state_->named_info.name = "<name>";
  state_->named_info.type = element.type();
  state_->named_info.doc = std::move(doc);
  state_->named_info.children = element.children();
}

bool Fields::read(const Table& table, Diagnostics& diagnostics, void* object) const {
  return state_->read(table, table.path, table.source, diagnostics, object);
}

bool read_struct(const Value& value, const std::string& path, Diagnostics& diagnostics,
                 const Fields& fields, void* object) {
  const auto* table = value.get<Table>();
  if (!table) return false;
  fields.read_as(*table, path, table->source.file ? table->source : value.source, diagnostics,
                 object);
  return true;
}

bool Fields::read_as(const Table& table, const std::string& path, const Source& source,
                     Diagnostics& diagnostics, void* object) const {
  return state_->read(table, path, source, diagnostics, object);
}

Table Fields::write(const void* object) const {
  Table out;
  const auto append = [&out](const Table& more) {
    for (const auto& [key, value] : more.entries) out.set(key, value);
  };
  for (const auto& field : state_->fields) {
    const void* content = at(object, field->offset);
    if (!field->type->absent(content)) out.set(field->info.name, field->type->write(content));
  }
  if (state_->named != nowhere) append(*state_->map->write(at(object, state_->named)).get<Table>());
  if (state_->rest != nowhere) append(*static_cast<const Table*>(at(object, state_->rest)));
  return out;
}

std::vector<ParameterInfo> Fields::info() const {
  std::vector<ParameterInfo> out;
  for (const auto& field : state_->fields) out.push_back(field->info);
  if (state_->named != nowhere) out.push_back(state_->named_info);
  return out;
}

void add_rule(Field& field, Check check) {
  field.info.rule += (field.info.rule.empty() ? "" : ", ") + check.text;
  field.checks.push_back(std::move(check));
}

std::string choice(const Value::List& options) {
  std::vector<std::string> texts;
  for (const Value& option : options) texts.push_back(to_text(option));
  return "one of " + join(texts);
}

void suggest(Field& field, const Value::List& options) {
  for (const Value& option : options)
    if (const auto* text = option.get<std::string>()) field.checks.back().options.push_back(*text);
}

}  // namespace banach::detail
