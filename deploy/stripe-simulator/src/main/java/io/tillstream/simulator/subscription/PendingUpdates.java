package io.tillstream.simulator.subscription;

import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Updates that are made only once their invoice is paid. */
@Component
class PendingUpdates {
    private static final Duration PATIENCE = Duration.ofHours(23); // Stripe's

    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final Billing billing;
    private final Coupled coupled;
    private final StateMap<Change> byInvoice;
    private final StateMap<Prepared> discounts;
    private final Work expiry;

    /** Discounts that are used once the update is paid. */
    record Prepared(List<String> ids) {}

    PendingUpdates(BillingTime time, Subscriptions subscriptions, Billing billing, Coupled coupled, Stores stores) {
        this.coupled = coupled;
        this.discounts = stores.map("subscription.pending_discounts", Prepared.class);
        this.time = time;
        this.subscriptions = subscriptions;
        this.billing = billing;
        this.byInvoice = stores.map("subscription.pending_updates", Change.class);
        this.expiry = time.work("subscription.pending_update_expiry", with -> expire(with.get(0)));
    }

    /** The change is made when this invoice is paid. */
    void hold(String invoice, Change change, List<String> prepared) {
        drop(Json.textOf(change.before(), "id"), true);
        byInvoice.put(invoice, change);
        if (!prepared.isEmpty()) {
            discounts.put(invoice, new Prepared(prepared));
        }
    }

    private @Nullable Change remove(String invoice) {
        discounts.remove(invoice);
        return byInvoice.remove(invoice);
    }

    boolean holds(String invoice) {
        return byInvoice.contains(invoice);
    }

    /** The first attempt to pay failed: shows what waits, and until when. */
    void wait(String invoice, Change change) {
        String id = Json.textOf(change.before(), "id");
        long expires = Math.min(
                time.now() + PATIENCE.toSeconds(),
                Subscriptions.period(change.before()).end());
        subscriptions.change(id, each -> {
            ObjectNode update = each.putObject("pending_update");
            boolean restarts = change.restarts();
            update.set("billing_cycle_anchor", restarts ? change.after().get("billing_cycle_anchor") : null);
            JsonNode lowering = changed(change, "discounts");
            update.set("discount", lowering != null && lowering.size() == 1 ? coupled.known(lowering.get(0)) : null);
            update.set("discounts", lowering);
            update.put("expires_at", expires);
            update.set("metadata", changed(change, "metadata"));
            ArrayNode items = update.putArray("subscription_items");
            Subscriptions.items(change.after()).forEach(items::add);
            update.set("trial_end", changed(change, "trial_end"));
            update.putNull("trial_from_plan");
            each.put("latest_invoice", invoice);
        });
        time.in(Duration.ofSeconds(expires - time.now()), expiry, invoice);
    }

    private static @Nullable JsonNode changed(Change change, String field) {
        return Objects.equals(change.before().get(field), change.after().get(field))
                ? null
                : change.after().get(field);
    }

    /** Its invoice was paid. */
    void paid(String invoice) {
        Prepared prepared = discounts.get(invoice);
        Change change = remove(invoice);
        if (change == null) {
            return;
        }
        String id = Json.textOf(change.before(), "id");
        if (subscriptions.living(id).isEmpty()) {
            return;
        }
        boolean waited = Json.present(subscriptions.store().get(id), "pending_update");
        ObjectNode made = subscriptions.change(id, each -> adopt(each, change, invoice));
        billing.remember(change);
        coupled.use(prepared == null ? List.of() : prepared.ids());
        coupled.end(
                change.before(),
                change.after()
                        .path("discounts")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList());
        if (waited) {
            subscriptions.tell("customer.subscription.pending_update_applied", Json.textOf(made, "id"));
        }
    }

    private void adopt(ObjectNode subscription, Change change, String invoice) {
        for (String field : new String[] {"items", "billing_cycle_anchor", "trial_end", "trial_start", "metadata"}) {
            subscription.set(field, change.after().get(field).deepCopy());
        }
        JsonNode lowering = changed(change, "discounts");
        if (lowering != null) {
            subscription.set("discounts", lowering.deepCopy());
        }
        if (!Json.is(change.after(), "status", Json.textOf(change.before(), "status"))) {
            subscription.set("status", change.after().get("status"));
        }
        subscription.putNull("pending_update").put("latest_invoice", invoice);
        if (change.restarts()) {
            billing.settle(subscription, change.begun(), time.now());
        }
    }

    private void expire(String invoice) {
        Change change = remove(invoice);
        if (change == null) {
            return;
        }
        String id = Json.textOf(change.before(), "id");
        if (Json.is(billing.invoice(invoice), "status", "open")) {
            billing.invoicing().voidInvoice(invoice);
        }
        if (subscriptions.living(id).isPresent()) {
            subscriptions.change(id, each -> each.putNull("pending_update"));
            subscriptions.tell("customer.subscription.pending_update_expired", id);
        }
    }

    /** Somebody voided its invoice: that is how an update is taken back. */
    void voided(String invoice) {
        if (byInvoice.contains(invoice)) {
            expire(invoice);
        }
    }

    /** The subscription ended: what waited is void, unless a bank is at its payment. */
    void drop(String subscription) {
        drop(subscription, false);
    }

    /** Another that takes its place voids it in any case: docs.stripe.com/billing/subscriptions/pending-updates#canceling-changing. */
    private void drop(String subscription, boolean replaced) {
        for (String invoice : byInvoice.keys()) {
            Change change = Objects.requireNonNull(byInvoice.get(invoice));
            if (Json.is(change.before(), "id", subscription)) {
                discounts.remove(invoice);
                byInvoice.remove(invoice);
                if (Json.present(subscriptions.store().get(subscription), "pending_update")
                        && Json.is(billing.invoice(invoice), "status", "open")
                        && (replaced || !billing.invoicing().isUnderWay(invoice))) {
                    billing.invoicing().voidInvoice(invoice);
                }
            }
        }
    }
}
