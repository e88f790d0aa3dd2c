// The clock of a script thread: a signal every 20 ms while runs come and go, which judges the run in progress by the thread's CPU time.
//
// The signal is handled by the script thread itself, so what it looks at holds still. It only sets flags, sets its own timer and calls lua_sethook,
// the one function of Lua that may be called so. The timer counts real time: Linux loses the expiry of CPU-time timers now and then (6.18: a
// thread that sleeps and spins in turn hears nothing more after some seconds). It stops itself when there is no run, and the next run sets it.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "shim_internal.h"

enum { TICK_NANOSECONDS = 20 * 1000 * 1000, IDLE_TICKS = 2 };

_Thread_local shim_clocked shim_clocked_run;

typedef struct {
    uint32_t seen;                      // the run at the last tick
    int64_t begun;                      // CPU time when `seen` was first seen
    int64_t last;                       // CPU time at the last tick
    int64_t rests_until;                // CPU time before which a stopped run is not armed again
    int idle_ticks;                     // in a row that found no run
    int started;
#ifdef __linux__
    timer_t timer;
#else
    pthread_t thread;
    const shim_clocked *clocked;
    volatile int ends;
    pthread_t watchdog;
#endif
} shim_clock;

static _Thread_local shim_clock clock_of_thread;

static int64_t thread_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void set_timer(shim_clock *clock, int ticks);

static void tick(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    int saved = errno;
    shim_clock *clock = &clock_of_thread;
    shim_state *S = shim_clocked_run.state;
    int64_t now = thread_time();
    if (S != NULL) S->cpu_time += now - clock->last;
    clock->last = now;
    clock->idle_ticks = S == NULL && clock->seen == shim_clocked_run.run ? clock->idle_ticks + 1 : 0;
    if (clock->idle_ticks >= IDLE_TICKS) set_timer(clock, 0);
    if (S == NULL || clock->seen != shim_clocked_run.run) {
        clock->seen = shim_clocked_run.run;
        clock->begun = now;
    } else {
        int64_t used = now - clock->begun;
        if (used >= S->limits.cpu_warning && S->warning == 0) {
            S->warning = 1;
            shim_arm(S);
        }
        if (S->warning != 0) S->overrun_time = used;
        if (used >= S->limits.cpu_stop && !S->doom) S->doom = SHIM_KIND_CPU;
        if (S->doom && now >= clock->rests_until) {
            // Arming walks all of the stack. A deep one may take as long as a tick: then the script must get on in between, or it never ends.
            shim_arm(S);
            int64_t armed = thread_time();
            clock->rests_until = armed + 4 * (armed - now);
        }
    }
    errno = saved;
}

int64_t shim_cpu_time(const shim_state *S) { return S->cpu_time; }

void shim_clock_wake(void) {
    shim_clock *clock = &clock_of_thread;
    if (!clock->started) return;
    clock->last = thread_time();
    set_timer(clock, 1);
}

static int clock_signal(void) {
#ifdef __linux__
    return SIGRTMIN + 5;
#else
    return SIGVTALRM;
#endif
}

static int install_error;
static void install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = tick;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    install_error = sigaction(clock_signal(), &action, NULL) == 0 ? 0 : errno;
}

#ifdef __linux__

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static int start_ticking(shim_clock *clock) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = clock_signal();
    event.sigev_notify_thread_id = gettid();
    return timer_create(CLOCK_MONOTONIC, &event, &clock->timer) == 0 ? 0 : errno;
}

static void set_timer(shim_clock *clock, int ticks) {
    struct itimerspec period = { { 0, ticks ? TICK_NANOSECONDS : 0 }, { 0, ticks ? TICK_NANOSECONDS : 0 } };
    shim_clocked_run.ticks = (uint8_t)ticks;
    timer_settime(clock->timer, 0, &period, NULL);  // with a timer and a period that are valid it does not fail
}

static void stop_ticking(shim_clock *clock) { timer_delete(clock->timer); }

#else

/// Signals the script thread every 20 ms while a run is in progress; otherwise it only looks.
static void *watch(void *argument) {
    shim_clock *clock = argument;
    while (!clock->ends) {
        struct timespec pause = { 0, TICK_NANOSECONDS };
        nanosleep(&pause, NULL);
        if (clock->clocked->state != NULL && !clock->ends) pthread_kill(clock->thread, clock_signal());
    }
    return NULL;
}

static int start_ticking(shim_clock *clock) {
    clock->thread = pthread_self();
    clock->clocked = &shim_clocked_run;
    clock->ends = 0;
    return pthread_create(&clock->watchdog, NULL, watch, clock);
}

/// The watchdog ticks all the time.
static void set_timer(shim_clock *clock, int ticks) {
    (void)clock;
    if (ticks) shim_clocked_run.ticks = 1;
}

static void stop_ticking(shim_clock *clock) {
    clock->ends = 1;
    pthread_join(clock->watchdog, NULL);
}

#endif

int shim_clock_start(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    shim_clock *clock = &clock_of_thread;
    if (clock->started) return 0;
    pthread_once(&once, install);
    if (install_error != 0) return install_error;
    sigset_t ours;                                  // libdispatch, for one, blocks signals in the threads it makes
    sigemptyset(&ours);
    sigaddset(&ours, clock_signal());
    pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
    int error = start_ticking(clock);
    clock->started = error == 0;
    return error;
}

void shim_clock_stop(void) {
    shim_clock *clock = &clock_of_thread;
    if (!clock->started) return;
    stop_ticking(clock);
    clock->started = 0;
    shim_clocked_run.ticks = 0;
}
