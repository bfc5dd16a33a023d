package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.StripeError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which currencies a payment method takes, of those that take some only: by
 * docs.stripe.com/payments/payment-methods/payment-method-support and docs.stripe.com/payments/bank-transfers.
 */
public final class MethodCurrencies {
    /** The methods that an invoice or a subscription can be paid by here, as the value of a parameter. */
    public static final String BILLED = "acss_debit|card|customer_balance|link|sepa_debit|us_bank_account";

    private static final Map<String, List<String>> ONLY = Map.of(
            "acss_debit", List.of("cad", "usd"),
            "customer_balance", List.of("eur", "gbp", "jpy", "mxn", "usd"),
            "sepa_debit", List.of("eur"),
            "us_bank_account", List.of("usd"));

    private MethodCurrencies() {}

    public static boolean takes(String type, String currency) {
        return ONLY.getOrDefault(type, List.of(currency)).contains(currency);
    }

    /** As Stripe lists them; null of a method that takes any. */
    public static @Nullable String spoken(String type) {
        List<String> only = ONLY.get(type);
        return only == null ? null : String.join(", ", only);
    }

    /**
     * Refuses methods that cannot pay in this currency, in the words that shops report of Checkout
     * (github.com/stripe-samples/firebase-subscription-payments/issues/39); {@code param} named them.
     */
    public static void refuseOther(List<String> types, String currency, String param) {
        for (String type : types) {
            if (!takes(type, currency)) {
                throw StripeError.invalid(
                        null,
                        "Invalid currency options `" + currency + "`. The payment method `" + type
                                + "` only supports the following currencies: `" + spoken(type) + "`.",
                        param);
            }
        }
    }
}
