// SPDX-License-Identifier: GPL-2.0-only
#include "report/json.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "report/memory.h"

#define NUMBER_TEXT 32

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	int ret = key ? json_object_object_add(object, key, value)
		      : json_object_array_add(object, value);

	ng_need(ret ? NULL : object);
}

struct json_object *ng_json_new(void)
{
	return ng_need(json_object_new_object());
}

struct json_object *ng_json_object(struct json_object *object, const char *key)
{
	struct json_object *value = ng_json_new();

	add(object, key, value);
	return value;
}

struct json_object *ng_json_array(struct json_object *object, const char *key)
{
	struct json_object *value = ng_need(json_object_new_array());

	add(object, key, value);
	return value;
}

void ng_json_text(struct json_object *object, const char *key, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	__cleanup_free char *clean = ng_need(malloc(3 * strlen(text) + 1));
	char *end = clean;

	while (*at) {
		size_t len = ng_utf8_sequence(at);

		if (len) {
			end = mempcpy(end, at, len);
			at += len;
		} else {
			end = stpcpy(end, NG_UTF8_REPLACEMENT);
			at++;
		}
	}
	*end = 0;
	add(object, key, ng_need(json_object_new_string(clean)));
}

void ng_json_number(struct json_object *object, const char *key, uint64_t number)
{
	add(object, key, ng_need(json_object_new_uint64(number)));
}

void ng_json_bool(struct json_object *object, const char *key, bool value)
{
	add(object, key, ng_need(json_object_new_boolean(value)));
}

void ng_json_counter(struct json_object *object, struct ng_counter counter)
{
	ng_json_number(object, "packets", counter.packets);
	ng_json_number(object, "bytes", counter.bytes);
}

void ng_json_decimal(struct json_object *object, const char *key, double number, int decimals)
{
	char text[NUMBER_TEXT];

	snprintf(text, sizeof(text), "%.*f", decimals, number);
	add(object, key, ng_need(json_object_new_double_s(number, text)));
}

void ng_json_rate(struct json_object *object, struct ng_rate rate)
{
	ng_json_decimal(object, "packets_per_second", rate.packets, 1);
	ng_json_decimal(object, "bits_per_second", rate.bits, 1);
}

void ng_json_error(struct json_object *object, const char *key, const struct ng_error *error)
{
	struct json_object *value = ng_json_object(object, key);

	ng_json_text(value, "where", error->where);
	ng_json_text(value, "what", error->what);
	ng_json_text(value, "hint", error->hint);
}

static size_t ascii_of(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at && *at < 0x7f)
		at++;
	return at - (const unsigned char *)text;
}

/*
 * Characters that a terminal would interpret or not show are written as \uXXXX (RFC 8259 section
 * 7), which means the same. json-c does so up to U+001F.
 */
static void print_text(FILE *out, const char *text)
{
	size_t left = strlen(text), len;
	unsigned int character;

	for (; left; text += len, left -= len) {
		size_t ascii = ascii_of(text);

		fwrite_unlocked(text, 1, ascii, out);
		text += ascii;
		left -= ascii;
		len = left ? ng_utf8_read(text, left, &character) : 0;
		if (!len)
			return;
		if (!ng_utf8_hidden(character))
			fwrite_unlocked(text, 1, len, out);
		else if (character < 0x10000)
			fprintf(out, "\\u%04x", character);
		else
			fprintf(out, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10),
				0xdc00 + (character & 0x3ff));
	}
}

static void print_value(FILE *out, struct json_object *value, int flags)
{
	print_text(out, ng_need((void *)json_object_to_json_string_ext(
				value, flags | JSON_C_TO_STRING_NOSLASHESCAPE)));
}

static void print(FILE *out, struct json_object *object, int flags)
{
	print_value(out, object, flags);
	putc('\n', out);
	json_object_put(object);
}

void ng_json_print(FILE *out, struct json_object *object)
{
	print(out, object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
}

void ng_json_print_line(FILE *out, struct json_object *object)
{
	print(out, object, JSON_C_TO_STRING_PLAIN);
}

void ng_json_list_begin(struct ng_json_list *list, FILE *out, struct json_object *object,
			const char *key)
{
	*list = (struct ng_json_list){ .out = out };
	fputs("{\n", out);
	json_object_object_foreach(object, name, value)
	{
		fprintf(out, "  \"%s\": ", name);
		print_value(out, value, JSON_C_TO_STRING_PLAIN);
		fputs(",\n", out);
	}
	fprintf(out, "  \"%s\": [", key);
	json_object_put(object);
}

void ng_json_list_add(struct ng_json_list *list, struct json_object *element)
{
	fputs(list->begun ? ",\n    " : "\n    ", list->out);
	list->begun = true;
	print_value(list->out, element, JSON_C_TO_STRING_PLAIN);
	json_object_put(element);
}

void ng_json_list_end(struct ng_json_list *list)
{
	fputs(list->begun ? "\n  ]\n}\n" : "]\n}\n", list->out);
}
