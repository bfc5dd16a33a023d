package io.tillstream.simulator.state;

import java.util.concurrent.ThreadLocalRandom;

/** Ids in Stripe's formats: a prefix that names the type, then letters and digits. */
public final class Ids {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int USUAL_LENGTH = 24; // pi_, ch_, evt_ and most others
    private static final int SHORT_LENGTH = 14; // cus_, prod_, req_: the older formats
    private static final int SECRET_LENGTH = 25; // what follows _secret_ in a client secret

    private Ids() {}

    public static String next(String prefix) {
        return prefix + "_" + random(USUAL_LENGTH);
    }

    public static String nextShort(String prefix) {
        return prefix + "_" + random(SHORT_LENGTH);
    }

    public static String clientSecret(String id) {
        return id + "_secret_" + random(SECRET_LENGTH);
    }

    public static String random(int length) {
        ThreadLocalRandom source = ThreadLocalRandom.current();
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(source.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
