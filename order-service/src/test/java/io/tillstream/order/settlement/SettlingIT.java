package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.order.RunningService;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import io.tillstream.testing.TestKafka;
import io.tillstream.web.IdempotencyKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SettlingIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60); // a parked event is tried again within some seconds

    @Autowired
    private OrderStripeEventHandler events;

    @Autowired
    private Transactions transactions;

    @Autowired
    private PaymentAttempts attempts;

    @Autowired
    private Writes writes;

    @Autowired
    private DatabaseClient database;

    @ParameterizedTest
    @EnumSource
    void theLifeOfAPaymentComesToItsEndWhateverTheSequence(StripeLives lives) {
        String id = placed("alice");
        if (lives.canceled()) {
            post("alice", "/api/orders/" + id + "/cancel", "{}").expectStatus().isOk();
        }
        StripeLife life = lives.lifeOf(UUID.fromString(id));
        List<StripeEvent> events = new ArrayList<>(life.events());
        events.addAll(life.events());
        Collections.shuffle(events, Seed.random(lives));
        life.intents().forEach(intent -> PAYMENTS.stripeHas(id, intent));
        events.forEach(event -> stripeSends(event.raw()));
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(appliedOf(life)).isEqualTo(life.events().size());
            JsonNode order = order("alice", id);
            assertThat(order.path("status").asString())
                    .isEqualTo(lives.end.name().toLowerCase(Locale.ROOT));
            assertThat(order.path("paid").path("amount").asLong(0)).isEqualTo(lives.paid);
            assertThat(order.path("refunded").path("amount").asLong(0)).isEqualTo(lives.refunded);
        });
        historyHasNoGaps(id);
    }

    @Test
    void theSameEventTenTimesHasOneEffect() {
        String id = placed("alice");
        StripeLife life = StripeLives.CHECKOUT.lifeOf(UUID.fromString(id));
        for (int i = 0; i < 10; i++) {
            life.events().forEach(event -> stripeSends(event.raw()));
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(published(id)).contains("io.tillstream.order.paid.v1"));
        assertThat(query("select to_status from order_history where order_id = '" + id + "' order by version"))
                .containsExactly("AWAITING_PAYMENT", "PAID");
        assertThat(published(id)).containsExactly("io.tillstream.order.placed.v1", "io.tillstream.order.paid.v1");
    }

    @Test
    void eventsThatComeBeforeTheirOrderWaitForIt() {
        String key = UUID.randomUUID().toString();
        UUID id = IdempotencyKey.of("alice", "POST /api/orders", key).id();
        StripeLife life = StripeLives.PARTIAL_REFUNDS.lifeOf(id);
        life.events().forEach(event -> stripeSends(event.raw()));
        await().atMost(SOON).untilAsserted(() -> assertThat(query("select event_id from parked_events"))
                .containsAll(life.events().stream().map(StripeEvent::id).toList()));
        post("alice", "/api/orders", key, ONE_ORDER).expectStatus().isCreated();
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        order("alice", id.toString()).path("status").asString())
                .isEqualTo("partially_refunded"));
    }

    @Test
    void eventsOfOthersAreIgnored() {
        String id = placed("alice");
        StripeLife life = StripeLives.CARD_THAT_WORKS.lifeOf(UUID.fromString(id));
        ObjectNode otherEnvironment = (ObjectNode) life.events().get(1).raw().deepCopy();
        otherEnvironment.put("id", "evt_other_" + id);
        ((ObjectNode) otherEnvironment.at("/data/object/metadata")).put("env", "production");
        ObjectNode stranger = otherEnvironment.deepCopy();
        stranger.put("id", "evt_stranger_" + id);
        ((ObjectNode) stranger.at("/data/object")).remove("metadata");
        ((ObjectNode) stranger.at("/data/object")).put("id", "pi_stranger_" + id);
        stripeSends(otherEnvironment);
        stripeSends(stranger);
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        query("select event_id from inbox where event_id like 'evt_%_" + id + "'"))
                .hasSize(2));
        assertThat(order("alice", id).path("status").asString()).isEqualTo("awaiting_payment");
        assertThat(query("select event_id from parked_events where event_id like 'evt_%_" + id + "'"))
                .isEmpty();
    }

    @Test
    void anOrdersNumberInForeignMetadataPaysNothing() {
        String id = placed("alice");
        StripeLife life = StripeLives.CARD_THAT_WORKS.lifeOf(UUID.fromString(id));
        for (StripeEvent event : life.events()) {
            ObjectNode copy = (ObjectNode) event.raw().deepCopy();
            copy.put("id", "evt_copy_" + event.id());
            ((ObjectNode) copy.at("/data/object/metadata")).remove("env");
            stripeSends(copy);
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(query("select event_id from inbox"))
                .containsAll(life.events().stream()
                        .map(event -> "evt_copy_" + event.id())
                        .toList()));
        assertThat(order("alice", id).path("status").asString()).isEqualTo("awaiting_payment");
    }

    /** An order is paid only by what payment-service made or linked, whatever the metadata of another object says. */
    @ParameterizedTest
    @EnumSource(names = {"CARD_THAT_WORKS", "CHECKOUT"})
    void whatPaymentServiceDidNotMakePaysNothingThoughItCarriesAllOfOurMetadata(StripeLives lives) {
        String id = placed("alice");
        StripeLife life = lives.lifeOf(UUID.fromString(id));
        life.events().forEach(event -> PAYMENTS.didNotMake(String.valueOf(event.objectId())));

        life.events().forEach(event -> stripeSends(event.raw()));

        await().atMost(SOON).untilAsserted(() -> assertThat(appliedOf(life))
                .isEqualTo(life.events().size()));
        assertThat(order("alice", id).path("status").asString()).isEqualTo("awaiting_payment");
        assertThat(published(id)).containsExactly("io.tillstream.order.placed.v1");
        assertThat(query("select outcome || ' ' || why from order_timeline where order_id = '" + id
                        + "' and kind = 'event'"))
                .isNotEmpty()
                .containsOnly("ignored payment-service made no such payment");
    }

    @Test
    void aClaimWaitsWhilePaymentServiceCannotSay() {
        String id = placed("alice");
        PAYMENTS.failWith(503);
        StripeLife life = StripeLives.CARD_THAT_WORKS.lifeOf(UUID.fromString(id));
        life.events().forEach(event -> stripeSends(event.raw()));
        await().atMost(SOON).untilAsserted(() -> assertThat(query("select event_id from set_aside_records"))
                .containsAnyElementsOf(
                        life.events().stream().map(StripeEvent::id).toList()));
        assertThat(order("alice", id).path("status").asString()).isEqualTo("awaiting_payment");
        PAYMENTS.failWith(0);
        execute("update set_aside_records set next_try_at = now()");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid"));
    }

    /** A question that is refused is refused each time: its event is a dead letter at once, and the next one goes on. */
    @Test
    void anEventThatPaymentServiceRefusesToJudgeIsADeadLetterAtOnce() {
        String id = placed("alice");
        PAYMENTS.failWith(422);
        StripeLife life = StripeLives.CARD_THAT_WORKS.lifeOf(UUID.fromString(id));
        StripeEvent event = life.events().get(0);
        stripeSends(event.raw());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(TestKafka.records(PREFIX + "stripe.events.order-service.dlt"))
                        .anyMatch(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8)
                                .contains(event.id())));
        assertThat(query("select event_id from set_aside_records where event_id = '" + event.id() + "'"))
                .isEmpty();
    }

    @Test
    void aWaitingBrowserIsToldAtOnce() {
        String id = placed("alice");
        var waiting = CompletableFuture.supplyAsync(() -> json(as("alice")
                .get()
                .uri("/api/orders/" + id + "/settlement?wait=20s")
                .exchange()
                .expectStatus()
                .isOk()));
        StripeLives.CARD_THAT_WORKS.lifeOf(UUID.fromString(id)).events().forEach(event -> stripeSends(event.raw()));
        assertThat(waiting.join().path("state").asString()).isEqualTo("paid");
    }

    @Test
    void aWaitWithoutNewsAsksPaymentServiceOnce() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_unknown")))
                .path("id")
                .asString();
        int before = PAYMENTS.questions(id);
        JsonNode state = json(as("alice")
                .get()
                .uri("/api/orders/" + id + "/settlement?wait=500ms")
                .exchange());
        assertThat(state.path("state").asString()).isEqualTo("settling");
        assertThat(PAYMENTS.questions(id)).isEqualTo(before + 1);
    }

    /** The browser would be sent to a check of its bank that is over. */
    @Test
    void anAnswerIsNotOutrankedByAnOlderEventOfTheSameIntent() {
        String id = placed("alice");
        List<String> early = new CopyOnWriteArrayList<>();
        PAYMENTS.beforeAnswer(payment -> {
            String intent = payment.path("stripePaymentIntentId").asString();
            StripeEvent event = told("requires_action", id, intent, "requires_action", 1_790_000_000);
            events.refetch(event) // whose intent it is
                    .flatMap(read -> transactions.run(events.apply(event, Optional.of(read))))
                    .block(SOON);
            early.addAll(query("select status from orders where id = '" + id + "'"));
        });
        int before = PAYMENTS.intentQuestions(id);
        String declined = "{\"method\":\"card\",\"paymentMethodId\":\"pm_card_declined\"}";
        post("alice", "/api/orders/" + id + "/payments", declined)
                .expectStatus()
                .isEqualTo(402);
        assertThat(early).containsExactly("ACTION_REQUIRED");
        assertThat(order("alice", id).path("status").asString()).isEqualTo("payment_failed");
        assertThat(PAYMENTS.intentQuestions(id)).isEqualTo(before + 1);
    }

    /** The buyer would be sent back to their bank for a payment that is on its way. */
    @Test
    void whatWasReadBeforeAnEventDoesNotTakeItsPlace() {
        String id = waitingForTheBank();
        String intent = query("select payment_intent from order_payments where order_id = '" + id + "'")
                .get(0);
        StripeEvent older = told("payment_failed", id, intent, "requires_payment_method", 1_790_000_000);
        assertThat(transactions.run(events.apply(older, Optional.empty())).block(SOON))
                .isInstanceOf(EventOutcome.NeedsRefetch.class);
        PAYMENTS.stripeSays(id, "requires_action");
        JsonNode read = events.refetch(older).block(SOON);
        StripeEvent newer = told("processing", id, intent, "processing", 1_790_000_009);
        transactions.run(events.apply(newer, Optional.empty())).block(SOON);

        assertThatThrownBy(() ->
                        transactions.run(events.apply(older, Optional.of(read))).block(SOON))
                .isInstanceOf(TransientFault.class);

        assertThat(order("alice", id).path("status").asString()).isEqualTo("payment_processing");
    }

    private static StripeEvent told(String what, String order, String intent, String status, long created) {
        return StripeEvent.read(JSON.readTree("""
                {"id":"evt_%s_%s","object":"event","type":"payment_intent.%s","created":%d,"livemode":false,
                 "data":{"object":{"id":"%s","object":"payment_intent","status":"%s","amount":2000,"amount_received":0,
                 "currency":"usd","metadata":{"order_id":"%s","env":"test"}}}}
                """.formatted(what, order, what, created, intent, status, order)));
    }

    /** Otherwise one message without a number gives an order that was paid the name of one whose money went back. */
    @Test
    void aSuccessThatDoesNotSayHowMuchIsReadAgainAndNotTakenForMoneyThatWentBack() {
        String id = placed("alice");
        String intent = "pi_bare_" + id;
        String bare = """
            {"id":"%s","object":"payment_intent","status":"succeeded","amount":2000,"currency":"usd",
             "metadata":{"order_id":"%s","env":"test"}}\
            """.formatted(intent, id);
        ObjectNode told = (ObjectNode) JSON.readTree(bare);
        PAYMENTS.stripeHas(id, told.deepCopy().put("amount_received", 2000));
        stripeSends(("{\"id\":\"evt_bare_" + id + "\",\"type\":\"payment_intent.succeeded\",\"created\":1790000000,"
                        + "\"livemode\":false,\"data\":{\"object\":" + bare + "}}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid"));
    }

    @Test
    void whoComesBackFromTheBankIsNotToldTheOldActionRequiredAndStripeIsReadOnce() {
        String id = waitingForTheBank();
        int version = settlement(id, "").path("version").asInt();
        int before = PAYMENTS.questions(id);
        assertThat(settlement(id, "?wait=300ms&since=" + (version - 1))
                        .path("state")
                        .asString())
                .as("news for who knows less")
                .isEqualTo("action_required");
        assertThat(PAYMENTS.questions(id)).isEqualTo(before);
        PAYMENTS.stripeSays(id, "succeeded");
        assertThat(settlement(id, "?wait=300ms").path("state").asString()).isEqualTo("paid");
        assertThat(PAYMENTS.questions(id)).isEqualTo(before + 1);
    }

    @Test
    void aStreamReadsStripeOnceWhenNoEventComesAfterTheBanksPage() {
        String id = waitingForTheBank();
        PAYMENTS.stripeSays(id, "succeeded");
        var states = WebClient.create(url())
                .get()
                .uri("/api/orders/" + id + "/settlement")
                .header("Authorization", "Bearer alice.token")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .retrieve()
                .bodyToFlux(String.class)
                .map(data -> JSON.readTree(data).path("state").asString())
                .takeUntil("paid"::equals)
                .collectList()
                .toFuture();
        assertThat(states.orTimeout(60, TimeUnit.SECONDS).join()).containsExactly("action_required", "paid");
    }

    /** Stripe's own event got lost, say; the buyer has left, and nobody asks by opening a page. */
    @Test
    void anOrderLearnsOfAPaymentThatOnlyPaymentServiceKnows() {
        String id = waitingForTheBank();
        PAYMENTS.stripeSays(id, "succeeded");
        paymentServiceTells(UUID.randomUUID(), "payment.succeeded", id, """
                {"reference":"%s","userId":"alice","paymentId":"p","stripePaymentIntentId":"pi",
                 "amount":{"amount":2000,"currency":"usd"}}""".formatted(id));
        await().atMost(SOON).until(() -> query("select status from orders where id = '" + id + "'")
                .contains("PAID"));
        await().atMost(SOON).until(() -> query(
                        "select 1 from order_payments where order_id = '" + id + "' and next_ask_at is not null")
                .isEmpty());
    }

    @Test
    void anOrderThatKnowsIsNotAskedAboutForThat() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
        String other = waitingForTheBank();
        PAYMENTS.stripeSays(other, "succeeded");
        for (String told : List.of(id, other)) { // one after the other, as they have the same key
            paymentServiceTells(UUID.randomUUID(), "payment.succeeded", "key", """
                {"reference":"%s","userId":"alice","paymentId":"p","stripePaymentIntentId":"pi",
                 "amount":{"amount":2000,"currency":"usd"}}""".formatted(told));
        }
        await().atMost(SOON).until(() -> asks(other).equals(List.of("1")));
        assertThat(asks(id)).containsExactly("0");
        assertThat(query("select next_ask_at from order_payments where order_id = '" + id + "'"))
                .containsOnlyNulls();
    }

    /** Its own answer is on the way, and payment-service would be asked about every payment that just works. */
    @Test
    void anAttemptWhoseOwnRequestIsUnderWayIsNotAskedAbout() {
        String id = placed("alice");
        List<String> meanwhile = new ArrayList<>();
        PAYMENTS.beforeAnswer(payment -> {
            attempts.askSoon(UUID.fromString(id), true).block(SOON);
            meanwhile.addAll(
                    query("select state || ' ' || asks || ' ' || (next_ask_at > updated_at) from order_payments"
                            + " where order_id = '" + id + "'"));
        });
        post("alice", "/api/orders/" + id + "/payments", "{\"method\":\"card\",\"paymentMethodId\":\"pm_card_visa\"}")
                .expectStatus()
                .isCreated();
        assertThat(meanwhile).containsExactly("ASKED 0 true");
    }

    /** It would be lost with the answer to a question that was asked before it, and the order with it. */
    @Test
    void aHintThatComesWhilePaymentServiceIsAskedIsKept() {
        UUID id = UUID.fromString(waitingForTheBank());
        Instant claimed = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MICROS);
        var attempt = attempts.of(id).blockFirst(SOON);
        execute("update order_payments set next_ask_at = '" + claimed + "' where order_id = '" + id + "'");

        attempts.asked(new PaymentAttempts.Due(attempt, claimed.minusSeconds(1)))
                .block(SOON);
        assertThat(nextAsks(id)).as("hinted at since the claim").doesNotContainNull();
        attempts.asked(new PaymentAttempts.Due(attempt, claimed)).block(SOON);
        assertThat(nextAsks(id)).containsOnlyNulls();
    }

    /** payment-service was asked, then the bank told it of the money, then its answer of before came in. */
    @Test
    void aHintThatComesBeforeAnOlderAnswerIsStoredIsKept() {
        UUID id = UUID.fromString(waitingForTheBank());
        UUID attempt = attempts.of(id).blockFirst(SOON).id();
        execute("update order_payments set state = 'PROCESSING', asks = 1, next_ask_at = now() + interval '1 hour'"
                + " where order_id = '" + id + "'");
        transactions
                .run(attempts.askSoon(id, true)
                        .then(writes.send(attempts.answered(attempt, PaymentAttempt.State.FAILED, false, null)))
                        .thenReturn(true)) // no sweep sees what is between
                .block(SOON);

        await("it is asked about").atMost(SOON).until(() -> !asks(id.toString()).equals(List.of("1")));
        await("and then no more").atMost(SOON).until(() -> nextAsks(id).equals(Collections.singletonList(null)));
    }

    @ParameterizedTest
    @CsvSource({"0, 60", "1, 120", "2, 240", "3, 300", "5, 300", "6, 3600", "7, 86400"})
    void theRestsBeforeAnAttemptIsAskedAboutAgainBeginWithTheFirstAndDouble(int asks, long seconds) {
        UUID id = UUID.fromString(placed("alice"));
        UUID attempt = UUID.randomUUID();
        Instant due = transactions
                .run(database.sql("""
                                insert into order_payments (id, order_id, method, state, asks, next_ask_at, created_at,
                                    updated_at)
                                values (:id, :orderId, 'card', 'ASKED', :asks, now() - interval '1 day', now(), now())""")
                        .bind("id", attempt)
                        .bind("orderId", id)
                        .bind("asks", asks)
                        .fetch()
                        .rowsUpdated()
                        .thenMany(attempts.claimDue(20)) // in one transaction: the sweep does not see it
                        .filter(claimed -> claimed.attempt().id().equals(attempt))
                        .next()
                        .map(PaymentAttempts.Due::claimedUntil))
                .block(SOON);
        assertThat(Duration.between(Instant.now(), due))
                .isBetween(Duration.ofSeconds(seconds - 40), Duration.ofSeconds(seconds));
    }

    /** A round looks until nothing is due: a buyer whose attempt becomes due meanwhile would wait for the next round. */
    @Test
    void whatBecomesDueDuringARoundIsAskedAboutInIt() {
        UUID id = UUID.fromString(placed("alice"));
        UUID attempt = UUID.randomUUID();
        Flux<PaymentAttempts.Due> claim = attempts.claimDue(100); // for all looks of the round

        List<UUID> claimed = transactions
                .run(database.sql("""
                                insert into order_payments (id, order_id, method, state, asks, next_ask_at, created_at,
                                    updated_at)
                                values (:id, :orderId, 'card', 'ASKED', 0, clock_timestamp(), now(), now())""")
                        .bind("id", attempt)
                        .bind("orderId", id)
                        .fetch()
                        .rowsUpdated()
                        .thenMany(claim) // in one transaction: the sweep does not see it
                        .map(due -> due.attempt().id())
                        .collectList())
                .block(SOON);

        assertThat(claimed).contains(attempt);
    }

    private static List<String> nextAsks(UUID orderId) {
        return query("select next_ask_at from order_payments where order_id = '" + orderId + "'");
    }

    private static List<String> asks(String orderId) {
        return query("select asks from order_payments where order_id = '" + orderId + "'");
    }

    private String waitingForTheBank() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_authenticationRequired")))
                .path("id")
                .asString();
        assertThat(settlement(id, "").path("state").asString()).isEqualTo("action_required");
        return id;
    }

    private JsonNode settlement(String id, String query) {
        return json(as("alice")
                .get()
                .uri("/api/orders/" + id + "/settlement" + query)
                .exchange()
                .expectStatus()
                .isOk());
    }

    @Test
    void aStreamTellsEachState() {
        String id = placed("alice");
        var first = new CompletableFuture<String>();
        var states = WebClient.create(url())
                .get()
                .uri("/api/orders/" + id + "/settlement")
                .header("Authorization", "Bearer alice.token")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .retrieve()
                .bodyToFlux(String.class)
                .map(data -> JSON.readTree(data).path("state").asString())
                .doOnNext(first::complete)
                .takeUntil("paid"::equals)
                .collectList()
                .toFuture();
        assertThat(first.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo("settling");
        StripeLives.CARD_THAT_WORKS.lifeOf(UUID.fromString(id)).events().forEach(event -> stripeSends(event.raw()));
        assertThat(states.orTimeout(60, TimeUnit.SECONDS).join())
                .startsWith("settling")
                .endsWith("paid");
    }

    @Test
    void theTimelineSaysWhy() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_declined")))
                .path("orderId")
                .asString();
        StripeLife life = new StripeLife(id)
                .intent("pi_2", "succeeded", "succeeded")
                .refund("re_1", "pi_2", "charge.refund.updated", "succeeded", 2000);
        life.events().forEach(event -> stripeSends(event.raw()));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order("alice", id).path("status").asString()).isEqualTo("refunded"));
        JsonNode timeline = json(as("alice")
                .get()
                .uri("/api/orders/" + id + "/timeline")
                .exchange()
                .expectStatus()
                .isOk());
        List<String> told = timeline.path("data")
                .valueStream()
                .map(entry ->
                        entry.path("kind").asString() + " " + entry.path("what").asString() + " "
                                + entry.path("outcome").asString())
                .toList();
        assertThat(told)
                .contains(
                        "call POST /api/orders placed",
                        "call payment by card asked",
                        "call POST /internal/payments failed",
                        "move payment_answer PAYMENT_FAILED",
                        "event payment_intent.succeeded applied",
                        "move stripe_event PAID",
                        "event charge.refund.updated applied");
    }

    private static long appliedOf(StripeLife life) {
        String ids =
                String.join("','", life.events().stream().map(StripeEvent::id).toList());
        return query("select event_id from inbox where event_id in ('" + ids + "')")
                .size();
    }

    private static void historyHasNoGaps(String id) {
        List<String> versions =
                query("select version from order_history where order_id = '" + id + "' order by version");
        assertThat(versions)
                .isEqualTo(IntStream.rangeClosed(1, versions.size())
                        .mapToObj(String::valueOf)
                        .toList());
    }

    private static List<String> published(String orderId) {
        return TestKafka.records(PREFIX + "orders.events").stream()
                .filter(event -> orderId.equals(event.key()))
                .map(event -> new String(
                        event.headers().lastHeader("ce_type").value(), java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }
}
