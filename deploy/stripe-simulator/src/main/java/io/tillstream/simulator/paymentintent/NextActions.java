package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a buyer has to do next. */
public final class NextActions {
    private static final int REFERENCE = 12; // characters that a buyer puts on their transfer

    private NextActions() {}

    /** A bank transfer: how much is still to come, and under which words. */
    public static ObjectNode transfer(String intent, long remaining, String currency, String type) {
        ObjectNode action = Json.object();
        ObjectNode instructions = action.putObject("display_bank_transfer_instructions");
        instructions.put("amount_remaining", remaining).put("currency", currency);
        instructions.putArray("financial_addresses");
        instructions.putNull("hosted_instructions_url");
        instructions.put(
                "reference", intent.substring(intent.length() - REFERENCE).toUpperCase(Locale.ROOT));
        instructions.put("type", type);
        return action.put("type", "display_bank_transfer_instructions");
    }

    /** Authentication on a page: by redirect if there is an address to return to, else within Stripe.js. */
    public static ObjectNode authentication(String page, @Nullable String returnUrl) {
        ObjectNode action = Json.object();
        if (returnUrl != null) {
            action.putObject("redirect_to_url").put("return_url", returnUrl).put("url", page);
            return action.put("type", "redirect_to_url");
        }
        action.put("type", "use_stripe_sdk");
        action.putObject("use_stripe_sdk")
                .put("source", Ids.next("src"))
                .put("stripe_js", page)
                .put("type", "three_d_secure_redirect");
        return action;
    }
}
