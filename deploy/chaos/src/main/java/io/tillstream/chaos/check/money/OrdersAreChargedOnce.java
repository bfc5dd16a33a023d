package io.tillstream.chaos.check.money;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import io.tillstream.chaos.check.observation.StripeObjects.InvoicePayment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * M3: nobody is charged twice. Of an order at most one payment is kept, of an invoice at most one is made. One that
 * is disputed, or was lost by that, does not count: Stripe lets nobody give it back.
 */
public final class OrdersAreChargedOnce {

    private static final String M3 = "M3";

    private OrdersAreChargedOnce() {}

    public static List<Breach> breaches(Observation seen) {
        List<Breach> breaches = new ArrayList<>();
        KeptIntents.byOrder(seen).forEach((order, kept) -> {
            List<Intent> intents = KeptIntents.undisputed(kept, seen);
            if (!order.isEmpty() && intents.size() > 1) {
                breaches.add(new Breach(
                        M3,
                        "order " + order + " was charged " + intents.size() + " times",
                        Stream.concat(Stream.of(order), intents.stream().map(Intent::id))
                                .toList()));
            }
        });
        seen.invoicePayments().stream()
                .filter(payment -> payment.status().equals("paid"))
                .collect(Collectors.groupingBy(InvoicePayment::invoice))
                .forEach((invoice, payments) -> {
                    if (payments.size() > 1) {
                        breaches.add(Breach.of(
                                M3, "invoice " + invoice + " was charged " + payments.size() + " times", invoice));
                    }
                });
        return breaches;
    }
}
