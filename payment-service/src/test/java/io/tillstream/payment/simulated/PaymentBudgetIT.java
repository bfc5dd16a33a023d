package io.tillstream.payment.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.CountedStatements;
import io.tillstream.testing.CountedStatements.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What one payment costs the database, from the request until all that Stripe tells of it is settled. */
class PaymentBudgetIT extends SimulatedStripe {

    private static final int BUDGET = 15;

    /** Begin and commit are not counted; what sweeps ask all the time is not the payment's. */
    private static final Predicate<Sent> IS_SWEEP = sent -> sent.sql().contains("skip locked")
            || sent.sql().contains("from set_aside_records order by")
            || sent.sql().contains("from refunds where purpose")
            || sent.sql().startsWith("select payload from parked_events")
            || sent.sql().startsWith("delete from parked_events where parked_at")
            || sent.sql().startsWith("select count(*)");

    @Autowired
    private CountedStatements statements;

    @Test
    void aPaymentByCardStaysInItsBudget() {
        pay(); // the customer is made with the first
        newsOfThePayment().forEach(this::deliver);
        whatOthersLeftIsNotDue();

        List<Sent> sent = statements.cheapest(BUDGET, IS_SWEEP.negate(), this::paidAndSettled);
        assertThat(sent.size())
                .as(() -> String.join("\n", sent.stream().map(Sent::sql).toList()))
                .isLessThanOrEqualTo(BUDGET);
    }

    private void paidAndSettled() {
        pay();
        List<StripeEvent> events = newsOfThePayment();
        assertThat(events.stream().map(StripeEvent::type))
                .contains("payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated");
        events.forEach(event -> stripeSends(customerId(), event.raw().toString()));
        String ids = String.join("','", events.stream().map(StripeEvent::id).toList());
        await().atMost(WAIT)
                .until(() -> texts("select event_id from inbox where event_id in ('" + ids + "')")
                                .size()
                        == events.size());
    }

    /** Sweeps would ask about it meanwhile. */
    private static void whatOthersLeftIsNotDue() {
        execute("update payments set next_ask_at = null where next_ask_at is not null");
        execute("update set_aside_records set next_try_at = now() + interval '1 hour'");
        execute("update parked_events set next_try_at = now() + interval '1 hour'");
    }

    /** All of it: a moment after the charge Stripe tells what of it is the shop's. */
    private List<StripeEvent> newsOfThePayment() {
        List<StripeEvent> events = new ArrayList<>();
        await().atMost(WAIT).until(() -> {
            events.addAll(news());
            return events.stream().anyMatch(event -> event.type().equals("charge.updated"));
        });
        return events;
    }

    private void pay() {
        String order = """
                {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                 "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}],
                 "payment": {"method": "card", "paymentMethodId": "pm_card_visa"}}
                """.formatted("order-" + UUID.randomUUID(), user);
        String status = json(as("service")
                        .post()
                        .uri("/internal/payments")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .bodyValue(order)
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("status")
                .asString();
        assertThat(status).isEqualTo("succeeded");
    }
}
