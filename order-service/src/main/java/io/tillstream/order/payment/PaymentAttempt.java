package io.tillstream.order.payment;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One try to pay an order.
 *
 * @param id the key under which payment-service is asked
 * @param paymentId payment-service's id, once it answered
 */
public record PaymentAttempt(
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

    /** Whether an answer is stored that leaves nothing open for payment-service. */
    public boolean isEnded() {
        return state != State.ASKED && state != State.PROCESSING;
    }

    /** Whether it is under way and not even its intent is known. */
    public boolean isOutcomeUnknown() {
        return state == State.PROCESSING && paymentIntent == null;
    }

    /** As it is by an answer of payment-service, which may leave open what was known before. */
    public PaymentAttempt answered(State now, @Nullable PaymentResponse answer) {
        var failure = answer == null ? null : answer.failure();
        return new PaymentAttempt(
                id,
                orderId,
                method,
                now,
                answer == null || answer.id() == null ? paymentId : answer.id(),
                answer == null || answer.stripePaymentIntentId() == null
                        ? paymentIntent
                        : answer.stripePaymentIntentId(),
                failure == null ? null : failure.code(),
                failure == null ? null : failure.declineCode(),
                failure == null ? null : failure.message(),
                failure == null ? null : failure.retryable(),
                asks);
    }

    /** Whether an event of an intent that names {@code attemptOrPaymentId} is the first to tell the intent of this try. */
    public boolean lacksIntentOf(String attemptOrPaymentId) {
        return paymentIntent == null
                && (id.toString().equals(attemptOrPaymentId) || attemptOrPaymentId.equals(paymentId));
    }

    public PaymentAttempt withIntent(String intentId) {
        return new PaymentAttempt(
                id,
                orderId,
                method,
                state,
                paymentId,
                intentId,
                failureCode,
                declineCode,
                failureMessage,
                retryable,
                asks);
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
