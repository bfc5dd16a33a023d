package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import tools.jackson.databind.node.ObjectNode;

/** Where a buyer goes from a session, which depends on how it is shown. */
final class SessionAddresses {
    private static final int SECRET_LENGTH = 60;

    private SessionAddresses() {}

    static void check(ObjectNode session, Params params) {
        for (String name : new String[] {"success_url", "cancel_url", "return_url"}) {
            EmailAndUrlCheck.refuseBadUrl(params, name);
        }
        if (Json.is(session, "ui_mode", "hosted_page")) {
            require(params, "success_url");
            refuse(params, "return_url", "hosted_page");
            refuse(params, "redirect_on_completion", "hosted_page");
            return;
        }
        String mode = Json.textOf(session, "ui_mode");
        refuse(params, "success_url", mode);
        refuse(params, "cancel_url", mode);
        session.put("client_secret", Json.textOf(session, "id") + "_secret_" + Ids.random(SECRET_LENGTH));
        if (Json.is(session, "ui_mode", "embedded_page")) {
            String redirect = params.oneOf("redirect_on_completion", "always", "if_required", "never");
            session.put("redirect_on_completion", redirect == null ? "always" : redirect);
            if (!"never".equals(redirect)) {
                require(params, "return_url");
            }
        } else {
            refuse(params, "redirect_on_completion", mode);
        }
    }

    private static void require(Params params, String name) {
        if (params.text(name) == null) {
            throw StripeError.malformed("parameter_missing", "Missing required param: " + name + ".", name);
        }
    }

    private static void refuse(Params params, String name, String uiMode) {
        if (params.has(name)) {
            throw StripeError.malformed(null, "You cannot use `" + name + "` with `ui_mode: " + uiMode + "`.", name);
        }
    }
}
