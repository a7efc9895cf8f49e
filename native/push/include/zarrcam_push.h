/*
 * Pushes the frames of a camera into a running zarrcam bridge, on Linux. The protocol: ../README.md.
 *
 *     struct zarrcam_push camera;
 *     if (zarrcam_push_open(&camera, "demo", 1920, 1080, "U16", 8) != 0) { puts(camera.error); return 1; }
 *     zarrcam_push_wait_started(&camera);
 *     while (camera.running && grab(zarrcam_push_frame(&camera)))
 *         if (zarrcam_push_commit(&camera, NULL) != 0) break;
 *     zarrcam_push_close(&camera);
 *
 * One thread at a time may use a camera. After an error `camera.error` says what is wrong; open it again to go on.
 */
#ifndef ZARRCAM_PUSH_H
#define ZARRCAM_PUSH_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct zarrcam_push_record { /* to the bridge; little endian, as every machine that this is for */
    uint32_t kind, payload_bytes, slot, reserved;
    uint64_t id, clock_ns, unix_ns;
};

struct zarrcam_push_answer { /* from the bridge */
    uint32_t kind, payload_bytes, slot, reserved;
};

struct zarrcam_push {
    int socket, file;
    uint8_t *memory;
    size_t slot_bytes, frame_bytes;
    uint32_t slots, free_count, free_slots[64];
    int64_t in_hand; /* a slot; -1: none */
    uint64_t next_id;
    int running;     /* whether somebody wants the frames */
    char name[1025]; /* as the bridge lists it */
    char error[1100];
};

static int zarrcam_push_fail(struct zarrcam_push *camera, const char *what) {
    if (camera->error[0] == 0) snprintf(camera->error, sizeof camera->error, "%s", what);
    if (camera->socket >= 0) close(camera->socket);
    if (camera->memory) munmap(camera->memory, camera->slot_bytes * camera->slots);
    if (camera->file >= 0) close(camera->file);
    camera->socket = camera->file = -1;
    camera->memory = NULL;
    return -1;
}

/* Reads one answer; `wait` 0: only what is there already. Returns 1: one came, 0: none, -1: the bridge has gone. */
static int zarrcam_push_read(struct zarrcam_push *camera, int wait) {
    struct zarrcam_push_answer answer;
    char text[1025] = "";
    ssize_t got = recv(camera->socket, &answer, sizeof answer, MSG_PEEK | (wait ? MSG_WAITALL : MSG_DONTWAIT));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (got > 0 && got < (ssize_t)sizeof answer && !wait) return 0;
    if (got < (ssize_t)sizeof answer) return zarrcam_push_fail(camera, "the bridge has gone");
    recv(camera->socket, &answer, sizeof answer, MSG_WAITALL);
    if (answer.payload_bytes >= sizeof text) return zarrcam_push_fail(camera, "the bridge says more than it may");
    if (answer.payload_bytes && recv(camera->socket, text, answer.payload_bytes, MSG_WAITALL) != (ssize_t)answer.payload_bytes)
        return zarrcam_push_fail(camera, "the bridge has gone");
    switch (answer.kind) {
    case 1: snprintf(camera->name, sizeof camera->name, "%s", text); break;
    case 2: return zarrcam_push_fail(camera, text);
    case 3: if (camera->free_count < camera->slots) camera->free_slots[camera->free_count++] = answer.slot; break;
    case 4: camera->running = 1; break;
    case 5: camera->running = 0; break;
    }
    return 1;
}

static int zarrcam_push_connect(struct zarrcam_push *camera) {
    const char *named = getenv("ZARRCAM_PUSH_DIR"), *of_session = getenv("XDG_RUNTIME_DIR"), *temporary = getenv("TMPDIR");
    char folders[3][108];
    unsigned user = (unsigned)getuid();
    /* One that is too long is no socket's: it is cut, and not found. */
    if (named) snprintf(folders[0], sizeof folders[0], "%s", named);
    else snprintf(folders[0], sizeof folders[0], "%s/zarrcam", of_session ? of_session : "");
    snprintf(folders[1], sizeof folders[1], "/run/user/%u/zarrcam", user);
    snprintf(folders[2], sizeof folders[2], "%s/zarrcam-%u", temporary ? temporary : "/tmp", user);
    for (int at = 0; at < (named ? 1 : 3); at++) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct stat found;
        if (stat(folders[at], &found) != 0 || found.st_uid != user) continue;
        int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/push.sock", folders[at]);
        if (length < 0 || length >= (int)sizeof address.sun_path) continue;
        camera->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(camera->socket, (struct sockaddr *)&address, sizeof address) == 0) return 0;
        close(camera->socket);
        camera->socket = -1;
    }
    return -1;
}

/* `name`: without quotes and backslashes. `pixel_type`: U8, U16, I8, I16, F32, U10, U12, U14. Returns 0, or -1 with an error. */
static int zarrcam_push_open(struct zarrcam_push *camera, const char *name, uint32_t width, uint32_t height,
                             const char *pixel_type, uint32_t slots) {
    size_t bytes = strcmp(pixel_type, "F32") == 0 ? 4 : pixel_type[0] && strcmp(pixel_type + 1, "8") == 0 ? 1 : 2;
    char greeting[1024];
    memset(camera, 0, sizeof *camera);
    camera->socket = camera->file = -1;
    camera->in_hand = -1;
    camera->frame_bytes = (size_t)width * height * bytes;
    camera->slot_bytes = (camera->frame_bytes + 4095) / 4096 * 4096;
    if (slots < 1 || slots > 64) return zarrcam_push_fail(camera, "slots must be 1 to 64");
    for (camera->slots = slots; camera->free_count < slots; camera->free_count++)
        camera->free_slots[camera->free_count] = camera->free_count;
    camera->file = memfd_create("zarrcam push", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (camera->file < 0 || ftruncate(camera->file, (off_t)(camera->slot_bytes * slots)) != 0 ||
        fcntl(camera->file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return zarrcam_push_fail(camera, "there is no memory for the slots");
    camera->memory = mmap(NULL, camera->slot_bytes * slots, PROT_READ | PROT_WRITE, MAP_SHARED, camera->file, 0);
    if (camera->memory == MAP_FAILED) {
        camera->memory = NULL;
        return zarrcam_push_fail(camera, "there is no memory for the slots");
    }
    if (zarrcam_push_connect(camera) != 0)
        return zarrcam_push_fail(camera, "no bridge listens: start one (npm start), or name its folder in ZARRCAM_PUSH_DIR");
    int length = snprintf(greeting, sizeof greeting,
                          "{\"version\":1,\"name\":\"%s\",\"shape\":[%u,%u],\"pixel_type\":\"%s\",\"slots\":%u,"
                          "\"slot_bytes\":%zu,\"process_id\":%ld}",
                          name, width, height, pixel_type, slots, camera->slot_bytes, (long)getpid());
    struct zarrcam_push_record record = {.kind = 1, .payload_bytes = (uint32_t)length};
    struct iovec parts[2] = {{&record, sizeof record}, {greeting, (size_t)length}};
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control = {0};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &camera->file, sizeof(int));
    if (length < 0 || length >= (int)sizeof greeting) return zarrcam_push_fail(camera, "the name is too long");
    if (sendmsg(camera->socket, &message, MSG_NOSIGNAL) != (ssize_t)(sizeof record + (size_t)length))
        return zarrcam_push_fail(camera, "the bridge has gone");
    while (camera->name[0] == 0)
        if (zarrcam_push_read(camera, 1) < 0) return -1;
    return 0;
}

/* Waits until somebody wants the frames: all that are handed over from then on are theirs. Returns 0, or -1 with an error. */
static int zarrcam_push_wait_started(struct zarrcam_push *camera) {
    while (camera->memory != NULL && !camera->running) zarrcam_push_read(camera, 1);
    return camera->memory == NULL ? -1 : 0;
}

/* Memory for the next frame. Waits until a slot is free. NULL: the bridge has gone. */
static void *zarrcam_push_frame(struct zarrcam_push *camera) {
    if (camera->memory == NULL) return NULL;
    for (int came = 1; came > 0 || (came == 0 && camera->in_hand < 0 && camera->free_count == 0);)
        if ((came = zarrcam_push_read(camera, camera->in_hand < 0 && camera->free_count == 0)) < 0) return NULL;
    if (camera->in_hand < 0) camera->in_hand = camera->free_slots[--camera->free_count];
    return camera->memory + (size_t)camera->in_hand * camera->slot_bytes;
}

/* Whether `zarrcam_push_frame` would not wait: if not, drop the frame by `zarrcam_push_skip(camera, 1)`. */
static int zarrcam_push_has_room(struct zarrcam_push *camera) {
    while (camera->memory != NULL && zarrcam_push_read(camera, 0) > 0) {}
    return camera->memory != NULL && (camera->in_hand >= 0 || camera->free_count > 0);
}

/* So many frames were lost before they came here: the bridge counts them. */
static void zarrcam_push_skip(struct zarrcam_push *camera, uint64_t frames) { camera->next_id += frames; }

/* Hands the frame over, with a JSON object or NULL. Returns 0, or -1 with an error. */
static int zarrcam_push_commit(struct zarrcam_push *camera, const char *metadata) {
    struct timespec clock, wall;
    size_t length = metadata ? strlen(metadata) : 0;
    if (camera->memory == NULL || camera->in_hand < 0) return zarrcam_push_fail(camera, "there is no frame to hand over");
    if (length > 16384) return zarrcam_push_fail(camera, "metadata may take 16384 bytes");
    clock_gettime(CLOCK_MONOTONIC, &clock);
    clock_gettime(CLOCK_REALTIME, &wall);
    struct zarrcam_push_record record = {
        .kind = 2, .payload_bytes = (uint32_t)length, .slot = (uint32_t)camera->in_hand, .id = camera->next_id++,
        .clock_ns = (uint64_t)clock.tv_sec * 1000000000u + (uint64_t)clock.tv_nsec,
        .unix_ns = (uint64_t)wall.tv_sec * 1000000000u + (uint64_t)wall.tv_nsec};
    struct iovec parts[2] = {{&record, sizeof record}, {(void *)metadata, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = length ? 2 : 1};
    camera->in_hand = -1;
    if (sendmsg(camera->socket, &message, MSG_NOSIGNAL) == (ssize_t)(sizeof record + length)) return 0;
    while (zarrcam_push_read(camera, 0) > 0) {} /* it may have said why */
    return camera->memory == NULL ? -1 : zarrcam_push_fail(camera, "the bridge has gone");
}

static void zarrcam_push_close(struct zarrcam_push *camera) {
    struct zarrcam_push_record record = {.kind = 3};
    if (camera->socket >= 0) send(camera->socket, &record, sizeof record, MSG_NOSIGNAL);
    zarrcam_push_fail(camera, "closed");
}

#endif
