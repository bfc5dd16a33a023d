package io.tillstream.subscription.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.SimulatedStripe;
import io.tillstream.testing.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A plan that somebody edits at Stripe's dashboard for a while ends as Stripe has it, however its events come. */
class AnyOrderOfPlanEventsIT extends SimulatedStripe {

    private static final int PERMUTATIONS = 40;

    private static final String PLAN = "edited-monthly";
    private static final String KEY = "tillstream_test_" + PLAN;
    private static final String PRODUCT = "/v1/products/tillstream_test_edited";

    @Test
    void anyPermutationWithRepeatsEndsInStripesState() {
        String first = json(post("operator", "/api/plans", """
                {'product':'edited','name':'Edited','description':'','interval':'month',
                 'prices':[{'amount':500,'currency':'usd'}]}\
                """).expectStatus().isCreated())
                .path("stripePriceId")
                .asString();
        news();
        execute("create table plans_before as select * from plans where id = '" + PLAN + "'");
        List<StripeEvent> life = editedAtTheDashboard(first);
        assertThat(life).hasSizeGreaterThan(9);

        Random random = Seed.random(PLAN);
        for (int round = 0; round < PERMUTATIONS; round++) {
            List<StripeEvent> told = new ArrayList<>(life);
            told.addAll(life.subList(random.nextInt(life.size()), life.size()));
            Collections.shuffle(told, random);
            asBefore(first);
            told.forEach(this::deliver);
            assertThatItIsAsAtStripe(
                    round + ": " + told.stream().map(StripeEvent::id).toList());
        }
        execute("drop table plans_before");
    }

    private List<StripeEvent> editedAtTheDashboard(String first) {
        STRIPE.post(PRODUCT, "name=Second");
        STRIPE.post("/v1/prices/" + first, "active=false");
        STRIPE.post("/v1/prices/" + first, "active=true");
        String second = price(700, "year");
        STRIPE.post("/v1/prices/" + second, "active=false");
        STRIPE.post(PRODUCT, "name=Third&description=Said+more.");
        String third = price(800, "month");
        STRIPE.post("/v1/prices/" + third, "nickname=last");
        STRIPE.post("/v1/prices/" + first, "active=false");
        STRIPE.post(PRODUCT, "active=false");
        STRIPE.post(PRODUCT, "name=Fourth&active=true");
        return news();
    }

    private static String price(long amount, String interval) {
        return STRIPE.post(
                        "/v1/prices",
                        "product=tillstream_test_edited&currency=usd&unit_amount=" + amount + "&recurring[interval]="
                                + interval + "&lookup_key=" + KEY + "&transfer_lookup_key=true")
                .path("id")
                .asString();
    }

    private static void asBefore(String first) {
        execute("delete from stripe_objects");
        execute("delete from plan_prices where plan_id = '" + PLAN + "' and stripe_price_id <> '" + first + "'");
        execute("""
                update plans p set (name, description, amounts, billing_interval, interval_count, offered, product_active,
                       version, stripe_price_id)
                = (select name, description, amounts, billing_interval, interval_count, offered, product_active,
                       version, stripe_price_id from plans_before)
                where p.id = '%s'
                """.formatted(PLAN));
    }

    private void assertThatItIsAsAtStripe(String how) {
        JsonNode plan = get("/api/plans/" + PLAN);
        JsonNode price =
                STRIPE.get("/v1/prices?lookup_keys[]=" + KEY).path("data").path(0);
        JsonNode product = STRIPE.get(PRODUCT);
        assertThat(plan.path("stripePriceId")).as(how).isEqualTo(price.path("id"));
        assertThat(plan.at("/prices/0/amount")).as(how).isEqualTo(price.path("unit_amount"));
        assertThat(plan.path("interval")).as(how).isEqualTo(price.at("/recurring/interval"));
        assertThat(plan.path("name")).as(how).isEqualTo(product.path("name"));
        assertThat(plan.path("description")).as(how).isEqualTo(product.path("description"));
        assertThat(plan.path("active").asBoolean())
                .as(how)
                .isEqualTo(price.path("active").asBoolean()
                        && product.path("active").asBoolean());
    }
}
