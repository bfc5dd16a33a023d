package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** After an outage many payments are due at once: their buyers do not wait a rest for each batch. */
class SweepRoundsIT extends SimulatedStripe {

    private static final int DUE = 45; // more than two batches

    private static final String COPIES = "user_id = '%s' and id <> '%s'";

    @Autowired
    private PaymentSweep sweep;

    private final UUID attempt = UUID.randomUUID();

    @BeforeEach
    void nothingElseIsDue() {
        execute("update payments set next_ask_at = null where next_ask_at is not null");
    }

    @AfterEach
    void nobodyElseFindsThem() {
        execute("delete from payments where " + COPIES.formatted(user, attempt));
    }

    private void pays() {
        as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", attempt.toString())
                .bodyValue("""
                {"reference": "order-%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                 "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}],
                 "payment": {"method": "card", "paymentMethodId": "pm_card_visa"}}""".formatted(attempt, user))
                .exchange()
                .expectStatus()
                .is2xxSuccessful();
    }

    /** Each of them is one that Stripe does not know, so that it stays as it is. */
    @Test
    void aRoundDoesNotRestWhileSomethingIsDue() {
        pays();
        execute("""
                insert into payments (id, reference, user_id, method, status, active, amount, currency, terms,
                    stripe_customer_id, intent, version, asks, next_ask_at)
                select gen_random_uuid(), reference, user_id, method, 'processing', false, amount, currency, terms,
                    stripe_customer_id, jsonb_set(intent, '{id}', to_jsonb('pi_gone_' || n)), version, 5, now() - interval '1 minute'
                from payments, generate_series(1, %d) n where id = '%s'""".formatted(DUE, attempt));

        sweep.round().block(WAIT);

        assertThat(texts("select asks || ' ' || count(*) from payments where " + COPIES.formatted(user, attempt)
                        + " group by asks"))
                .containsExactly("6 " + DUE);
    }
}
