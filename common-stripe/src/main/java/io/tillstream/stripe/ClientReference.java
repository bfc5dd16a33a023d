package io.tillstream.stripe;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A user's id as a page at Stripe carries it. */
public final class ClientReference {

    private static final int LONGEST = 200; // of client_reference_id at Stripe; a user's id may have 255

    private ClientReference() {}

    /** The id itself, or where that is too long, a name that stands for it. */
    public static String of(String userId) {
        return userId.length() <= LONGEST
                ? userId
                : UUID.nameUUIDFromBytes(userId.getBytes(StandardCharsets.UTF_8))
                        .toString();
    }
}
