package io.tillstream.payment.payment;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentOptions;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is to be paid, by whom and how. Never prints the token.
 *
 * @param id the attempt: the same id again is the same attempt
 * @param token a card as Stripe's own page gave it; used once, never stored
 * @param email for a customer that has to be made first
 * @param orderedAt when what is to be paid was ordered; null where nobody said
 */
record PaymentCommand(
        UUID id,
        String reference,
        String userId,
        Money money,
        Method method,
        @Nullable String paymentMethodId,
        @Nullable String token,
        PaymentOptions terms,
        @Nullable String email,
        @Nullable Instant orderedAt) {

    PaymentCommand(
            UUID id,
            String reference,
            String userId,
            Money money,
            Method method,
            @Nullable String paymentMethodId,
            @Nullable String token,
            PaymentOptions terms) {
        this(id, reference, userId, money, method, paymentMethodId, token, terms, null, null);
    }

    /** Whether its payer asked to be deleted since they ordered it. */
    boolean isOrderedBefore(@Nullable Instant deletion) {
        return deletion != null && orderedAt != null && !deletion.isBefore(orderedAt);
    }

    /** Whether it asks for just this payment; a token is not kept, so it is not compared. */
    boolean asks(Payment payment) {
        boolean sameCard = paymentMethodId == null || paymentMethodId.equals(payment.paymentMethodId());
        return reference.equals(payment.reference())
                && userId.equals(payment.userId())
                && money.equals(payment.money())
                && method == payment.method()
                && sameCard
                && terms.save() == payment.terms().save();
    }

    @Override
    public String toString() {
        return "PayOrder[" + id + ", " + reference + ", " + method + "]";
    }
}
