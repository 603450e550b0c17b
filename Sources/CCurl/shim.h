// libcurl's types and constants, and calls through a table that is filled when the library is first needed: linking it
// would cost every process the loading of 33 shared objects. See HTTP/ in ModmetaStore.
#pragma once

#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

// The functions in use. Those with a variable number of arguments cannot be called from Swift, so all go through here.
struct modmeta_curl {
    void *global_init;
    void *easy_init;
    void *easy_setopt;
    void *easy_getinfo;
    void *easy_cleanup;
    void *easy_strerror;
    void *multi_init;
    void *multi_setopt;
    void *multi_add_handle;
    void *multi_remove_handle;
    void *multi_perform;
    void *multi_poll;
    void *multi_wakeup;
    void *multi_info_read;
    void *multi_cleanup;
    void *slist_append;
    void *slist_free_all;
};

typedef size_t (*modmeta_curl_bytes_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*modmeta_curl_seek_callback)(void *context, curl_off_t offset, int origin);
typedef int (*modmeta_curl_socket_callback)(void *context, curl_socket_t socket, curlsocktype purpose);

// Fills the table from a library; NULL, or what is missing.
static inline const char *modmeta_curl_load(struct modmeta_curl *curl, const char *library) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return dlerror();
#define MODMETA_CURL_LOAD(name)                                     \
    curl->name = dlsym(handle, "curl_" #name);                      \
    if (!curl->name) return "it has no function curl_" #name;
    MODMETA_CURL_LOAD(global_init)
    MODMETA_CURL_LOAD(easy_init)
    MODMETA_CURL_LOAD(easy_setopt)
    MODMETA_CURL_LOAD(easy_getinfo)
    MODMETA_CURL_LOAD(easy_cleanup)
    MODMETA_CURL_LOAD(easy_strerror)
    MODMETA_CURL_LOAD(multi_init)
    MODMETA_CURL_LOAD(multi_setopt)
    MODMETA_CURL_LOAD(multi_add_handle)
    MODMETA_CURL_LOAD(multi_remove_handle)
    MODMETA_CURL_LOAD(multi_perform)
    MODMETA_CURL_LOAD(multi_poll)
    MODMETA_CURL_LOAD(multi_wakeup)
    MODMETA_CURL_LOAD(multi_info_read)
    MODMETA_CURL_LOAD(multi_cleanup)
    MODMETA_CURL_LOAD(slist_append)
    MODMETA_CURL_LOAD(slist_free_all)
#undef MODMETA_CURL_LOAD
    return ((CURLcode(*)(long))curl->global_init)(CURL_GLOBAL_DEFAULT) == CURLE_OK ? NULL : "it cannot be initialised";
}

static inline CURL *modmeta_curl_easy_init(const struct modmeta_curl *curl) {
    return ((CURL * (*)(void)) curl->easy_init)();
}

static inline void modmeta_curl_easy_cleanup(const struct modmeta_curl *curl, CURL *easy) {
    ((void (*)(CURL *))curl->easy_cleanup)(easy);
}

static inline const char *modmeta_curl_easy_strerror(const struct modmeta_curl *curl, CURLcode code) {
    return ((const char *(*)(CURLcode))curl->easy_strerror)(code);
}

typedef CURLcode (*modmeta_curl_setopt)(CURL *, CURLoption, ...);

static inline CURLcode modmeta_curl_set_long(const struct modmeta_curl *curl, CURL *easy, CURLoption option, long value) {
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, option, value);
}

static inline CURLcode modmeta_curl_set_offset(const struct modmeta_curl *curl, CURL *easy, CURLoption option,
                                               curl_off_t value) {
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, option, value);
}

static inline CURLcode modmeta_curl_set_string(const struct modmeta_curl *curl, CURL *easy, CURLoption option,
                                               const char *value) {
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, option, value);
}

static inline CURLcode modmeta_curl_set_pointer(const struct modmeta_curl *curl, CURL *easy, CURLoption option,
                                                void *value) {
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, option, value);
}

static inline CURLcode modmeta_curl_set_bytes_callback(const struct modmeta_curl *curl, CURL *easy, CURLoption option,
                                                       modmeta_curl_bytes_callback value) {
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, option, value);
}

static inline CURLcode modmeta_curl_set_seek_callback(const struct modmeta_curl *curl, CURL *easy,
                                                      modmeta_curl_seek_callback value) {
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode modmeta_curl_set_socket_callback(const struct modmeta_curl *curl, CURL *easy,
                                                        modmeta_curl_socket_callback value) {
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, CURLOPT_SOCKOPTFUNCTION, value);
}

// By number, as the option that replaced this one is not in every version in use.
static inline CURLcode modmeta_curl_allow_only_http(const struct modmeta_curl *curl, CURL *easy) {
    const long protocols = 1 << 0 | 1 << 1, option = 181;
    return ((modmeta_curl_setopt)curl->easy_setopt)(easy, (CURLoption)option, protocols);
}

static inline CURLcode modmeta_curl_get_string(const struct modmeta_curl *curl, CURL *easy, CURLINFO info,
                                               const char **value) {
    return ((CURLcode(*)(CURL *, CURLINFO, ...))curl->easy_getinfo)(easy, info, value);
}

static inline CURLM *modmeta_curl_multi_init(const struct modmeta_curl *curl) {
    return ((CURLM * (*)(void)) curl->multi_init)();
}

static inline void modmeta_curl_multi_cleanup(const struct modmeta_curl *curl, CURLM *multi) {
    ((CURLMcode(*)(CURLM *))curl->multi_cleanup)(multi);
}

static inline CURLMcode modmeta_curl_multi_set_long(const struct modmeta_curl *curl, CURLM *multi, CURLMoption option,
                                                    long value) {
    return ((CURLMcode(*)(CURLM *, CURLMoption, ...))curl->multi_setopt)(multi, option, value);
}

static inline CURLMcode modmeta_curl_multi_add(const struct modmeta_curl *curl, CURLM *multi, CURL *easy) {
    return ((CURLMcode(*)(CURLM *, CURL *))curl->multi_add_handle)(multi, easy);
}

static inline CURLMcode modmeta_curl_multi_remove(const struct modmeta_curl *curl, CURLM *multi, CURL *easy) {
    return ((CURLMcode(*)(CURLM *, CURL *))curl->multi_remove_handle)(multi, easy);
}

static inline CURLMcode modmeta_curl_multi_perform(const struct modmeta_curl *curl, CURLM *multi) {
    int running = 0;
    return ((CURLMcode(*)(CURLM *, int *))curl->multi_perform)(multi, &running);
}

static inline CURLMcode modmeta_curl_multi_poll(const struct modmeta_curl *curl, CURLM *multi, int milliseconds) {
    return ((CURLMcode(*)(CURLM *, void *, unsigned int, int, int *))curl->multi_poll)(multi, NULL, 0, milliseconds, NULL);
}

static inline CURLMcode modmeta_curl_multi_wakeup(const struct modmeta_curl *curl, CURLM *multi) {
    return ((CURLMcode(*)(CURLM *))curl->multi_wakeup)(multi);
}

// The next transfer that ended and how; NULL if there is none.
static inline CURL *modmeta_curl_multi_ended(const struct modmeta_curl *curl, CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = ((CURLMsg * (*)(CURLM *, int *)) curl->multi_info_read)(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

static inline struct curl_slist *modmeta_curl_list_append(const struct modmeta_curl *curl, struct curl_slist *list,
                                                          const char *line) {
    return ((struct curl_slist * (*)(struct curl_slist *, const char *)) curl->slist_append)(list, line);
}

static inline void modmeta_curl_list_free(const struct modmeta_curl *curl, struct curl_slist *list) {
    ((void (*)(struct curl_slist *))curl->slist_free_all)(list);
}
