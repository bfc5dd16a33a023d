package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import java.util.regex.Pattern;

/** What a statement can show: docs.stripe.com/get-started/account/statement-descriptors, "requirements". */
final class StatementDescriptor {
    private static final int SHORTEST = 5;
    private static final int LONGEST = 22;
    private static final Pattern LETTER = Pattern.compile("[A-Za-z]");
    private static final Pattern LATIN = Pattern.compile("[\\x20-\\x7E\\u00A0-\\u024F]*");
    private static final Pattern FORBIDDEN = Pattern.compile("[<>\\\\'\"*]");

    private StatementDescriptor() {}

    /** Both need a letter; a suffix stands behind a prefix, so it may be short. */
    static void refuseBad(Params params) {
        refuseBad(params, "statement_descriptor", SHORTEST);
        refuseBad(params, "statement_descriptor_suffix", 1);
    }

    private static void refuseBad(Params params, String name, int shortest) {
        String text = params.text(name);
        if (text == null) {
            return;
        }
        if (text.length() < shortest || text.length() > LONGEST) {
            throw refusal("must be between " + shortest + " and " + LONGEST + " characters", name);
        }
        if (!LATIN.matcher(text).matches()) {
            throw refusal("must contain only Latin characters", name);
        }
        if (FORBIDDEN.matcher(text).find()) {
            throw refusal("must not contain any of the characters < > \\ ' \" *", name);
        }
        if (!LETTER.matcher(text).find()) {
            throw refusal("must contain at least one letter", name);
        }
    }

    private static StripeError refusal(String rule, String name) {
        return StripeError.malformed(null, "The statement descriptor " + rule + ".", name);
    }
}
