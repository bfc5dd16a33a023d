package io.tillstream.subscription.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Plans, here and at Stripe. */
class PlanLookupIT extends OnePlan {

    @Test
    void aPlanIsWhatStripeBills() {
        JsonNode made = made(2900);
        assertThat(made.path("id").asString()).isEqualTo(plan);
        JsonNode price = price(made);
        assertThat(price.path("unit_amount").asLong()).isEqualTo(2900);
        assertThat(price.at("/currency_options/eur/unit_amount").asLong()).isEqualTo(2800);
        assertThat(price.at("/recurring/interval").asString()).isEqualTo("month");
        assertThat(price.path("lookup_key").asString()).isEqualTo("tillstream_test_" + plan);
        assertThat(price.at("/product/name").asString()).isEqualTo("Team");
        assertThat(price.at("/product/description").asString()).isEqualTo("For one.");
        assertThat(texts(price.at("/product/marketing_features"), "name")).containsExactly("rooms", "exports");
        assertThat(plans.byPrice(price.path("id").asString()).block(WAIT).id()).isEqualTo(plan);
    }

    @Test
    void everyoneSeesPlansAndOnlyOperatorsMakeThem() {
        made(500);
        JsonNode seen = shown();
        assertThat(texts(seen.path("prices"), "currency")).containsExactly("usd", "eur");
        assertThat(seen.path("trialDays").asInt()).isEqualTo(14);
        assertThat(seen.path("maxQuantity").asInt()).isEqualTo(50);
        assertThat(idsOf("/api/plans"))
                .contains(plan, "starter-monthly", "starter-yearly", "pro-monthly", "pro-yearly");
        post("/api/plans", words("Mine", "mine", 900)).expectStatus().isForbidden();
        as(user).get().uri("/api/plans/none").exchange().expectStatus().isNotFound();
    }

    @Test
    void seededPlansReachStripeByThemselves() {
        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode seeded = get("/api/plans/pro-yearly");
            assertThat(price(seeded).path("unit_amount").asLong()).isEqualTo(29_000);
            assertThat(texts("select id from plans where sync_due_at is not null and id like 'pro-%'"))
                    .isEmpty();
        });
        assertThat(get("/api/plans/pro-yearly").path("stripeProductId"))
                .isEqualTo(get("/api/plans/pro-monthly").path("stripeProductId"));
    }

    @Test
    void anotherPriceIsAnotherPriceAtStripeAndTheFormerIsArchived() {
        String former = made(900).path("stripePriceId").asString();
        String present =
                changed(words("Team", product, 1900)).path("stripePriceId").asString();
        assertThat(present).isNotEqualTo(former);
        JsonNode archived = STRIPE.get("/v1/prices/" + former);
        assertThat(archived.path("active").asBoolean()).isFalse();
        assertThat(archived.path("lookup_key").isNull()).isTrue();
        assertThat(STRIPE.get("/v1/prices/" + present).path("lookup_key").asString())
                .isEqualTo("tillstream_test_" + plan);
        // Whoever has subscribed at the former price is still known to have this plan.
        assertThat(plans.byPrice(former).block(WAIT).id()).isEqualTo(plan);
        assertThat(plans.byPrice(present).block(WAIT).id()).isEqualTo(plan);
    }

    @Test
    void namesFeaturesAndTheEndOfAnOfferReachStripe() {
        JsonNode before = made(900);
        JsonNode after = changed(words("Crew", product, 900)
                .replace("'exports'", "'notes'")
                .replace("'perSeat'", "'active':false,'perSeat'"));
        assertThat(after.path("stripePriceId")).isEqualTo(before.path("stripePriceId"));
        JsonNode price = price(after);
        assertThat(price.path("active").asBoolean()).isFalse();
        assertThat(price.at("/product/name").asString()).isEqualTo("Crew");
        assertThat(after.path("active").asBoolean()).isFalse();
        changed(words("Crew", product, 900));
        assertThat(price(after).path("active").asBoolean()).isTrue();
        assertThat(texts(price(after).at("/product/marketing_features"), "name"))
                .containsExactly("rooms", "exports");
        deliverAll();
        assertThat(shown().path("active").asBoolean()).isTrue();
    }

    @Test
    void aPlanCanBeTakenOverFromStripeAndFollowsIt() {
        String theirs = STRIPE.post("/v1/products", "name=Old+" + product + "&description=From+before")
                .path("id")
                .asString();
        String price = STRIPE.post(
                        "/v1/prices",
                        "product=" + theirs + "&currency=eur&unit_amount=4200&recurring[interval]=month"
                                + "&recurring[interval_count]=3&lookup_key=old_" + product)
                .path("id")
                .asString();
        String body = "{'id':'" + plan + "','stripePriceId':'" + price + "','features':['rooms'],'trialDays':7}";
        JsonNode made = json(post("operator", "/api/plans", body).expectStatus().isCreated());
        assertThat(made.path("name").asString()).isEqualTo("Old " + product);
        assertThat(made.path("intervalCount").asInt()).isEqualTo(3);
        assertThat(made.at("/prices/0/amount").asLong()).isEqualTo(4200);
        post("operator", "/api/plans", body).expectStatus().isCreated();
        post("operator", "/api/plans", body.replace(plan, plan + "-again"))
                .expectStatus()
                .isEqualTo(409);
        put("operator", "/api/plans/" + plan, "{'name':'Ours'}").expectStatus().isEqualTo(422);
        assertThat(changed("{'features':['rooms','notes'],'trialDays':7}")
                        .path("features")
                        .size())
                .isEqualTo(2);
        deliverAll();
        STRIPE.post(
                "/v1/prices",
                "product=" + theirs + "&currency=eur&unit_amount=4300&recurring[interval]=month"
                        + "&recurring[interval_count]=3&lookup_key=old_" + product + "&transfer_lookup_key=true");
        STRIPE.post("/v1/products/" + theirs, "name=Older");
        deliverAll();
        assertThat(shown().at("/prices/0/amount").asLong()).isEqualTo(4300);
        assertThat(shown().path("name").asString()).isEqualTo("Older");
    }

    @ParameterizedTest
    @CsvSource({"49, usd", "100000000, usd", "501, isk", "550, ugx", "5124, kwd", "500, xxy", "500, hrk"})
    void aPlanNobodyCanPayForIsRefusedAndNotToldAsDeclinedCards(long amount, String currency) {
        JsonNode answer = json(post(
                        "operator",
                        "/api/plans",
                        "{'name':'X','prices':[{'amount':" + amount + ",'currency':'" + currency
                                + "'}],'interval':'month'}")
                .expectStatus()
                .isEqualTo(422));
        assertThat(texts(answer.path("errors"), "field")).containsExactly("prices");
    }

    @Test
    void wrongPlansAreRefusedByField() {
        JsonNode answer = json(post(
                        "operator",
                        "/api/plans",
                        "{'name':'X','prices':[{'amount':1,'currency':'xxy'},{'amount':2,'currency':'xxy'}],"
                                + "'interval':'year','intervalCount':4,'maxQuantity':3,'features':['a','a']}")
                .expectStatus()
                .isEqualTo(422));
        assertThat(texts(answer.path("errors"), "field"))
                .contains("prices", "intervalCount", "maxQuantity", "features");
        post("operator", "/api/plans", "{'stripePriceId':'price_none'}")
                .expectStatus()
                .isEqualTo(422);
    }
}
