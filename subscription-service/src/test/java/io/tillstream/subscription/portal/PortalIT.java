package io.tillstream.subscription.portal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Stripe's own page for subscribers. */
class PortalIT extends Subscriber {

    @Test
    void theAddressIsOfStripesPageForThisUser() {
        subscribes("starter-monthly", 1);

        JsonNode session =
                expect(post("/api/billing-portal/sessions", "{'returnUrl':'http://localhost:8080/account'}"), 201);

        assertThat(session.path("url").asString()).startsWith(STRIPE.url());
    }

    @Test
    void nobodyIsSentElsewhereFromThere() {
        refused(
                post("/api/billing-portal/sessions", "{'returnUrl':'https://elsewhere.example'}"),
                422,
                "url-not-allowed");
        refused(post("/api/billing-portal/sessions", "{}"), 422, "validation-failed");
    }
}
