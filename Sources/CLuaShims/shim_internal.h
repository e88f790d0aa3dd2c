// What the shim's files share. Lua-manual words: a "thread" is a coroutine, a "run" is one entry of the host into script code.
#ifndef SHIM_INTERNAL_H
#define SHIM_INTERNAL_H

#include <string.h>
#include "CLuaShims.h"

// MARK: heap (shim_heap.c)

enum { SHIM_CLASS_BYTES = 16, SHIM_CLASSES = 96, SHIM_SLAB_BYTES = 16 << 10 };

typedef struct {
    size_t used, peak, limit;
    size_t trigger;                 // `used` at which the running script is asked to stop and collect
    size_t ceiling;                 // `used` up to which an allocation needs no second look
    size_t thread_size;             // of a coroutine's block, 0 until the first is made; how they are counted: see shim_heap.c
    uint32_t threads;
    int64_t fail_after, fail_count; // tests: allocations until some are refused, and how many
    void *free[SHIM_CLASSES + 1];   // by size class: blocks of (class * 16) bytes, linked through their first word
    char *fresh, *fresh_end;        // unused rest of the newest slab
    void *slabs;                    // linked through their first word
    struct shim_state *state;
} shim_heap;

void shim_heap_open(shim_heap *heap, size_t limit, struct shim_state *state);
void shim_heap_close(shim_heap *heap);
void shim_heap_set_trigger(shim_heap *heap, size_t trigger);
/// For tests: refuses `count` allocations after `after` more.
void shim_heap_fail(shim_heap *heap, int64_t after, int64_t count);
void *shim_heap_allocate(void *heap, void *block, size_t old_size, size_t new_size);

// MARK: outbox (shim_outbox.c)

typedef enum {
    VALUE_NIL, VALUE_NULL, VALUE_BOOLEAN, VALUE_INTEGER, VALUE_NUMBER, VALUE_REFERENCE, VALUE_EVENT,
    VALUE_LAST_PLAIN = VALUE_EVENT,     // up to here pushing cannot fail
    VALUE_STRING, VALUE_FUNCTION, VALUE_OBJECT, VALUE_PAYLOAD, VALUE_ERROR, VALUE_MESSAGE, VALUE_BAD_ARGUMENT, VALUE_AGAIN,
} shim_value_kind;

typedef struct {
    uint8_t kind, prototype;            // prototype: an object's kind
    int32_t index;                      // function, reference, event depth, bad argument's index
    size_t offset, length;              // bytes in the outbox
    union { int64_t integer; double number; uint64_t identity; shim_payload payload; } as;     // a payload's bytes are those of the outbox
} shim_value;

enum { SHIM_PADDING = 64 };             // zero bytes behind each text

typedef struct {
    shim_value *values, lost;
    int32_t count, capacity;
    char *bytes;
    size_t length, size;
    int exhausted;                      // malloc failed since the mark: pushing raises
} shim_outbox;

// MARK: state

enum { THREAD_TOP = 1, THREAD_WAITING = 2, THREAD_SPENT = 4, THREAD_FLAGS = 7 };   // low bits of a thread's extra space

typedef enum { SLOT_FREE, SLOT_RUNNING, SLOT_WAITING } shim_slot_state;
typedef struct {
    lua_State *thread;                  // anchored in REGISTRY_THREADS under slot + 1; NULL: none yet
    uint32_t generation;
    int32_t next_free;                  // of a free slot: the next one, or SHIM_NO_SLOT
    char *spawn_chunk;                  // where another run spawned this one; NULL: the host started it
    int32_t spawn_line;
    uint8_t state, cancelled;
    uint8_t is_ready;                   // of a free slot: its coroutine's stack is empty, and no script has it
} shim_slot;

typedef struct { uint64_t first, last; uint32_t length; uint8_t child; } shim_rule;
typedef struct shim_profile shim_profile;
typedef struct {
    int32_t metatable, methods, properties, object_metatable, lazy_metatable;   // references; 0: none
    uint8_t any_child, has_properties;
    uint16_t rule_count;
    shim_rule *rules;
    shim_profile *profile;              // of objects inside of documents; NULL: none was made
} shim_prototype;

typedef struct {                        // a field of an object that is still text
    uint32_t key, value;                // offsets in the document
    uint16_t key_length;
    uint8_t is_read;
} shim_field_place;

// Fixed places in the registry's array; references begin after them. 1 and 2 are Lua's own, 3 is luaL_ref's.
enum {
    REGISTRY_THREADS = 4, REGISTRY_KEYS, REGISTRY_ERROR_METATABLE, REGISTRY_LOADED, REGISTRY_CANCELLED, REGISTRY_FAILED_VALUE,
    REGISTRY_INNER_ERROR, REGISTRY_INNER_TRACE, REGISTRY_NEXT,
    REGISTRY_STOPPED,                   // what each kind of stop raises
    REGISTRY_EVENTS = REGISTRY_STOPPED + SHIM_KINDS, REGISTRY_REFERENCES = REGISTRY_EVENTS + 16,
};
enum { SHIM_EVENT_DEPTH = 16, SHIM_RUN_DEPTH = 16, SHIM_KEYS = 512, SHIM_NO_SLOT = -1, SHIM_CHUNK = 256 };

typedef struct { uint64_t first, last; const char *text; uint32_t length; } shim_key;

typedef struct shim_link {              // a thread that resumed another one, on the C stack of coroutine.resume
    lua_State *thread;
    struct shim_link *up;
} shim_link;

struct shim_state {
    lua_State *main;
    lua_State *volatile running;        // whose Lua code runs; read by the clock's signal
    volatile int32_t doom;              // the kind of stop once the run is to end; set by the clock's signal too
    volatile int32_t pressure;          // the heap asks for a collection
    volatile int32_t warning;           // 1: the clock asks where the run is, 2: the hook has noted it
    shim_host_call call;
    void *host;
    shim_limits limits;
    shim_heap heap;
    shim_outbox out;

    shim_slot *slots;
    uint32_t slot_count, slot_capacity, waiting, pooled, run_threads;
    int32_t free_slot;                  // head of the list of free slots, or SHIM_NO_SLOT
    int32_t current;                    // slot of the innermost run, or SHIM_NO_SLOT
    shim_link *resumers;                // threads between the current run's own and the running one
    int32_t depth;                      // runs on the C stack
    const char *stack_begin;            // where the outermost of them begins
    uint8_t wait_taken;                 // the running host call holds a wait
    uint8_t yielding;                   // a host call's yield is on its way up to the run
    uint8_t resume_raises;              // the next continuation of a host call raises
    uint8_t has_failed_value;
    int32_t returned_slot;              // whose stack holds returned values, or SHIM_NO_SLOT
    int32_t returned_count;

    int32_t *free_references;
    int32_t free_reference_count, free_reference_capacity, next_reference, references;

    int32_t event_depth;
    shim_prototype *prototypes;         // by number up to the highest defined; 0 is always there
    uint32_t prototype_count;
    shim_profile *profiles[256];        // of documents, by the number the host gave them
    shim_field_place *places;           // of the object that is being looked through
    uint32_t place_capacity;
    char *scratch;                      // a document with zeros behind it
    int32_t has_avx2;
    shim_key *keys;                     // the key cache, made with the first document

    shim_failure failure;
    char *texts;                        // the failure's texts, each ended by a zero
    size_t texts_length, texts_size;
    struct shim_state *clock_outer;     // whose run this one is inside of
    volatile int64_t cpu_time;          // of the thread while runs were in progress, as the clock's ticks found it
    char stop_text[SHIM_CHUNK];         // of a stop that the host asked for
    int64_t overrun_time;
    int32_t overrun_line;
    char overrun_chunk[SHIM_CHUNK], where_chunk[SHIM_CHUNK], name[SHIM_CHUNK];
    int32_t is_compiling;               // for the host: a failure happened where the compiler was
    int32_t compiled_line;              // where that was when it was stopped; 0: it was not
    char compiled_chunk[SHIM_CHUNK];

    size_t live, least_used;            // bytes after the last collection known of; least seen in a window of runs
    uint32_t runs_noted;
    uint8_t is_collecting;              // an idle moment began a cycle

    char *json;                         // the encoder's text
    size_t json_length, json_size;
    char json_path[256], json_reason[160];
    uint64_t address_key;               // hides addresses in tostring
};

static inline uintptr_t shim_extra(lua_State *L) { return *(uintptr_t *)lua_getextraspace(L); }
static inline shim_state *shim_of(lua_State *L) { return (shim_state *)(shim_extra(L) & ~(uintptr_t)THREAD_FLAGS); }
static inline uintptr_t shim_flags(lua_State *L) { return shim_extra(L) & THREAD_FLAGS; }
static inline void shim_set_flags(lua_State *L, uintptr_t set, uintptr_t clear) {
    uintptr_t *extra = lua_getextraspace(L);
    *extra = (*extra & ~clear) | set;
}

// MARK: calls (shim_call.c)

typedef void (*shim_body)(lua_State *L, shim_state *S, void *argument);
/// Runs `body` protected on the main thread. LUA_OK, or a status with the error value on top of that thread's stack.
int shim_protect(shim_state *S, shim_body body, void *argument);
/// The same with the main thread's top `count` values as the body's, at index 1….
int shim_protect_with(shim_state *S, shim_body body, void *argument, int count);
/// Pushes the trampoline for a host function. May raise.
void shim_push_function(lua_State *L, int32_t function);
/// Asks the host one of the engine's own questions, from a C function. May raise; answers the number of results, or SHIM_LOADING.
enum { SHIM_LOADING = -1 };
int shim_ask(lua_State *L, int32_t question, int32_t count);
/// Pushes the values put since `mark` and takes them from the outbox. May raise.
int shim_push_values(lua_State *L, shim_state *S, int32_t mark);
/// Moves the values put since `mark` onto a coroutine's stack and answers their number; -1 leaves an error value on the main thread's, with
/// `status`.
int shim_move_values(shim_state *S, lua_State *thread, int32_t mark, int *status);

// MARK: runs (shim_slots.c, shim_run.c)

/// Readies the first free slot, making one when there is none; SHIM_NO_SLOT with the failure noted.
int32_t shim_prepare_slot(shim_state *S);
void shim_forget_spawn(shim_slot *slot);
/// Runs the function on top of the main thread's stack, which it takes, with the values put since `mark`.
int32_t shim_run_top(shim_state *S, int32_t mark, shim_run_id *run);

/// Makes the coroutine of the first run. May raise.
void shim_open_runs(lua_State *L, shim_state *S);

// MARK: stopping (shim_stop.c)

void shim_hook(lua_State *L, lua_Debug *ar);
/// Ends the run: raises the stop error and keeps raising it. Called where `doom` was seen.
int shim_raise_doom(lua_State *L);
static inline void shim_check_doom(lua_State *L, shim_state *S) { if (S->doom) shim_raise_doom(L); }
void shim_arm(shim_state *S);                       // async-signal-safe: the running thread enters shim_hook at its next instruction
/// Raises when the runs in progress use more C stack than they may.
static inline void shim_check_stack(lua_State *L, shim_state *S) {
    ptrdiff_t used = S->stack_begin - (const char *)__builtin_frame_address(0);
    if (used > SHIM_STACK_BYTES || used < -SHIM_STACK_BYTES) luaL_error(L, "C stack overflow");
}

// MARK: clock (shim_clock.c)

/// What the clock of a thread looks at: whose run is in progress, the number of outermost runs so far, and whether its timer is set.
typedef struct {
    shim_state *volatile state;
    volatile uint32_t run;
    volatile uint8_t ticks;
} shim_clocked;
extern _Thread_local shim_clocked shim_clocked_run;
/// Sets the clock's timer, which stops itself when no runs come.
void shim_clock_wake(void);
static inline void shim_clock_enter(shim_state *S) {
    S->clock_outer = shim_clocked_run.state;
    shim_clocked_run.run++;
    shim_clocked_run.state = S;
    if (!shim_clocked_run.ticks) shim_clock_wake();     // a tick in between finds a run and lets the timer be
}
static inline void shim_clock_leave(shim_state *S) {
    shim_clocked_run.state = S->clock_outer;            // of another state, whose run asked for this one
    if (S->clock_outer != NULL) shim_clocked_run.run++;
}

// MARK: collection (shim_collect.c)

enum { SHIM_WINDOW_RUNS = 256 };
void shim_note_window(shim_state *S);       // after so many outermost runs
void shim_note_collected(shim_state *S);    // after a full collection
static inline void shim_note_run(shim_state *S) {
    if (S->heap.used < S->least_used) S->least_used = S->heap.used;
    if (++S->runs_noted == SHIM_WINDOW_RUNS) shim_note_window(S);
}

// MARK: budgets

/// Begins work that a script is answerable for; the outermost has a budget of its own.
static inline void shim_enter(shim_state *S) {
    if (S->depth++ > 0) return;
    S->stack_begin = __builtin_frame_address(0);
    S->warning = 0;
    S->doom = 0;
    shim_clock_enter(S);
}

static inline void shim_leave(shim_state *S) {
    if (--S->depth > 0) return;
    shim_clock_leave(S);
    shim_note_run(S);
    if (S->doom) lua_sethook(S->main, NULL, 0, 0);
    S->doom = 0;
}

/// Coroutines alive that scripts made: all but those of runs.
static inline uint32_t shim_coroutines(const shim_state *S) { return S->heap.threads - S->run_threads; }

// MARK: references and failures

int32_t shim_new_reference(lua_State *L, shim_state *S);     // pops a value; may raise
const char *shim_stop_message(const shim_state *S, int32_t kind);
void shim_fail(shim_state *S, int32_t kind, const char *message);
/// Describes the error value on top of `from` (popped) with the traceback of `thread`, which may be NULL.
void shim_fail_with(shim_state *S, lua_State *from, lua_State *thread, int status);
/// Gives the last failure another kind and message, and leaves place and traceback.
void shim_fail_otherwise(shim_state *S, int32_t kind);
/// Pushes the error table for an outbox value.
void shim_push_error(lua_State *L, shim_state *S, const shim_value *value);
/// The name that a script knows a C function by ("table.sort"), found among the functions of the libraries and of the host. The
/// function is on top of the main thread's stack and popped. NULL when it has none.
const char *shim_function_name(shim_state *S);
/// Where `level` or the first Lua function below it stands; 0 when there is none.
int shim_find_position(lua_State *L, int level, char *chunk, size_t size);
/// Whether a C function lets the Lua functions it calls wait.
int shim_lets_wait(lua_CFunction function);
int shim_is_resuming(lua_CFunction function);

// MARK: keys

/// What a key is recognised by: its first and last eight bytes (the same, filled with zeros, when it is shorter than eight). Eight bytes at `text` must
/// be readable, as they are in a padded document. Little endian.
static inline void shim_key_words(const char *text, size_t length, uint64_t *first, uint64_t *last) {
    memcpy(first, text, 8);
    if (length >= 8) {
        memcpy(last, text + length - 8, 8);
    } else {
        *first &= (UINT64_C(1) << 8 * length) - 1;
        *last = *first;
    }
}

static inline unsigned shim_key_place(uint64_t first, uint64_t last, size_t length) {
    return (unsigned)(((first ^ (last * UINT64_C(0x9e3779b97f4a7c15)) ^ length) * UINT64_C(0x9e3779b97f4a7c15)) >> 55);
}

// MARK: documents

typedef enum { FORM_AUTOMATIC, FORM_EAGER, FORM_LAZY } shim_form;

/// Pushes what a document becomes; there must be room for LUA_MINSTACK values. The bytes need SHIM_PADDING zeros behind them when `is_padded`,
/// else they are copied.
void shim_push_payload(lua_State *L, shim_state *S, const shim_payload *payload, int is_padded);
/// Pushes the table of cached key strings; answers its index. Place n of S->keys has its string at n + 1.
enum { SHIM_LONGEST_KEY = 40 };
int shim_push_key_cache(lua_State *L, shim_state *S);
/// Pushes a key that is not in the cache and puts it there.
void shim_push_new_key(lua_State *L, shim_state *S, int cache, unsigned place, const char *text, size_t length);
int shim_has_avx2(void);
/// __index of prototypes; upvalues: methods, properties.
int shim_index_member(lua_State *L);
/// Sets the functions of lazy tables in the metatable below methods and properties, which it pops.
void shim_set_lazy_access(lua_State *L);
/// If the table at `index` is still partly text, reads the rest of it, so that raw access is right.
void shim_read_all(lua_State *L, int index);
/// rawget with fields that are still text: replaces the key on top by the value and answers its type.
int shim_raw_get(lua_State *L, int index);
/// The prototype of a number, with room made for it; NULL when there is no memory. Valid until the next call.
shim_prototype *shim_prototype_at(shim_state *S, uint8_t number);
/// Gives the table on top of the stack the metatable of its prototype, if it has one.
void shim_set_prototype(lua_State *L, shim_state *S, int prototype);
void shim_push_object(lua_State *L, shim_state *S, int kind, uint64_t identity);

// MARK: libraries, each pushing nothing and setting fields of the table on top of the stack

void shim_open_sandbox(lua_State *L, shim_state *S);
void shim_open_base(lua_State *L);
void shim_open_metatables(lua_State *L);
void shim_open_tostring(lua_State *L);
void shim_open_lazy(lua_State *L);
void shim_open_coroutine(lua_State *L);
void shim_open_table(lua_State *L);
extern const char *const shim_string_names[];
void shim_open_string(lua_State *L);
/// tostring without addresses; may call __tostring. Leaves a string on the stack.
const char *shim_tostring(lua_State *L, int index, size_t *length);
int shim_load(lua_State *L, const char *source, size_t length, const char *chunk);

// MARK: the library in use (shim_ident.c, shim_bytecode.c)

/// The last number of its release: 4 of 5.4.4.
int shim_lua_release(void);
/// Looks through the chunk on top of the stack for what older releases compile into code that crashes them. Leaves it, or one put right, and LUA_OK;
/// or a status and what is wrong in its place.
int shim_mend(lua_State *L);

#endif
