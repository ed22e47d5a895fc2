// times RUNS INPUT PROGRAM ARGUMENTS...: runs the program with its standard input from a file, and prints the milliseconds of
// each run. A run that fails ends it.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int main(int count, char **arguments) {
  if (count < 4) return 2;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, arguments[2], O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  for (int i = atoi(arguments[1]); i > 0; i--) {
    struct timespec start, end;
    pid_t child;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (posix_spawn(&child, arguments[3], &files, NULL, arguments + 3, environ) != 0) return 1;
    if (waitpid(child, &status, 0) != child || status != 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f\n", 1e3 * (end.tv_sec - start.tv_sec) + 1e-6 * (end.tv_nsec - start.tv_nsec));
  }
  return 0;
}
