package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a buyer has to do next. */
public final class NextActions {
    private NextActions() {}

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
