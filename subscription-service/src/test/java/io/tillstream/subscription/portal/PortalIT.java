package io.tillstream.subscription.portal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

    /** Stripe takes a code there as often as it is typed: a month for nothing after each month. */
    @Test
    void thePageTakesNoPromotionCodesAndOtherwiseOffersWhatTheShopHasSaved() {
        JsonNode shops =
                STRIPE.get("/v1/billing_portal/configurations?is_default=true").at("/data/0");
        assertThat(shops.at("/features/subscription_update/default_allowed_updates"))
                .as("the shop's own")
                .anyMatch(each -> each.asString().equals("promotion_code"));

        String opened = opened();

        assertThat(opened()).as("made once").isEqualTo(opened);
        JsonNode copy = STRIPE.get("/v1/billing_portal/configurations/" + opened);
        assertThat(copy.at("/features/subscription_update/default_allowed_updates")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactly("price", "quantity");
        for (String feature :
                List.of("customer_update", "invoice_history", "payment_method_update", "subscription_cancel")) {
            assertThat(copy.path("features").path(feature))
                    .isEqualTo(shops.path("features").path(feature));
        }
    }

    /** Each change of the shop's settings leaves a copy: after the hundredth the page would take each code as often as it is typed. */
    @Test
    void thePageTakesNoPromotionCodesHoweverManyConfigurationsThereAre() {
        String copy = opened();
        assertThat(copy).startsWith("bpc_");
        for (int more = 0; more < 101; more++) {
            JsonNode made = STRIPE.post("/v1/billing_portal/configurations", "features[invoice_history][enabled]=true");
            assertThat(made.path("id").asString()).as(made.toString()).startsWith("bpc_");
        }

        assertThat(opened()).isEqualTo(copy);
    }

    /** The configuration that the page is opened with; empty where it is the shop's own. */
    private String opened() {
        List<String> forms = new ArrayList<>();
        ON_THE_WAY.next("POST", "/v1/billing_portal/sessions", form -> {
            forms.add(form);
            return form;
        });
        expect(post("/api/billing-portal/sessions", BACK), 201);
        assertThat(forms).hasSize(1);
        return Stream.of(forms.get(0).split("&"))
                .filter(field -> field.startsWith("configuration="))
                .map(field -> field.substring("configuration=".length()))
                .findFirst()
                .orElse("");
    }

    /** Whoever typed it would have a subscription that nothing can be done with, and events that nobody reads. */
    @Test
    void aQuantityThatNobodySellsLeavesEveryCallItsAnswer() {
        subscribes("pro-monthly", 2);
        String item = shownAtStripe().at("/items/data/0/id").asString();
        JsonNode changed = STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + item + "&items[0][quantity]=99999999999&proration_behavior=none");
        assertThat(changed.at("/items/data/0/quantity").asLong()).isEqualTo(99_999_999_999L);
        deliverAll();

        assertThat(get("/api/subscriptions/" + id).path("quantity").asInt()).isEqualTo(Integer.MAX_VALUE);
        assertThat(act("quote", "{'quantity':3}")
                        .returnResult(String.class)
                        .getStatus()
                        .value())
                .isLessThan(500);
        ok(act("change", "{'quantity':3,'when':'period_end'}"));
        ok(act("change/revoke", ""));
        ok(act("cancel", "{'when':'period_end'}"));
        ok(act("resume", ""));
        ok(act("cancel", "{'when':'now'}"));
    }

    @Test
    void aSubscriptionOfNothingGivesNothing() {
        subscribes("pro-monthly", 2);
        String given = "select count(*) from entitlements where user_id = '" + user + "' and grade <> 'none'";
        assertThat(texts(given)).doesNotContain("0");
        String item = shownAtStripe().at("/items/data/0/id").asString();
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + item + "&items[0][quantity]=0&proration_behavior=none");

        deliverAll();

        assertThat(texts(given)).containsExactly("0");
    }

    @Test
    void aPortalThatTheShopHasNotSetUpIsToldAsThat() {
        ON_THE_WAY.next(
                "POST",
                "/v1/billing_portal/sessions",
                form -> form.replaceAll("configuration=[^&]*", "configuration=bpc_none"));

        refused(post("/api/billing-portal/sessions", BACK), 409, "portal-not-configured");
    }
}
