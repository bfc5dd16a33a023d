package io.tillstream.stripeevents;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose fault it is that a payment failed: what its buyer is told goes by it. Told in lower case. */
public enum FailureKind {
    /** The bank, Stripe's risk rules or the card's owner said no. */
    DECLINED,
    /** What was named to pay with, or the amount, cannot be: its buyer can mend that. */
    UNUSABLE,
    /** It is over and took nothing, by nobody's fault: another payment may pass. */
    NOT_TAKEN,
    /** Stripe had a fault, or lost what it was to pay with: another payment may pass. */
    UNAVAILABLE,
    /** Ours: the request was wrong, or Stripe did something else than it was asked for. */
    FAULT;

    /** What is the bank's no wherever it stands. From Stripe's list of error codes; a new one comes with its kind. */
    static final Set<String> DECLINES = Set.of(
            "authentication_required",
            "bank_account_declined",
            "card_decline_rate_limit_exceeded",
            "card_declined",
            "expired_card",
            "incorrect_address",
            "incorrect_cvc",
            "incorrect_number",
            "incorrect_zip",
            "insufficient_funds",
            "invalid_cvc",
            "invalid_expiry_month",
            "invalid_expiry_year",
            "invalid_number",
            "payment_failed", // ours, for a bank that says no without a reason
            "payment_intent_authentication_failure",
            "payment_intent_payment_attempt_expired",
            "payment_intent_payment_attempt_failed",
            "payment_method_customer_decline",
            "payment_method_provider_decline",
            "payment_method_provider_timeout",
            "processing_error",
            "refer_to_customer",
            "setup_attempt_failed",
            "setup_intent_authentication_failure",
            "setup_intent_setup_attempt_expired");

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static boolean isDecline(String code, @Nullable String declineCode) {
        return declineCode != null || DECLINES.contains(code) || CustomerFacingDecline.isKept(code);
    }

    /** Of a failure that was stored or told before kinds were: by its code. What is nobody's no is ours until somebody has looked. */
    public static FailureKind of(@Nullable String kind, String code, @Nullable String declineCode) {
        for (FailureKind one : values()) {
            if (one.text().equals(kind)) {
                return one;
            }
        }
        return switch (code) {
            case "token_already_used", "payment_method_unusable", "payment_method_gone", "amount_not_payable" ->
                UNUSABLE;
            case "not_taken", "canceled", "session_expired" -> NOT_TAKEN;
            case "customer_missing" -> UNAVAILABLE;
            default -> isDecline(code, declineCode) ? DECLINED : FAULT;
        };
    }
}
