package io.tillstream.subscription.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Outcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Plans, here and at Stripe. */
class PlansIT extends SimulatedStripe {

    @Autowired
    private Plans plans;

    @Autowired
    private PlanSweep sweep;

    @Autowired
    private Transactions transactions;

    @Autowired
    private PlanRows rows;

    @Autowired
    private PlanWrites writes;

    @Autowired
    private PlanSyncRows synced;

    @Autowired
    private StripeProducts stripeProducts;

    @Autowired
    private StripePrices stripePrices;

    private final String product =
            "p" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    private final String plan = product + "-monthly";

    private static String words(String name, String product, long amount) {
        return "{'name':'" + name + "','product':'" + product + "','description':'For one.','interval':'month',"
                + "'prices':[{'amount':" + amount + ",'currency':'usd'},{'amount':" + (amount - 100)
                + ",'currency':'eur'}],'features':['rooms','exports'],'trialDays':14,'perSeat':true,'maxQuantity':50}";
    }

    private JsonNode made(long amount) {
        return json(post("operator", "/api/plans", words("Team", product, amount))
                .expectStatus()
                .isCreated());
    }

    private JsonNode changed(String body) {
        return json(put("operator", "/api/plans/" + plan, body).expectStatus().isOk());
    }

    private static JsonNode price(JsonNode plan) {
        return STRIPE.get(
                "/v1/prices/" + plan.path("stripePriceId").asString() + "?expand[]=currency_options&expand[]=product");
    }

    private List<JsonNode> pricesAtStripe() {
        return STRIPE.get("/v1/prices?limit=100&product=tillstream_test_" + product)
                .path("data")
                .valueStream()
                .toList();
    }

    private JsonNode shown() {
        return get("/api/plans/" + plan);
    }

    private static List<String> texts(JsonNode list, String field) {
        return list.valueStream().map(one -> one.path(field).asString()).toList();
    }

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
        assertThat(texts(get("/api/plans?limit=100").path("data"), "id"))
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
    void twentySimultaneousCreationsMakeOneProductAndOnePrice() {
        List<String> prices = Flux.fromStream(IntStream.range(0, 20).boxed())
                .flatMap(
                        i -> Mono.fromCallable(
                                        () -> made(1500).path("stripePriceId").asString())
                                .subscribeOn(Schedulers.boundedElastic()),
                        20)
                .collectList()
                .block(WAIT);
        assertThat(prices)
                .hasSize(20)
                .containsOnly(pricesAtStripe().get(0).path("id").asString());
        assertThat(pricesAtStripe()).hasSize(1);
        post("operator", "/api/plans", words("Team", product, 1600))
                .expectStatus()
                .isEqualTo(409);
    }

    @Test
    void instancesThatKnowNothingOfEachOtherMakeOnePrice() {
        seed(900);
        List<String> prices = Flux.range(0, 5)
                .map(i -> new PlanSync(transactions, rows, writes, synced, stripeProducts, stripePrices))
                .flatMap(instance -> instance.sync(plan), 5)
                .mapNotNull(Plan::stripePriceId)
                .collectList()
                .block(WAIT);
        assertThat(prices).containsOnly(pricesAtStripe().get(0).path("id").asString());
        assertThat(pricesAtStripe()).hasSize(1);
    }

    @Test
    void plansOfOneProductThatAreMadeAtOnceShareIt() {
        List<String> products = Flux.just("day", "week", "month", "year")
                .flatMap(interval -> Mono.fromCallable(() -> json(post(
                                                "operator",
                                                "/api/plans",
                                                words("Team", product, 900).replace("'month'", "'" + interval + "'"))
                                        .expectStatus()
                                        .isCreated())
                                .path("stripeProductId")
                                .asString())
                        .subscribeOn(Schedulers.boundedElastic()))
                .collectList()
                .block(WAIT);
        assertThat(products).hasSize(4).containsOnly("tillstream_test_" + product);
        assertThat(pricesAtStripe()).hasSize(4);
        post(
                        "operator",
                        "/api/plans",
                        words("Another", product, 900).replace("'month','", "'month','intervalCount':2,'"))
                .expectStatus()
                .isEqualTo(422);
    }

    @Test
    void aPlanWhoseRequestDiedBeforeStripeWasAskedIsMadeByTheSweep() {
        seed(900);
        sweep.round().block(WAIT);
        assertThat(pricesAtStripe()).hasSize(1);
        assertThat(shown().path("stripePriceId").asString())
                .isEqualTo(pricesAtStripe().get(0).path("id").asString());
    }

    @Test
    void aPriceThatWasMadeAndNotKeptIsFoundAgain() {
        made(900);
        execute("delete from plan_prices where plan_id = '" + plan + "'");
        execute("update plans set stripe_price_id = null, stripe_product_id = null, sync_due_at = now() where id = '"
                + plan + "'");
        assertThat(plans.find(plan).flatMap(plans::priceOf).block(WAIT))
                .isEqualTo(pricesAtStripe().get(0).path("id").asString());
        assertThat(pricesAtStripe()).hasSize(1);
    }

    @Test
    void aLostAnswerMakesNoSecondPrice() {
        finishedAfter("POST /v1/prices", "error_after");
    }

    @Test
    void aPlanWhoseRequestDiedBetweenProductAndPriceGetsOneOfEach() {
        finishedAfter("POST /v1/prices", "error_before");
    }

    @Test
    void aProductWhoseAnswerWasLostIsFoundByItsId() {
        finishedAfter("POST /v1/products", "error_after");
    }

    /** The request says that it is not done yet, and the sweep ends it without a second of anything. */
    private void finishedAfter(String operation, String fault) {
        STRIPE.next(operation, fault);
        post("operator", "/api/plans", words("Team", product, 900))
                .expectStatus()
                .isAccepted();
        execute("update plans set sync_due_at = now() where id = '" + plan + "'");
        await().atMost(WAIT).untilAsserted(() -> {
            sweep.round().block(WAIT);
            assertThat(texts("select stripe_price_id from plans where sync_due_at is null and id = '" + plan + "'"))
                    .containsExactly(pricesAtStripe().get(0).path("id").asString());
        });
        assertThat(pricesAtStripe()).hasSize(1);
        assertThat(STRIPE.get("/v1/products/tillstream_test_" + product)
                        .path("name")
                        .asString())
                .isEqualTo("Team");
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
    void whatIsChangedAtTheDashboardComesBackInWhateverOrderItIsTold() {
        made(900);
        deliverAll();
        STRIPE.post("/v1/products/tillstream_test_" + product, "name=Club&description=For+many.");
        STRIPE.post("/v1/products/tillstream_test_" + product, "name=Clan");
        List<StripeEvent> told = news();
        assertThat(told).hasSize(2);
        for (int i : List.of(1, 0, 1, 0, 0, 1)) {
            deliver(told.get(i));
        }
        assertThat(shown().path("name").asString()).isEqualTo("Clan");
        assertThat(shown().path("description").asString()).isEqualTo("For many.");
        STRIPE.post("/v1/products/tillstream_test_" + product, "active=false");
        deliverAll();
        assertThat(shown().path("active").asBoolean()).isFalse();
    }

    @Test
    void anOlderEventChangesNothing() {
        JsonNode made = made(900);
        StripeEvent newer = told(made, 2_000_000_000L, "Newer", "evt_newer");
        StripeEvent older = told(made, 1_999_999_999L, "Older", "evt_older");
        assertThat(deliver(newer)).isEqualTo(new Outcome.Applied());
        assertThat(deliver(older)).isEqualTo(new Outcome.Ignored("older than what is known"));
        assertThat(deliver(newer)).isEqualTo(new Outcome.Ignored("says nothing new"));
        assertThat(shown().path("name").asString()).isEqualTo("Newer");
    }

    private StripeEvent told(JsonNode plan, long created, String name, String id) {
        JsonNode product = JSON.readTree(
                STRIPE.get("/v1/products/" + plan.path("stripeProductId").asString())
                        .toString()
                        .replace("\"Team\"", "\"" + name + "\""));
        return StripeEvent.read(JSON.createObjectNode()
                .put("id", id)
                .put("type", "product.updated")
                .put("created", created)
                .set("data", JSON.createObjectNode().set("object", product)));
    }

    @Test
    void aPriceThatIsArchivedAtTheDashboardIsNotOfferedAnyMore() {
        String price = made(900).path("stripePriceId").asString();
        deliverAll();
        STRIPE.post("/v1/prices/" + price, "active=false");
        List<StripeEvent> told = news();
        told.forEach(this::deliver);
        told.forEach(this::deliver);
        assertThat(shown().path("active").asBoolean()).isFalse();
        assertThat(texts(get("/api/plans?limit=100").path("data"), "id")).doesNotContain(plan);
    }

    @Test
    void aPriceThatIsGivenThePlansKeyAtTheDashboardIsThePlansPrice() {
        String former = made(900).path("stripePriceId").asString();
        deliverAll();
        String present = STRIPE.post(
                        "/v1/prices",
                        "product=tillstream_test_" + product
                                + "&currency=usd&unit_amount=1234&recurring[interval]=year&lookup_key=tillstream_test_"
                                + plan + "&transfer_lookup_key=true&currency_options[eur][unit_amount]=1111")
                .path("id")
                .asString();
        List<StripeEvent> told = news();
        assertThat(told).hasSizeGreaterThanOrEqualTo(2);
        for (int i = told.size() - 1; i >= 0; i--) {
            deliver(told.get(i));
        }
        told.forEach(this::deliver);
        JsonNode now = shown();
        assertThat(now.path("stripePriceId").asString()).isEqualTo(present);
        assertThat(now.at("/prices/0/amount").asLong()).isEqualTo(1234);
        assertThat(now.at("/prices/1/amount").asLong()).isEqualTo(1111);
        assertThat(now.path("interval").asString()).isEqualTo("year");
        assertThat(plans.byPrice(former).block(WAIT).id()).isEqualTo(plan);
        // A later change of the name leaves the dashboard's price in force.
        changed("{'name':'Club','description':'For one.','interval':'year','prices':[{'amount':1234,'currency':'usd'},"
                + "{'amount':1111,'currency':'eur'}]}");
        assertThat(shown().path("stripePriceId").asString()).isEqualTo(present);
    }

    @Test
    void newsThatComeWhileOurChangeIsOnItsWayAreJudgedAfterIt() {
        made(900);
        deliverAll();
        execute("update plans set sync_due_at = now() + interval '1 hour', changes = changes + 1 where id = '" + plan
                + "'");
        STRIPE.post("/v1/products/tillstream_test_" + product, "name=Meanwhile");
        StripeEvent told = news().get(0);
        assertThat(deliver(told)).isEqualTo(new Outcome.Parked("plan:" + plan));
        execute("update plans set sync_due_at = null, synced_at = now() + interval '1 minute' where id = '" + plan
                + "'");
        deliver(told);
        assertThat(shown().path("name").asString()).isEqualTo("Meanwhile");
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

    private void seed(long amount) {
        execute("insert into plans (id, product, name, currency, amounts, billing_interval) values ('" + plan + "','"
                + product + "','Team','usd','{\"usd\":" + amount + "}','month')");
    }
}
