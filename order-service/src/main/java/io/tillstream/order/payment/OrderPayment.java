package io.tillstream.order.payment;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One try to pay an order.
 *
 * @param id the key under which payment-service is asked
 * @param paymentId payment-service's id, once it answered
 */
public record OrderPayment(
        UUID id,
        UUID orderId,
        String method,
        State state,
        @Nullable String paymentId,
        @Nullable String paymentIntent,
        @Nullable String failureCode,
        @Nullable String declineCode,
        @Nullable String failureMessage,
        @Nullable Boolean retryable,
        int asks) {

    /** Whether it is under way and not even its intent is known. */
    public boolean isOutcomeUnknown() {
        return state == State.PROCESSING && paymentIntent == null;
    }

    /** What is known of the try. */
    public enum State {
        /** Stored before payment-service was asked; no answer is stored yet. */
        ASKED,
        /** payment-service never began it: nothing can come of it any more. */
        NOT_STARTED,
        PROCESSING,
        ACTION_REQUIRED,
        SUCCEEDED,
        FAILED
    }
}
