/* SPDX-License-Identifier: GPL-2.0-only */
/* Resources that are released when their variable goes out of scope. */
#ifndef NG_CLEANUP_H
#define NG_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void ng_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void ng_cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void ng_cleanup_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define __cleanup_free __attribute__((cleanup(ng_cleanup_free)))
#define __cleanup_fd   __attribute__((cleanup(ng_cleanup_fd)))
#define __cleanup_file __attribute__((cleanup(ng_cleanup_file)))

#endif
