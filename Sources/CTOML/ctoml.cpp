#include "ctoml.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// toml++ 3.3 asserts, or with NDEBUG has the compiler assume, what a malformed document breaks ("[ = 1"); the code behind each assertion
// reports it as an error.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include <cstring>
#include <string>

namespace {

struct Visit {
    ctoml_visitor call;
    void *context;

    void table(const std::string &path, const toml::table &table) const {
        for (auto &&[key, node] : table) {
            std::string child = path.empty() ? std::string(key.str()) : path + "." + std::string(key.str());
            this->node(child, node);
        }
    }

    void array(const std::string &path, const toml::array &array) const {
        size_t index = 0;
        for (auto &&node : array) this->node(path + "[" + std::to_string(index++) + "]", node);
    }

    void node(const std::string &path, const toml::node &node) const {
        ctoml_value value{};
        value.line = node.source().begin.line;
        value.column = node.source().begin.column;
        if (auto *string = node.as_string()) {
            value.kind = CTOML_STRING;
            value.string = string->get().data();
            value.length = string->get().size();
        } else if (auto *integer = node.as_integer()) {
            value.kind = CTOML_INTEGER;
            value.integer = integer->get();
        } else if (auto *number = node.as_floating_point()) {
            value.kind = CTOML_FLOAT;
            value.number = number->get();
        } else if (auto *boolean = node.as_boolean()) {
            value.kind = CTOML_BOOLEAN;
            value.boolean = boolean->get();
        } else if (node.is_table()) {
            value.kind = CTOML_TABLE;
        } else if (node.is_array()) {
            value.kind = CTOML_ARRAY;
        } else {
            value.kind = CTOML_DATE_TIME;
        }
        call(context, path.c_str(), &value);
        if (auto *table = node.as_table()) this->table(path, *table);
        if (auto *array = node.as_array()) this->array(path, *array);
    }
};

}  // namespace

bool ctoml_parse(const char *bytes, size_t length, ctoml_visitor visit, void *context, ctoml_error *error) {
    toml::parse_result result = toml::parse(std::string_view(bytes, length));
    if (!result) {
        auto text = result.error().description();
        size_t count = text.size() < sizeof error->message - 1 ? text.size() : sizeof error->message - 1;
        std::memcpy(error->message, text.data(), count);
        error->message[count] = '\0';
        error->line = result.error().source().begin.line;
        error->column = result.error().source().begin.column;
        return false;
    }
    Visit{visit, context}.table("", result.table());
    return true;
}
