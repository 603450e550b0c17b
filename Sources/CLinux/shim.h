// Linux system calls that glibc declares only under _GNU_SOURCE, which Swift's Glibc module is built without.
#pragma once

#include <stdint.h>
#include <sys/types.h>

extern int renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned int flags);
extern ssize_t copy_file_range(int source, int64_t *source_offset, int target, int64_t *target_offset, size_t length,
                               unsigned int flags);

// From <linux/fs.h>, which cannot be imported beside Glibc.
static const unsigned int modmeta_rename_noreplace = 1u << 0;

extern char **environ;

// The process's environment, which Swift takes for a variable that anybody may change.
static inline char **modmeta_environment(void) { return environ; }

extern long syscall(long number, ...);

// openat2(2), the same number on every architecture that has it; glibc has no function for it. -1 with ENOSYS on kernels
// before 5.6, EPERM in some containers.
static inline int modmeta_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct {
        uint64_t flags, mode, resolve;
    } how = {flags, mode, resolve};
    return (int)syscall(437, directory, path, &how, sizeof how);
}

// From <linux/openat2.h>: no way out of the directory, no symbolic links, none of those of /proc.
static const uint64_t modmeta_resolve_beneath = 0x08 | 0x04 | 0x02;
