// The only C of the project. Everything of Lua that may raise is called below this interface, inside a protected call.
//
// Nothing declared here raises, jumps over its caller or calls back into the host, except shim_run*, shim_resume, shim_cancel
// and shim_close, which run scripts and so may enter shim_host_call. One thread owns a state.
#ifndef MOONWIRE_CLUASHIMS_H
#define MOONWIRE_CLUASHIMS_H

#include <stddef.h>
#include <stdint.h>
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

typedef struct shim_state shim_state;

/// What the trampoline does after the host function has returned.
enum {
    SHIM_RETURN = 0,        ///< return the values put since the call began
    SHIM_RAISE = 1,         ///< raise the last value put
    SHIM_WAIT = 2,          ///< suspend the run taken with shim_wait
    SHIM_LOAD = 3,          ///< require only: compile and run the two strings put last (source, chunk name)
};

/// Numbers below zero that the trampoline passes for the engine's own questions to the host.
enum {
    SHIM_ASK_MODULE = -1,   ///< require of argument 1
    SHIM_ASK_PRINT = -2,    ///< print of argument 1, a string
    SHIM_ASK_OVERRAN = -3,  ///< the run exceeded the CPU warning; no arguments, results are ignored
};

/// Calls host function `function` with `count` arguments at stack index 1… of `L`; answers SHIM_RETURN….
typedef int32_t (*shim_host_call)(void *host, shim_state *S, lua_State *L, int32_t function, int32_t count);

typedef struct {
    size_t memory, string_bytes, source_bytes, table_elements;
    int64_t cpu_warning, cpu_stop;      // nanoseconds of thread CPU time
    int64_t match_steps;
    uint32_t runs, coroutines;
} shim_limits;

// MARK: state

/// A sandboxed state, or NULL when memory is short or the library is not Lua 5.4.
shim_state *shim_open(const shim_limits *limits);
/// Names who answers host calls; before anything else.
void shim_set_host(shim_state *S, shim_host_call call, void *host);
/// For tests of running out of memory: opens with the allocations from number `after` on refused, `count` of them (below 0: none).
shim_state *shim_open_failing(const shim_limits *limits, int64_t after, int64_t count);
/// The same from now on, for a state that is open.
void shim_fail_allocations(shim_state *S, int64_t after, int64_t count);
/// Frees everything. Suspended runs are dropped without running their __close; cancel them before.
void shim_close(shim_state *S);
/// Copies at most `size` bytes of the library's identification ("Lua 5.4.4 …") and ends them with 0.
void shim_ident(char *buffer, size_t size);

typedef struct { size_t memory, memory_peak; uint32_t references, waiting, pooled, coroutines; } shim_counts;
shim_counts shim_count(const shim_state *S);

/// CPU time and place of the last run that exceeded the warning; for SHIM_ASK_OVERRAN.
const char *shim_overrun(const shim_state *S, int64_t *nanoseconds, int32_t *line);

/// Nanoseconds of the thread's CPU time that runs of this state have used, as the clock's ticks found them: right for many, not for one.
int64_t shim_cpu_time(const shim_state *S);
/// Starts, or moves to the calling thread, the clock that CPU budgets are measured with. Once per script thread; 0 or an errno.
int shim_clock_start(void);
void shim_clock_stop(void);

// MARK: outbox – values on their way into Lua, kept outside Lua so that putting them cannot fail

int32_t shim_mark(const shim_state *S);
void shim_rewind(shim_state *S, int32_t mark);
void shim_put_nil(shim_state *S);
void shim_put_null(shim_state *S);
void shim_put_boolean(shim_state *S, int32_t value);
void shim_put_integer(shim_state *S, int64_t value);
void shim_put_number(shim_state *S, double value);
/// Copies the bytes.
void shim_put_string(shim_state *S, const void *bytes, size_t length);
void shim_put_reference(shim_state *S, int32_t slot);
void shim_put_function(shim_state *S, int32_t function);
void shim_put_event(shim_state *S, int32_t depth);
void shim_put_object(shim_state *S, uint8_t kind, uint64_t identity);
typedef struct {
    const void *bytes;
    size_t length;
    uint8_t encoding;       ///< 0 JSON, 1 ETF
    uint8_t nulls;          ///< whether nulls of objects are kept
    uint8_t form;           ///< 0 whichever is cheaper, 1 at once, 2 as it is read
    uint8_t prototype;      ///< of the outermost object
    uint8_t profile;        ///< documents of one number are expected to be read alike
} shim_payload;
/// Copies the document; it is decoded when the value is pushed.
void shim_put_payload(shim_state *S, const shim_payload *payload);

typedef struct {
    const char *message, *route, *code_word;    // route and code_word may be NULL
    size_t message_length, route_length, code_word_length;
    int64_t code, status;
    double retry_after;
    int32_t has_code, has_status, has_retry_after;
} shim_error;
/// Puts an error table; copies the texts.
void shim_put_error(shim_state *S, const shim_error *error);
/// Puts an error text that gets the position of the calling Lua code in front when it is pushed.
void shim_put_message(shim_state *S, const void *bytes, size_t length);
/// Puts the value of a reference, to be raised again with the traceback of the coroutine it was first raised in.
void shim_put_again(shim_state *S, int32_t reference, const void *traceback, size_t length);
/// Puts a "bad argument" error in Lua's words; `expected` is a type name when `is_type`, else the whole explanation.
void shim_put_bad_argument(shim_state *S, int32_t index, const void *text, size_t length, int32_t is_type);

// MARK: what the host has in the state

/// Defines `path` ("_G.name" or "module.name[.name…]") as the last value put, which it takes. 0, or SHIM_FAILED.
int32_t shim_define(shim_state *S, const char *path);
/// Names prototype `prototype`. Its methods and properties are defined below "@<number>.": see shim_define_member.
int32_t shim_define_prototype(shim_state *S, uint8_t prototype, const char *name);
/// Takes the last value put as method `name` (or, when `is_property`, as function of self that gives the field's value).
int32_t shim_define_member(shim_state *S, uint8_t prototype, const char *name, int32_t is_property);
/// Objects below field `key` of a `parent` are `child`ren, directly or as elements of an array. An empty key is any key.
int32_t shim_define_rule(shim_state *S, uint8_t parent, const char *key, uint8_t child);

// MARK: runs

/// Runs may use this much C stack, in bytes; the call that would use more raises. Threads that run scripts need twice that.
enum { SHIM_STACK_BYTES = 512 << 10 };
/// Whether a run is in progress.
int32_t shim_is_running(const shim_state *S);

typedef struct { uint32_t slot, generation; } shim_run_id;

enum { SHIM_FINISHED = 0, SHIM_WAITING = 1, SHIM_FAILED = 2, SHIM_STALE = 3 };

/// Calls the function in reference `slot` with the values put since `mark`.
int32_t shim_run(shim_state *S, int32_t slot, int32_t mark, shim_run_id *run);
/// Calls it with a decoded event alone, and nothing put: the shortest way into a handler.
int32_t shim_run_event(shim_state *S, int32_t slot, int32_t depth, shim_run_id *run);
/// Compiles text and runs it with the values put since `mark`.
int32_t shim_run_source(shim_state *S, const void *source, size_t length, const char *chunk, int32_t mark, shim_run_id *run);
/// Compiles text without running it.
int32_t shim_check_source(shim_state *S, const void *source, size_t length, const char *chunk);
/// Goes on with a waiting run, whose next wait `run` names afterwards: the host function returns the values put since `mark`, or raises the
/// only one.
int32_t shim_resume(shim_state *S, shim_run_id *run, int32_t mark, int32_t raise);
/// Raises the value put since `mark`, or else the cancellation error, in a waiting run. SHIM_WAITING does not occur: a cancelled run cannot
/// wait again.
int32_t shim_cancel(shim_state *S, shim_run_id run, int32_t mark);
/// Ends a waiting run without running anything of it.
void shim_drop(shim_state *S, shim_run_id run);
/// Index of a waiting run for iteration: the first waiting slot at or after `from`; -1 when there is none.
int64_t shim_next_waiting(const shim_state *S, uint32_t from, shim_run_id *run);

/// A reference to the error value of the last run that failed, until the next one starts; -1 when there is none or memory is short.
int32_t shim_failed_value(shim_state *S);

/// Thread that holds the values the last finished run returned, at index 1…*count; valid until the next run starts.
lua_State *shim_returned(shim_state *S, int32_t *count);

enum { SHIM_KIND_SYNTAX = 0, SHIM_KIND_ERROR = 1, SHIM_KIND_CPU = 2, SHIM_KIND_MEMORY = 3, SHIM_KIND_CANCELLED = 4,
       SHIM_KIND_UNAVAILABLE = 5, SHIM_KIND_COROUTINES = 6, SHIM_KIND_LIMIT = 7, SHIM_KINDS };
typedef struct {
    int32_t kind, line, spawn_line, has_value;  // line 0: none
    const char *message, *chunk, *traceback, *spawn_chunk;      // valid until the next call of a function that may fail
    size_t message_length, chunk_length, traceback_length, spawn_chunk_length;
    shim_error value;                           // when has_value: what an error table held
} shim_failure;
/// What made the last function answer SHIM_FAILED.
const shim_failure *shim_last_failure(const shim_state *S);

// MARK: events

/// Decodes a document once for several calls. Answers its depth (0…), or -1 after a failure.
int32_t shim_event_begin(shim_state *S, const shim_payload *payload);
void shim_event_end(shim_state *S, int32_t depth);
/// How many more documents of a profile are decoded at once because those before were mostly read whole.
int32_t shim_eager_left(const shim_state *S, uint8_t profile);
/// How many fields of a profile's documents are decoded with them because they are usually read.
int32_t shim_usual_fields(const shim_state *S, uint8_t profile);

// MARK: inside a host call; `L` is the thread the trampoline passed, or the one of shim_returned

/// Takes the running run for a wait. 0 when it cannot wait here, with the error put.
int32_t shim_wait(shim_state *S, lua_State *L, shim_run_id *run);
/// Makes a run of the first of the `count` values from `first` on, a function, with the others as its arguments. It waits to be resumed for
/// the first time, with no values, and notes where it was spawned for its failure. SHIM_WAITING, or SHIM_FAILED.
int32_t shim_spawn(shim_state *S, lua_State *L, int32_t first, int32_t count, shim_run_id *run);
/// Ends the run in progress once the host call returns, with an error that nothing swallows: `text` says which of the host's limits it exceeded.
void shim_stop(shim_state *S, const void *text, size_t length);
/// The run in progress; 0 outside any run.
int32_t shim_current_run(const shim_state *S, shim_run_id *run);
/// Position of the innermost Lua function. `chunk` is valid until the next call into Lua; line 0: unknown.
const char *shim_where(shim_state *S, lua_State *L, int32_t *line);
/// A reference to the value at `index`; -1 when memory is short.
int32_t shim_reference(shim_state *S, lua_State *L, int32_t index);
void shim_release(shim_state *S, int32_t slot);
/// Pushes the raw field `name` of the table at `index` and answers its index; 0 when there is no room or no table.
int32_t shim_field(shim_state *S, lua_State *L, int32_t index, const char *name, size_t length);
/// Kind and identity of a host object; 0 when the value is another thing.
int32_t shim_object(lua_State *L, int32_t index, uint8_t *kind, uint64_t *identity);

enum { SHIM_FUNCTIONS_REFUSED = 0, SHIM_FUNCTIONS_OMITTED = 1 };
/// Encodes the value at `index` as JSON. The text is valid until the next encoding; NULL after a failure, whose path and
/// reason shim_encode_failure tells.
const char *shim_encode(shim_state *S, lua_State *L, int32_t index, int32_t functions, size_t *length);
void shim_encode_failure(const shim_state *S, const char **path, const char **reason);

// MARK: garbage collection

/// Does a slice of collection in an idle moment. 1 when there is more worth doing.
int32_t shim_idle_step(shim_state *S);
/// A full collection.
void shim_collect(shim_state *S);

#endif
