package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/subscriptions}: create, retrieve, update, cancel, resume, list. */
@Component
class SubscriptionResource implements Resource {
    private static final String[] BOTH = {
        "add_invoice_items.price",
        "add_invoice_items.price_data.*",
        "add_invoice_items.quantity",
        "billing_cycle_anchor",
        "discounts.coupon",
        "discounts.promotion_code",
        "discounts.discount",
        "payment_behavior",
        "proration_behavior",
        "trial_end"
    };
    private static final int MOST_INCLUDED = 10; // as many as a list has by itself

    private final Subscriptions subscriptions;
    private final NewSubscriptions creation;
    private final Updates updates;
    private final Endings endings;
    private final Resumption resumption;

    SubscriptionResource(
            Subscriptions subscriptions,
            NewSubscriptions creation,
            Updates updates,
            Endings endings,
            Resumption resumption,
            Customers customers) {
        this.subscriptions = subscriptions;
        this.creation = creation;
        this.updates = updates;
        this.endings = endings;
        this.resumption = resumption;
        customers.store().includes("subscriptions", this::ofCustomer);
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/subscriptions", call -> creation.create(call.params()))
                .takes("customer", "currency", "trial_period_days", "billing_mode.type")
                .takesAnyOf(BOTH)
                .takesAnyOf(Terms.PARAMS)
                .takesAnyOf(SubscriptionItems.PARAMS);
        routes.get("/v1/subscriptions", this::list)
                .paged()
                .takes("customer", "price", "plan", "status", "collection_method", "test_clock");
        routes.get("/v1/subscriptions/{id}", call -> call.object(subscriptions.store()));
        routes.post("/v1/subscriptions/{id}", call -> updates.update(call.object(subscriptions.store()), call.params()))
                .takes(
                        "proration_date",
                        "cancellation_details.comment",
                        "cancellation_details.feedback",
                        "pause_collection.behavior",
                        "pause_collection.resumes_at")
                .takesAnyOf(BOTH)
                .takesAnyOf(Terms.PARAMS)
                .takesAnyOf(SubscriptionItems.PARAMS);
        routes.delete("/v1/subscriptions/{id}", this::cancel)
                .takes("invoice_now", "prorate", "cancellation_details.comment", "cancellation_details.feedback");
        routes.post(
                        "/v1/subscriptions/{id}/resume",
                        call -> resumption.resume(call.object(subscriptions.store()), call.params()))
                .takes("billing_cycle_anchor", "proration_behavior", "proration_date");
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = new Query(subscriptions.store())
                .where("customer", params.text("customer"))
                .where("collection_method", params.text("collection_method"));
        String clock = params.text("test_clock");
        if (clock != null || params.text("customer") == null) { // else those of test clocks are not among them
            query.where(each -> Objects.equals(Json.text(each, "test_clock"), clock));
        }
        String price = params.text("price") == null ? params.text("plan") : params.text("price");
        if (price != null) {
            query.where(each ->
                    Subscriptions.items(each).stream().anyMatch(item -> Json.is(item.path("price"), "id", price)));
        }
        status(query, params.text("status"));
        return call.list(subscriptions.store(), query);
    }

    /** Without a status, whatever is not canceled. */
    private static void status(Query query, @Nullable String status) {
        if (status == null) {
            query.where(each -> !Json.is(each, "status", "canceled"));
        } else if (status.equals("ended")) {
            query.where(each -> SubscriptionStatus.of(each).ended());
        } else if (!status.equals("all")) {
            query.where("status", status);
        }
    }

    private ObjectNode ofCustomer(ObjectNode customer) {
        String id = Json.textOf(customer, "id");
        Query query = new Query(subscriptions.store()).where("customer", id);
        status(query, null);
        return Call.list(
                "/v1/customers/" + id + "/subscriptions",
                query.after(MOST_INCLUDED, null).orElseThrow());
    }

    private ObjectNode cancel(Call call) {
        ObjectNode subscription = call.object(subscriptions.store());
        String id = call.variable("id");
        if (SubscriptionStatus.of(subscription).ended()) {
            throw StripeError.missing("subscription", id, "id");
        }
        Params details = call.params().child("cancellation_details");
        Terms.details(details, subscription.deepCopy()); // a refused word must leave nothing behind
        subscriptions.changeQuietly(id, each -> Terms.details(details, each));
        endings.cancel(
                subscription, call.params().isTrue("invoice_now"), call.params().isTrue("prorate"));
        return subscriptions.store().get(id);
    }
}
