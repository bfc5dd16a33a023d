package io.tillstream.simulator.taxrate;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What tax rates make of amounts (docs.stripe.com/billing/taxes/tax-rates): one that is inclusive is a part of the amount, any
 * other comes on top. Tax is of what discounts leave, and rounded by the line.
 */
@Component
public class Taxes {
    private static final BigDecimal WHOLE = BigDecimal.valueOf(100);
    private static final int MOST_RATES = 5; // Stripe's limit for one line

    private final TaxRates rates;

    Taxes(TaxRates rates) {
        this.rates = rates;
    }

    /** The rates that a parameter names, as objects; an empty value is none. */
    public ArrayNode read(Params params, String name) {
        ArrayNode read = Json.object().putArray("rates");
        List<String> ids = params.texts(name);
        if (ids.size() > MOST_RATES) {
            throw StripeError.malformed(
                    null, "A line can have up to " + MOST_RATES + " tax rates.", params.param(name));
        }
        for (String id : ids) {
            ObjectNode rate = rates.store()
                    .find(id)
                    .orElseThrow(() -> StripeError.missingReference("tax rate", id, params.param(name)));
            if (!Json.isTrue(rate, "active")) {
                throw StripeError.invalid(null, "The tax rate " + id + " is not active.", params.param(name));
            }
            read.add(rate);
        }
        return read;
    }

    /** Sets the {@code taxes} of a line for what is left of its amount; gives what comes on top of that. */
    public long apply(ObjectNode line, long taxable, JsonNode of) {
        ArrayNode taxes = line.putArray("taxes");
        BigDecimal inclusive = BigDecimal.ZERO;
        for (JsonNode rate : of) {
            inclusive = inclusive.add(Json.isTrue(rate, "inclusive") ? percentage(rate) : BigDecimal.ZERO);
        }
        BigDecimal net =
                BigDecimal.valueOf(taxable).multiply(WHOLE).divide(WHOLE.add(inclusive), 12, RoundingMode.HALF_UP);
        long onTop = 0;
        for (JsonNode rate : of) {
            boolean within = Json.isTrue(rate, "inclusive");
            long tax = net.multiply(percentage(rate))
                    .divide(WHOLE, 0, RoundingMode.HALF_UP)
                    .longValueExact();
            onTop += within ? 0 : tax;
            ObjectNode entry = taxes.addObject().put("amount", tax);
            entry.put("tax_behavior", within ? "inclusive" : "exclusive");
            entry.putObject("tax_rate_details").put("tax_rate", Json.textOf(rate, "id"));
            entry.put("taxability_reason", "not_available");
            entry.put("taxable_amount", net.setScale(0, RoundingMode.HALF_UP).longValueExact());
            entry.put("type", "tax_rate_details");
        }
        return onTop;
    }

    private static BigDecimal percentage(JsonNode rate) {
        return rate.path("percentage").decimalValue();
    }

    /** The taxes of all lines by rate; gives their sum. */
    public static long total(List<ObjectNode> lines, ArrayNode into) {
        long sum = 0;
        for (ObjectNode line : lines) {
            for (JsonNode tax : line.path("taxes")) {
                long amount = Json.number(tax, "amount");
                sum += amount;
                ObjectNode known = null;
                for (JsonNode each : into) {
                    boolean same = each.path("tax_rate_details").equals(tax.path("tax_rate_details"));
                    known = same ? (ObjectNode) each : known;
                }
                if (known == null) {
                    into.add(tax.deepCopy());
                } else {
                    known.put("amount", Json.number(known, "amount") + amount);
                    known.put(
                            "taxable_amount",
                            Json.number(known, "taxable_amount") + Json.number(tax, "taxable_amount"));
                }
            }
        }
        return sum;
    }

    /** Of one line, or of an invoice: what is a part of the amounts. */
    public static long inclusive(JsonNode taxes) {
        long sum = 0;
        for (JsonNode tax : taxes) {
            sum += Json.is(tax, "tax_behavior", "inclusive") ? Json.number(tax, "amount") : 0;
        }
        return sum;
    }
}
