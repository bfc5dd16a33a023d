package io.tillstream.simulator.balance;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a statement can show: docs.stripe.com/get-started/account/statement-descriptors, "requirements". */
public final class StatementDescriptor {
    private static final String WHOLE = "statement_descriptor";
    private static final String SUFFIX = "statement_descriptor_suffix";
    private static final int SHORTEST = 5;
    private static final int LONGEST = 22;
    private static final Pattern LETTER = Pattern.compile("[A-Za-z]");
    private static final Pattern LATIN = Pattern.compile("[\\x20-\\x7E\\u00A0-\\u024F]*");
    private static final Pattern FORBIDDEN = Pattern.compile("[<>\\\\'\"*]");

    private StatementDescriptor() {}

    /** Of a payment. Both need a letter; a suffix stands behind a prefix, so it may be short. */
    public static void refuseBad(Params params) {
        refuseBad(params, WHOLE, SHORTEST);
        refuseBad(params, SUFFIX, 1);
    }

    /**
     * Of what a payment takes its words from: a product, an invoice, a charge by the older API. They may be short, and what is
     * not Latin is left out and not refused (docs.stripe.com/api/products/create#create_product-statement_descriptor).
     */
    public static void refuseBadWords(Params params) {
        for (String name : new String[] {WHOLE, SUFFIX}) {
            String text = params.text(name);
            if (text != null) {
                refuseSigns(text, name, params);
                refuseWithoutLetter(text, name, params);
            }
        }
    }

    /** Of a payout, which needs no letter. */
    public static void refuseBadSigns(Params params) {
        String text = params.text(WHOLE);
        if (text != null) {
            refuseSigns(text, WHOLE, params);
        }
    }

    /**
     * A card shows the account's own prefix before it: support.stripe.com/questions/use-of-the-statement-descriptor-parameter-on-
     * paymentintents-for-card-charges, for payments of which a card is one of the possible methods.
     *
     * @param param what the caller named it
     */
    public static void refuseOnCards(@Nullable String whole, JsonNode types, String param) {
        boolean cards = types.valueStream().anyMatch(type -> type.asString().equals("card"));
        if (whole != null && cards) {
            throw StripeError.invalid(
                    "payment_intent_invalid_parameter",
                    "The statement_descriptor parameter is not supported for the payment_method_type `card`. To continue"
                            + " supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or"
                            + " remove the `statement_descriptor` parameter altogether.",
                    param);
        }
    }

    private static void refuseBad(Params params, String name, int shortest) {
        String text = params.text(name);
        if (text == null) {
            return;
        }
        if (text.length() < shortest || text.length() > LONGEST) {
            throw refusal("must be between " + shortest + " and " + LONGEST + " characters", name, params);
        }
        if (!LATIN.matcher(text).matches()) {
            throw refusal("must contain only Latin characters", name, params);
        }
        refuseSigns(text, name, params);
        refuseWithoutLetter(text, name, params);
    }

    private static void refuseSigns(String text, String name, Params params) {
        if (FORBIDDEN.matcher(text).find()) {
            throw refusal("must not contain any of the characters < > \\ ' \" *", name, params);
        }
    }

    private static void refuseWithoutLetter(String text, String name, Params params) {
        if (!LETTER.matcher(text).find()) {
            throw refusal("must contain at least one letter", name, params);
        }
    }

    private static StripeError refusal(String rule, String name, Params params) {
        return StripeError.malformed(null, "The statement descriptor " + rule + ".", params.param(name));
    }
}
