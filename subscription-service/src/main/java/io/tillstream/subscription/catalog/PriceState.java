package io.tillstream.subscription.catalog;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Price as Stripe has it.
 *
 * @param product only where it was asked for with the price
 * @param amounts of one unit by currency; empty where it has tiers, or is not in whole units of the currency
 * @param allCurrencies whether Stripe told the further currencies; events do not
 * @param recurring null for a price of one-time goods, or one that is metered
 * @param ownPlan the plan that this installation made it for
 * @see <a href="https://docs.stripe.com/api/prices/object">Stripe: the Price object</a>
 */
record PriceState(
        String id,
        boolean deleted,
        boolean active,
        @Nullable String lookupKey,
        @Nullable String productId,
        @Nullable ProductState product,
        String currency,
        Map<String, Long> amounts,
        boolean allCurrencies,
        @Nullable Recurring recurring,
        @Nullable String ownPlan) {

    record Recurring(Interval interval, int count, int trialDays) {}

    static PriceState read(JsonNode price, String environment) {
        String id = StripeJson.text(price, "id");
        if (id == null) {
            throw new UnreadableEvent("Price without id");
        }
        String currency = StripeJson.text(price, "currency");
        JsonNode product = price.get("product");
        return new PriceState(
                id,
                price.path("deleted").asBoolean(false),
                price.path("active").asBoolean(false),
                StripeJson.text(price, "lookup_key"),
                StripeJson.id(price, "product"),
                product != null && product.isObject() ? ProductState.read(product) : null,
                currency == null ? "" : currency,
                currency == null ? Map.of() : amounts(price, currency),
                price.path("currency_options").isObject(),
                recurring(price.path("recurring")),
                environment.equals(StripeJson.metadata(price, StripePrices.ENVIRONMENT))
                        ? StripeJson.metadata(price, StripePrices.PLAN)
                        : null);
    }

    private static Map<String, Long> amounts(JsonNode price, String currency) {
        boolean perUnit = !"tiered".equals(StripeJson.text(price, "billing_scheme"))
                && !price.path("transform_quantity").isObject();
        Long amount = StripeJson.number(price, "unit_amount");
        if (!perUnit || amount == null) {
            return Map.of();
        }
        Map<String, Long> amounts = new HashMap<>();
        for (Map.Entry<String, JsonNode> option : price.path("currency_options").properties()) {
            Long other = StripeJson.number(option.getValue(), "unit_amount");
            if (other != null) {
                amounts.put(option.getKey(), other);
            }
        }
        amounts.put(currency, amount);
        return amounts;
    }

    private static @Nullable Recurring recurring(JsonNode recurring) {
        String interval = StripeJson.text(recurring, "interval");
        Interval known = interval == null ? null : Interval.known(interval).orElse(null);
        if (known == null || "metered".equals(StripeJson.text(recurring, "usage_type"))) {
            return null;
        }
        Integer count = StripeJson.count(recurring, "interval_count");
        Integer trialDays = StripeJson.count(recurring, "trial_period_days");
        return new Recurring(known, count == null ? 1 : count, trialDays == null ? 0 : trialDays);
    }

    PriceState asDeleted() {
        return new PriceState(
                id, true, false, lookupKey, productId, product, currency, amounts, allCurrencies, recurring, ownPlan);
    }

    /** Whether a plan can be made of it: so much per unit and interval. */
    boolean canBePlan() {
        return !deleted && recurring != null && !amounts.isEmpty() && productId != null;
    }

    /** Whether it invoices what these terms say; {@link #allCurrencies} must have been asked for. */
    boolean bills(PlanDefinition terms) {
        return recurring != null
                && recurring.interval == terms.interval()
                && recurring.count == terms.intervalCount()
                && currency.equals(terms.currency())
                && amounts.equals(terms.amounts());
    }

    /** What of a plan's own price it follows. */
    String fingerprint() {
        return deleted ? "deleted" : String.valueOf(active);
    }
}
