// Read before each source of libzstd where it is compiled for wasm. The library reads, writes and compares in words of `size_t`, and takes
// other ways where that is 32 bits; wasm has words of 64 bits beside its addresses of 32. What it includes of others knows the real one.
// Its callers: zstd_library.rs.
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define size_t uint64_t
// For its choice of the instruction that counts zeros.
#define __LP64__ 1
