package io.tillstream.chaos.check.subscription;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Invoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** S1: each invoice of a subscription of ours is here, with the status and the amount paid that Stripe's has. */
public final class InvoicesMatchStripe {

    private static final String S1 = "S1";

    private InvoicesMatchStripe() {}

    public static List<Breach> breaches(Observation seen) {
        List<Breach> breaches = new ArrayList<>();
        Set<String> ours = Set.copyOf(seen.database(Service.SUBSCRIPTIONS)
                .texts("select stripe_subscription_id from subscriptions where stripe_subscription_id is not null"));
        Map<String, Row> here =
                seen.rows(Service.SUBSCRIPTIONS, "select stripe_invoice_id, status, amount_paid from invoices").stream()
                        .collect(Collectors.toMap(row -> row.text("stripe_invoice_id"), row -> row));
        for (Invoice there : seen.invoices()) {
            if (ours.contains(there.subscription())) {
                compare(here.get(there.id()), there, breaches);
            }
        }
        return breaches;
    }

    private static void compare(@Nullable Row here, Invoice there, List<Breach> breaches) {
        if (here == null) {
            breaches.add(Breach.of(
                    S1,
                    "invoice " + there.id() + " is " + there.status() + " at Stripe and not known here",
                    there.id(),
                    there.subscription()));
        } else if (!here.text("status").equals(there.status()) || here.number("amount_paid") != there.paid()) {
            breaches.add(Breach.of(
                    S1,
                    "invoice " + there.id() + " is " + here.text("status") + " with " + here.text("amount_paid")
                            + " paid here, " + there.status() + " with " + there.paid() + " at Stripe",
                    there.id(),
                    there.subscription()));
        }
    }
}
