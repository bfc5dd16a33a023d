package io.tillstream.subscription.customer;

import io.tillstream.stripeevents.StripeJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What tells that two payment methods are of one card or bank account, whoever saved them: Stripe's fingerprint of its number.
 * It stands under the type's own name, for a card (a wallet's too), sepa_debit, us_bank_account, bacs_debit, au_becs_debit and
 * acss_debit; PayPal, Link, Cash App and their like have none.
 *
 * @see <a href="https://docs.stripe.com/api/payment_methods/object">Stripe: the PaymentMethod object</a>
 */
final class PaymentMethodFingerprint {

    private PaymentMethodFingerprint() {}

    /** Null where it has none. */
    static @Nullable String of(JsonNode paymentMethod) {
        String type = StripeJson.text(paymentMethod, "type");
        return StripeJson.text(paymentMethod.get(type == null ? "card" : type), "fingerprint");
    }
}
