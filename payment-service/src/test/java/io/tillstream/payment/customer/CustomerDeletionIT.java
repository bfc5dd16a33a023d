package io.tillstream.payment.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.DatabaseTextSearch;
import io.tillstream.testing.Seed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Who is deleted leaves no name, street or e-mail in any table, and nothing that comes late brings them back. */
class CustomerDeletionIT extends SimulatedStripe {

    private static final String ALL_FAIL =
            "{\"operation\":\"DELETE /v1/customers/{customer}\",\"kind\":\"error_before\",\"times\":20}";

    @Autowired
    private CustomerDeletionSweep leaving;

    @Autowired
    private CustomerSweepQueue queue;

    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String name = "Zenobia" + mark;
    private final String street = "Quince" + mark;
    private final String email = "zen" + mark + "@example.com";

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    private void registered() {
        post("/api/customers", """
                        {'name':'%s Smith','email':'%s','address':{'line1':'%s Lane 1','city':'Oxford',
                         'postalCode':'OX1 1AA','country':'GB'}}""".formatted(name, email, street))
                .expectStatus()
                .isCreated();
    }

    private JsonNode pays(String method) {
        return json(as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .bodyValue("""
                        {"reference":"order-%s","userId":"%s","email":"%s","amount":1999,"currency":"usd",
                         "description":"Books","shippingAddress":{"name":"%s Smith","line1":"%s Lane 1","city":"Oxford",
                         "postalCode":"OX1","country":"GB"},"payment":{"method":"%s"%s}}""".formatted(
                                UUID.randomUUID(),
                                user,
                                email,
                                name,
                                street,
                                method,
                                method.equals("card") ? ",\"paymentMethodId\":\"pm_card_visa\"" : ""))
                .exchange()
                .expectStatus()
                .isOk());
    }

    private WebTestClient.ResponseSpec leave() {
        return leave("");
    }

    private WebTestClient.ResponseSpec leave(String query) {
        return as(user).delete().uri("/api/customers/me" + query).exchange();
    }

    private List<String> found() {
        return DatabaseTextSearch.with(DATABASE, name, street, email);
    }

    /** An active subscription of the user at Stripe, or one whose first payment never came. */
    private String subscribes(String more) {
        JsonNode price = STRIPE.post(
                "/v1/prices", "currency=usd&unit_amount=500&recurring[interval]=month&product_data[name]=Club" + mark);
        JsonNode made = STRIPE.post(
                "/v1/subscriptions",
                "customer=" + customerId() + "&items[0][price]="
                        + price.path("id").asString() + more);
        assertThat(made.has("error")).as(made.toString()).isFalse();
        return made.path("id").asString();
    }

    private String statusAtStripe(String subscription) {
        return STRIPE.get("/v1/subscriptions/" + subscription).path("status").asString();
    }

    @Test
    void noTableHoldsNameStreetOrEmailWhateverComesLate() {
        registered();
        String card = saved("pm_card_visa");
        put(user, "/api/payment-methods/" + card, """
                        {'billingDetails':{'name':'%s Smith','email':'%s','address':{'line1':'%s Lane 1',
                         'city':'Oxford','postalCode':'OX1','country':'GB'}}}""".formatted(name, email, street))
                .expectStatus()
                .isOk();
        pays("card");
        JsonNode open = pays("payment_element");
        assertThat(open.path("status").asString()).isEqualTo("action_required");
        assertThat(found()).contains("customers.name", "customers.email", "customers.address");

        leave().expectStatus().isNoContent();

        assertThat(found()).isEmpty();
        List<StripeEvent> late = new ArrayList<>(news());
        assertThat(late).anyMatch(event -> event.raw().toString().contains(name));
        late.addAll(late);
        Collections.shuffle(late, Seed.random("a deleted customer's late events"));
        late.forEach(this::deliver);
        assertThat(found()).isEmpty();
        as(user).get().uri("/api/customers/me").exchange().expectStatus().isNotFound();
    }

    /** The page, or Stripe.js with its secret, is open for as long as nobody has closed it at Stripe. */
    @Test
    void moneyThatComesAfterTheWishGoesBackAndMoneyThatCameBeforeStays() {
        registered();
        JsonNode before = pays("card");
        JsonNode open = pays("payment_element");
        String intent = open.path("stripePaymentIntentId").asString();

        STRIPE.control("/_simulator/faults", ALL_FAIL);
        leave().expectStatus().isAccepted();
        JsonNode confirmed = STRIPE.post(
                "/v1/payment_intents/" + intent + "/confirm",
                "payment_method=pm_card_visa&return_url=https://shop.example/back");
        assertThat(confirmed.path("status").asString()).as(confirmed.toString()).isEqualTo("succeeded");
        deliverAll();
        assertThat(closed(open, "customer_deleted")).isEqualTo("closed");

        await().atMost(WAIT).untilAsserted(() -> assertThat(refundsOf(open)).containsExactly("1999"));
        assertThat(toldOf(open)).doesNotContain("payment.succeeded.v1");
        assertThat(closed(before, "customer_deleted")).isEqualTo("settled");
        assertThat(refundsOf(before)).isEmpty();
        assertThat(toldOf(before)).contains("payment.succeeded.v1");
    }

    private String closed(JsonNode payment, String reason) {
        return json(as("service")
                        .post()
                        .uri("/internal/payables/" + payment.path("reference").asString() + "/close")
                        .header("Close-Reason", reason)
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("status")
                .asString();
    }

    private static List<String> toldOf(JsonNode payment) {
        return texts("select replace(type, 'io.tillstream.', '') from outbox where aggregate_id = '"
                + payment.path("reference").asString() + "'");
    }

    private static List<String> refundsOf(JsonNode payment) {
        return texts("select amount::text from refunds where payment_id = '"
                + payment.path("id").asString() + "'");
    }

    /** "Stripe cannot be asked" sends them to look for an outage that is none. */
    @Test
    void whoSavesACardWhileTheyAreBeingDeletedIsToldThatAndCanDoSoAfterwards() {
        registered();
        STRIPE.control("/_simulator/faults", ALL_FAIL);
        leave().expectStatus().isAccepted();

        for (String path : List.of("/api/payment-methods/setup-intents", "/api/checkout/sessions")) {
            post(path, setup(path))
                    .expectStatus()
                    .isEqualTo(409)
                    .expectBody()
                    .jsonPath("$.code")
                    .isEqualTo("customer-being-deleted");
        }

        STRIPE.delete("/_simulator/faults");
        aMinutePasses();
        leaving.round().block(WAIT);
        for (String path : List.of("/api/payment-methods/setup-intents", "/api/checkout/sessions")) {
            post(path, setup(path)).expectStatus().isCreated();
        }
    }

    private static String setup(String path) {
        return path.endsWith("intents")
                ? "{}"
                : "{'mode':'setup','uiMode':'hosted','successUrl':'http://localhost:8080/a','cancelUrl':'http://localhost:8080/b'}";
    }

    @Test
    void whereTheGoodsGoIsForgottenAsSoonAsStripeHasAnswered() {
        pays("card");
        assertThat(DatabaseTextSearch.with(DATABASE, name, street)).isEmpty();
    }

    @Test
    void whatOperatorsWroteOfTheirRefundsIsErasedAndNothingIsWrittenAnew() {
        registered();
        String reference = pays("card").path("reference").asString();
        String key = UUID.randomUUID().toString();
        refunded(reference, key);
        assertThat(found()).contains("refunds.note");

        leave().expectStatus().isNoContent();

        assertThat(found()).isEmpty();
        refunded(reference, key); // the same once more is the same refund
        refunded(reference, UUID.randomUUID().toString());
        assertThat(found()).isEmpty();
    }

    private void refunded(String reference, String key) {
        as("service")
                .post()
                .uri("/internal/payables/" + reference + "/refunds")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .bodyValue("{\"amount\":500,\"note\":\"" + name + " asked for it\"}")
                .exchange()
                .expectStatus()
                .is2xxSuccessful();
    }

    @Test
    void othersAreToldOfEachWishAndAtOnceThoughStripeIsAway() {
        registered();
        STRIPE.control("/_simulator/faults", ALL_FAIL);

        leave().expectStatus().isAccepted();

        assertThat(told()).containsExactly("customer.deleted.v1");
        leave().expectStatus().isAccepted();
        assertThat(told()).containsExactly("customer.deleted.v1", "customer.deleted.v1");
        STRIPE.delete("/_simulator/faults");
        aMinutePasses();
        leaving.round().block(WAIT);
        assertThat(found()).isEmpty();
        assertThat(told()).hasSize(2);
    }

    /** Else the two sweeps meet again and again, and who was told "deleted" goes on to be charged. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFirstCardDoesNotPutTheDeletionOff(boolean isKnownBefore) {
        registered();
        String customer = customerId();
        STRIPE.post("/v1/payment_methods/pm_card_visa/attach", "customer=" + customer);
        List<StripeEvent> attached = news().stream()
                .filter(event -> event.type().equals("payment_method.attached"))
                .filter(event -> event.raw().toString().contains(customer))
                .toList();
        assertThat(attached).hasSize(1);
        if (isKnownBefore) {
            attached.forEach(this::deliver);
        }
        STRIPE.control("/_simulator/faults", ALL_FAIL);
        leave().expectStatus().isAccepted();
        if (!isKnownBefore) {
            attached.forEach(this::deliver);
        }
        STRIPE.delete("/_simulator/faults");

        aMinutePasses();
        assertThat(queue.claimDefaults().collectList().block(WAIT))
                .extracting(CustomerSweepQueue.FirstCard::userId)
                .doesNotContain(user);
        leaving.round().block(WAIT);

        assertThat(found()).isEmpty();
    }

    /** While a release is rolled out, old instances note the wish without its time; their sweep ends with them. */
    @Test
    void whoLeftThroughAnOlderReleaseIsDeletedToo() {
        registered();
        String customer = customerId();
        execute("update customers set leaving = true, deletion_ask_at = null where user_id = '" + user + "'");

        leaving.round().block(WAIT);

        assertThat(found()).isEmpty();
        assertThat(STRIPE.get("/v1/customers/" + customer).path("deleted").asBoolean())
                .isTrue();
    }

    @Test
    void aFirstCardThatAnOlderReleaseNotedIsDueToo() {
        registered();
        execute("update customers set default_due = 'pm_1', default_ask_at = null where user_id = '" + user + "'");

        assertThat(queue.claimDefaults().collectList().block(WAIT))
                .extracting(CustomerSweepQueue.FirstCard::userId)
                .contains(user);
    }

    private void aMinutePasses() {
        execute(
                "update customers set updated_at = updated_at - interval '1 minute', deletion_ask_at = deletion_ask_at -"
                        + " interval '1 minute', default_ask_at = default_ask_at - interval '1 minute' where user_id = '"
                        + user
                        + "'");
    }

    @Test
    void othersAreToldOfWhomIsNotKnownHereToo() {
        leave().expectStatus().isNotFound();
        assertThat(told()).containsExactly("customer.deleted.v1");
    }

    @Test
    void anEmailThatWasOnlySuggestedIsErasedToo() {
        execute("insert into customers (user_id, email, details_due) values ('" + user + "', '" + email + "', true)");
        leave().expectStatus().isNoContent();
        assertThat(found()).isEmpty();
    }

    @Test
    void aLiveSubscriptionIsToldBeforeItEnds() {
        registered();
        saved("pm_card_visa");
        String subscription = subscribes("&default_payment_method="
                + get("/api/payment-methods").at("/data/0/id").asString());
        assertThat(statusAtStripe(subscription)).isEqualTo("active");

        leave().expectStatus().isEqualTo(409).expectBody().jsonPath("$.code").isEqualTo("subscription-active");
        leave("?confirm=yes").expectStatus().isEqualTo(422);

        assertThat(statusAtStripe(subscription)).isEqualTo("active");
        assertThat(get("/api/customers/me").path("email").asString()).isEqualTo(email);
        assertThat(told()).doesNotContain("customer.deleted.v1");

        leave("?confirm=end_subscriptions").expectStatus().isNoContent();

        assertThat(statusAtStripe(subscription)).isEqualTo("canceled");
        assertThat(found()).isEmpty();
    }

    /** What they order while Stripe is asked would be neither canceled with the deletion nor open to be paid. */
    @Test
    void theWishIsNotOlderThanTheAnswerThatNoSubscriptionIsLive() {
        registered();
        AtomicReference<Instant> answered = new AtomicReference<>(Instant.MAX);
        ON_THE_WAY.next("GET", "/v1/subscriptions", form -> form, () -> answered.set(Instant.now()));

        leave().expectStatus().isNoContent();

        assertThat(texts("select payload::jsonb ->> 'deletedAt' from outbox where aggregate_id = '" + user + "'"))
                .singleElement()
                .satisfies(wish -> assertThat(Instant.parse(wish)).isAfterOrEqualTo(answered.get()));
    }

    @Test
    void oneThatWasNeverPaidStandsInNobodysWay() {
        registered();
        String subscription = subscribes("&payment_behavior=default_incomplete");
        assertThat(statusAtStripe(subscription)).isEqualTo("incomplete");
        leave().expectStatus().isNoContent();
    }

    @Test
    void nothingIsDeletedWhileNobodyCanSayWhetherASubscriptionIsLive() {
        registered();
        STRIPE.control(
                "/_simulator/faults",
                "{\"operation\":\"GET /v1/subscriptions\",\"kind\":\"error_before\",\"times\":20}");
        leave().expectStatus().isEqualTo(503);
        assertThat(get("/api/customers/me").path("email").asString()).isEqualTo(email);
        leave("?confirm=end_subscriptions").expectStatus().isNoContent();
    }
}
