// steps PROGRAM ARGUMENTS...: runs the program one instruction at a time, and prints each address at which its main thread
// arrives for the first time. Calls of functions are all that link-order.sh makes of it.
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT = 64 << 20 }; // where a position-dependent program ends, at the latest

int main(int count, char **arguments) {
  unsigned char *seen = calloc(LIMIT, 1);
  int status;
  if (count < 2 || !seen) return 2;
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    if (!freopen("/dev/null", "w", stdout)) _exit(126);
    execv(arguments[1], arguments + 1);
    _exit(127);
  }
  while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, child, 0, &registers) == 0 && registers.rip < LIMIT && !seen[registers.rip]) {
      seen[registers.rip] = 1;
      printf("%016llx\n", registers.rip);
    }
    int signal = WSTOPSIG(status) == 5 ? 0 : WSTOPSIG(status); // 5: the trap after each step
    if (ptrace(PTRACE_SINGLESTEP, child, 0, signal) != 0) break;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
