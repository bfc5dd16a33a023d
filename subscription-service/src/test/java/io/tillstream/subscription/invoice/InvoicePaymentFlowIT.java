package io.tillstream.subscription.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** A subscription that fails is rescued by another card, now. */
class InvoicePaymentFlowIT extends Subscriber {

    @BeforeEach
    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    private String owesARenewal() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D");
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        assertThat(column("status")).isEqualTo("past_due");
        return invoices().get(0).path("id").asString();
    }

    private WebTestClient.ResponseSpec pay(String invoice, String body) {
        return ask("/api/invoices/" + invoice + "/pay", body);
    }

    private WebTestClient.ResponseSpec payWith(String card) {
        return put(user, "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + card + "'}");
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user + "' order by 1");
    }

    @Test
    void anotherCardPaysWhatIsOwedAndWhatIsToCome() {
        String owed = owesARenewal();
        String good = savedCard("pm_card_mastercard");

        assertThat(ok(payWith(good)).path("paymentMethodId").asString()).isEqualTo(good);
        assertThat(shownAtStripe().path("default_payment_method").asString()).isEqualTo(good);
        ok(payWith(good));
        JsonNode paid = ok(pay(owed, "{'paymentMethodId':'" + good + "'}"));

        assertThat(paid.path("status").asString()).isEqualTo("paid");
        deliverAll();
        assertThat(column("status")).isEqualTo("active");
        assertThat(features()).containsExactly("reading-room full");
        refused(pay(owed, "{}"), 409, "invoice-paid");
        assertThat(STRIPE.get("/v1/payment_intents?customer=" + customer)
                        .path("data")
                        .valueStream()
                        .filter(intent -> intent.path("status").asString().equals("succeeded")))
                .hasSize(2);
    }

    /** Its event is still on the way, and the page that shows the subscription asks for what is to be paid. */
    @Test
    void anInvoiceThatTheSubscriptionNamesIsThereForItsOwner() {
        String owed = owesARenewal();
        String shown = get("/api/subscriptions/" + id).path("latestInvoiceId").asString();
        assertThat(shown).isEqualTo(owed);
        execute("delete from invoices where stripe_invoice_id = '" + owed + "'");
        as("somebody-else")
                .get()
                .uri("/api/invoices/" + owed)
                .exchange()
                .expectStatus()
                .isNotFound();
        assertThat(texts("select status from invoices where stripe_invoice_id = '" + owed + "'"))
                .isEmpty();
        assertThat(get("/api/invoices/" + owed).path("status").asString()).isEqualTo("open");

        execute("delete from invoices where stripe_invoice_id = '" + owed + "'");
        String good = savedCard("pm_card_mastercard");
        assertThat(ok(pay(owed, "{'paymentMethodId':'" + good + "'}"))
                        .path("status")
                        .asString())
                .isEqualTo("paid");
    }

    @Test
    void whileStripeIsAwayAnInvoiceThatIsNamedIsNotDenied() {
        String owed = owesARenewal();
        execute("delete from invoices where stripe_invoice_id = '" + owed + "'");
        JsonNode planted = STRIPE.control(
                "/_simulator/faults",
                "{\"operation\":\"GET /v1/invoices/{invoice}\",\"kind\":\"close_before\",\"times\":20}");
        assertThat(planted.has("id")).as(planted.toString()).isTrue();
        expect(as(user).get().uri("/api/invoices/" + owed).exchange(), 503);
    }

    @Test
    void aDeclineIsToldAndTheBillStaysOpen() {
        String owed = owesARenewal();
        JsonNode no = expect(pay(owed, "{'paymentMethodId':'" + savedCard(EMPTY_CARD) + "'}"), 402);
        assertThat(no.path("code").asString()).isEqualTo("card-declined");
        assertThat(no.at("/failure/code").asString()).isEqualTo("card_declined");
        assertThat(no.at("/invoice/status").asString()).isEqualTo("open");
    }

    @Test
    void whereTheBankWantsToSeeItsOwnerTheAnswerSaysHow() {
        String owed = owesARenewal();
        JsonNode open = ok(pay(owed, "{'paymentMethodId':'" + savedCard(CHECKED_CARD) + "'}"));
        assertThat(open.path("status").asString()).isEqualTo("open");
        assertThat(open.path("actionRequired").asBoolean()).isTrue();
        assertThat(open.path("clientSecret").asString()).contains("_secret_");
    }

    @Test
    void nobodyPaysAnothersBillNorWithAnothersCardNorForWhatIsOver() {
        String owed = owesARenewal();
        String stolen = STRIPE.post(
                        "/v1/payment_methods/pm_card_visa/attach",
                        "customer="
                                + STRIPE.post("/v1/customers", "").path("id").asString())
                .path("id")
                .asString();
        refused(
                post(
                        "somebody-else",
                        "/api/invoices/" + owed + "/pay",
                        "{}",
                        UUID.randomUUID().toString()),
                404,
                "not-found");
        refused(pay(owed, "{'paymentMethodId':'" + stolen + "'}"), 422, "payment-method-unusable");
        refused(payWith(stolen), 422, "payment-method-unusable");
        put("somebody-else", "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + stolen + "'}")
                .expectStatus()
                .isNotFound();
        refused(post("/api/invoices/" + owed + "/pay", "{}"), 400, "idempotency-key-missing");

        ok(act("cancel", "{'when':'now'}"));
        deliverAll();
        refused(pay(owed, "{}"), 409, "subscription-ended");
        refused(payWith(savedCard("pm_card_mastercard")), 409, "subscription-ended");
        assertThat(STRIPE.get("/v1/invoices/" + owed).path("status").asString()).isEqualTo("open");
    }

    @Test
    void anAnswerThatIsLostIsNoSecondPayment() {
        String owed = owesARenewal();
        String good = savedCard("pm_card_mastercard");
        STRIPE.next("POST /v1/invoices/*/pay", "close_after");
        expect(pay(owed, "{'paymentMethodId':'" + good + "'}"), 202);
        deliverAll();
        refused(pay(owed, "{'paymentMethodId':'" + good + "'}"), 409, "invoice-paid");
        assertThat(column("status")).isEqualTo("active");
    }

    @Test
    void whoAsksAgainWithTheSameKeyIsNotToldForADayThatNobodyKnowsYet() {
        String owed = owesARenewal();
        String wish = "{'paymentMethodId':'" + savedCard("pm_card_mastercard") + "'}";
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/invoices/*/pay", "close_before");
        expect(ask(key, "/api/invoices/" + owed + "/pay", wish), 202);

        JsonNode paid = ok(ask(key, "/api/invoices/" + owed + "/pay", wish));

        assertThat(paid.path("status").asString()).isEqualTo("paid");
        assertThat(ok(ask(key, "/api/invoices/" + owed + "/pay", wish))).isEqualTo(paid);
        assertThat(STRIPE.get("/v1/invoices/" + owed).path("status").asString()).isEqualTo("paid");
    }

    /** Stripe repeats it for a day: for as long the user could not pay, though Stripe took nothing. */
    @Test
    void aKeyThatRepeatsItsFailureIsAskedAnew() {
        String owed = owesARenewal();
        String wish = "{'paymentMethodId':'" + savedCard("pm_card_mastercard") + "'}";
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/invoices/*/pay", "error_before");
        expect(ask(key, "/api/invoices/" + owed + "/pay", wish), 202);

        JsonNode paid = ok(ask(key, "/api/invoices/" + owed + "/pay", wish));

        assertThat(paid.path("status").asString()).isEqualTo("paid");
        assertThat(STRIPE.get("/v1/invoices/" + owed).path("status").asString()).isEqualTo("paid");
    }

    @Test
    void aKeyThatRepeatsAFailureAfterStripeTookTheMoneyTakesNoneAgain() {
        String owed = owesARenewal();
        String wish = "{'paymentMethodId':'" + savedCard("pm_card_mastercard") + "'}";
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/invoices/*/pay", "error_after");
        expect(ask(key, "/api/invoices/" + owed + "/pay", wish), 202);

        JsonNode paid = ok(ask(key, "/api/invoices/" + owed + "/pay", wish));

        assertThat(paid.path("status").asString()).isEqualTo("paid");
        assertThat(STRIPE.get("/v1/payment_intents?customer=" + customer)
                        .path("data")
                        .valueStream()
                        .filter(intent -> intent.path("status").asString().equals("succeeded")))
                .hasSize(2);
    }

    /** It is not paid, and nobody asks for it any more. */
    @Test
    void aKeyThatRepeatsAFailureOfAnInvoiceThatIsVoidByNowPaysNothing() {
        String owed = owesARenewal();
        String wish = "{'paymentMethodId':'" + savedCard("pm_card_mastercard") + "'}";
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/invoices/*/pay", "error_before");
        expect(ask(key, "/api/invoices/" + owed + "/pay", wish), 202);
        STRIPE.post("/v1/invoices/" + owed + "/void", "");

        refused(ask(key, "/api/invoices/" + owed + "/pay", wish), 409, "invoice-not-open");
    }

    /** Two pages of one invoice: who paid on the first is told of a fault on the second, and looks for another way to pay. */
    @Test
    void anInvoiceThatWasPaidBesideATryIsToldAsPaidInWhateverWordsStripeRefusesTheTry() {
        String owed = owesARenewal();
        String good = savedCard("pm_card_mastercard");
        ON_THE_WAY.refuses(
                "POST",
                "/v1/invoices/" + owed + "/pay",
                "",
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"In words that nobody has seen.\"}}",
                () -> STRIPE.post("/v1/invoices/" + owed + "/pay", "payment_method=" + good));

        refused(pay(owed, "{'paymentMethodId':'" + good + "'}"), 409, "invoice-paid");

        assertThat(texts("select status from invoices where stripe_invoice_id = '" + owed + "'"))
                .as("without its event")
                .containsExactly("paid");
        deliverAll();
        assertThat(column("status")).isEqualTo("active");
        assertThat(STRIPE.get("/v1/payment_intents?customer=" + customer)
                        .path("data")
                        .valueStream()
                        .filter(intent -> intent.path("status").asString().equals("succeeded")))
                .hasSize(2);
    }

    /** Nothing was taken and nothing is owed: that is no fault, and a person need not be told. */
    @Test
    void anInvoiceThatWasDroppedBesideATryIsToldAsThatInWhateverWordsStripeRefusesTheTry() {
        String owed = owesARenewal();
        ON_THE_WAY.refuses(
                "POST",
                "/v1/invoices/" + owed + "/pay",
                "",
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"In words that nobody has seen.\"}}",
                () -> STRIPE.post("/v1/invoices/" + owed + "/void", ""));

        refused(pay(owed, "{}"), 409, "invoice-not-open");
    }

    /** Nothing was paid: what nobody knows is our fault. */
    @Test
    void anOpenInvoiceIsNotToldAsPaidWhereStripeRefusesTheTryInWordsThatNobodyKnows() {
        String owed = owesARenewal();
        ON_THE_WAY.refuses(
                "POST",
                "/v1/invoices/" + owed + "/pay",
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"In words that nobody has seen.\"}}");

        refused(pay(owed, "{}"), 500, "stripe-request-refused");

        assertThat(STRIPE.get("/v1/invoices/" + owed).path("status").asString()).isEqualTo("open");
    }

    private static final int MOST = 15;

    /** Else a tester of stolen cards has a charge on the shop's account for each key. */
    @Test
    void triesAreBoundedAndTheUserIsToldWhenToComeBack() {
        String owed = owesARenewal();
        String wish = "{'paymentMethodId':'" + savedCard(EMPTY_CARD) + "'}";
        String key = UUID.randomUUID().toString();
        expect(ask(key, "/api/invoices/" + owed + "/pay", wish), 402);
        for (int i = 1; i < MOST; i++) {
            expect(pay(owed, wish), 402);
        }
        long charges = tried(owed);

        pay(owed, wish)
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .exists("Retry-After")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("too-many-payment-tries");
        expect(ask(key, "/api/invoices/" + owed + "/pay", wish), 402);

        assertThat(tried(owed)).isEqualTo(charges);
        execute("update payment_tries set created_at = created_at - interval '25 hours' where subscription_id = '" + id
                + "'");
        ok(pay(owed, "{'paymentMethodId':'" + savedCard("pm_card_mastercard") + "'}"));
        assertThat(texts("select count(*) from payment_tries where subscription_id = '" + id + "'"))
                .containsExactly("1");
    }

    /** Else the tries of a day are used up before Stripe is back. */
    @Test
    void aTryThatDidNotGetToStripeDoesNotCount() {
        String owed = owesARenewal();
        isAway();

        expect(pay(owed, "{}"), 503);

        assertThat(counted()).isEqualTo("0");
    }

    /** Else who tests stolen cards repeats each key while Stripe is away. */
    @Test
    void aTryThatGotToStripeCountsThoughItIsSentAgainInVain() {
        String owed = owesARenewal();
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/invoices/*/pay", "error_before");
        expect(ask(key, "/api/invoices/" + owed + "/pay", "{}"), 202);
        isAway();

        expect(ask(key, "/api/invoices/" + owed + "/pay", "{}"), 503);

        assertThat(counted()).isEqualTo("1");
    }

    private static void isAway() {
        for (int tries = 0; tries < 4; tries++) {
            STRIPE.next("POST /v1/invoices/*/pay", "rate_limit");
        }
    }

    private String counted() {
        return texts("select count(*) from payment_tries where subscription_id = '" + id + "'")
                .get(0);
    }

    private long tried(String invoice) {
        return STRIPE.get("/v1/invoices/" + invoice).path("attempt_count").asLong();
    }
}
