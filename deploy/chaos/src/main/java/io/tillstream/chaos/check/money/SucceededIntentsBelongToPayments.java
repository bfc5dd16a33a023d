package io.tillstream.chaos.check.money;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * M1: money at Stripe has a home. Every succeeded PaymentIntent belongs to one payment of the same amount and currency, and its
 * order is paid, refunded or disputed, waits for a person as the amount is wrong, or the money went back. Of a canceled order it may
 * stay while it is disputed: Stripe lets nobody give it back.
 */
public final class SucceededIntentsBelongToPayments {

    private static final String M1 = "M1";
    private static final Set<String> EXPLAINED =
            Set.of("PAID", "PARTIALLY_REFUNDED", "REFUNDED", "DISPUTED", "DISPUTE_LOST", "MISMATCH");

    private final Observation seen;
    private final Map<String, Long> back;
    private final Set<String> disputed;
    private final List<Breach> breaches = new ArrayList<>();

    private SucceededIntentsBelongToPayments(Observation seen) {
        this.seen = seen;
        this.back = seen.givenBack();
        this.disputed = seen.disputedIntents();
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new SucceededIntentsBelongToPayments(seen);
        invariant.orders();
        invariant.invoices();
        return invariant.breaches;
    }

    private void orders() {
        Map<String, List<Row>> payments = seen
                .rows(
                        Service.PAYMENTS,
                        "select id, status, stripe_intent_id, amount, currency from payments where stripe_intent_id is not null")
                .stream()
                .collect(Collectors.groupingBy(row -> row.text("stripe_intent_id")));
        Map<String, String> orders = seen.rows(Service.ORDERS, "select id, status from orders").stream()
                .collect(Collectors.toMap(row -> row.text("id"), row -> row.text("status")));
        for (Intent intent : seen.orderIntents()) {
            boolean givenBack = back.getOrDefault(intent.id(), 0L) >= intent.received();
            if (intent.isSucceeded() && !givenBack) {
                hasPayment(intent, payments.getOrDefault(intent.id(), List.of()));
                hasOrder(intent, orders.get(intent.order()));
            }
        }
    }

    private void hasPayment(Intent intent, List<Row> payments) {
        if (payments.size() != 1) {
            breaches.add(Breach.of(
                    M1,
                    intent.id() + " succeeded and belongs to " + payments.size() + " payments",
                    intent.id(),
                    intent.attempt()));
        }
        for (Row payment : payments) {
            boolean same = payment.number("amount") == intent.received()
                    && payment.text("currency").equals(intent.currency());
            String status = payment.text("status");
            if (!same && !status.equals("mismatched")) {
                breaches.add(Breach.of(
                        M1,
                        intent.id() + " has another amount or currency than payment " + payment.text("id"),
                        intent.id(),
                        payment.text("id")));
            }
            if (same && !status.equals("succeeded")) {
                breaches.add(Breach.of(
                        M1,
                        intent.id() + " succeeded, but payment " + payment.text("id") + " is " + status,
                        intent.id(),
                        payment.text("id")));
            }
        }
    }

    private void hasOrder(Intent intent, @Nullable String status) {
        boolean held = "CANCELED".equals(status) && disputed.contains(intent.id());
        if (status == null || !(EXPLAINED.contains(status) || held)) {
            breaches.add(Breach.of(
                    M1,
                    intent.id() + " succeeded, but its order " + intent.order() + " is "
                            + (status == null ? "unknown" : status),
                    intent.id(),
                    intent.order()));
        }
    }

    /** What pays an invoice of ours has made it paid here. */
    private void invoices() {
        Set<String> ours = Set.copyOf(seen.database(Service.SUBSCRIPTIONS)
                .texts("select stripe_subscription_id from subscriptions where stripe_subscription_id is not null"));
        Map<String, String> subscriptionOf = seen.invoices().stream()
                .collect(Collectors.toMap(invoice -> invoice.id(), invoice -> invoice.subscription()));
        Map<String, Boolean> paidHere =
                seen.rows(Service.SUBSCRIPTIONS, "select stripe_invoice_id, ever_paid from invoices").stream()
                        .collect(Collectors.toMap(
                                row -> row.text("stripe_invoice_id"),
                                row -> Boolean.parseBoolean(row.text("ever_paid"))));
        seen.invoicePayments().stream()
                .filter(payment -> payment.status().equals("paid"))
                .filter(payment -> ours.contains(subscriptionOf.getOrDefault(payment.invoice(), "")))
                .filter(payment -> !paidHere.getOrDefault(payment.invoice(), false))
                .forEach(payment -> breaches.add(Breach.of(
                        M1,
                        payment.intent() + " paid invoice " + payment.invoice() + ", which is not paid here",
                        payment.intent(),
                        payment.invoice())));
    }
}
