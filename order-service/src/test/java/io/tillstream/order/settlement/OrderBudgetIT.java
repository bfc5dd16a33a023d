package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.RunningService;
import io.tillstream.testing.CountedStatements.Sent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What one order costs the database, from the request until all that Stripe tells of it is settled. */
class OrderBudgetIT extends RunningService {

    private static final int BUDGET = 11;

    /** Begin and commit are not counted; what sweeps ask all the time is not the order's. */
    private static final Predicate<Sent> IS_SWEEP = sent -> sent.sql().contains("skip locked")
            || sent.sql().contains("from set_aside_records order by")
            || sent.sql().startsWith("select payload from parked_events")
            || sent.sql().startsWith("delete from parked_events where parked_at")
            || sent.sql().startsWith("select count(*) as n, coalesce(extract");

    @Test
    void anOrderThatIsPaidAtOnceStaysInItsBudget() {
        whatOthersLeftIsNotDue();
        String warm = paid();
        assertThat(order("alice", warm).path("status").asString()).isEqualTo("paid");

        List<Sent> sent = statements.cheapest(BUDGET, IS_SWEEP.negate(), this::paidAndSettled);
        assertThat(sent.size())
                .as(() -> String.join("\n", sent.stream().map(Sent::sql).toList()))
                .isLessThanOrEqualTo(BUDGET);
    }

    private void paidAndSettled() {
        String id = paid();
        String intent = query("select payment_intent from order_payments where order_id = '" + id + "'")
                .get(0);
        String last = tell(id, intent);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> query("select event_id from inbox where event_id = '" + last + "'")
                                .size()
                        == 1);
        assertThat(query("select status from orders where id = '" + id + "'")).containsExactly("PAID");
    }

    /** Sweeps would ask about it meanwhile. */
    private static void whatOthersLeftIsNotDue() {
        execute("update order_payments set next_ask_at = null where next_ask_at is not null");
        execute("update set_aside_records set next_try_at = now() + interval '1 hour'");
        execute("update parked_events set next_try_at = now() + interval '1 hour'");
    }

    /** As nearly each time: Stripe's own event, or the answer, was here before. */
    @Test
    void whatPaymentServiceTellsOfAPaymentThatIsKnownCostsOneLook() {
        String id = paid();
        UUID after = UUID.randomUUID();
        statements.forget();
        paymentServiceTells(UUID.randomUUID(), "payment.succeeded", id, """
                {"reference":"%s","userId":"alice","paymentId":"p","stripePaymentIntentId":"pi",
                 "amount":{"amount":2000,"currency":"usd"}}""".formatted(id));
        paymentServiceTells(after, "payment.refund_failed", id, """
                {"reference":"none","userId":"alice","paymentId":"p","refundId":"r",
                 "amount":{"amount":5,"currency":"usd"}}""");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> query("select event_id from inbox where event_id = '" + after + "'")
                                .size()
                        == 1);
        assertThat(statements.sent().stream().filter(sent -> sent.names(id) && !sent.names(after)))
                .hasSize(1);
    }

    private String paid() {
        return json(post("alice", "/api/orders", orderPaidBy("pm_card_visa"))
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
    }

    /** All four that Stripe tells of a card that pays, as far as orders follow them; gives the id of the one that is. */
    private String tell(String orderId, String intent) {
        String last = "";
        for (String type :
                List.of("payment_intent.created", "charge.succeeded", "charge.updated", "payment_intent.succeeded")) {
            last = "evt_" + UUID.randomUUID();
            stripeSends(
                    intent, """
                    {"id":"%s","type":"%s","created":1790000000,"livemode":false,"api_version":"2026-07-29.dahlia",
                     "data":{"object":{"id":"%s","object":"payment_intent","status":"succeeded","amount":2000,
                      "amount_received":2000,"currency":"usd","latest_charge":"ch_%s",
                      "metadata":{"order_id":"%s","env":"test","attempt_id":"a"}}}}
                    """.formatted(last, type, intent, orderId, orderId).getBytes(StandardCharsets.UTF_8));
        }
        return last;
    }
}
