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
public sealed interface StripeResult<T> {

    /** Done. */
    record Ok<T>(T value) implements StripeResult<T> {
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
            implements StripeResult<T> {
        @Override
        public String toString() {
            return "Declined[" + code + ", " + declineCode + "]";
        }
    }

    /**
     * Stripe will not do this, now or on the same request again: no such object, wrong state, wrong parameter.
     *
     * @param requestId Stripe's name of the request, where it gave one
     */
    record Refused<T>(
            int status,
            String code,
            String message,
            @Nullable String param,
            @Nullable PaymentIntent intent,
            @Nullable String requestId)
            implements StripeResult<T> {

        static final String MISSING = "resource_missing";

        /** What no answer to a call of ours says, as the error that Stripe keeps on an intent. */
        public Refused(
                int status, String code, String message, @Nullable String param, @Nullable PaymentIntent intent) {
            this(status, code, message, param, intent, null);
        }

        /** Stripe has no such object; its word, as a 404 may also be of an address where nobody knows any. */
        public boolean missing() {
            return code.equals(MISSING);
        }

        /** And this is what it was named by. */
        public boolean missing(String named) {
            return missing() && named.equals(param);
        }

        /** Whether Stripe gives just this code. */
        public boolean says(String one) {
            return code.equals(one);
        }

        /** Whose fault it is: to be asked before the code is told to anybody. */
        public RefusalReason refusal() {
            return RefusalReason.of(code, param, message);
        }

        @Override
        public String toString() {
            return "Refused[" + status + ", " + code + ", " + param + "]";
        }
    }

    /**
     * Done, but not what was asked for: in another currency, of another amount, for somebody else. Nobody may pay by it,
     * so whoever asked for it ends it at Stripe. Where nobody does, it counts as refused.
     *
     * @param made what Stripe made instead
     * @param field the first that differs
     */
    record Different<T>(T made, String field) implements StripeResult<T> {

        /** The code that it is refused with; see {@link RefusalReason#OURS}. */
        public static final String CODE = "answer_differs";

        public Refused<T> asRefused() {
            return new Refused<>(200, CODE, "Stripe answered other than it was asked", field, null);
        }

        @Override
        public String toString() {
            return "Different[" + field + "]";
        }
    }

    /** The same with what is made of its value. */
    @SuppressWarnings("unchecked") // of the noes none holds a value
    default <R> StripeResult<R> map(Function<? super T, ? extends R> made) {
        if (this instanceof Ok<T> done) {
            return new Ok<>(made.apply(done.value()));
        }
        return this instanceof Different<T> other
                ? new Different<>(made.apply(other.made()), other.field())
                : (StripeResult<R>) this;
    }

    /** Treats each of the three; the compiler sees that none is forgotten. */
    default <R> R fold(
            Function<? super T, ? extends R> ok,
            Function<? super Declined<T>, ? extends R> declined,
            Function<? super Refused<T>, ? extends R> refused) {
        if (this instanceof Ok<T> done) {
            return ok.apply(done.value());
        }
        if (this instanceof Declined<T> no) {
            return declined.apply(no);
        }
        return refused.apply(this instanceof Different<T> other ? other.asRefused() : (Refused<T>) this);
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
