/*
 * Two things about signals that no managed code can do: to see how the caller left them before the .NET runtime changes
 * that, and to pass them on from a handler.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bit n is signal n + 1. */
#define BIT(signal) ((uint64_t)1 << ((signal) - 1))

static uint64_t ignored;
static uint64_t blocked;

#ifdef __linux__

/* As the kernel has it: the C library's own functions leave out the signals that it keeps for itself. */
struct kernel_action { void *handler; unsigned long flags; void *restorer; uint64_t mask; };

/*
 * Those that the runtime changes before any of our code: it ignores the first, and takes the others; and the two that the C
 * library keeps for itself, which posix_spawn(3) ignores in the new program unless it is told otherwise.
 */
static const int changed[] = { SIGPIPE, SIGSEGV, SIGFPE, 32, 33, 34 };
#define CHANGED (sizeof changed / sizeof *changed)

__attribute__((constructor(101))) static void note(void)
{
    for (unsigned i = 0; i < CHANGED; i++) {
        struct kernel_action found;
        if (syscall(SYS_rt_sigaction, changed[i], 0, &found, sizeof blocked) == 0 && found.handler == (void *)SIG_IGN) {
            ignored |= BIT(changed[i]);
        }
    }
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, 0, &blocked, sizeof blocked);
}

/* Puts back what the runtime changed, for a program that this process becomes; what is caught becomes default by itself. */
void aotbroker_restore_signals(void)
{
    for (unsigned i = 0; i < CHANGED; i++) {
        struct kernel_action action = { ignored & BIT(changed[i]) ? (void *)SIG_IGN : (void *)SIG_DFL, 0, 0, 0 };
        if (changed[i] == SIGPIPE || ignored & BIT(changed[i])) {
            syscall(SYS_rt_sigaction, changed[i], &action, 0, sizeof blocked);
        }
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &blocked, 0, sizeof blocked);
}

#else

void aotbroker_restore_signals(void)
{
    signal(SIGPIPE, SIG_DFL);
}

#endif

/* Which of the signals that the runtime changes the caller ignored. */
uint64_t aotbroker_ignored_signals(void)
{
    return ignored;
}

/* Which signals the caller blocked. */
uint64_t aotbroker_blocked_signals(void)
{
    return blocked;
}

static volatile sig_atomic_t child;
static volatile sig_atomic_t missed[65];

/*
 * What the terminal sends goes to the child too, which is in the same group. Only a terminal that hangs up tells the leader
 * of the session alone.
 */
static void forward(int signal, siginfo_t *info, void *context)
{
    int error = errno;
    (void)context;
    if (info->si_code <= 0 || signal == SIGHUP) {
        if (child > 0) {
            kill(child, signal);
        } else {
            missed[signal] = 1;
        }
    }
    errno = error;
}

/* From here on, what this process is sent goes to the child; until it is known, it is kept. What is ignored stays ignored. */
void aotbroker_catch_signals(void)
{
    static const int caught[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH };
    struct sigaction action, found;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = forward;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    for (unsigned i = 0; i < sizeof caught / sizeof *caught; i++) {
        if (sigaction(caught[i], 0, &found) == 0 && found.sa_handler != SIG_IGN) {
            sigaction(caught[i], &action, 0);
        }
    }
#ifdef __linux__
    /* The first of the real-time signals is the runtime's. */
    for (int signal = SIGRTMIN + 1; signal <= SIGRTMAX; signal++) {
        if (sigaction(signal, 0, &found) == 0 && found.sa_handler != SIG_IGN) {
            sigaction(signal, &action, 0);
        }
    }
#endif
}

/* The child to which signals go. */
void aotbroker_forward_signals(int process)
{
    child = process;
    for (int signal = 1; signal <= 64; signal++) {
        if (missed[signal]) {
            missed[signal] = 0;
            kill(process, signal);
        }
    }
}
