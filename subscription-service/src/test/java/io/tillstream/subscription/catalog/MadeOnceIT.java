package io.tillstream.subscription.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.ParkedEvents;
import io.tillstream.delivery.Transactions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** However many ask, and wherever a process dies: one Product and one Price. */
class MadeOnceIT extends OnePlan {

    @Autowired
    private PlanSweep sweep;

    @Autowired
    private Transactions transactions;

    @Autowired
    private PlanRepository rows;

    @Autowired
    private PlanWriter writes;

    @Autowired
    private PlanSyncRepository synced;

    @Autowired
    private StripeProducts stripeProducts;

    @Autowired
    private StripePrices stripePrices;

    @Autowired
    private DatabaseClient database;

    @Autowired
    private ParkedEvents parked;

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
        seed(900, "0 s"); // the sweep of this service is a sixth
        List<String> prices = Flux.range(0, 5)
                .map(i -> new PlanSync(transactions, rows, writes, synced, stripeProducts, stripePrices))
                .flatMap(instance -> instance.sync(plan), 5)
                .mapNotNull(Plan::stripePriceId)
                .collectList()
                .block(WAIT);
        assertThat(prices).containsOnly(pricesAtStripe().get(0).path("id").asString());
        assertThat(pricesAtStripe()).hasSize(1);
    }

    /** As slow as Stripe may be: nobody else begins meanwhile, and nobody asks with a key of their own. */
    @Test
    void whileOneInstanceTellsOfAPlanASweepDoesNot() {
        var held = new CountDownLatch(1);
        isHeldOnItsWay(held);
        seed(900, "1 minute");
        Mono<Plan> slow = new PlanSync(transactions, rows, writes, synced, stripeProducts, stripePrices).sync(plan);
        CompletableFuture<Plan> telling = slow.toFuture();
        await().atMost(WAIT).until(() -> !texts("select id from plans where told_until > now() and id = '" + plan + "'")
                .isEmpty());
        execute("update plans set sync_due_at = now() - interval '1 day' where id = '" + plan + "'");

        sweep.tellDue().block(WAIT);
        Plan other = new PlanSync(transactions, rows, writes, refused(held), stripeProducts, stripePrices)
                .sync(plan)
                .block(WAIT);
        held.countDown();

        assertThat(other).isNotNull();
        assertThat(other.stripePriceId()).isEqualTo(telling.join().stripePriceId());
        assertThat(pricesAtStripe()).hasSize(1);
        assertThat(STRIPE.get("/v1/prices?active=false&limit=100&product=tillstream_test_" + product)
                        .path("data"))
                .isEmpty();
    }

    @Test
    void aPlanOfAnInstanceThatDiedIsToldByAnotherAfterFifteenSecondsAtMost() {
        var held = new CountDownLatch(1);
        isHeldOnItsWay(held);
        CompletableFuture<?> request =
                CompletableFuture.runAsync(() -> post("operator", "/api/plans", words("Team", product, 900)));
        await().atMost(WAIT).until(() -> holds("told_until is not null"));

        assertThat(holds("told_until <= now() + interval '15 seconds'"))
                .as("whoever tells Stripe")
                .isTrue();
        assertThat(holds("sync_due_at <= now() + interval '15 seconds'"))
                .as("whoever wrote it")
                .isTrue();

        held.countDown();
        request.join();
    }

    /** However slow Stripe is. */
    @Test
    void whoTellsOfAPlanKeepsItsTurnForAsLongAsItTakes() {
        seed(900, "1 minute");
        var turn = transactions.run(synced.take(plan)).block(WAIT);
        Disposable telling = synced.during(turn, Mono.never()).subscribe();
        execute("update plans set told_until = now() where id = '" + plan + "'");

        await().atMost(WAIT).until(() -> holds("told_until > now() + interval '1 second'"));

        telling.dispose();
        transactions.run(synced.release(turn)).block(WAIT);
        assertThat(holds("told_until is null")).isTrue();
    }

    /** What it knows is old, and what it told Stripe last may have overtaken what another told it. */
    @Test
    void whoWakesUpLateKeepsNothingOfAPlanAndHasItToldAnew() {
        var held = new CountDownLatch(1);
        isHeldOnItsWay(held);
        seed(900, "1 minute");
        CompletableFuture<Plan> frozen = new PlanSync(transactions, rows, writes, synced, stripeProducts, stripePrices)
                .sync(plan)
                .toFuture();
        await().atMost(WAIT).until(() -> holds("told_until is not null"));
        execute("update plans set told_token = told_token + 1, told_until = now() + interval '1 hour' where id = '"
                + plan + "'");
        held.countDown();

        await().atMost(WAIT).until(() -> holds("sync_due_at <= now()"));

        assertThat(holds("stripe_price_id is null and told_until > now() + interval '50 minutes'"))
                .isTrue();
        execute("update plans set told_until = null where id = '" + plan + "'"); // the other is done
        assertThat(frozen.join().stripePriceId())
                .isEqualTo(pricesAtStripe().get(0).path("id").asString());
        assertThat(pricesAtStripe()).hasSize(1);
    }

    /** The request for the plan's Price, for as long as the test says. */
    private void isHeldOnItsWay(CountDownLatch held) {
        ON_THE_WAY.next(
                "POST",
                "/v1/prices",
                "tillstream_test_" + product,
                form -> {
                    passes(held);
                    return form;
                },
                () -> {});
    }

    private static void passes(CountDownLatch held) {
        try {
            assertThat(held.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Turns of an instance that found another at it: what that one waits for may go on then. */
    private PlanSyncRepository refused(CountDownLatch held) {
        return new PlanSyncRepository(database, parked, Clock.systemUTC()) {
            @Override
            Mono<Turn> take(String planId) {
                return super.take(planId).switchIfEmpty(Mono.fromRunnable(held::countDown));
            }
        };
    }

    private boolean holds(String condition) {
        return !texts("select id from plans where id = '" + plan + "' and " + condition)
                .isEmpty();
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
        seed(900, "0 s");
        sweep.tellDue().block(WAIT);
        await().atMost(WAIT)
                .until(() -> holds("stripe_price_id is not null")); // a round of its own may have been faster
        assertThat(pricesAtStripe()).hasSize(1);
        assertThat(shown().path("stripePriceId").asString())
                .isEqualTo(pricesAtStripe().get(0).path("id").asString());
    }

    @Test
    void aPriceThatWasMadeAndNotKeptIsFoundAgain() {
        made(900);
        execute("delete from plan_prices where plan_id = '" + plan + "'");
        execute(
                "update plans set stripe_price_id = null, stripe_product_id = null, sync_due_at = now() - interval '1 day' where id = '"
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
        String name = operation.endsWith("products") ? "id" : "product"; // not at those of another plan
        STRIPE.next(operation, fault, name, "tillstream_test_" + product);
        post("operator", "/api/plans", words("Team", product, 900))
                .expectStatus()
                .isAccepted();
        execute("update plans set sync_due_at = now() - interval '1 day' where id = '" + plan + "'");
        await().atMost(WAIT).untilAsserted(() -> {
            sweep.tellDue().block(WAIT);
            assertThat(texts("select stripe_price_id from plans where sync_due_at is null and id = '" + plan + "'"))
                    .hasSize(1)
                    .isEqualTo(pricesAtStripe().stream()
                            .map(price -> price.path("id").asString())
                            .toList());
        });
        assertThat(pricesAtStripe()).hasSize(1);
        assertThat(STRIPE.get("/v1/products/tillstream_test_" + product)
                        .path("name")
                        .asString())
                .isEqualTo("Team");
    }

    private void seed(long amount, String dueIn) {
        execute("insert into plans (id, product, name, currency, amounts, billing_interval, sync_due_at) values ('"
                + plan
                + "','" + product + "','Team','usd','{\"usd\":" + amount + "}','month', now() + interval '" + dueIn
                + "')");
    }
}
