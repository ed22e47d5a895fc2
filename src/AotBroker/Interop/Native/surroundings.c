// What the linker puts in the place of functions that the runtime calls (--wrap), Linux alone: so that what this process was
// started with, and what it was started without, does not end it without a word.
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

// Variables of the .NET runtime in this environment are meant for other programs: they would make this one write
// dumps, reserve another heap, or leave out versions of HTTP. A command that this process becomes still gets them.
char *__real_getenv(const char *name);

char *__wrap_getenv(const char *name)
{
    if ((name[0] == 'D' && strncmp(name, "DOTNET_", 7) == 0) || (name[0] == 'C' && strncmp(name, "COMPlus_", 8) == 0)) {
        return NULL;
    }
    return __real_getenv(name);
}

// Random numbers come from the kernel by getrandom(2): it needs no /dev, which a sandbox need not have, and no descriptor.
int32_t __real_minipal_get_cryptographically_secure_random_bytes(uint8_t *buffer, int32_t length);

int32_t __wrap_minipal_get_cryptographically_secure_random_bytes(uint8_t *buffer, int32_t length)
{
    for (int32_t done = 0; done < length;) {
        ssize_t count = getrandom(buffer + done, (size_t)(length - done), 0);
        if (count >= 0) {
            done += (int32_t)count;
        } else if (errno != EINTR) {
            return __real_minipal_get_cryptographically_secure_random_bytes(buffer, length); // A kernel of before 2014.
        }
    }
    return 0;
}

void __real_minipal_get_non_cryptographically_secure_random_bytes(uint8_t *buffer, int32_t length);

void __wrap_minipal_get_non_cryptographically_secure_random_bytes(uint8_t *buffer, int32_t length)
{
    if (__wrap_minipal_get_cryptographically_secure_random_bytes(buffer, length) != 0) {
        __real_minipal_get_non_cryptographically_secure_random_bytes(buffer, length);
    }
}

// Where the runtime cannot begin, it ends the process with 255 and no word, or by a segmentation fault.
static void cannot_begin(void)
{
    static const char words[] =
        "aotbroker: error[AB0103]: this process may not have the memory, or the threads, that it needs to begin\n"
        "aotbroker: hint: raise the limit of its address space (`ulimit -v`), of the container's memory, or of processes and threads (`ulimit -u`, --pids-limit)\n";
    ssize_t count = write(STDERR_FILENO, words, sizeof words - 1);
    (void)count;
    _exit(1);
}

bool __real_RhInitialize(bool is_library);

bool __wrap_RhInitialize(bool is_library)
{
    if (!__real_RhInitialize(is_library)) {
        cannot_begin();
    }
    return true;
}

// What the heap reserves (GCRegionRange), the program, and what the runtime allocates at start.
#ifdef __aarch64__
static const rlim_t fewest_addresses = (rlim_t)(4096 + 150) << 20;
#else
static const rlim_t fewest_addresses = 150 << 20;
#endif

// Each thread would reserve eight megabytes for its stack, and 128 for a heap of its own, which counts if a user's address
// space is limited. What the runtime has on Alpine is enough here too, and so is one heap.
__attribute__((constructor)) static void begin(void)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0) {
        if (pthread_attr_setstacksize(&attributes, 1536 * 1024) == 0) {
            pthread_setattr_default_np(&attributes);
        }
        pthread_attr_destroy(&attributes);
    }
    mallopt(M_ARENA_MAX, 1);
    struct rlimit addresses;
    if (getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur < fewest_addresses) {
        cannot_begin();
    }
}
