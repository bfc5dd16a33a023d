package io.tillstream.simulator.subscription;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of a subscription when one of its invoices is paid, is not paid, or is given up. */
@Component
class Outcomes {
    private final Subscriptions subscriptions;
    private final PendingUpdates pending;
    private final Endings endings;
    private final Billing billing;
    private final SubscriptionSettings settings;
    private final Stores stores;

    Outcomes(
            Subscriptions subscriptions,
            PendingUpdates pending,
            Endings endings,
            Billing billing,
            SubscriptionSettings settings,
            Stores stores,
            Events events) {
        this.subscriptions = subscriptions;
        this.pending = pending;
        this.endings = endings;
        this.billing = billing;
        this.settings = settings;
        this.stores = stores;
        events.follow((type, object) -> {
            String subscription = type.startsWith("invoice.") ? Billing.subscriptionOf(object) : null;
            if (subscription != null && subscriptions.living(subscription).isPresent()) {
                follow(type, object, subscription);
            }
        });
        billing.invoicing().whenGivenUp(invoice -> givenUp(billing.invoice(invoice)));
    }

    private void follow(String type, ObjectNode invoice, String subscription) {
        switch (type) {
            case "invoice.paid" -> paid(invoice, subscription);
            case "invoice.payment_failed", "invoice.payment_action_required", "invoice.overdue" ->
                unpaid(invoice, subscription);
            case "invoice.voided" -> closed(invoice, subscription, true);
            case "invoice.marked_uncollectible" -> closed(invoice, subscription, false);
            default -> {
                // The others do not change where a subscription stands.
            }
        }
    }

    private void paid(ObjectNode invoice, String id) {
        pending.paid(Json.textOf(invoice, "id"));
        ObjectNode subscription = subscriptions.store().get(id);
        SubscriptionStatus status = SubscriptionStatus.of(subscription);
        String method = Payments.keepsMethod(subscription) ? methodOf(invoice) : null;
        boolean latest = Json.is(subscription, "latest_invoice", Json.textOf(invoice, "id"));
        boolean resumed = status == SubscriptionStatus.PAUSED && latest;
        boolean recovered = (status == SubscriptionStatus.PAST_DUE || status == SubscriptionStatus.UNPAID)
                && billing.decides(invoice, id);
        boolean begun = status == SubscriptionStatus.INCOMPLETE && latest;
        subscriptions.change(id, each -> {
            if (begun || recovered || resumed) {
                Subscriptions.become(each, SubscriptionStatus.ACTIVE);
            }
            if (method != null) {
                each.put("default_payment_method", method);
            }
        });
        if (resumed) {
            subscriptions.tell("customer.subscription.resumed", id);
        }
    }

    /** What the invoice was paid with; null if that was no payment method of the customer. */
    private @Nullable String methodOf(JsonNode invoice) {
        return stores.ofType("invoice_payment")
                .flatMap(payments -> new Query(payments)
                        .where("invoice", Json.textOf(invoice, "id"))
                        .where(payment -> Json.is(payment, "status", "paid"))
                        .newest())
                .flatMap(payment -> stores.find(String.valueOf(Json.text(payment.path("payment"), "payment_intent"))))
                .flatMap(intent -> stores.find(String.valueOf(Json.text(intent, "payment_method"))))
                .filter(method -> Json.is(method, "customer", Json.textOf(invoice, "customer")))
                .map(method -> Json.textOf(method, "id"))
                .orElse(null);
    }

    private void unpaid(ObjectNode invoice, String id) {
        SubscriptionStatus status = SubscriptionStatus.of(subscriptions.store().get(id));
        boolean late = status == SubscriptionStatus.ACTIVE && billing.decides(invoice, id);
        if (late && !pending.holds(Json.textOf(invoice, "id"))) {
            subscriptions.change(id, each -> Subscriptions.become(each, SubscriptionStatus.PAST_DUE));
        }
    }

    /** Nobody has to pay it any more. */
    private void closed(ObjectNode invoice, String id, boolean voided) {
        if (voided) {
            pending.voided(Json.textOf(invoice, "id"));
        }
        ObjectNode subscription = subscriptions.store().get(id);
        if (!Json.is(subscription, "latest_invoice", Json.textOf(invoice, "id"))) {
            return;
        }
        SubscriptionStatus status = SubscriptionStatus.of(subscription);
        if (status == SubscriptionStatus.INCOMPLETE && voided) {
            endings.expire(id);
        } else if (status == SubscriptionStatus.PAST_DUE) {
            subscriptions.change(id, each -> Subscriptions.become(each, SubscriptionStatus.ACTIVE));
        }
    }

    private void givenUp(ObjectNode invoice) {
        String id = Billing.subscriptionOf(invoice);
        if (id == null || subscriptions.living(id).isEmpty()) {
            return;
        }
        switch (settings.givenUp()) {
            case CANCEL -> endings.end(id, "payment_failed");
            case UNPAID ->
                subscriptions.change(id, each -> {
                    if (SubscriptionStatus.of(each) == SubscriptionStatus.PAST_DUE) {
                        Subscriptions.become(each, SubscriptionStatus.UNPAID);
                    }
                });
            case PAST_DUE -> {
                // It stays as it is.
            }
        }
    }
}
