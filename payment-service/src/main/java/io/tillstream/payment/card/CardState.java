package io.tillstream.payment.card;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one PaymentMethod object of Stripe says of a card, as far as it may be kept.
 *
 * @param customerId the customer at Stripe it is attached to; null for none
 * @param face null for a payment method that is no card
 * @see <a href="https://docs.stripe.com/api/payment_methods/object">Stripe: the PaymentMethod object</a>
 */
public record CardState(
        String id, @Nullable String customerId, @Nullable Face face) {

    /**
     * What is on a card, without its number.
     *
     * @param fingerprint the same for the same card number, on one Stripe account
     */
    public record Face(
            String brand,
            String lastFour,
            int expMonth,
            int expYear,
            @Nullable String country,
            @Nullable String funding,
            @Nullable String fingerprint) {}

    public static CardState read(JsonNode paymentMethod) {
        String id = StripeJson.text(paymentMethod, "id");
        if (id == null) {
            throw new UnreadableEvent("PaymentMethod without id");
        }
        return new CardState(id, StripeJson.id(paymentMethod, "customer"), face(paymentMethod.get("card")));
    }

    private static @Nullable Face face(@Nullable JsonNode card) {
        String lastFour = StripeJson.text(card, "last4");
        Long month = StripeJson.number(card, "exp_month");
        Long year = StripeJson.number(card, "exp_year");
        if (lastFour == null || month == null || year == null) {
            return null;
        }
        String brand = StripeJson.text(card, "brand");
        return new Face(
                brand == null ? "unknown" : brand,
                lastFour,
                Math.toIntExact(month),
                Math.toIntExact(year),
                StripeJson.text(card, "country"),
                StripeJson.text(card, "funding"),
                StripeJson.text(card, "fingerprint"));
    }
}
