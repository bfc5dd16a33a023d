package io.tillstream.simulator.subscription;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.InvoiceRequest;
import io.tillstream.simulator.invoice.Invoicing;
import io.tillstream.simulator.invoice.Invoicing.Collected;
import io.tillstream.simulator.proration.Charged;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From what a subscription owes to an invoice; remembers what each item was charged by it. */
@Component
class Billing {
    private final Invoicing invoicing;
    private final Reductions reductions;
    private final Costs costs;
    private final Ledger ledger;
    private final Stores stores;
    private final Events events;

    Billing(Invoicing invoicing, Reductions reductions, Costs costs, Ledger ledger, Stores stores, Events events) {
        this.invoicing = invoicing;
        this.reductions = reductions;
        this.costs = costs;
        this.ledger = ledger;
        this.stores = stores;
        this.events = events;
    }

    /** What is to be billed for {@code billed}; {@code over} is the time that the invoice looks back on. */
    InvoiceRequest request(
            ObjectNode subscription, String reason, Period over, List<InvoiceLine> lines, boolean advance) {
        boolean sends = Subscriptions.sendsInvoices(subscription);
        return new InvoiceRequest(
                Json.textOf(subscription, "customer"),
                Json.textOf(subscription, "currency"),
                reason,
                Json.textOf(subscription, "id"),
                (ObjectNode) subscription.get("metadata"),
                over.start(),
                over.end(),
                lines,
                Json.textOf(subscription, "collection_method"),
                sends ? (int) Json.number(subscription, "days_until_due") : null,
                null, // the subscription's or the customer's, as it is when the invoice is collected
                reductions.of(subscription, over.end()),
                advance,
                (ObjectNode) subscription.get("payment_settings"),
                subscription.path("default_tax_rates"));
    }

    String draft(ObjectNode subscription, String reason, Period over, List<InvoiceLine> lines, boolean advance) {
        return invoicing.draft(request(subscription, reason, over, lines, advance));
    }

    /** What these lines, which are no prorations, charge each item once discounts are deducted. */
    Map<String, Charged> charged(ObjectNode subscription, List<InvoiceLine> lines, long now) {
        List<ObjectNode> items = new ArrayList<>();
        List<Long> gross = new ArrayList<>();
        List<InvoiceLine> own = new ArrayList<>();
        for (ObjectNode item : Subscriptions.items(subscription)) {
            for (InvoiceLine line : Costs.isMetered(item) ? List.<InvoiceLine>of() : lines) {
                if (!line.proration()
                        && Json.is(item, "id", line.subscriptionItem() == null ? "" : line.subscriptionItem())) {
                    items.add(item);
                    gross.add(line.amount());
                    own.add(line);
                }
            }
        }
        List<Long> net =
                reductions.net(items, gross, reductions.of(subscription, now), Json.textOf(subscription, "currency"));
        Map<String, Charged> charged = new HashMap<>();
        for (int i = 0; i < own.size(); i++) {
            Period period = new Period(own.get(i).periodStart(), own.get(i).periodEnd());
            charged.put(Json.textOf(items.get(i), "id"), new Charged(net.get(i), period));
        }
        return charged;
    }

    /** Remembers what was charged, and takes off the discounts that are used up by it. */
    void settle(ObjectNode subscription, List<InvoiceLine> lines, long now) {
        ledger.keep(charged(subscription, lines, now));
        boolean billed = lines.stream().anyMatch(line -> line.discountable() && line.amount() > 0);
        reductions.prune(subscription, now, billed);
    }

    /** What the debits of a change charged; items that are gone are forgotten. */
    void remember(Change change) {
        ledger.keep(change.charged());
        List<String> left = new ArrayList<>();
        Subscriptions.items(change.after()).forEach(item -> left.add(Json.textOf(item, "id")));
        for (ObjectNode item : Subscriptions.items(change.before())) {
            if (!left.contains(Json.textOf(item, "id"))) {
                ledger.forget(Json.textOf(item, "id"));
            }
        }
    }

    List<InvoiceLine> trial(ObjectNode subscription, Period period) {
        return costs.trial(subscription, period);
    }

    /** Lines for a period that begins: a part of a whole one, if the anchor lies within it. */
    List<InvoiceLine> lines(ObjectNode subscription, Period period) {
        Period whole = Subscriptions.cycle(subscription).containing(period.start());
        return whole.start() == period.start()
                ? costs.whole(subscription, period)
                : costs.part(subscription, whole, period);
    }

    /** The same when the period before is over: what was used in that, and what is paid ahead. */
    List<InvoiceLine> lines(ObjectNode subscription, Period period, Period over, boolean free) {
        List<InvoiceLine> lines = new ArrayList<>(free ? List.of() : costs.used(subscription, over));
        List<String> metered = Subscriptions.items(subscription).stream()
                .filter(Costs::isMetered)
                .map(item -> Json.textOf(item, "id"))
                .toList();
        lines(subscription, period).stream()
                .filter(line -> free || !metered.contains(line.subscriptionItem()))
                .forEach(lines::add);
        return lines;
    }

    /** What was used until now in a period that is cut short. */
    List<InvoiceLine> used(ObjectNode subscription, long now) {
        boolean running = SubscriptionStatus.of(subscription).running()
                && SubscriptionStatus.of(subscription) != SubscriptionStatus.TRIALING;
        return running
                ? costs.used(
                        subscription,
                        new Period(Subscriptions.period(subscription).start(), now))
                : List.of();
    }

    void addPending(ObjectNode subscription, List<InvoiceLine> lines) {
        for (InvoiceLine line : lines) {
            invoicing.addPending(Json.textOf(subscription, "customer"), Json.textOf(subscription, "currency"), line);
        }
    }

    Invoicing invoicing() {
        return invoicing;
    }

    /** The next renewal's invoice as it would be now. */
    InvoiceRequest renewal(ObjectNode subscription) {
        Period over = Subscriptions.period(subscription);
        ObjectNode next = Cycles.next(subscription, over.end());
        boolean trial = SubscriptionStatus.of(subscription) == SubscriptionStatus.TRIALING;
        return request(next, "upcoming", over, lines(next, Subscriptions.period(next), over, trial), true);
    }

    /** What is open stays to be paid, but nobody is charged by himself any more. */
    void stopCollecting(String subscription) {
        Store invoices = stores.ofType("invoice").orElseThrow();
        List<ObjectNode> left = new Query(invoices)
                .where("parent.subscription_details.subscription", subscription)
                .where(invoice -> Json.isTrue(invoice, "auto_advance"))
                .all();
        for (ObjectNode invoice : left) {
            events.changed("invoice.updated", invoices.update(Json.textOf(invoice, "id"), each -> each.put(
                            "auto_advance", false)
                    .putNull("next_payment_attempt")));
        }
    }

    static @Nullable String subscriptionOf(JsonNode invoice) {
        return Json.text(invoice.path("parent").path("subscription_details"), "subscription");
    }

    /** Whether the subscription stands by this invoice: it is the newest that was finalized and counts. */
    boolean decides(ObjectNode invoice, String subscription) {
        Store invoices = stores.ofType("invoice").orElseThrow();
        return new Query(invoices)
                .where("parent.subscription_details.subscription", subscription)
                .where(each -> !Json.is(each, "status", "draft") && !Json.is(each, "status", "void"))
                .newest()
                .filter(newest -> Json.is(newest, "id", Json.textOf(invoice, "id")))
                .isPresent();
    }

    /** Charged as what falls due by itself. */
    @CanIgnoreReturnValue
    Collected collect(String invoice) {
        return invoicing.collect(invoice, Map.of("off_session", "true"));
    }

    /** Whether anything waits for the customer's next invoice. */
    boolean hasPending(ObjectNode subscription) {
        InvoiceRequest nothing =
                request(subscription, "subscription_update", Subscriptions.period(subscription), List.of(), false);
        return invoicing.preview(nothing).path("lines").path("data").size() > 0;
    }

    ObjectNode invoice(String id) {
        return stores.find(id).orElseThrow();
    }

    /**
     * Whether there is a payment method to charge: the subscription's own, or the customer's default. One that was detached
     * cannot be used any more.
     */
    boolean hasMethod(ObjectNode subscription) {
        String customer = Json.textOf(subscription, "customer");
        String own = Json.text(subscription, "default_payment_method");
        if (own != null && isAttached(own, customer)) {
            return true;
        }
        return stores.find(customer)
                .filter(payer -> Json.present(payer.path("invoice_settings"), "default_payment_method")
                        || Json.present(payer, "default_source"))
                .isPresent();
    }

    private boolean isAttached(String method, String customer) {
        return stores.find(method)
                .filter(found -> Json.is(found, "customer", customer))
                .isPresent();
    }
}
