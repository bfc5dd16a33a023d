package io.tillstream.simulator.checkout;

import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A session in the buyer's own currency (docs.stripe.com/payments/currencies/localize-prices/adaptive-pricing). As in Stripe's
 * test mode the country is said by the email, {@code buyer+location_FR@example.com}; the rates are fixed here.
 */
final class AdaptivePricing {
    private static final Pattern LOCATION = Pattern.compile("\\+location_([A-Z]{2})@");

    /** Units of a currency for one US dollar. */
    private static final Map<String, BigDecimal> RATES = Map.of(
            "usd", BigDecimal.ONE,
            "eur", new BigDecimal("0.92"),
            "gbp", new BigDecimal("0.79"),
            "cad", new BigDecimal("1.37"),
            "aud", new BigDecimal("1.52"),
            "chf", new BigDecimal("0.88"),
            "jpy", new BigDecimal("150"));

    private AdaptivePricing() {}

    /** What the buyer pays in their own currency; null if that is the session's, or nothing is known of it. */
    static @Nullable ObjectNode presentment(ObjectNode session) {
        String email = Json.text(session, "customer_email");
        String from = Json.text(session, "currency");
        boolean on = Json.isTrue(session.path("adaptive_pricing"), "enabled") && Json.is(session, "mode", "payment");
        Matcher location = LOCATION.matcher(email == null ? "" : email);
        if (!on || from == null || !location.find()) {
            return null;
        }
        String to = currency(location.group(1));
        BigDecimal one = RATES.get(from);
        BigDecimal other = to == null ? null : RATES.get(to);
        if (to == null || to.equals(from) || one == null || other == null) {
            return null;
        }
        BigDecimal amount = BigDecimal.valueOf(Json.number(session, "amount_total"), decimals(from))
                .multiply(other)
                .divide(one, decimals(to), RoundingMode.HALF_UP);
        return Json.object()
                .put("presentment_amount", amount.unscaledValue().longValueExact())
                .put("presentment_currency", to);
    }

    private static int decimals(String currency) {
        return Currency.getInstance(currency.toUpperCase(Locale.ROOT)).getDefaultFractionDigits();
    }

    private static @Nullable String currency(String country) {
        try {
            Currency currency = Currency.getInstance(new Locale("", country));
            return currency == null ? null : currency.getCurrencyCode().toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
