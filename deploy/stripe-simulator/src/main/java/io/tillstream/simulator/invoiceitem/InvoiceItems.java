package io.tillstream.simulator.invoiceitem;

import io.tillstream.simulator.customer.CustomerCurrencies;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** All invoice items: those that wait for an invoice, and those that are on one. */
@Component
public class InvoiceItems {
    private static final String SUBSCRIPTION = "parent.subscription_details.subscription";

    private final BillingTime time;
    private final Events events;
    private final Store items;
    private final List<Consumer<String>> uponChange = new ArrayList<>();

    InvoiceItems(BillingTime time, Events events, Stores stores, CustomerCurrencies currencies) {
        currencies.usedBy(this::waiting);
        this.time = time;
        this.events = events;
        this.items = stores.open("invoiceitem", "ii", "customer", "invoice");
    }

    public Store store() {
        return items;
    }

    /** Called with the id of a draft invoice whose items are not what they were. */
    public void uponChange(Consumer<String> listener) {
        uponChange.add(listener);
    }

    /** A new item; {@code details} says what it is for. */
    public ObjectNode add(String customer, String currency, Consumer<ObjectNode> details) {
        long now = time.now();
        ObjectNode item = Json.object("invoiceitem", Ids.next("ii"));
        item.put("amount", 0).put("currency", currency).put("customer", customer);
        item.putNull("customer_account").put("date", now).putNull("description");
        item.put("discountable", true).putArray("discounts");
        item.putNull("invoice").put("livemode", false).putObject("metadata");
        item.put("net_amount", 0).putNull("parent");
        item.putObject("period").put("end", now).put("start", now);
        item.putNull("pricing").put("proration", false);
        item.put("quantity", 1).put("quantity_decimal", "1").putArray("tax_rates");
        item.put("test_clock", time.clock(customer));
        details.accept(item);
        items.add(item);
        events.emit("invoiceitem.created", item);
        tellDraft(item);
        return item;
    }

    ObjectNode change(String id, Consumer<ObjectNode> change) {
        ObjectNode item = items.update(id, change).object();
        tellDraft(item);
        return item;
    }

    void delete(ObjectNode item) {
        String id = Json.textOf(item, "id");
        items.delete(id, null);
        events.emit("invoiceitem.deleted", item);
        tellDraft(item);
    }

    private void tellDraft(ObjectNode item) {
        String invoice = Json.text(item, "invoice");
        if (invoice != null) {
            uponChange.forEach(listener -> listener.accept(invoice));
        }
    }

    /** The currencies of what waits for an invoice. */
    private Stream<String> waiting(String customer) {
        return new Query(items)
                .where("customer", customer).where(item -> !Json.present(item, "invoice")).all().stream()
                        .map(item -> Json.textOf(item, "currency"));
    }

    /** What waits for the next invoice of a subscription, or of none; oldest first. */
    public List<ObjectNode> pending(String customer, String currency, @Nullable String subscription) {
        List<ObjectNode> found = new ArrayList<>(new Query(items)
                .where("customer", customer)
                .where("currency", currency)
                .where(item -> !Json.present(item, "invoice"))
                .where(item -> {
                    String wanted = Json.text(item, SUBSCRIPTION);
                    return wanted == null || wanted.equals(subscription);
                })
                .all());
        Collections.reverse(found);
        return found;
    }

    /** Oldest first. */
    public List<ObjectNode> on(String invoice) {
        List<ObjectNode> found =
                new ArrayList<>(new Query(items).where("invoice", invoice).all());
        Collections.reverse(found);
        return found;
    }

    /** Puts an item on an invoice, or back among those that wait. */
    public void put(String id, @Nullable String invoice) {
        items.update(id, item -> item.put("invoice", invoice));
    }
}
