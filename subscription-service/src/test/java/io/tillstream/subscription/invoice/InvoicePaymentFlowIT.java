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
        refused(pay(owed, "{'paymentMethodId':'" + stolen + "'}"), 422, "validation-failed");
        refused(payWith(stolen), 422, "validation-failed");
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
}
