package io.tillstream.payment.payable;

import io.tillstream.events.Money;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.PaymentIntentState;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One attempt to pay a payable: what was asked for, what is known from Stripe, and the status that follows from it. */
public record Payment(
        UUID id,
        String reference,
        String userId,
        Method method,
        PaymentStatus status,
        boolean active,
        Money money,
        PaymentOptions terms,
        String stripeCustomerId,
        @Nullable String paymentMethodId,
        Known known,
        @Nullable Failure failure,
        @Nullable Surplus surplus,
        int version,
        Instant createdAt) {

    /** What Stripe has told, merged. */
    public record Known(
            @Nullable PaymentIntentState intent,
            @Nullable CheckoutSessionState session,
            @Nullable String receiptUrl) {

        public static final Known NOTHING = new Known(null, null, null);

        public Known with(PaymentIntentState fact) {
            return new Known(fact, session, receiptUrl);
        }

        public Known with(CheckoutSessionState fact) {
            return new Known(intent, session == null ? fact : session.merge(fact), receiptUrl);
        }

        public Known withReceipt(@Nullable String url) {
            return url == null ? this : new Known(intent, session, url);
        }
    }

    /** Why its money goes back by itself. */
    public enum Surplus {
        /** Another payment had settled the payable. */
        DUPLICATE,
        /** The payable had been closed. */
        LATE
    }

    public @Nullable String intentId() {
        if (known.intent() != null) {
            return known.intent().id();
        }
        return known.session() == null ? null : known.session().intentId();
    }

    public @Nullable String sessionId() {
        return known.session() == null ? null : known.session().id();
    }

    /**
     * Whether something at Stripe could still take money for it. The intent of a page ends with its page: Stripe lets
     * nobody confirm it then, though the event that says so comes later.
     *
     * @see <a href="https://docs.stripe.com/api/checkout/sessions/expire">Stripe: expire a Session</a>
     */
    public boolean liveAtStripe() {
        if (known.session() != null && known.session().status().equals("expired")) {
            return false;
        }
        boolean intentLives = known.intent() != null && !known.intent().isFinal();
        boolean sessionLives =
                known.session() != null && known.session().status().equals("open");
        return intentLives || sessionLives;
    }

    public Payment becoming(Known now, PaymentStatus next, @Nullable Failure why) {
        return new Payment(
                id,
                reference,
                userId,
                method,
                next,
                active && next.active(),
                money,
                terms,
                stripeCustomerId,
                paymentMethodId,
                now,
                why,
                surplus,
                next == status ? version : version + 1,
                createdAt);
    }

    public Payment givenBackAs(Surplus why) {
        return new Payment(
                id,
                reference,
                userId,
                method,
                status,
                active,
                money,
                terms,
                stripeCustomerId,
                paymentMethodId,
                known,
                failure,
                why,
                version,
                createdAt);
    }

    /** Whether Stripe holds money of it, be it the right amount or another. */
    public boolean holdsMoney() {
        return status == PaymentStatus.SUCCEEDED || status == PaymentStatus.MISMATCHED;
    }

    /** What Stripe holds of it, before any refund. */
    public long received() {
        PaymentIntentState intent = known.intent();
        if (intent != null && intent.status().equals(PaymentIntentState.SUCCEEDED)) {
            return intent.amountReceived();
        }
        if (!holdsMoney()) {
            return 0;
        }
        CheckoutSessionState session = known.session();
        return session != null && session.amountTotal() != null ? session.amountTotal() : money.amount();
    }

    /** What Stripe holds of it, in the currency in which it does. */
    public Money held() {
        PaymentIntentState intent = known.intent();
        CheckoutSessionState session = known.session();
        String currency = intent != null ? intent.currency() : session != null ? session.currency() : null;
        return new Money(received(), currency != null ? currency : money.currency());
    }
}
