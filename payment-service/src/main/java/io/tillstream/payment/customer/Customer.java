package io.tillstream.payment.customer;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One user as a customer at Stripe.
 *
 * @param generation how many customers at Stripe this user has had, the present one included
 * @param stripeId null until Stripe has answered
 * @param askedAt since when an answer to the creation is waited for
 * @param leaving whether the user is being deleted
 * @param registeredAt null for one who paid without registering
 * @param detailsDue whether Stripe still lacks the details
 * @param defaultCard the id of the payment method that Stripe takes when none is named
 * @param version grows with every change
 */
public record Customer(
        String userId,
        int generation,
        @Nullable String stripeId,
        @Nullable Instant askedAt,
        boolean leaving,
        @Nullable Instant registeredAt,
        CustomerDetails details,
        boolean detailsDue,
        @Nullable String defaultCard,
        int version) {

    /** Whether what Stripe tells is what is known here. */
    boolean agreesWith(CustomerState fact) {
        return (detailsDue || details.equals(fact.details())) && Objects.equals(defaultCard, fact.defaultCard());
    }

    /** Whether all that a person tells is known here already, and at Stripe. */
    boolean agreesWith(CustomerDetails told) {
        return !detailsDue
                && (told.email() == null || told.email().equals(details.email()))
                && (told.name() == null || told.name().equals(details.name()))
                && (told.address() == null || told.address().equals(details.address()));
    }
}
