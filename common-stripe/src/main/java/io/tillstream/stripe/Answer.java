package io.tillstream.stripe;

import com.stripe.model.PaymentIntent;
import com.stripe.model.SetupIntent;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What Stripe said. A no that a business has to expect is a value here; not knowing is an exception:
 * {@link OutcomeUnknown} (it may have happened) or {@link StripeUnavailable} (it has not). None of these prints what it
 * holds: Stripe's objects carry client secrets.
 */
public sealed interface Answer<T> {

    /** Done. */
    record Ok<T>(T value) implements Answer<T> {
        @Override
        public String toString() {
            return "Ok[" + value.getClass().getSimpleName() + "]";
        }
    }

    /**
     * The bank or Stripe's risk rules said no to this card.
     *
     * @param retryable whether the same card may work on another try, after its owner has done something perhaps
     * @param intent the payment intent the try was made on, as it is after the no
     */
    record Declined<T>(
            String code,
            @Nullable String declineCode,
            String message,
            boolean retryable,
            @Nullable PaymentIntent intent,
            @Nullable SetupIntent setupIntent)
            implements Answer<T> {
        @Override
        public String toString() {
            return "Declined[" + code + ", " + declineCode + "]";
        }
    }

    /** Stripe will not do this, now or on the same request again: no such object, wrong state, wrong parameter. */
    record Refused<T>(
            int status,
            String code,
            String message,
            @Nullable String param,
            @Nullable PaymentIntent intent) implements Answer<T> {
        public boolean missing() {
            return status == 404 || code.equals("resource_missing");
        }

        /** Whose fault it is. */
        public Refusal refusal() {
            return Refusal.of(status, code, param, message);
        }

        @Override
        public String toString() {
            return "Refused[" + status + ", " + code + ", " + param + "]";
        }
    }

    /** Treats each of the three; the compiler sees that none is forgotten. */
    default <R> R fold(
            Function<? super T, ? extends R> ok,
            Function<? super Declined<T>, ? extends R> declined,
            Function<? super Refused<T>, ? extends R> refused) {
        if (this instanceof Ok<T> done) {
            return ok.apply(done.value());
        }
        return this instanceof Declined<T> no ? declined.apply(no) : refused.apply((Refused<T>) this);
    }

    /** The value, where any no is a fault of ours. */
    default T value() {
        return fold(
                value -> value,
                no -> {
                    throw new IllegalStateException("Stripe declined: " + no);
                },
                no -> {
                    throw new IllegalStateException("Stripe refused: " + no);
                });
    }
}
