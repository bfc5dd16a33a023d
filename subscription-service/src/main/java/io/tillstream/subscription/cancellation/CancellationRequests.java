package io.tillstream.subscription.cancellation;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Wishes to end or pause, as people send them. */
final class CancellationRequests {

    private CancellationRequests() {}

    /** When it ends, and why. */
    @Schema(name = "CancelRequest")
    record Cancel(
            @NotNull @Pattern(regexp = "now|period_end") @Schema(allowableValues = {"now", "period_end"})
            String when,

            @Nullable
            @Size(min = 1, max = CancellationFeedback.LONGEST)
            @Schema(
                    description = "One of customer_service, low_quality, missing_features, other, switched_service,"
                            + " too_complex, too_expensive, unused, or your own words")
            String reason) {

        boolean now() {
            return when.equals("now");
        }

        @Nullable
        CancellationFeedback why() {
            return reason == null ? null : new CancellationFeedback(reason);
        }
    }

    /** A user's pause: what becomes of the invoices of that time is not theirs to say. */
    @Schema(name = "PauseRequest")
    record Pause(
            @Schema(description = "When it is collected again; how far off it may be is the shop's to say") @Nullable
            Instant until) {}

    /** How long nothing is collected, and what becomes of the invoices of that time. */
    @Schema(name = "OperatorPauseRequest")
    record OperatorPause(
            @Nullable @Schema(description = "Without it, until it is resumed")
            Instant until,

            @Nullable
            @Pattern(regexp = "keep_as_draft|mark_uncollectible|void")
            @Schema(
                    allowableValues = {"keep_as_draft", "mark_uncollectible", "void"},
                    description = "void (if left out): nothing is owed for the time; keep_as_draft: bills wait;"
                            + " mark_uncollectible: bills are written off")
            String behavior) {

        String what() {
            return behavior == null ? "void" : behavior;
        }
    }

    /** Stripe keeps whole seconds. */
    static @Nullable Instant second(@Nullable Instant until) {
        return until == null ? null : until.truncatedTo(ChronoUnit.SECONDS);
    }
}
