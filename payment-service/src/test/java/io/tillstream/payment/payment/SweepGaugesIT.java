package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What an operator looks at while Stripe is slow, or was away: it is true in the middle of the work, not only at its end. */
class SweepGaugesIT extends SimulatedStripe {

    private static final double TWO_HOURS = 7_200; // seconds

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private PaymentSweep sweep;

    private final UUID attempt = UUID.randomUUID();

    @BeforeEach
    void nothingElseIsDue() {
        execute("update payments set next_ask_at = null where next_ask_at is not null");
        sweep.round().block(WAIT);
        assertThat(due("urgent") + due("idle")).isZero();
    }

    private double shown(String gauge, String... tags) {
        return meters.get("tillstream.payments." + gauge).tags(tags).gauge().value();
    }

    private double due(String queue) {
        return shown("sweep.due", "queue", queue);
    }

    private void pays(String card) {
        as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", attempt.toString())
                .bodyValue("""
                {"reference": "order-%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                 "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}],
                 "payment": {"method": "card", "paymentMethodId": "%s"}}""".formatted(attempt, user, card))
                .exchange()
                .expectStatus()
                .is2xxSuccessful();
    }

    private String status() {
        return texts("select status from payments where id = '" + attempt + "'").get(0);
    }

    private void isDueForTwoHours() {
        execute("update payments set created_at = now() - interval '2 hours', next_ask_at = now() - interval '1 minute'"
                + " where id = '" + attempt + "'");
    }

    /** What is shown while Stripe is asked about it. */
    private List<Double> shownMeanwhile(String pathEnd, String gauge, String... tags) {
        List<Double> seen = new ArrayList<>();
        ON_THE_WAY.next("GET", pathEnd, form -> form, () -> seen.add(shown(gauge, tags)));
        sweep.round().block(WAIT);
        assertThat(seen).as("Stripe was asked").hasSize(1);
        return seen;
    }

    @Test
    void whatIsUnknownIsCountedWhileItIsLookedForAndNotAfterwards() {
        double before = shown("unknown");
        STRIPE.next("POST /v1/payment_intents", "close_after");
        pays("pm_card_visa");
        assertThat(status()).isEqualTo("unknown");
        isDueForTwoHours();

        assertThat(shownMeanwhile("/v1/payment_intents", "unknown")).containsExactly(before + 1);

        assertThat(status()).isEqualTo("succeeded");
        assertThat(shown("unknown")).isEqualTo(before);
    }

    @Test
    void howLongItIsUnknownIsShown() {
        STRIPE.next("POST /v1/payment_intents", "close_after");
        pays("pm_card_visa");
        isDueForTwoHours();

        assertThat(shownMeanwhile("/v1/payment_intents", "unknown.oldest.seconds"))
                .allMatch(age -> age >= TWO_HOURS);
    }

    @Test
    void whatIsUrgentIsShownAsDueUntilItIsAskedAbout() {
        STRIPE.next("POST /v1/payment_intents", "close_after");
        pays("pm_card_visa");
        isDueForTwoHours();

        assertThat(shownMeanwhile("/v1/payment_intents", "sweep.due", "queue", "urgent"))
                .containsExactly(1.0);
        assertThat(due("urgent")).isZero();
        assertThat(due("idle")).isZero();
    }

    @Test
    void aPageThatItsBuyerLeftIsIdle() {
        pays("pm_card_threeDSecure2Required");
        assertThat(status()).isEqualTo("action_required");
        isDueForTwoHours();
        String intent = texts("select stripe_intent_id from payments where id = '" + attempt + "'")
                .get(0);

        assertThat(shownMeanwhile(intent, "sweep.due", "queue", "idle")).containsExactly(1.0);
        assertThat(due("idle")).isZero();
        assertThat(due("urgent")).isZero();
    }
}
