package io.tillstream.subscription.portal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.ArrayList;
import java.util.List;
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

    private static final String BACK = "{'returnUrl':'http://localhost:8080/account'}";

    /** Whoever has the page sees the cards and the address of its customer. */
    @Test
    void thePageIsOfTheCallersOwnCustomerWhoeverElseAsks() {
        subscribes("starter-monthly", 1);
        List<String> asked = new ArrayList<>();
        for (String who : List.of(user, "somebody-else", user)) {
            ON_THE_WAY.next("POST", "/v1/billing_portal/sessions", form -> {
                asked.add(form);
                return form;
            });
            expect(post(who, "/api/billing-portal/sessions", BACK), 201);
        }

        assertThat(asked).hasSize(3);
        assertThat(asked.get(0).split("&")).contains("customer=" + customer);
        assertThat(asked.get(1).split("&")).contains("customer=" + customerOf("somebody-else"));
        assertThat(asked.get(2).split("&")).contains("customer=" + customer);
    }

    /** Whoever opens it before anything else is made a customer by that. */
    @Test
    void theCustomerHasTheAddressOfTheToken() {
        expect(post("/api/billing-portal/sessions", BACK), 201);

        assertThat(PAYMENT_SERVICE.emailOf(user)).isEqualTo(addressOf(user));
    }

    /** As an account that was emptied; the page would be gone for ever. */
    @Test
    void aCustomerThatStripeLostIsMadeAnewAndThePageOpens() {
        String lost = customer();
        STRIPE.delete("/v1/customers/" + lost);

        expect(post("/api/billing-portal/sessions", BACK), 201);

        assertThat(customer()).isNotEqualTo(lost);
    }

    @Test
    void aPortalThatTheShopHasNotSetUpIsToldAsThat() {
        ON_THE_WAY.next("POST", "/v1/billing_portal/sessions", form -> form + "&configuration=bpc_none");

        refused(post("/api/billing-portal/sessions", BACK), 409, "portal-not-configured");
    }
}
