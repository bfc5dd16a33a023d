package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** A subscription that was paused at the end of its trial goes on, once what is due for that is paid. */
@Component
class Resumption {
    private static final Duration PATIENCE = Duration.ofHours(23); // Stripe's

    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final Billing billing;
    private final Work givingUp;

    Resumption(BillingTime time, Subscriptions subscriptions, Billing billing) {
        this.time = time;
        this.subscriptions = subscriptions;
        this.billing = billing;
        this.givingUp = time.work("subscription.resumption_given_up", with -> giveUp(with.get(0), with.get(1)));
    }

    /** With the parameters of {@code POST /v1/subscriptions/:id/resume}. */
    ObjectNode resume(ObjectNode subscription, Params params) {
        String id = Json.textOf(subscription, "id");
        if (SubscriptionStatus.of(subscription) != SubscriptionStatus.PAUSED) {
            throw StripeError.invalid(
                    null,
                    "You can only resume a subscription with status `paused`; this one is "
                            + Json.textOf(subscription, "status") + ".",
                    null);
        }
        long now = time.now();
        boolean sameDates = "unchanged".equals(params.oneOf("billing_cycle_anchor", "now", "unchanged"));
        params.needless("proration_date"); // the time since the pause is not billed
        String behavior = params.oneOf("proration_behavior", "create_prorations", "always_invoice", "none");
        ObjectNode next = subscription.deepCopy();
        if (!sameDates) {
            next.put("billing_cycle_anchor", now);
        }
        Period period =
                new Period(now, Subscriptions.cycle(next).containing(now).end());
        Subscriptions.setPeriod(next, period);
        List<InvoiceLine> lines = sameDates && "none".equals(behavior) ? List.of() : billing.lines(next, period);
        if (lines.isEmpty()) {
            go(id, next);
        } else {
            bill(id, next, lines, now);
        }
        return subscriptions.store().get(id);
    }

    private void go(String id, ObjectNode next) {
        subscriptions.change(id, each -> {
            each.setAll(next);
            Subscriptions.become(each, SubscriptionStatus.ACTIVE);
        });
        subscriptions.tell("customer.subscription.resumed", id);
    }

    private void bill(String id, ObjectNode next, List<InvoiceLine> lines, long now) {
        String invoice = billing.draft(next, "subscription_update", new Period(now, now), lines, true);
        next.put("latest_invoice", invoice);
        billing.settle(next, lines, now);
        if (Subscriptions.sendsInvoices(next)) {
            go(id, next);
            return;
        }
        subscriptions.change(id, each -> each.setAll(next));
        billing.invoicing().finalizeInvoice(invoice);
        if (Json.is(billing.invoice(invoice), "status", "open")) {
            billing.collect(invoice);
            time.in(PATIENCE, givingUp, id, invoice);
        }
    }

    private void giveUp(String id, String invoice) {
        boolean waits = subscriptions
                .living(id)
                .filter(each -> SubscriptionStatus.of(each) == SubscriptionStatus.PAUSED)
                .isPresent();
        if (waits && Json.is(billing.invoice(invoice), "status", "open")) {
            billing.invoicing().voidInvoice(invoice);
        }
    }
}
