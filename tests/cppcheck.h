/* SPDX-License-Identifier: GPL-2.0-only */
/* Macros of libbpf, libxdp and cmocka for cppcheck, which does not read system headers. */
#define LIBBPF_OPTS(type, name, ...)	     struct type name = { __VA_ARGS__ }
#define DECLARE_LIBXDP_OPTS(type, name, ...) struct type name = { __VA_ARGS__ }
#define bpf_object__for_each_map(at, object) \
	for (at = bpf_object__next_map(object, 0); at; at = bpf_object__next_map(object, at))
#define bpf_object__for_each_program(at, object)           \
	for (at = bpf_object__next_program(object, 0); at; \
	     at = bpf_object__next_program(object, at))
