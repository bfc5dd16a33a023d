package io.tillstream.simulator.subscription;

import io.tillstream.simulator.state.Json;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Where a subscription stands, and where it can go from there. */
enum SubscriptionStatus {
    INCOMPLETE,
    INCOMPLETE_EXPIRED,
    TRIALING,
    ACTIVE,
    PAST_DUE,
    UNPAID,
    PAUSED,
    CANCELED;

    static SubscriptionStatus of(JsonNode subscription) {
        return valueOf(Json.textOf(subscription, "status").toUpperCase(Locale.ROOT));
    }

    boolean canBecome(SubscriptionStatus next) {
        return switch (this) {
            case INCOMPLETE -> next == ACTIVE || next == TRIALING || next == INCOMPLETE_EXPIRED;
            case TRIALING -> next == ACTIVE || next == PAST_DUE || next == PAUSED || next == CANCELED;
            case ACTIVE -> next == TRIALING || next == PAST_DUE || next == CANCELED;
            case PAST_DUE -> next == ACTIVE || next == TRIALING || next == UNPAID || next == CANCELED;
            case UNPAID -> next == ACTIVE || next == TRIALING || next == CANCELED;
            case PAUSED -> next == ACTIVE || next == CANCELED;
            case INCOMPLETE_EXPIRED, CANCELED -> false;
        };
    }

    boolean ended() {
        return this == INCOMPLETE_EXPIRED || this == CANCELED;
    }

    /** Whether time passes for it: it renews, and what it has is paid for by the period. */
    boolean running() {
        return this == TRIALING || this == ACTIVE || this == PAST_DUE || this == UNPAID;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
