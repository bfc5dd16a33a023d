package io.tillstream.web;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, by a checked token; taken as an argument by controllers.
 *
 * @param email as the provider of tokens knows it; null where it does not say
 */
public record Caller(
        String userId, Set<String> scopes, @Nullable String email) {

    /** The scope of people who work for the shop. */
    public static final String OPERATOR = "operator";

    /** The scope of services among themselves. */
    public static final String INTERNAL = "internal";

    /** The scope of what reads metrics, and may do nothing else. */
    public static final String METRICS = "metrics";

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    public Caller(String userId, Set<String> scopes) {
        this(userId, scopes, null);
    }

    public boolean isOperator() {
        return scopes.contains(OPERATOR);
    }

    @Override
    public String toString() {
        return "Caller[" + userId + ", " + scopes + "]"; // never the e-mail
    }
}
