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

/* Takes a connection that is non-blocking and close-on-exec from the start. <sys/socket.h> must not be included here: in a whole-module
   build its declarations would become this module's and be missing from Glibc's. It also hides accept4 without _GNU_SOURCE. The SOCK_
   flags have the values of the O_ flags, as the EFD_ flags do (socket(2), eventfd(2)). */
struct sockaddr;
int accept4(int, struct sockaddr *, unsigned int *, int);
static inline int clinux_accept(int listener) { return accept4(listener, 0, 0, EFD_NONBLOCK | EFD_CLOEXEC); }

/* Names the calling thread; the kernel keeps 15 bytes. prctl has a variable argument list, which Swift does not import. */
static inline void clinux_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#endif
#endif
