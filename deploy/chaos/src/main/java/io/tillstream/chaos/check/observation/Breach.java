package io.tillstream.chaos.check.observation;

import java.util.List;

/**
 * Something that is not as it has to be.
 *
 * @param invariant its short name in docs/reliability.md, for example {@code M1}
 * @param sentence what is wrong, in plain words
 * @param ids of what it is about, to look for in tables, logs and Stripe's journal
 */
public record Breach(String invariant, String sentence, List<String> ids) {

    public Breach {
        ids = List.copyOf(ids);
    }

    public static Breach of(String invariant, String sentence, String... ids) {
        return new Breach(invariant, sentence, List.of(ids));
    }

    @Override
    public String toString() {
        return invariant + ": " + sentence;
    }
}
