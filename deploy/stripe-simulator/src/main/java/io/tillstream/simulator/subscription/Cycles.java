package io.tillstream.simulator.subscription;

import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What happens at the end of a period: the next one begins and is billed, or the trial is over. */
@Component
class Cycles {
    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final Billing billing;
    private final Endings endings;

    Cycles(BillingTime time, Subscriptions subscriptions, Billing billing, Endings endings) {
        this.time = time;
        this.subscriptions = subscriptions;
        this.billing = billing;
        this.endings = endings;
    }

    /** The period is over. */
    void turn(ObjectNode subscription) {
        String id = Json.textOf(subscription, "id");
        Period over = Subscriptions.period(subscription);
        boolean ends = Json.present(subscription, "cancel_at") && Json.number(subscription, "cancel_at") <= over.end();
        boolean trial = SubscriptionStatus.of(subscription) == SubscriptionStatus.TRIALING;
        if (ends) {
            endings.end(id, "cancellation_requested");
        } else if (trial && !billing.hasMethod(subscription) && !Subscriptions.sendsInvoices(subscription)) {
            endTrialUnpaid(id, subscription);
        } else {
            renew(id, over, false);
        }
    }

    /** A trial that is ended by request ends as by itself if nobody can be charged; false if it does not. */
    boolean endsTrialUnpaid(ObjectNode before, ObjectNode after) {
        String id = Json.textOf(before, "id");
        boolean unpaid = SubscriptionStatus.of(before) == SubscriptionStatus.TRIALING
                && !billing.hasMethod(after)
                && !Subscriptions.sendsInvoices(after);
        String wanted = Json.textOf(after.path("trial_settings").path("end_behavior"), "missing_payment_method");
        if (!unpaid || wanted.equals("create_invoice")) {
            return false;
        }
        long now = time.now();
        subscriptions.changeQuietly(id, each -> each.put("trial_end", now));
        endTrialUnpaid(id, subscriptions.store().get(id));
        return true;
    }

    private void endTrialUnpaid(String id, ObjectNode subscription) {
        String wanted = Json.textOf(subscription.path("trial_settings").path("end_behavior"), "missing_payment_method");
        switch (wanted) {
            case "cancel" -> endings.end(id, null);
            case "pause" -> {
                subscriptions.change(id, each -> Subscriptions.become(each, SubscriptionStatus.PAUSED));
                subscriptions.tell("customer.subscription.paused", id);
            }
            default -> renew(id, Subscriptions.period(subscription), false);
        }
    }

    /** Begins the period after {@code over}, and drafts its invoice; {@code now} if it begins before that is due. */
    void renew(String id, Period over, boolean now) {
        long start = now ? time.now() : over.end();
        ObjectNode before = subscriptions.store().get(id);
        boolean trial = SubscriptionStatus.of(before) == SubscriptionStatus.TRIALING;
        ObjectNode next = next(before, start);
        List<InvoiceLine> lines = billing.lines(next, Subscriptions.period(next), over, trial || now);
        String invoice = billing.draft(next, "subscription_cycle", over, lines, advances(next));
        subscriptions.change(id, each -> {
            each.removeAll();
            each.setAll(next);
            each.put("latest_invoice", invoice);
            billing.settle(each, lines, start);
        });
        whilePaused(next, invoice);
    }

    /** The subscription as it is in the period that begins at {@code start}. */
    static ObjectNode next(ObjectNode subscription, long start) {
        ObjectNode next = subscription.deepCopy();
        if (SubscriptionStatus.of(next) == SubscriptionStatus.TRIALING) {
            Subscriptions.become(next, SubscriptionStatus.ACTIVE);
        }
        Subscriptions.setPeriod(
                next,
                new Period(start, Subscriptions.cycle(next).containing(start).end()));
        return next;
    }

    /** An invoice of a subscription that nobody collects for stays a draft, or is closed at once. */
    private static boolean advances(JsonNode subscription) {
        return SubscriptionStatus.of(subscription) != SubscriptionStatus.UNPAID
                && !subscription.path("pause_collection").isObject();
    }

    private void whilePaused(ObjectNode subscription, String invoice) {
        String behavior = Objects.requireNonNullElse(
                Json.text(subscription.path("pause_collection"), "behavior"), "keep_as_draft");
        if (behavior.equals("keep_as_draft")) {
            return;
        }
        billing.invoicing().finalizeInvoice(invoice);
        if (!Json.is(billing.invoice(invoice), "status", "open")) {
            return;
        }
        if (behavior.equals("void")) {
            billing.invoicing().voidInvoice(invoice);
        } else {
            billing.invoicing().markUncollectible(invoice);
        }
    }
}
