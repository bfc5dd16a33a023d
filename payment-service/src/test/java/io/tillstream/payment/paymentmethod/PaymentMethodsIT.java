package io.tillstream.payment.paymentmethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class PaymentMethodsIT extends SimulatedStripe {

    @Autowired
    private DuplicateCards duplicates;

    @Autowired
    private DefaultCardSweep defaults;

    @Autowired
    private CardEventHandler events;

    @Autowired
    private Transactions transactions;

    private JsonNode cards() {
        return get("/api/payment-methods").path("data");
    }

    private JsonNode atStripe() {
        return STRIPE.get("/v1/payment_methods?type=card&limit=100&customer=" + customerId())
                .path("data");
    }

    @Test
    void aSavedCardIsShownByItsFace() {
        String id = json(post("/api/payment-methods", "{'paymentMethodId':'pm_card_visa','setAsDefault':true}")
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
        JsonNode card = cards().get(0);
        assertThat(card.path("id").asString()).isEqualTo(id);
        assertThat(card.path("displayName").asString()).isEqualTo("Visa •••• 4242");
        assertThat(card.path("isDefault").asBoolean()).isTrue();
        assertThat(STRIPE.get("/v1/customers/" + customerId())
                        .path("invoice_settings")
                        .path("default_payment_method")
                        .asString())
                .isEqualTo(id);
        deliverAll();
        assertThat(cards()).hasSize(1);
        assertThat(told()).containsExactly("payment_method.saved.v1");
    }

    @Test
    void aTokenIsSavedOnceForOneKey() {
        String key = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            as(user).post()
                    .uri("/api/payment-methods")
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", key)
                    .bodyValue("{\"token\":\"tok_mastercard\"}")
                    .exchange()
                    .expectStatus()
                    .isCreated();
        }
        assertThat(cards()).hasSize(1);
        assertThat(atStripe()).hasSize(1);
    }

    /** A browser's token is good for one card: who sends it again under another key has saved no second one, and is told so. */
    @Test
    void aUsedTokenIsNoDeclinedCardAndSavesNothing() {
        String token = STRIPE.fromBrowser(
                        "/v1/tokens",
                        "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34&card[cvc]=123")
                .path("id")
                .asString();
        String body = "{'token':'" + token + "'}";
        post("/api/payment-methods", body).expectStatus().isCreated();

        JsonNode no = json(post("/api/payment-methods", body).expectStatus().isEqualTo(422));

        assertThat(no.path("code").asString()).isEqualTo("token-already-used");
        assertThat(no.at("/errors/0/field").asString()).isEqualTo("token");
        assertThat(cards()).hasSize(1);
        assertThat(atStripe()).hasSize(1);
    }

    @Test
    void theSameCardIsKeptOnce() {
        String first = saved("pm_card_visa");
        JsonNode again = json(post("/api/payment-methods", "{'paymentMethodId':'pm_card_visa'}")
                .expectStatus()
                .isOk());
        assertThat(again.path("id").asString()).isEqualTo(first);
        deliverAll();
        assertThat(cards()).hasSize(1);
        assertThat(atStripe()).hasSize(1);
    }

    /** Else a page takes the card that its user has just typed for an old one. */
    @Test
    void aCardIsNewAlsoWhereStripesEventIsFasterThanItsAnswer() {
        customersReady();
        news();
        String id = attached("pm_card_visa");
        List<Integer> beforeTheAnswer = new CopyOnWriteArrayList<>();
        ON_THE_WAY.next("POST", "/v1/payment_methods/" + id + "/attach", form -> form, () -> {
            deliverAll();
            beforeTheAnswer.add(cards().size());
        });

        JsonNode answer = json(post("/api/payment-methods", "{'paymentMethodId':'" + id + "'}")
                .expectStatus()
                .isCreated());

        assertThat(beforeTheAnswer).containsExactly(1);
        assertThat(cards()).hasSize(1);
        assertThat(answer.path("id").asString()).isEqualTo(id);
    }

    /** Their user would see the older expiry again, be warned of it, and Stripe's next event would have to bring it back. */
    @Test
    void whatWasReadBeforeAnAnswerDoesNotTakeItsPlace() {
        String id = saved("pm_card_visa");
        deliverAll();
        STRIPE.post("/v1/payment_methods/" + id, "card[exp_year]=2041");
        StripeEvent told = news("payment_method.updated", id);
        assertThat(transactions.run(events.apply(told, Optional.empty())).block(WAIT))
                .isInstanceOf(EventOutcome.NeedsRefetch.class);
        JsonNode read = events.refetch(told).block(WAIT);
        put(user, "/api/payment-methods/" + id, "{'expMonth':12,'expYear':2042}")
                .expectStatus()
                .isOk();

        assertThatThrownBy(() ->
                        transactions.run(events.apply(told, Optional.of(read))).block(WAIT))
                .isInstanceOf(TransientFault.class);

        assertThat(cards().get(0).path("expYear").asInt()).isEqualTo(2042);
        deliver(told);
        deliverAll();
        assertThat(cards().get(0).path("expYear").asInt()).isEqualTo(2042);
    }

    @Test
    void theSameCardTenTimesAtOnceIsKeptOnce() {
        List<CompletableFuture<String>> posts = IntStream.range(0, 10)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> json(post("/api/payment-methods", "{'paymentMethodId':'pm_card_visa'}"))
                                .path("id")
                                .asString()))
                .toList();
        List<String> ids =
                posts.stream().map(CompletableFuture::join).distinct().toList();
        assertThat(ids).hasSize(1);
        deliverAll();
        assertThat(cards()).hasSize(1);
        assertThat(atStripe()).hasSize(1);
    }

    @Test
    void aDuplicateThatCameByEventIsDetached() {
        String kept = saved("pm_card_visa");
        STRIPE.post("/v1/payment_methods/pm_card_visa/attach", "customer=" + customerId());
        deliverAll();
        assertThat(cards()).hasSize(1);
        execute("update cards set detach_due = now() - interval '1 day' where user_id = '" + user
                + "' and duplicate_of is not null");
        duplicates.round().block(WAIT);
        assertThat(atStripe())
                .singleElement()
                .satisfies(card -> assertThat(card.path("id").asString()).isEqualTo(kept));
        assertThat(told()).containsExactly("payment_method.saved.v1");
    }

    @Test
    void aCardThatItsBankRefusesIs402() {
        JsonNode refused = json(post("/api/payment-methods", "{'paymentMethodId':'pm_card_visa_chargeDeclined'}")
                .expectStatus()
                .isEqualTo(402));
        assertThat(refused.path("code").asString()).isEqualTo("card-declined");
        assertThat(refused.path("failure").path("code").asString()).isEqualTo("card_declined");
        assertThat(cards()).isEmpty();
    }

    /** @see <a href="https://docs.stripe.com/declines/codes">Stripe: decline codes, and which not to report</a> */
    @ParameterizedTest
    @ValueSource(strings = {"Lost", "Stolen"})
    void whoSavesACardThatIsNotTheirsDoesNotLearnThatItIsKnown(String reason) {
        String card = "pm_card_visa_chargeDeclined" + reason + "Card";
        JsonNode refused = json(post("/api/payment-methods", "{'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(402));
        assertThat(refused.at("/failure/declineCode").asString()).isEqualTo("generic_decline");
        assertThat(refused.toString().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain(reason.toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void anotherUsersCardIsNotThere() {
        String id = saved("pm_card_visa");
        String bob = "bob-" + user;
        put(bob, "/api/payment-methods/" + id, "{'setAsDefault':true}")
                .expectStatus()
                .isNotFound();
        as(bob).delete()
                .uri("/api/payment-methods/" + id)
                .exchange()
                .expectStatus()
                .isNotFound();
        as(bob).post()
                .uri("/api/payment-methods")
                .header("Content-Type", "application/json")
                .bodyValue("{\"paymentMethodId\":\"" + id + "\"}")
                .exchange()
                .expectStatus()
                .isNotFound();
        assertThat(cards()).hasSize(1);
    }

    @Test
    void aNewExpiryReachesStripeAndIsTold() {
        String id = saved("pm_card_visa");
        JsonNode changed = json(put(
                        user,
                        "/api/payment-methods/" + id,
                        "{'expMonth':5,'expYear':2040,'billingDetails':{'name':'Alice'}}")
                .expectStatus()
                .isOk());
        assertThat(changed.path("expYear").asInt()).isEqualTo(2040);
        JsonNode there = STRIPE.get("/v1/payment_methods/" + id);
        assertThat(there.path("card").path("exp_month").asInt()).isEqualTo(5);
        assertThat(there.path("billing_details").path("name").asString()).isEqualTo("Alice");
        assertThat(told()).containsExactly("payment_method.saved.v1", "payment_method.updated.v1");
        put(user, "/api/payment-methods/" + id, "{'expMonth':1,'expYear':2020}")
                .expectStatus()
                .isEqualTo(422);
    }

    @Test
    void aRemovedCardIsGoneForEver() {
        String id = saved("pm_card_visa");
        put(user, "/api/payment-methods/" + id, "{'setAsDefault':true}")
                .expectStatus()
                .isOk();
        as(user).delete()
                .uri("/api/payment-methods/" + id)
                .exchange()
                .expectStatus()
                .isNoContent();
        assertThat(STRIPE.get("/v1/payment_methods/" + id).path("customer").isNull())
                .isTrue();
        deliverAll();
        assertThat(cards()).isEmpty();
        JsonNode no = json(post("/api/payment-methods", "{'paymentMethodId':'" + id + "'}")
                .expectStatus()
                .isEqualTo(422));
        assertThat(no.path("code").asString()).isEqualTo("payment-method-unusable");
        assertThat(told()).containsExactly("payment_method.saved.v1", "payment_method.removed.v1");
        assertThat(texts("select default_payment_method from customers where user_id = '" + user + "'"))
                .containsExactly((String) null);
    }

    @RepeatedTest(5)
    void anyOrderOfACardsEventsEndsAsAtStripe(RepetitionInfo repetition) {
        assertThat(customersReady()).startsWith("cus_");
        news();
        String removed = attached("pm_card_visa");
        STRIPE.post("/v1/payment_methods/" + removed, "card[exp_year]=2041");
        STRIPE.post("/v1/payment_methods/" + removed + "/detach", "");
        String kept = attached("pm_card_amex");
        STRIPE.post("/v1/payment_methods/" + kept, "card[exp_year]=2042");
        STRIPE.post("/v1/payment_methods/" + kept, "card[exp_year]=2043");
        STRIPE.post("/v1/customers/" + customerId(), "invoice_settings[default_payment_method]=" + kept);
        var life = new ArrayList<>(news());
        life.addAll(List.copyOf(life));
        Collections.shuffle(life, Seed.random(repetition.getCurrentRepetition()));
        life.forEach(this::deliver);
        assertThat(cards()).singleElement().satisfies(card -> {
            assertThat(card.path("id").asString()).isEqualTo(kept);
            assertThat(card.path("expYear").asInt()).isEqualTo(2043);
            assertThat(card.path("isDefault").asBoolean()).isTrue();
        });
    }

    private String customersReady() {
        put("service", "/internal/customers/" + user, "{}").expectStatus().isOk();
        return customerId();
    }

    private String attached(String ready) {
        return STRIPE.post("/v1/payment_methods/" + ready + "/attach", "customer=" + customerId())
                .path("id")
                .asString();
    }

    @Test
    void aCardSetUpWithAuthenticationIsInTheList() {
        JsonNode intent = json(
                post("/api/payment-methods/setup-intents", "").expectStatus().isCreated());
        String id = intent.path("id").asString();
        assertThat(intent.path("clientSecret").asString()).startsWith(id + "_secret_");
        STRIPE.post(
                "/v1/setup_intents/" + id + "/confirm",
                "payment_method=pm_card_authenticationRequired&return_url=http://localhost:8080/");
        deliverAll();
        assertThat(cards()).isEmpty();
        STRIPE.control("/_simulator/setup_intents/" + id + "/authenticate", "{\"success\":true}");
        var events = news();
        Collections.reverse(events);
        events.forEach(this::deliver);
        assertThat(cards()).hasSize(1);
        assertThat(told()).containsExactly("payment_method.saved.v1");
    }

    @Test
    void aSetupSessionIsToldAtOnceToItsUserOnly() {
        JsonNode session = json(post(
                        "/api/checkout/sessions",
                        "{'mode':'setup','successUrl':'http://localhost:8080/cards','cancelUrl':'http://localhost:8080/'}")
                .expectStatus()
                .isCreated());
        String id = session.path("id").asString();
        assertThat(session.path("url").asString()).contains(id);
        assertThat(STRIPE.get("/v1/checkout/sessions/" + id).path("success_url").asString())
                .isEqualTo("http://localhost:8080/cards?session_id={CHECKOUT_SESSION_ID}");
        assertThat(get("/api/checkout/sessions/" + id).path("status").asString())
                .isEqualTo("open");
        as("bob-" + user)
                .get()
                .uri("/api/checkout/sessions/" + id)
                .exchange()
                .expectStatus()
                .isNotFound();
        post("/api/checkout/sessions", "{'mode':'setup','successUrl':'https://evil.example/'}")
                .expectStatus()
                .isEqualTo(422);
    }

    @Test
    void aCompleteSetupSessionBringsItsCardBeforeAnyEvent() {
        String id = json(post("/api/checkout/sessions", "{'mode':'setup','successUrl':'http://localhost:8080/cards'}")
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
        String setup =
                STRIPE.get("/v1/checkout/sessions/" + id).path("setup_intent").asString();
        STRIPE.post("/v1/setup_intents/" + setup + "/confirm", "payment_method=pm_card_visa");
        assertThat(get("/api/checkout/sessions/" + id).path("status").asString())
                .isEqualTo("complete");
        assertThat(cards()).hasSize(1);
        deliverAll();
        assertThat(cards()).hasSize(1);
        untilTheFirstIsTheDefault(); // on whatever road it came
    }

    /** Who comes back to the page would see the card as it was when the page was read. */
    @Test
    void whatAPageShowsOfAKnownCardDoesNotTakeThePlaceOfAnAnswer() {
        String id = json(post("/api/checkout/sessions", "{'mode':'setup','successUrl':'http://localhost:8080/cards'}")
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
        String setup =
                STRIPE.get("/v1/checkout/sessions/" + id).path("setup_intent").asString();
        STRIPE.post("/v1/setup_intents/" + setup + "/confirm", "payment_method=pm_card_visa");
        get("/api/checkout/sessions/" + id);
        execute("update cards set exp_year = 2042 where user_id = '" + user + "'"); // an answer that came meanwhile

        get("/api/checkout/sessions/" + id);

        assertThat(cards().get(0).path("expYear").asInt()).isEqualTo(2042);
    }

    /** Other tests' users may be before it in a round. */
    private void untilTheFirstIsTheDefault() {
        await("default").atMost(WAIT).until(() -> {
            defaults.round().block(WAIT);
            return cards().get(0).path("isDefault").asBoolean();
        });
    }

    @Test
    void aFirstCardThatCameByEventIsTheDefaultHereAndAtStripe() {
        customersReady();
        String id = attached("pm_card_visa");
        deliverAll();
        untilTheFirstIsTheDefault();
        assertThat(STRIPE.get("/v1/customers/" + customerId())
                        .at("/invoice_settings/default_payment_method")
                        .asString())
                .isEqualTo(id);

        saved("pm_card_mastercard");
        attached("pm_card_amex");
        deliverAll();
        assertThat(cards()).hasSize(3);
        assertThat(cards().valueStream()
                        .filter(card -> card.path("isDefault").asBoolean())
                        .map(card -> card.path("id").asString()))
                .containsExactly(id);
    }

    /** As subscription-service does where a new card comes with a subscription. */
    @Test
    void anotherServiceSavesACardOnTheSameRoad() {
        customersReady();
        String internal = "/internal/customers/" + user + "/payment-methods";
        String visa = "{'request':'" + UUID.randomUUID() + "','paymentMethodId':'pm_card_visa'}";
        String first = savedInside(internal, visa);

        assertThat(savedInside(internal, "{'request':'" + UUID.randomUUID() + "','paymentMethodId':'pm_card_visa'}"))
                .isEqualTo(first);

        assertThat(cards()).hasSize(1);
        post(user, internal, visa).expectStatus().isForbidden();
        post("service", internal, visa.replace("pm_card_visa", "pm_card_chargeDeclined"))
                .expectStatus()
                .isEqualTo(402);
    }

    private String savedInside(String internal, String card) {
        return json(post("service", internal, card).expectStatus().isOk())
                .path("paymentMethodId")
                .asString();
    }
}
