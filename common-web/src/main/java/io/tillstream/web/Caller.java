package io.tillstream.web;

import java.util.Set;

/** Who asks, by a checked token; taken as an argument by controllers. */
public record Caller(String userId, Set<String> scopes) {

    /** The scope of people who work for the shop. */
    public static final String OPERATOR = "operator";

    /** The scope of services among themselves. */
    public static final String INTERNAL = "internal";

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    public boolean isOperator() {
        return scopes.contains(OPERATOR);
    }
}
