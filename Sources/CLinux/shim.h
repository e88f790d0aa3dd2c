/* The Linux headers that Swift's Glibc module leaves out: readiness (epoll), wake-ups (eventfd), thread names (prctl). */
#ifndef MOONWIRE_CLINUX_SHIM_H
#define MOONWIRE_CLINUX_SHIM_H
#ifdef __linux__
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/* Swift imports the enumerations behind these names under several types; here they are plain numbers. */
static const int clinux_epoll_cloexec = EPOLL_CLOEXEC;
static const int clinux_eventfd_flags = EFD_CLOEXEC | EFD_NONBLOCK;
static const uint32_t clinux_epollin = EPOLLIN;
static const uint32_t clinux_epollout = EPOLLOUT;
static const uint32_t clinux_epollerr = EPOLLERR;
static const uint32_t clinux_epollhup = EPOLLHUP;

/* accept with flags, which <sys/socket.h> hides without _GNU_SOURCE. That header is not included here: Swift would take its types
   for this module's instead of Glibc's. */
struct sockaddr;
int accept4(int listener, struct sockaddr *address, unsigned int *length, int flags);

/* Names the calling thread; the kernel keeps 15 bytes. prctl has a variable argument list, which Swift does not import. */
static inline void clinux_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#endif
#endif
