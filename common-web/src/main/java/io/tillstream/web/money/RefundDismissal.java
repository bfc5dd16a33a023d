package io.tillstream.web.money;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.web.docs.AllowableValues;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * An operator's word that a refund which was left to a person is not owed any more. Its reason is one of a few and no text, as
 * that could name who was paid, and is kept when they are deleted.
 *
 * @param by the operator
 */
@Schema(name = "RefundDismissal")
public record RefundDismissal(
        UUID id, @AllowableValues(Reason.class) String reason, String by, Instant at) {

    /** Why nobody has to give it back by Stripe. */
    public enum Reason {
        /** The buyer has it: by a bank transfer, in cash, as a voucher. */
        PAID_OUTSIDE_OF_STRIPE,
        /** The buyer does not want it. */
        WAIVED_BY_BUYER,
        /** It was promised by mistake. */
        NOT_OWED;

        /** The word of the API and of the tables. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What an operator says. */
    @Schema(name = "RefundDismissalRequest")
    public record Request(
            @NotNull @Pattern(regexp = "paid_outside_of_stripe|waived_by_buyer|not_owed") @AllowableValues(Reason.class)
            String reason) {

        /** After it was validated. */
        public Reason valid() {
            return Reason.valueOf(reason.toUpperCase(Locale.ROOT));
        }
    }
}
