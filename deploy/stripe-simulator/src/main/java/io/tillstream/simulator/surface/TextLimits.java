package io.tillstream.simulator.surface;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How long a text may be that {@code text-limits.txt} does not have, as newer parameters and those that may also be unset: by
 * resource and parameter, as Stripe's documentation has it.
 */
final class TextLimits {
    private static final int USUAL = 5000;
    static final int UNLIMITED = Integer.MAX_VALUE; // a text without one, and metadata, which has words of its own

    private static final Map<String, Integer> LIMITS = Map.ofEntries(
            Map.entry("statement_descriptor", 22),
            Map.entry("statement_descriptor_suffix", 22),
            Map.entry("unit_label", 12),
            Map.entry("client_reference_id", 200),
            Map.entry("lookup_key", 200),
            Map.entry("custom_fields.name", 40),
            Map.entry("custom_fields.value", 140),
            Map.entry("payment_intent_data.description", 1000),
            Map.entry("setup_intent_data.description", 1000),
            Map.entry("subscription_data.description", 500),
            Map.entry("return_url", UNLIMITED),
            Map.entry("success_url", UNLIMITED),
            Map.entry("cancel_url", UNLIMITED),
            Map.entry("url", UNLIMITED),
            Map.entry("payment_intents description", 1000),
            Map.entry("setup_intents description", 1000),
            Map.entry("subscriptions description", 500),
            Map.entry("subscription_schedules phases.description", 500),
            Map.entry("charges description", 40_000),
            Map.entry("products description", 40_000),
            Map.entry("invoices description", 1500),
            Map.entry("customers email", 512),
            Map.entry("customers name", 256),
            Map.entry("customers phone", 20),
            Map.entry("customers business_name", 150),
            Map.entry("customers individual_name", 150),
            Map.entry("quotes description", 500),
            Map.entry("quotes footer", 500),
            Map.entry("quotes header", 50),
            Map.entry("marketing_features.name", 80),
            Map.entry("coupons name", 40),
            Map.entry("promotion_codes code", 500),
            Map.entry("tax_rates display_name", 50),
            Map.entry("tax_rates jurisdiction", 50),
            Map.entry("evidence.access_activity_log", 20_000),
            Map.entry("evidence.cancellation_policy_disclosure", 20_000),
            Map.entry("evidence.cancellation_rebuttal", 20_000),
            Map.entry("evidence.duplicate_charge_explanation", 20_000),
            Map.entry("evidence.product_description", 20_000),
            Map.entry("evidence.refund_policy_disclosure", 20_000),
            Map.entry("evidence.refund_refusal_explanation", 20_000),
            Map.entry("evidence.uncategorized_text", 20_000));

    private TextLimits() {}

    /** By the resource's name in the address, and the parameter's path, {@code payment_intent_data.description}. */
    static int longest(String resource, String path) {
        if (path.equals("metadata") || path.endsWith(".metadata")) {
            return UNLIMITED;
        }
        String[] steps = path.split("\\.", -1);
        String last = steps[steps.length - 1];
        String two = steps.length > 1 ? steps[steps.length - 2] + "." + last : last;
        return Stream.of(resource + " " + path, two, last)
                .map(LIMITS::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(USUAL);
    }
}
