// awake: keeps every processor from sleeping until it is ended, an hour at most. Its loops have idle priority: they run when
// nothing else wants to, and give way at once. Waking a processor, of a virtual machine above all, takes longer than a
// message does, and would be most of what is measured of whoever waits for replies.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  struct sched_param none = {0};
  if (sched_setscheduler(0, SCHED_IDLE, &none) != 0) {
    perror("awake: sched_setscheduler");
    return 1;
  }
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  for (long i = 0; i < count; i++) {
    if (fork() != 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(3600);
    for (volatile unsigned long turns = 0;; turns++) {}
  }
  printf("awake\n");
  fflush(stdout);
  alarm(3600);
  pause();
  return 0;
}
