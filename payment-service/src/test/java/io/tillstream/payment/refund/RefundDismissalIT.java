package io.tillstream.payment.refund;

import static io.tillstream.payment.fake.FakeStripe.Fault.NOT_REFUNDABLE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NO_BALANCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.events.Money;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** A refund that was left to a person is paid another way: Stripe must not give it back too. */
class RefundDismissalIT extends PaidPayable {

    private static final int ROUNDS_A_GAUGE = 8;

    @Autowired
    private RefundSweep sweep;

    @Autowired
    private MeterRegistry meters;

    @LocalServerPort
    private int port;

    /** A round of its own would show what it counted before. */
    @BeforeEach
    void sweepsInItsTestsOnly() {
        sweep.stop();
    }

    @AfterEach
    void sweepsAgain() {
        sweep.start();
    }

    private WebTestClient.ResponseSpec dismisses(String token, UUID refund, String reason) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .build()
                .post()
                .uri("/api/admin/payments/owed-refunds/" + refund + "/dismissal")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .bodyValue("{\"reason\": \"" + reason + "\"}")
                .exchange();
    }

    private WebTestClient.ResponseSpec dismisses(UUID refund) {
        return dismisses(TestTokens.shared().operator(), refund, "paid_outside_of_stripe");
    }

    private static JsonNode json(WebTestClient.ResponseSpec answer, int status) {
        return answer.expectStatus()
                .isEqualTo(status)
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }

    private Refund flagged() {
        Refund promised = underWay(400);
        STRIPE.next(NOT_REFUNDABLE);
        seenTo(promised, RefundStatus.REFUSED);
        assertThat(flags()).containsExactly("charge_not_refundable");
        return promised;
    }

    /** Money that came late is owed: it is still tried once in a while though a person has to look at it. */
    private Refund owedAndFlagged() {
        Money money = new Money(400, "usd");
        Refund begun = Refund.begun(
                UUID.randomUUID(), payments.find(payment).block(WAIT), money, Refund.Purpose.LATE, null, Instant.now());
        return refunds.insert(begun, null)
                .then(refunds.delay(begun.delayed(money, "charge_not_refundable", true)))
                .then(refunds.find(begun.id()))
                .block(WAIT);
    }

    private String listed() {
        return String.valueOf(json(
                TestWebClient.to("http://127.0.0.1:" + port)
                        .responseTimeout(WAIT)
                        .build()
                        .get()
                        .uri("/api/admin/payments/owed-refunds?limit=100")
                        .header("Authorization", "Bearer " + TestTokens.shared().operator())
                        .exchange(),
                200));
    }

    private List<String> timeline() {
        JsonNode details = json(
                TestWebClient.to("http://127.0.0.1:" + port)
                        .responseTimeout(WAIT)
                        .build()
                        .get()
                        .uri("/api/admin/payments/" + payment)
                        .header("Authorization", "Bearer " + TestTokens.shared().operator())
                        .exchange(),
                200);
        return details.path("timeline")
                .valueStream()
                .map(one -> one.path("cause").asString())
                .filter(cause -> cause.startsWith("dismissal:"))
                .toList();
    }

    private long askedFor() {
        return STRIPE.requests.stream()
                .filter(request -> request.path().equals("/v1/refunds")
                        && request.method().equals("POST")
                        && intent.path("id").asString().equals(request.form().get("payment_intent")))
                .count();
    }

    private double needPerson() {
        measured();
        return shown("attention");
    }

    private void measured() {
        for (int round = 0; round < ROUNDS_A_GAUGE; round++) {
            sweep.round().block(WAIT);
        }
    }

    private double shown(String gauge) {
        return meters.get("tillstream.refunds." + gauge).gauge().value();
    }

    @Test
    void whatIsOwedIsShownWithItsAgeAndEndsWithTheDismissal() {
        double needed = needPerson();
        double before = shown("owed");
        Refund owed = owedAndFlagged();
        DATABASE.execute("update refunds set created_at = now() - interval '40 days' where id = '" + owed.id() + "'");

        assertThat(needPerson()).isEqualTo(needed + 1);
        assertThat(shown("owed")).isEqualTo(before + 1);
        assertThat(shown("owed.oldest.seconds")).isGreaterThanOrEqualTo(40 * 86_400.0);

        json(dismisses(owed.id()), 200);

        assertThat(needPerson()).isEqualTo(needed);
        assertThat(shown("owed")).isEqualTo(before);
        assertThat(shown("owed.oldest.seconds")).isLessThan(40 * 86_400.0);
    }

    @Test
    void whatWasPaidOutsideOfStripeIsNotGivenBackByItToo() {
        Refund flagged = flagged();
        double before = needPerson();
        List<String> told = told();
        long asked = askedFor();

        JsonNode dismissed = json(dismisses(flagged.id()), 200);

        assertThat(dismissed.path("reason").asString()).isEqualTo("paid_outside_of_stripe");
        assertThat(dismissed.path("by").asString()).isNotBlank();
        assertThat(listed()).doesNotContain(flagged.id().toString());
        assertThat(needPerson()).isEqualTo(before - 1);
        assertThat(timeline())
                .containsExactly("dismissal:" + flagged.id() + " paid_outside_of_stripe by "
                        + dismissed.path("by").asString());
        seenTo(flagged, RefundStatus.REFUSED);
        assertThat(askedFor()).isEqualTo(asked);
        assertThat(told()).as("nobody hears that it was refunded").isEqualTo(told);
    }

    /** The first word counts. */
    @Test
    void saidAgainItIsTheSame() {
        Refund flagged = flagged();
        JsonNode first = json(dismisses(flagged.id()), 200);

        assertThat(json(dismisses(TestTokens.shared().operator(), flagged.id(), "not_owed"), 200))
                .isEqualTo(first);

        assertThat(timeline()).hasSize(1);
    }

    /** It may pass at any moment: whoever pays it by hand as well pays twice. */
    @Test
    void whatIsStillTriedByItselfIsNotDismissed() {
        Refund promised = underWay(400);
        STRIPE.next(NO_BALANCE);
        seenTo(promised, RefundStatus.DELAYED);

        assertThat(json(dismisses(promised.id()), 409).path("code").asString()).isEqualTo("refund-needs-nobody");

        seenTo(promised, RefundStatus.SUCCEEDED);
        assertThat(json(dismisses(promised.id()), 409).path("code").asString()).isEqualTo("refund-needs-nobody");
        assertThat(json(dismisses(UUID.randomUUID()), 404).path("code").asString())
                .isEqualTo("not-found");
    }

    /** A dismissal is of the refund that it names: what an operator was told will be made is made. */
    @Test
    void anotherRefundThatWasPromisedIsMadeAllTheSame() {
        Refund alarm = flagged();
        Refund promised = underWay(1000);
        STRIPE.next(NO_BALANCE);
        seenTo(promised, RefundStatus.DELAYED);

        json(dismisses(alarm.id()), 200);

        seenTo(promised, RefundStatus.SUCCEEDED);
    }

    @Test
    void onlyOperatorsDismiss() {
        Refund flagged = flagged();
        dismisses(TestTokens.shared().user(user), flagged.id(), "not_owed")
                .expectStatus()
                .isForbidden();
        dismisses(TestTokens.shared().operator(), flagged.id(), "because")
                .expectStatus()
                .isEqualTo(422);
        assertThat(flags()).hasSize(1);
    }

    /** Who claimed it before asks after it was dismissed: the buyer has it twice. */
    @Test
    void whoClaimedItBeforeDoesNotAskAfterIt() {
        Refund claimed = owedAndFlagged();
        long asked = askedFor();
        json(dismisses(claimed.id()), 200);

        flow.seeTo(claimed).block(WAIT);

        assertThat(askedFor()).isEqualTo(asked);
        assertThat(refunds.find(claimed.id()).block(WAIT).status()).isEqualTo(RefundStatus.REFUSED);
    }

    /** Stripe's no comes after it: another try would give back what was paid already. */
    @Test
    void aNoToATryThatIsUnderWayDoesNotOpenItAgain() {
        Refund owed = owedAndFlagged();
        List<String> told = told();
        STRIPE.next(NOT_REFUNDABLE);
        STRIPE.beforeAnswer(() -> json(dismisses(owed.id()), 200));

        seenTo(owed, RefundStatus.REFUSED);

        long asked = askedFor();
        assertThat(flags()).isEmpty();
        assertThat(
                        texts(
                                "select next_ask_at::text from refunds where reference = :reference and next_ask_at is not null"))
                .isEmpty();
        seenTo(owed, RefundStatus.REFUSED);
        assertThat(askedFor()).isEqualTo(asked);
        assertThat(told()).isEqualTo(told);
    }

    /** Stripe makes what was under way: the money is gone, and the books say so. */
    @Test
    void whatStripeMakesOfATryThatIsUnderWayCounts() {
        Refund owed = owedAndFlagged();
        STRIPE.next();
        STRIPE.beforeAnswer(() -> json(dismisses(owed.id()), 200));

        seenTo(owed, RefundStatus.SUCCEEDED);

        long asked = askedFor();
        seenTo(owed, RefundStatus.SUCCEEDED);
        assertThat(askedFor()).isEqualTo(asked);
        assertThat(told()).endsWith("io.tillstream.payment.late_refunded.v1");
    }
}
