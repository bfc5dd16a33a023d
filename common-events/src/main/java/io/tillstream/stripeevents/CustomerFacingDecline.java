package io.tillstream.stripeevents;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A decline as its buyer is told of it, and whoever may pass it on to them. Who tries a card that was lost or stolen must not
 * learn that this is known: such a decline looks like any that the bank gives no reason for. Operators see the reason itself.
 *
 * @param retryable whether the same card may work on another try
 * @see <a href="https://docs.stripe.com/declines/codes">Stripe: decline codes, and which not to report to the customer</a>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CustomerFacingDecline(String code, @Nullable String declineCode, String message, boolean retryable) {

    private static final String CARD_DECLINED = "card_declined";
    private static final String GENERIC = "generic_decline";
    private static final String MESSAGE = "Your card was declined.";

    /**
     * The table. Of {@code fraudulent}, {@code lost_card}, {@code merchant_blacklist} and {@code stolen_card} Stripe says that
     * the customer is not to be told; {@code pickup_card} and {@code restricted_card} mean by its words that the card may be
     * lost or stolen.
     */
    private static final Set<String> KEPT_FROM_BUYERS =
            Set.of("fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "restricted_card", "stolen_card");

    /** What a buyer is told of Stripe's words. */
    public static CustomerFacingDecline of(
            String code, @Nullable String declineCode, String message, boolean retryable) {
        return isKept(code) || isKept(declineCode)
                ? new CustomerFacingDecline(CARD_DECLINED, GENERIC, MESSAGE, false)
                : new CustomerFacingDecline(code, declineCode, message, retryable);
    }

    /** Stripe's decline code, where it may be told. */
    public static @Nullable String declineCode(@Nullable String declineCode) {
        return isKept(declineCode) ? GENERIC : declineCode;
    }

    /** Stripe's code of an error, where it may be told. */
    public static String code(String code) {
        return isKept(code) ? CARD_DECLINED : code;
    }

    static boolean isKept(@Nullable String code) {
        return code != null && KEPT_FROM_BUYERS.contains(code);
    }
}
