package io.tillstream.chaos.check.money;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import io.tillstream.chaos.check.observation.StripeObjects.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * M6: nobody can pay what is canceled. At Stripe each intent of a canceled order has come to its end, and no page of it
 * is open.
 */
public final class CanceledOrdersAreClosed {

    private static final String M6 = "M6";

    private final Set<String> canceled;
    private final List<Breach> breaches = new ArrayList<>();

    private CanceledOrdersAreClosed(Set<String> canceled) {
        this.canceled = canceled;
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new CanceledOrdersAreClosed(
                Set.copyOf(seen.database(Service.ORDERS).texts("select id from orders where status = 'CANCELED'")));
        seen.orderIntents().stream().filter(Intent::isOpen).forEach(invariant::open);
        seen.openPages().forEach(invariant::open);
        return invariant.breaches;
    }

    private void open(Intent intent) {
        open(intent.order(), intent.id(), intent.status());
    }

    private void open(Page page) {
        open(page.order(), page.id(), page.status());
    }

    private void open(String order, String way, String status) {
        if (canceled.contains(order)) {
            breaches.add(Breach.of(
                    M6,
                    "order " + order + " is canceled, but can still be paid: " + way + " is " + status,
                    order,
                    way));
        }
    }
}
