/* SPDX-License-Identifier: GPL-2.0-only */
/* The frames of a session, as far as they can be predicted, for test runs. */
#ifndef NG_SESSION_FRAMES_H
#define NG_SESSION_FRAMES_H

#include "session/passage.h"

#define NG_SESSION_FRAMES_MAX 32
#define NG_SESSION_FRAME_MAX  1522 /* 1500 bytes of IP, two tags, Ethernet */

/* What ends when a frame is dropped; the most serious first. */
enum ng_session_part {
	NG_PART_CONNECTION, /* the connection itself */
	NG_PART_NEIGHBOUR,  /* ARP or neighbour discovery: the connection, in a minute */
	NG_PART_LOGIN,	    /* a new connection */
	NG_PARTS
};

/**
 * struct ng_session_frame - a frame, from the Ethernet header on
 * @guess: a field that is only guessed, such as "with TTL 128"; NULL: none
 */
struct ng_session_frame {
	enum ng_session_part part;
	enum ng_direction direction;
	const char *guess;
	size_t len;
	uint8_t data[NG_SESSION_FRAME_MAX];
};

/**
 * ng_session_frame() - frame @number, from 0, at @passage; the least guessed first
 *
 * Return: true with *@frame; false when there are no more.
 */
bool ng_session_frame(const struct ng_session *session, const struct ng_passage *passage,
		      size_t number, struct ng_session_frame *frame);

#endif
