// libFuzzer as a library (LLVM docs, libFuzzer › Using libFuzzer as a library): the toolchain ships it without a header.
#ifndef MOONWIRE_CFUZZER_SHIM_H
#define MOONWIRE_CFUZZER_SHIM_H
#include <stddef.h>
#include <stdint.h>

/// Runs the fuzzer with the command line's options. Calls `test` with each input until it is done, then answers the process's exit status.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *bytes, size_t count));

#endif
