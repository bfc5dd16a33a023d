package io.tillstream.chaos.user;

/** A moment between two acts of a user. */
final class Pause {
    private Pause() {}

    static void millis(long millis) {
        try {
            Thread.sleep(Math.max(0, millis));
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
        }
    }
}
