package io.tillstream.payment.card;

import io.tillstream.events.PaymentMethodEvent;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A saved card.
 *
 * @param id Stripe's id of the payment method
 * @param duplicateOf the id of the same card that was saved before; such a card is not shown
 * @param mandate Stripe's status of the mandate to charge it, where there is one
 */
public record Card(
        String id,
        String userId,
        String stripeCustomerId,
        CardState.Face face,
        @Nullable String duplicateOf,
        @Nullable String mandate,
        Instant createdAt) {

    /** As Stripe's own pages write them. */
    private static final Map<String, String> NAMES = Map.of(
            "visa", "Visa",
            "mastercard", "Mastercard",
            "amex", "American Express",
            "discover", "Discover",
            "diners", "Diners Club",
            "jcb", "JCB",
            "unionpay", "UnionPay",
            "eftpos_au", "Eftpos Australia",
            "cartes_bancaires", "Cartes Bancaires",
            "unknown", "Card");

    public boolean isDuplicate() {
        return duplicateOf != null;
    }

    /** For people: {@code Visa •••• 4242}. */
    public String displayName() {
        String brand = face.brand().toLowerCase(Locale.ROOT);
        String name = NAMES.get(brand);
        if (name == null) {
            name = brand.isEmpty() ? "Card" : brand.substring(0, 1).toUpperCase(Locale.ROOT) + brand.substring(1);
        }
        return name + " •••• " + face.lastFour();
    }

    /** A card can be used to the end of its last month, wherever that ends last. */
    public Instant expiresAt() {
        return YearMonth.of(face.expYear(), face.expMonth())
                .plusMonths(1)
                .atDay(1)
                .atStartOfDay(ZoneOffset.ofHours(-12))
                .toInstant();
    }

    PaymentMethodEvent saved() {
        return new PaymentMethodEvent.Saved(userId, id, face.brand(), face.lastFour(), face.expMonth(), face.expYear());
    }

    PaymentMethodEvent updated() {
        return new PaymentMethodEvent.Updated(
                userId, id, face.brand(), face.lastFour(), face.expMonth(), face.expYear());
    }

    PaymentMethodEvent removed() {
        return new PaymentMethodEvent.Removed(userId, id);
    }

    PaymentMethodEvent expiring() {
        return new PaymentMethodEvent.Expiring(
                userId, id, face.brand(), face.lastFour(), face.expMonth(), face.expYear());
    }
}
