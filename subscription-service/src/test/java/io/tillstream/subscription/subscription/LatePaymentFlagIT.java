package io.tillstream.subscription.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.subscription.simulated.Subscriber;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** LATE_PAYMENTS=flag: a person decides what becomes of the money; nothing gives it back by itself, and they see it. */
class LatePaymentFlagIT extends Subscriber {

    @Autowired
    private DatabaseClient database;

    @Autowired
    private Outbox outbox;

    @Autowired
    private Clock clock;

    @Autowired
    private Subscriptions subscriptions;

    @Autowired
    private Transactions transactions;

    private LatePayments flags;
    private String bill = "";

    @BeforeEach
    void theyAreFlagged() {
        flags = new LatePayments(database, outbox, clock, new LatePaymentSettings(LatePaymentSettings.Action.FLAG));
    }

    /** As events do: under the lock of the subscription, and more than once. */
    private void twice(Function<Subscription, Mono<Void>> step) {
        for (int i = 0; i < 2; i++) {
            transactions
                    .run(subscriptions.lock(UUID.fromString(id)).flatMap(step).thenReturn(true))
                    .block(WAIT);
        }
    }

    private void isLeftToAPerson(long amount) {
        assertThat(texts("select purpose || ' ' || status || ' ' || amount from invoice_refunds"
                        + " where stripe_invoice_id = '" + bill + "'"))
                .containsExactly("late_payment flagged " + amount);
        assertThat(texts("select 1 from invoice_refunds where next_attempt_at is not null and stripe_invoice_id = '"
                        + bill + "'"))
                .as("no sweep asks for it")
                .isEmpty();
        assertThat(told()).containsOnlyOnce("invoice.late_payment");
        assertThat(toldActions()).containsExactly("flag");
        assertThat(attention()).containsExactly("late_payment " + amount);
    }

    private List<String> toldActions() {
        return texts("select payload from outbox where type = 'io.tillstream.invoice.late_payment.v1'"
                        + " and aggregate_id = '" + user + "'")
                .stream()
                .map(event -> JSON.readTree(event).path("action").asString())
                .toList();
    }

    private List<String> attention() {
        JsonNode page = json(as("operator")
                .get()
                .uri("/api/admin/invoices/owed-refunds?attention=true&limit=100")
                .exchange()
                .expectStatus()
                .isOk());
        return page.path("data")
                .valueStream()
                .filter(one -> one.path("invoiceId").asString().equals(bill))
                .map(one -> one.path("attention").asString() + " "
                        + one.at("/amount/amount").asLong())
                .toList();
    }

    @Test
    void whatIsPaidAfterTheEndIsLeftToAPersonAndToldOnce() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D");
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        bill = invoices().get(0).path("id").asString();
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        deliverAll();
        assertThat(column("status")).isEqualTo("canceled");
        execute("update invoices set status = 'paid', ever_paid = true, amount_paid = 900,"
                + " paid_at = (select ended_at + interval '1 hour' from subscriptions where id = '" + id
                + "') where stripe_invoice_id = '" + bill + "'");

        twice(ended -> flags.check(ended, bill));

        isLeftToAPerson(900);
    }

    @Test
    void whatComesForAVoidInvoiceIsLeftToAPersonAndToldOnce() {
        subscribes("starter-monthly", 1);
        bill = invoices().get(0).path("id").asString();

        twice(subscription -> flags.cameForVoid(subscription, bill, new Money(500, "usd")));

        isLeftToAPerson(500);
        assertThat(column("status")).isEqualTo("active");
    }
}
