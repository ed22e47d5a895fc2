// Bounds that the kernel keeps, without a thread and without memory: a wait for flock(2) that ends, and a last bound of the
// whole process. In C, because a signal handler must not run managed code: it may come at any instruction.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t Second = 1000000000;
static const int64_t Retry = 10000000; // What the kernel sends while a thread was not yet in flock(2) is sent again.

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * Second + time.tv_nsec;
}

static struct timespec as_time(int64_t nanoseconds)
{
    return (struct timespec){.tv_sec = nanoseconds / Second, .tv_nsec = nanoseconds % Second};
}

// What the process did about a signal before it was ours, to be put back before it becomes another program.
struct kept
{
    int signal;
    int is_ours;
    struct sigaction before;
};

static void take_over(struct kept *kept, const struct sigaction *ours)
{
    struct sigaction before;
    if (sigaction(kept->signal, ours, &before) == 0 && before.sa_sigaction != ours->sa_sigaction) {
        kept->before = before;
        kept->is_ours = 1;
    }
}

static void give_back(struct kept *kept)
{
    if (kept->is_ours) {
        sigaction(kept->signal, &kept->before, NULL);
        kept->is_ours = 0;
    }
}

// Nothing else here uses it, and one that comes late, or from elsewhere, does no harm: by default it is ignored.
static struct kept interruption = {.signal = SIGURG};

static int lock_by_looking(int descriptor, int operation, int64_t deadline)
{
    for (int64_t pause = 1000000;; pause = pause < 20000000 ? pause * 2 : pause) {
        if (flock(descriptor, operation | LOCK_NB) == 0) {
            return 0;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return errno;
        }
        int64_t left = deadline - now();
        if (left <= 0) {
            return ETIMEDOUT;
        }
        struct timespec step = as_time(pause < left ? pause : left);
        nanosleep(&step, NULL);
    }
}

#ifdef __linux__

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void interrupt(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
}

static int lock_asleep(int descriptor, int operation, int64_t deadline)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGURG};
    event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
        return lock_by_looking(descriptor, operation, deadline); // The user has no signal left to be queued.
    }
    struct sigaction action = {.sa_sigaction = interrupt, .sa_flags = SA_SIGINFO}; // Without SA_RESTART: flock(2) is to end.
    take_over(&interruption, &action);
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGURG);
    pthread_sigmask(SIG_UNBLOCK, &set, &before);
    struct itimerspec times = {.it_value = as_time(deadline), .it_interval = as_time(Retry)};
    timer_settime(timer, TIMER_ABSTIME, &times, NULL);
    int error;
    do {
        error = flock(descriptor, operation) == 0 ? 0 : errno;
    } while (error == EINTR && now() < deadline);
    timer_delete(timer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == EINTR ? ETIMEDOUT : error;
}

#else
#define lock_asleep lock_by_looking
#endif

// Takes a lock, asleep in the kernel for at most so long.
// Returns 0, or the error number: ETIMEDOUT if the time is over; a lock that came too late is released.
int aotbroker_lock_within(int descriptor, int operation, int64_t nanoseconds)
{
    int64_t deadline = now() + nanoseconds;
    int error = lock_asleep(descriptor, operation, deadline);
    if (error == 0 && now() >= deadline) {
        flock(descriptor, LOCK_UN);
        error = ETIMEDOUT;
    }
    return error;
}

// The last bound.
static struct kept alarm_kept = {.signal = SIGALRM};
static char last_words[1024];
static int last_length;
static int last_code;
static int uses_itimer;

#ifdef __linux__
static timer_t last_timers[2];
static int last_count;
#endif

static void end(int signal, siginfo_t *information, void *context)
{
    (void)context;
#ifdef __linux__
    if (information->si_code != (uses_itimer ? SI_KERNEL : SI_TIMER)) {
        // Not ours: do what it did before.
        if (alarm_kept.before.sa_handler != SIG_IGN) {
            give_back(&alarm_kept);
            raise(signal);
        }
        return;
    }
#else
    (void)signal;
    (void)information;
#endif
    // A full pipe that is not read is no reason to stay.
    struct pollfd standard_error = {.fd = 2, .events = POLLOUT};
    if (poll(&standard_error, 1, 0) == 1 && (standard_error.revents & POLLOUT)) {
        ssize_t count = write(2, last_words, (size_t)last_length);
        (void)count;
    }
    _exit(last_code);
}

void aotbroker_lift_bound(void)
{
#ifdef __linux__
    while (last_count > 0) {
        timer_delete(last_timers[--last_count]);
    }
#endif
    if (uses_itimer) {
        struct itimerval none = {0};
        setitimer(ITIMER_REAL, &none, NULL);
        uses_itimer = 0;
    }
    give_back(&alarm_kept);
}

#ifdef __linux__
static int add_timer(int signal, int64_t nanoseconds)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = signal};
    if (timer_create(CLOCK_MONOTONIC, &event, &last_timers[last_count]) != 0) {
        return 0;
    }
    struct itimerspec times = {.it_value = as_time(nanoseconds)};
    timer_settime(last_timers[last_count++], 0, &times, NULL);
    return 1;
}
#endif

// Ends this process after so long, with these words on standard error and this exit code, whatever its threads do then; and
// where it cannot even do that, such as while a network file system hangs, the kernel ends it two seconds later.
void aotbroker_set_bound(int64_t nanoseconds, const char *words, int length, int code)
{
    aotbroker_lift_bound();
    last_length = length < (int)sizeof last_words ? length : (int)sizeof last_words;
    memcpy(last_words, words, (size_t)last_length);
    last_code = code;
    struct sigaction action = {.sa_sigaction = end, .sa_flags = SA_SIGINFO | SA_RESTART};
    take_over(&alarm_kept, &action);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
#ifdef __linux__
    if (add_timer(SIGALRM, nanoseconds)) {
        add_timer(SIGKILL, nanoseconds + 2 * Second);
        return;
    }
#endif
    // The one timer that every process has; it is left alone if the caller has set it.
    struct itimerval set_before;
    if (getitimer(ITIMER_REAL, &set_before) == 0 && set_before.it_value.tv_sec == 0 && set_before.it_value.tv_usec == 0) {
        struct itimerval once = {.it_value = {.tv_sec = (time_t)(nanoseconds / Second), .tv_usec = 1}};
        uses_itimer = 1;
        setitimer(ITIMER_REAL, &once, NULL);
    }
}

// What signals do is again what they did before this process used them.
void aotbroker_release_signals(void)
{
    aotbroker_lift_bound();
    give_back(&interruption);
}

struct probe
{
    pthread_mutex_t gate;
};

static void *wait_at_gate(void *argument)
{
    struct probe *probe = argument;
    pthread_mutex_lock(&probe->gate);
    pthread_mutex_unlock(&probe->gate);
    return NULL;
}

static int has_room(size_t size, int protection)
{
    void *room = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANON, -1, 0);
    return room != MAP_FAILED && munmap(room, size) == 0;
}

// Starts as many threads at once, and ends them.
// Returns 0 if all could be started, or the error number.
int aotbroker_try_threads(int count)
{
    enum { Most = 16 };
    pthread_t threads[Most];
    struct probe probe = {.gate = PTHREAD_MUTEX_INITIALIZER};
    int error = 0;
    int started = 0;
    pthread_mutex_lock(&probe.gate);
    while (started < count && started < Most && error == 0) {
        error = pthread_create(&threads[started], NULL, wait_at_gate, &probe);
        started += error == 0;
    }
    if (error == EAGAIN) {
        // glibc says the same if there is no room for a stack.
        size_t size = 0;
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_getstacksize(&attributes, &size);
        pthread_attr_destroy(&attributes);
        error = has_room(size, PROT_READ | PROT_WRITE) ? EAGAIN : ENOMEM;
    }
    if (error == 0 && !has_room(16 << 20, PROT_NONE)) {
        error = ENOMEM; // For everything else that is allocated.
    }
    pthread_mutex_unlock(&probe.gate);
    while (started > 0) {
        pthread_join(threads[--started], NULL);
    }
    return error;
}
