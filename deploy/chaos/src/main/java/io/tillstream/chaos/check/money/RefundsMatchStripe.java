package io.tillstream.chaos.check.money;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import io.tillstream.chaos.check.observation.StripeObjects.InvoicePayment;
import io.tillstream.chaos.check.observation.StripeObjects.Refund;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * M4: refunds here are those at Stripe, one to one, of the same amount and status; none gives back more than was taken, and an order
 * says as much of it as Stripe does.
 */
public final class RefundsMatchStripe {

    private static final String M4 = "M4";

    private final Observation seen;
    private final Map<String, Refund> atStripe;
    private final List<Breach> breaches = new ArrayList<>();

    private RefundsMatchStripe(Observation seen) {
        this.seen = seen;
        this.atStripe = seen.refunds().stream().collect(Collectors.toMap(Refund::id, refund -> refund));
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new RefundsMatchStripe(seen);
        invariant.neverAboveWhatWasTaken();
        invariant.ofPayments();
        invariant.ofInvoices();
        invariant.ofOrders();
        return invariant.breaches;
    }

    private void neverAboveWhatWasTaken() {
        Map<String, Long> back = seen.givenBack();
        for (Intent intent : seen.intents()) {
            if (back.getOrDefault(intent.id(), 0L) > intent.received()) {
                breaches.add(Breach.of(M4, intent.id() + " gave back more than it took", intent.id()));
            }
        }
    }

    private void ofPayments() {
        List<Row> here = seen.rows(
                Service.PAYMENTS,
                "select id, stripe_refund_id, amount, status from refunds where stripe_refund_id is not null");
        Set<String> intents = seen.orderIntents().stream().map(Intent::id).collect(Collectors.toSet());
        oneToOne(intents, here, "stripe_refund_id");
        for (Row row : here) {
            Refund there = atStripe.get(row.text("stripe_refund_id"));
            boolean same = there != null
                    && there.amount() == row.number("amount")
                    && there.status().equals(row.text("status"));
            if (!same) {
                differs(row.text("stripe_refund_id"), row.text("id"), row.text("amount"), row.text("status"), there);
            }
        }
    }

    private void ofInvoices() {
        List<Row> here = seen.rows(
                Service.SUBSCRIPTIONS,
                "select object_id, stripe_invoice_id, amount, status from invoice_money_back where kind = 'refund'");
        Set<String> invoices =
                Set.copyOf(seen.database(Service.SUBSCRIPTIONS).texts("select stripe_invoice_id from invoices"));
        Set<String> intents = seen.invoicePayments().stream()
                .filter(payment -> invoices.contains(payment.invoice()))
                .map(InvoicePayment::intent)
                .collect(Collectors.toCollection(HashSet::new));
        oneToOne(intents, here, "object_id");
        for (Row row : here) {
            Refund there = atStripe.get(row.text("object_id"));
            if (there == null
                    || there.amount() != row.number("amount")
                    || !there.status().equals(row.text("status"))) {
                differs(
                        row.text("object_id"),
                        row.text("stripe_invoice_id"),
                        row.text("amount"),
                        row.text("status"),
                        there);
            }
        }
    }

    private void oneToOne(Set<String> intents, List<Row> here, String idColumn) {
        Map<String, Long> times =
                here.stream().collect(Collectors.groupingBy(row -> row.text(idColumn), Collectors.counting()));
        for (Refund refund : atStripe.values()) {
            long known = times.getOrDefault(refund.id(), 0L);
            if (intents.contains(refund.intent()) && known != 1) {
                breaches.add(Breach.of(
                        M4,
                        "refund " + refund.id() + " at Stripe is here " + known + " times",
                        refund.id(),
                        refund.intent()));
            }
        }
    }

    private void differs(String id, String of, String amount, String status, @Nullable Refund there) {
        breaches.add(Breach.of(
                M4,
                there == null
                        ? "refund " + id + " is not at Stripe"
                        : "refund " + id + " is " + amount + " " + status + " here, " + there.amount() + " "
                                + there.status() + " at Stripe",
                id,
                of));
    }

    private void ofOrders() {
        Map<String, Long> back = seen.givenBack();
        for (Row order : seen.rows(
                Service.ORDERS,
                "select id, payment_intent, amount_paid, amount_refunded from orders where payment_intent is not null")) {
            String intent = order.text("payment_intent");
            long there = Math.min(back.getOrDefault(intent, 0L), order.number("amount_paid"));
            if (there != order.number("amount_refunded")) {
                String id = order.text("id");
                breaches.add(Breach.of(
                        M4,
                        "order " + id + " says that " + order.text("amount_refunded") + " went back, Stripe " + there,
                        id,
                        intent));
            }
        }
    }
}
