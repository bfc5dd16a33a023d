package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.Invoicing.Collected;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** An update as a caller asks for it: worked out, billed where that is due, and made, or kept until it is paid. */
@Component
public class Updates {
    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final Terms terms;
    private final Changes changes;
    private final Extras extras;
    private final Coupled coupled;
    private final Billing billing;
    private final PendingUpdates pending;
    private final Cycles cycles;

    Updates(
            BillingTime time,
            Subscriptions subscriptions,
            Terms terms,
            Changes changes,
            Extras extras,
            Coupled coupled,
            Billing billing,
            PendingUpdates pending,
            Cycles cycles) {
        this.time = time;
        this.subscriptions = subscriptions;
        this.terms = terms;
        this.changes = changes;
        this.extras = extras;
        this.coupled = coupled;
        this.billing = billing;
        this.pending = pending;
        this.cycles = cycles;
    }

    /** With the parameters of {@code POST /v1/subscriptions/:id}. */
    @CanIgnoreReturnValue
    public ObjectNode update(ObjectNode before, Params params) {
        long now = time.now();
        params.needless("payment_behavior", "proration_behavior", "proration_date"); // without anything to be billed
        refuseEnded(before, params);
        Change change = planned(before, params, now);
        if ("now".equals(params.textIfAny("trial_end")) && cycles.endsTrialUnpaid(change.before(), change.after())) {
            return subscriptions.store().get(Json.textOf(before, "id"));
        }
        List<Discounts.Wanted> wanted = coupled.wanted(params, change.after());
        List<InvoiceLine> more = extras.lines(params, change.after(), now);
        String id = Json.textOf(before, "id");
        List<String> ids = coupled.prepare(change.after(), wanted);
        if (params.has("discounts")) {
            change.after().set("discounts", Json.array(ids));
        }
        boolean made = carryOut(change, more, params, now, Coupled.fresh(wanted, ids));
        if (made && params.has("discounts")) {
            coupled.use(wanted, ids);
            coupled.end(before, ids);
        }
        return subscriptions.store().get(id);
    }

    /** Gives false if it waits to be paid: then its discounts are used by that. */
    private boolean carryOut(Change change, List<InvoiceLine> more, Params params, long now, List<String> discounts) {
        if (!change.billed()) {
            make(change, now);
            billing.addPending(change.after(), change.prorations());
            billing.addPending(change.after(), more);
            return true;
        }
        return bill(change, more, params, now, discounts);
    }

    /** What an update would come to. */
    Change planned(ObjectNode before, Params params, long now) {
        ObjectNode agreed = before.deepCopy();
        terms.apply(params, agreed);
        Change change = changes.of(before, agreed, params, now);
        Terms.ending(params, change.after(), now);
        return change;
    }

    private static void refuseEnded(ObjectNode before, Params params) {
        SubscriptionStatus status = SubscriptionStatus.of(before);
        boolean harmless =
                params.names().stream().allMatch(List.of("metadata", "cancellation_details", "expand")::contains);
        if (status.ended() && !harmless) {
            throw StripeError.invalid(
                    null, "A canceled subscription can only update its cancellation_details and metadata.", null);
        }
        boolean billing = params.has("items") || params.has("billing_cycle_anchor") || params.has("trial_end");
        if ((status == SubscriptionStatus.INCOMPLETE || status == SubscriptionStatus.PAUSED) && billing) {
            throw StripeError.invalid(
                    null, "This subscription cannot be updated in this way because it is " + status.text() + ".", null);
        }
    }

    private void make(Change change, long now) {
        pending.drop(Json.textOf(change.before(), "id"));
        subscriptions.change(Json.textOf(change.before(), "id"), each -> {
            each.removeAll();
            each.setAll(change.after());
            each.putNull("pending_update");
            if (change.restarts()) {
                billing.settle(each, change.begun(), now);
            }
        });
        billing.remember(change);
        boolean trial = SubscriptionStatus.of(change.before()) == SubscriptionStatus.TRIALING;
        if (trial && SubscriptionStatus.of(change.after()) != SubscriptionStatus.TRIALING) {
            subscriptions.tell(
                    "customer.subscription.trial_will_end", Json.textOf(change.before(), "id")); // it has, by request
        }
    }

    private boolean bill(Change change, List<InvoiceLine> more, Params params, long now, List<String> discounts) {
        String behavior = Objects.requireNonNullElse(
                params.oneOf(
                        "payment_behavior",
                        "allow_incomplete",
                        "default_incomplete",
                        "error_if_incomplete",
                        "pending_if_incomplete"),
                "allow_incomplete");
        boolean sends = Subscriptions.sendsInvoices(change.after());
        List<InvoiceLine> lines = lines(change, more);
        Period over = new Period(Subscriptions.period(change.before()).start(), now);
        boolean onlyIfPaid = behavior.equals("pending_if_incomplete") || behavior.equals("error_if_incomplete");
        if (onlyIfPaid && !sends) {
            ifPaid(change, lines, over, behavior, params, discounts);
            return false;
        }
        String id = Json.textOf(change.before(), "id");
        String invoice = billing.draft(change.after(), "subscription_update", over, lines, true);
        change.after().put("latest_invoice", invoice);
        make(change, now);
        if (sends) {
            return true;
        }
        billing.invoicing().finalizeInvoice(invoice);
        if (!Json.is(billing.invoice(invoice), "status", "open")) {
            return true;
        }
        Collected collected = behavior.equals("default_incomplete")
                ? Collected.ACTION_REQUIRED
                : billing.invoicing().collect(invoice, Payments.confirmation(params));
        if (collected != Collected.PAID
                && collected != Collected.PROCESSING
                && SubscriptionStatus.of(subscriptions.store().get(id)) == SubscriptionStatus.ACTIVE) {
            subscriptions.change(id, each -> Subscriptions.become(each, SubscriptionStatus.PAST_DUE));
        }
        return true;
    }

    private void ifPaid(
            Change change,
            List<InvoiceLine> lines,
            Period over,
            String behavior,
            Params params,
            List<String> discounts) {
        String id = Json.textOf(change.before(), "id");
        String invoice = billing.draft(change.after(), "subscription_update", over, lines, false);
        pending.hold(invoice, change, discounts);
        billing.invoicing().finalizeInvoice(invoice);
        if (!Json.is(billing.invoice(invoice), "status", "open")) {
            return; // nothing was due: it is paid, and the change is made
        }
        Collected collected = billing.invoicing().collect(invoice, Payments.confirmation(params));
        if (collected == Collected.PAID) {
            return;
        }
        if (behavior.equals("error_if_incomplete")) {
            pending.drop(id);
            billing.invoicing().voidInvoice(invoice);
            throw Payments.unpaid(collected);
        }
        pending.wait(invoice, change);
    }

    /** As they stand on the invoice: credits, debits, what begins, what is sold beside. */
    static List<InvoiceLine> lines(Change change, List<InvoiceLine> more) {
        List<InvoiceLine> lines = new ArrayList<>(change.prorations());
        lines.addAll(change.begun());
        lines.addAll(more);
        return lines;
    }
}
