package io.tillstream.simulator.subscription;

import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** How a subscription ends: by request, by its date, for want of payment, or with its customer. */
@Component
public class Endings {
    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final Changes changes;
    private final Billing billing;
    private final PendingUpdates pending;

    Endings(
            BillingTime time,
            Subscriptions subscriptions,
            Changes changes,
            Billing billing,
            PendingUpdates pending,
            Customers customers) {
        this.time = time;
        this.subscriptions = subscriptions;
        this.changes = changes;
        this.billing = billing;
        this.pending = pending;
        customers.uponDeletion(customer -> subscriptions
                .livingOf(Json.textOf(customer, "id"))
                .forEach(each -> end(Json.textOf(each, "id"), "cancellation_requested")));
    }

    /** Ends it now and tells it; {@code reason} as in {@code cancellation_details}. */
    public void end(String id, @Nullable String reason) {
        long now = time.now();
        pending.drop(id);
        billing.stopCollecting(id);
        subscriptions.changeQuietly(id, each -> {
            boolean begun = SubscriptionStatus.of(each) != SubscriptionStatus.INCOMPLETE;
            Subscriptions.become(each, begun ? SubscriptionStatus.CANCELED : SubscriptionStatus.INCOMPLETE_EXPIRED);
            each.put("ended_at", now).putNull("pending_update");
            if (!Json.present(each, "canceled_at")) {
                each.put("canceled_at", now);
            }
            ObjectNode details = (ObjectNode) each.get("cancellation_details");
            if (reason != null && !Json.present(details, "reason")) {
                details.put("reason", reason);
            }
        });
        subscriptions.tell("customer.subscription.deleted", id);
    }

    /** By request: with a credit for the rest of the period, with a last invoice, or with neither. */
    void cancel(ObjectNode subscription, boolean invoiceNow, boolean prorate) {
        String id = Json.textOf(subscription, "id");
        long now = time.now();
        List<InvoiceLine> credits = prorate ? changes.credits(subscription, now) : List.of();
        List<InvoiceLine> last = new ArrayList<>(credits);
        last.addAll(invoiceNow ? billing.used(subscription, now) : List.of());
        if (invoiceNow && (!last.isEmpty() || billing.hasPending(subscription))) {
            Period over = new Period(Subscriptions.period(subscription).start(), now);
            String invoice = billing.draft(subscription, "subscription_update", over, last, false);
            subscriptions.changeQuietly(id, each -> each.put("latest_invoice", invoice));
            end(id, "cancellation_requested");
            billing.invoicing().finalizeInvoice(invoice);
            if (Json.is(billing.invoice(invoice), "status", "open") && !Subscriptions.sendsInvoices(subscription)) {
                billing.collect(invoice);
            }
            return;
        }
        billing.addPending(subscription, credits);
        end(id, "cancellation_requested");
    }

    /** Nobody paid the first invoice in time. */
    void expire(String id) {
        long now = time.now();
        ObjectNode expired = subscriptions.change(id, each -> {
            Subscriptions.become(each, SubscriptionStatus.INCOMPLETE_EXPIRED);
            each.put("canceled_at", now).put("ended_at", now);
        });
        String invoice = Json.text(expired, "latest_invoice");
        if (invoice != null && Json.is(billing.invoice(invoice), "status", "open")) {
            billing.invoicing().voidInvoice(invoice);
        }
    }
}
