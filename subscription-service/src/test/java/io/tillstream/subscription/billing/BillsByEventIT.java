package io.tillstream.subscription.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.invoice.InvoiceEventHandler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What Stripe tells rarely, and what endpoints of an older version are told. */
class BillsByEventIT extends Billed {

    /** Later than all that is made here at Stripe, however long that takes: what is told is newer than what was read. */
    private final long now = Instant.now().getEpochSecond() + 300;

    private static StripeEvent event(String type, long created, JsonNode object) {
        return StripeEvent.read(JSON.createObjectNode()
                .put("id", "evt_" + UUID.randomUUID())
                .put("type", type)
                .put("created", created)
                .set("data", JSON.createObjectNode().set("object", object.deepCopy())));
    }

    /** The next invoice, as Stripe would make it of the first. */
    private ObjectNode bill(String status) {
        ObjectNode bill = (ObjectNode) STRIPE.get("/v1/invoices/"
                        + STRIPE.get("/v1/subscriptions/" + stripeId)
                                .path("latest_invoice")
                                .asString())
                .deepCopy();
        bill.put("id", "in_" + UUID.randomUUID().toString().replace("-", ""));
        bill.put("status", status).put("billing_reason", "subscription_cycle").put("attempt_count", 0);
        bill.put("amount_paid", 0).put("amount_remaining", 2000).put("created", now + 10);
        bill.withObject("/status_transitions").putNull("paid_at");
        return bill;
    }

    private ObjectNode subscriptionIn(String status) {
        return ((ObjectNode) STRIPE.get("/v1/subscriptions/" + stripeId).deepCopy()).put("status", status);
    }

    /** What was read at Stripe is told too: from here on an event alone says what is newer. */
    private void standsAsTold() {
        deliver(event("customer.subscription.updated", now + 9, subscriptionIn("active")));
    }

    private String ofBill(JsonNode bill, String column) {
        return texts("select " + column + " from invoices where stripe_invoice_id = '"
                        + bill.path("id").asString() + "'")
                .get(0);
    }

    @Autowired
    private InvoiceEventHandler events;

    @Autowired
    private Transactions transactions;

    /** Its user would be told an older date to pay by. */
    @Test
    void whatWasReadBeforeANewerEventDoesNotTakeItsPlace() {
        subscribes();
        deliverAll();
        ObjectNode bill = bill("open").put("due_date", now + 20);
        deliver(event("invoice.finalized", now + 10, bill));
        StripeEvent sameSecond = event("invoice.updated", now + 10, bill.put("due_date", now + 30));
        assertThat(transactions.run(events.apply(sameSecond, Optional.empty())).block(WAIT))
                .isEqualTo(new EventOutcome.NeedsRefetch());
        JsonNode read = events.refetch(sameSecond).block(WAIT);
        deliver(event("invoice.updated", now + 15, bill.put("due_date", now + 40)));

        assertThatThrownBy(() -> transactions
                        .run(events.apply(sameSecond, Optional.of(read)))
                        .block(WAIT))
                .isInstanceOf(TransientFault.class);

        assertThat(ofBill(bill, "extract(epoch from due_at)::bigint")).isEqualTo("" + (now + 40));
    }

    @Test
    void aLifeToldInTheOlderShapeEndsAsAtStripe() {
        subscribes();
        for (StripeEvent event : newsOfAMonth()) {
            deliver(OlderShapes.of(event));
        }
        assertThat(entitlements()).containsExactly("exports full", "rooms full");
        gives("pm_card_chargeCustomerFail");
        List<StripeEvent> unpaid = newsOfAMonth();
        for (int i = unpaid.size() - 1; i >= 0; i--) {
            deliver(OlderShapes.of(unpaid.get(i)));
        }
        assertThat(status()).isEqualTo("past_due").isEqualTo(statusAtStripe());
        JsonNode atStripe = STRIPE.get("/v1/subscriptions/" + stripeId);
        assertThat(texts("select extract(epoch from current_period_end)::bigint from subscriptions where id = '" + id()
                        + "'"))
                .containsExactly(atStripe.at("/items/data/0/current_period_end").asString());
        gives("pm_card_visa");
        STRIPE.post("/v1/invoices/" + atStripe.path("latest_invoice").asString() + "/pay", "");
        news().forEach(event -> deliver(OlderShapes.of(event)));
        assertThat(status()).isEqualTo("active").isEqualTo(statusAtStripe());
        assertThat(entitlements()).containsExactly("exports full", "rooms full");
        assertThat(told("invoice.paid")).hasSize(3);
        assertThat(texts("select count(*) from invoices where user_id = '" + user + "' and status = 'paid'"))
                .containsExactly("3");
        assertThat(texts("select distinct lines -> 0 ->> 'priceId' from invoices where user_id = '" + user + "'"))
                .containsExactly(atStripe.at("/items/data/0/price/id").asString());
    }

    /** Who looks for what they were charged last would see an older one, and a page of the list would skip one. */
    @Test
    void billsOfOneSecondAreListedByStripesNumbers() {
        subscribes();
        deliverAll();
        List<String> numbers = List.of("C1-0009", "C1-0010", "C1-0100", "C1-0099");
        for (String number : numbers) {
            deliver(event("invoice.finalized", now + 10, bill("open").put("number", number)));
        }

        String cursor = "";
        List<String> listed = new ArrayList<>();
        for (int page = 0; page < numbers.size(); page++) {
            JsonNode found = get("/api/invoices?limit=1" + cursor);
            listed.add(found.at("/data/0/number").asString());
            cursor = "&cursor=" + found.path("nextCursor").asString();
        }

        assertThat(listed).containsExactly("C1-0100", "C1-0099", "C1-0010", "C1-0009");
    }

    @Test
    void aBillThatIsOverdueIsOwedSinceThatMoment() {
        subscribes();
        deliverAll();
        ObjectNode bill = bill("open").put("due_date", now + 20);
        deliver(event("invoice.finalized", now + 10, bill));
        standsAsTold();
        StripeEvent overdue = event("invoice.overdue", now + 20, bill);
        deliver(overdue);
        deliver(event("customer.subscription.updated", now + 21, subscriptionIn("past_due")));
        deliver(overdue);
        assertThat(ofBill(bill, "extract(epoch from failed_at)::bigint")).isEqualTo("" + (now + 20));
        assertThat(texts("select extract(epoch from past_due_since)::bigint from subscriptions where id = '" + id()
                        + "'"))
                .containsExactly("" + (now + 20));
        assertThat(entitlements()).containsExactly("exports full", "rooms full");
        deliver(event("invoice.updated", now + 20 + 3 * 86_400, bill.put("attempt_count", 1)));
        assertThat(entitlements()).containsExactly("exports limited", "rooms limited");
    }

    @Test
    void aBillThatCannotBeFinalizedSaysWhyAndTakesNothing() {
        subscribes();
        deliverAll();
        ObjectNode bill = bill("draft");
        bill.putObject("last_finalization_error")
                .put("type", "invalid_request_error")
                .put("code", "customer_tax_location_invalid");
        deliver(event("invoice.finalization_failed", now + 10, bill));
        assertThat(ofBill(bill, "status || ' ' || problem")).isEqualTo("draft customer_tax_location_invalid");
        assertThat(entitlements()).containsExactly("exports full", "rooms full");
        bill.putNull("last_finalization_error").put("status", "open");
        deliver(event("invoice.finalized", now + 12, bill));
        assertThat(texts("select problem from invoices where stripe_invoice_id = '"
                        + bill.path("id").asString() + "'"))
                .containsOnlyNulls();
    }

    @Test
    void aBillThatIsWrittenOffIsNotPaid() {
        subscribes();
        deliverAll();
        gives("pm_card_chargeCustomerFail");
        livesAMonth();
        String owed = STRIPE.get("/v1/subscriptions/" + stripeId)
                .path("latest_invoice")
                .asString();
        STRIPE.post("/v1/invoices/" + owed + "/mark_uncollectible", "");
        deliverAll();
        assertThat(texts("select status || ' ' || amount_paid || ' ' || ever_paid from invoices where"
                        + " stripe_invoice_id = '" + owed + "'"))
                .containsExactly("uncollectible 0 false");
        assertThat(told("invoice.paid")).hasSize(1);
        assertThat(status()).isEqualTo(statusAtStripe());
        gives("pm_card_visa");
        STRIPE.post("/v1/invoices/" + owed + "/pay", "");
        deliverAll();
        assertThat(told("invoice.paid")).hasSize(2);
        assertThat(entitlements()).containsExactly("exports full", "rooms full");
    }

    @Test
    void whoIsUnpaidIsBlockedAtOnceAndWhoPaysHasItAllBack() {
        subscribes();
        deliverAll();
        ObjectNode bill = bill("open").put("attempt_count", 4);
        standsAsTold();
        deliver(event("invoice.payment_failed", now + 10, bill));
        StripeEvent unpaid = event("customer.subscription.updated", now + 11, subscriptionIn("unpaid"));
        deliver(unpaid);
        deliver(unpaid);
        assertThat(status()).isEqualTo("unpaid");
        assertThat(entitlements()).isEmpty();
        deliver(event(
                "invoice.paid",
                now + 20,
                bill.put("status", "paid").put("amount_paid", 2000).put("amount_remaining", 0)));
        deliver(event("customer.subscription.updated", now + 21, subscriptionIn("active")));
        assertThat(status()).isEqualTo("active");
        assertThat(entitlements()).containsExactly("exports full", "rooms full");
        assertThat(told("entitlement.revoked")).hasSize(2);
        assertThat(told("entitlement.granted")).hasSize(4);
        assertThat(told("subscription.past_due")).hasSize(1);
    }

    @Test
    void aBillToComeThatNobodyCanSayAnythingOfIsLeftAside() {
        subscribes();
        deliverAll();
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        ObjectNode thin = JSON.createObjectNode().put("object", "invoice").put("billing_reason", "upcoming");
        assertThat(deliver(event("invoice.upcoming", now, thin))).isInstanceOf(EventOutcome.Ignored.class);
        thin.put("subscription", stripeId);
        assertThat(deliver(event("invoice.upcoming", now, thin))).isInstanceOf(EventOutcome.Ignored.class);
        thin.put("currency", "usd").put("total", 2000);
        assertThat(deliver(event("invoice.upcoming", now, thin))).isInstanceOf(EventOutcome.Ignored.class);
        assertThat(told("invoice.upcoming")).isEmpty();
    }
}
