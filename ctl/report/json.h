/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wrappers of json-c. None of them fails: if there is no memory for the output, the command exits
 * with a message.
 */
#ifndef NG_JSON_H
#define NG_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "layout/counters.h"
#include "report/rates.h"

struct json_object *ng_json_new(void);

/* A new member of @object, or with @key NULL a new element of the array @object; owned by it. */
struct json_object *ng_json_object(struct json_object *object, const char *key);
struct json_object *ng_json_array(struct json_object *object, const char *key);

/** ng_json_text() - bytes that are not UTF-8 (RFC 8259 allows no others) become U+FFFD */
void ng_json_text(struct json_object *object, const char *key, const char *text);
void ng_json_number(struct json_object *object, const char *key, uint64_t number);
void ng_json_bool(struct json_object *object, const char *key, bool value);

/** ng_json_counter() - the members "packets" and "bytes" of @object */
void ng_json_counter(struct json_object *object, struct ng_counter counter);

/** ng_json_decimal() - with @decimals digits after the point */
void ng_json_decimal(struct json_object *object, const char *key, double number, int decimals);

/** ng_json_rate() - the members "packets_per_second" and "bits_per_second" */
void ng_json_rate(struct json_object *object, struct ng_rate rate);

/** ng_json_error() - {"where","what","hint"} */
void ng_json_error(struct json_object *object, const char *key, const struct ng_error *error);

/** ng_json_print() - print with a newline, escaped for terminals; frees @object */
void ng_json_print(FILE *out, struct json_object *object);
/** ng_json_print_line() - the same on one line */
void ng_json_print_line(FILE *out, struct json_object *object);

/**
 * struct ng_json_list - an object that is printed while its last member, an array, is being made,
 * since it may be too long to be kept in memory
 */
struct ng_json_list {
	FILE *out;
	bool begun;
};

/** ng_json_list_begin() - print @object, which may be empty, up to the array @key; frees @object */
void ng_json_list_begin(struct ng_json_list *list, FILE *out, struct json_object *object,
			const char *key);
/** ng_json_list_add() - print the next element, and free it */
void ng_json_list_add(struct ng_json_list *list, struct json_object *element);
void ng_json_list_end(struct ng_json_list *list);

#endif
