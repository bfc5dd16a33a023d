package io.tillstream.web;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * Where the next page of a list begins: behind the row with this time and id. It only says where to go on, never what
 * may be seen, so it needs no signature.
 */
public record Cursor(Instant createdAt, String id) {

    public static final int LONGEST = 400; // a time and an id of 255 characters, in Base64; more is not ours

    /** Seconds and nanoseconds, so that no row between two of the same millisecond is skipped. */
    public String encoded() {
        String plain = createdAt.getEpochSecond() + "." + createdAt.getNano() + ":" + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** Throws {@link Problem} 400 for anything that {@link #encoded()} did not make. */
    public static Cursor read(String encoded) {
        try {
            if (encoded.length() > LONGEST) {
                throw new IllegalArgumentException("too long");
            }
            String plain = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = plain.indexOf(':');
            int dot = plain.indexOf('.');
            if (dot < 1 || colon < dot || colon == plain.length() - 1) {
                throw new IllegalArgumentException("no time and id");
            }
            long seconds = Long.parseLong(plain.substring(0, dot));
            int nanos = Integer.parseInt(plain.substring(dot + 1, colon));
            if (seconds < 0 || seconds > 253_402_300_799L || nanos < 0 || nanos > 999_999_999) { // up to the year 9999
                throw new IllegalArgumentException("no such time");
            }
            String id = plain.substring(colon + 1);
            if (id.isBlank() || !id.chars().allMatch(c -> c >= ' ' && c < 0x7f)) { // as a user's id may have
                throw new IllegalArgumentException("no id");
            }
            return new Cursor(Instant.ofEpochSecond(seconds, nanos), id);
        } catch (IllegalArgumentException e) {
            throw Problem.malformed("cursor", "is not one that was given out");
        }
    }
}
