/* Pushes the frames of one run; those with the numbers 10 and 11 are lost. */
#include "../../include/zarrcam_push.h"

int main(void) {
    struct zarrcam_push camera;
    if (zarrcam_push_open(&camera, "C", 64, 48, "U16", 4) != 0) {
        puts(camera.error);
        return 1;
    }
    zarrcam_push_wait_started(&camera);
    for (uint16_t number = 0; camera.running; number++) {
        if (number == 10) {
            zarrcam_push_skip(&camera, 2);
            number += 2;
        }
        int had_room = zarrcam_push_has_room(&camera);
        uint16_t *pixels = zarrcam_push_frame(&camera);
        if (pixels == NULL) break;
        for (int at = 0; at < 64 * 48; at++) pixels[at] = at % 64 == 0 ? (uint16_t)(at / 64) : number;
        if (zarrcam_push_commit(&camera, had_room ? "{\"from\": \"C\"}" : NULL) != 0) break;
    }
    int failed = camera.memory == NULL;
    if (failed) puts(camera.error);
    zarrcam_push_close(&camera);
    return failed;
}
