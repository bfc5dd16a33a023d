package io.tillstream.subscription.catalog;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A plan to be made, and what there is of it at Stripe. */
abstract class OnePlan extends SimulatedStripe {

    @Autowired
    protected PlanLookup plans;

    protected final String product =
            "p" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    protected final String plan = product + "-monthly";

    protected static String words(String name, String product, long amount) {
        return "{'name':'" + name + "','product':'" + product + "','description':'For one.','interval':'month',"
                + "'prices':[{'amount':" + amount + ",'currency':'usd'},{'amount':" + (amount - 100)
                + ",'currency':'eur'}],'features':['rooms','exports'],'trialDays':14,'perSeat':true,'maxQuantity':50}";
    }

    protected JsonNode made(long amount) {
        return json(post("operator", "/api/plans", words("Team", product, amount))
                .expectStatus()
                .isCreated());
    }

    protected JsonNode changed(String body) {
        return json(put("operator", "/api/plans/" + plan, body).expectStatus().isOk());
    }

    protected static JsonNode price(JsonNode plan) {
        return STRIPE.get(
                "/v1/prices/" + plan.path("stripePriceId").asString() + "?expand[]=currency_options&expand[]=product");
    }

    protected List<JsonNode> pricesAtStripe() {
        return STRIPE.get("/v1/prices?limit=100&product=tillstream_test_" + product)
                .path("data")
                .valueStream()
                .toList();
    }

    protected JsonNode shown() {
        return get("/api/plans/" + plan);
    }

    protected static List<String> texts(JsonNode list, String field) {
        return list.valueStream().map(one -> one.path(field).asString()).toList();
    }

    /** What Stripe has told of this plan since it was asked last; the examples of the catalog may be on their way too. */
    protected List<StripeEvent> newsOfIt() {
        return news().stream()
                .filter(event -> event.raw().toString().contains(product))
                .toList();
    }
}
