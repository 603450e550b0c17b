// SHA256_Init and its like are deprecated since OpenSSL 3.0, and are the only ones that need no memory: EVP fetches an
// algorithm for each digest, and fails when memory is short.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
