package io.tillstream.simulator.customer;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/customers}: create, retrieve, update, delete, list. Cards are added by the payment methods' package. */
@Component
public class Customers implements Resource {
    private static final String[] TEXTS = {"email", "name", "phone", "description", "individual_name", "business_name"};
    private static final ObjectNode NO_ADDRESS =
            Json.literal("{'city':null,'country':null,'line1':null,'line2':null,'postal_code':null,'state':null}");
    private static final ObjectNode NO_SHIPPING = Json.object().putNull("name").putNull("phone");
    private static final String[] PARAMS = {
        "address.*",
        "balance",
        "business_name",
        "description",
        "email",
        "individual_name",
        "invoice_prefix",
        "invoice_settings.default_payment_method",
        "invoice_settings.footer",
        "metadata.*",
        "name",
        "payment_method",
        "phone",
        "preferred_locales",
        "shipping.*",
        "source",
        "tax_exempt",
        "test_clock"
    };

    private final BillingTime time;
    private final Events events;
    private final Store customers;
    private final List<Consumer<NewCustomer>> uponCreation = new ArrayList<>();
    private final List<Consumer<String>> beforeClock = new ArrayList<>();
    private final List<Consumer<ObjectNode>> uponDeletion = new ArrayList<>();
    private final List<BiConsumer<String, Params>> beforeUpdate = new ArrayList<>();

    /** A customer that is being made, for those who add something by its parameters. */
    public record NewCustomer(ObjectNode customer, Call call) {}

    Customers(BillingTime time, Events events, Stores stores) {
        this.time = time;
        this.events = events;
        this.customers = stores.open("customer", "cus", "email", "test_clock");
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/customers", this::list).paged().takes("email", "test_clock");
        routes.post("/v1/customers", this::create).takesAnyOf(PARAMS);
        routes.get("/v1/customers/{id}", call -> call.object(customers));
        routes.post("/v1/customers/{id}", this::update).takesAnyOf(PARAMS);
        routes.delete("/v1/customers/{id}", this::delete);
    }

    public Store store() {
        return customers;
    }

    /** Called with the test clock that a new customer is to have, and may refuse it. */
    public void beforeClock(Consumer<String> check) {
        beforeClock.add(check);
    }

    /** Called after a customer was stored, before its events. */
    public void uponCreation(Consumer<NewCustomer> listener) {
        uponCreation.add(listener);
    }

    /** Called with the id and the parameters of an update, and may refuse it. */
    public void beforeUpdate(BiConsumer<String, Params> listener) {
        beforeUpdate.add(listener);
    }

    /** Called with a customer that is about to be deleted. */
    public void uponDeletion(Consumer<ObjectNode> listener) {
        uponDeletion.add(listener);
    }

    /** Those of a test clock are listed with that only: docs.stripe.com/api/customers/list#list_customers-test_clock. */
    private ObjectNode list(Call call) {
        String clock = call.params().text("test_clock");
        Query query = new Query(customers)
                .where("email", call.params().text("email"))
                .where(each -> Objects.equals(Json.text(each, "test_clock"), clock));
        return call.list(customers, query);
    }

    private ObjectNode create(Call call) {
        ObjectNode customer = Json.object("customer", Ids.nextShort("cus"));
        customer.putNull("address").put("balance", 0).put("created", time.now()).putNull("currency");
        customer.putNull("customer_account").putNull("default_source").put("delinquent", false);
        customer.putNull("description").putNull("discount").putNull("email");
        customer.put("invoice_prefix", Ids.random(8).toUpperCase(Locale.ROOT));
        customer.set(
                "invoice_settings",
                Json.literal(
                        "{'custom_fields':null,'default_payment_method':null,'footer':null,'rendering_options':null}"));
        customer.put("livemode", false).putObject("metadata");
        customer.putNull("name").put("next_invoice_sequence", 1).putNull("phone");
        customer.putArray("preferred_locales");
        customer.putNull("shipping").put("tax_exempt", "none").putNull("test_clock");
        apply(call.params(), customer);
        String clock = call.params().text("test_clock");
        if (clock != null) {
            beforeClock.forEach(check -> check.accept(clock));
            customer.put("test_clock", clock);
        }
        customers.add(customer);
        uponCreation.forEach(listener -> listener.accept(new NewCustomer(customer, call)));
        ObjectNode made = customers.get(Json.textOf(customer, "id"));
        events.emit("customer.created", made);
        return made;
    }

    private ObjectNode update(Call call) {
        ObjectNode customer = living(call);
        beforeUpdate.forEach(listener -> listener.accept(call.variable("id"), call.params()));
        apply(call.params(), customer.deepCopy()); // a refused change must leave nothing behind
        return change(Json.textOf(customer, "id"), object -> apply(call.params(), object));
    }

    /** Changes a customer and tells it. */
    @CanIgnoreReturnValue
    public ObjectNode change(String id, Consumer<ObjectNode> change) {
        Store.Change changed = customers.update(id, change);
        events.changed("customer.updated", changed);
        return changed.object();
    }

    private ObjectNode delete(Call call) {
        ObjectNode customer = living(call);
        delete(Json.textOf(customer, "id"));
        return customers.get(Json.textOf(customer, "id"));
    }

    /** Deletes a customer with all that hangs on it. */
    public void delete(String id) {
        ObjectNode customer = customers.get(id);
        uponDeletion.forEach(listener -> listener.accept(customer));
        customers.delete(id, Json.object("customer", id).put("deleted", true));
        events.emit("customer.deleted", customer);
    }

    private ObjectNode living(Call call) {
        ObjectNode customer = call.object(customers);
        if (Json.isTrue(customer, "deleted")) {
            throw StripeError.missing("customer", call.variable("id"), "id");
        }
        return customer;
    }

    private static void apply(Params params, ObjectNode customer) {
        params.copy(customer, TEXTS);
        EmailAndUrlCheck.refuseBadEmail(params, "email");
        Metadata.apply(params, customer);
        params.copyObject(customer, "address", NO_ADDRESS);
        Params shipping = params.child("shipping");
        if (shipping != null) {
            shipping.required("name");
        }
        params.copyObject(customer, "shipping", NO_SHIPPING);
        String exempt = params.oneOf("tax_exempt", "exempt", "none", "reverse");
        if (exempt != null) {
            customer.put("tax_exempt", exempt);
        }
        String prefix = params.text("invoice_prefix");
        if (prefix != null && !prefix.matches("[A-Z0-9]{3,12}")) {
            throw StripeError.malformed(
                    null, "Invalid invoice_prefix: must be 3 to 12 uppercase letters or numbers.", "invoice_prefix");
        }
        params.copy(customer, "invoice_prefix");
        if (params.has("preferred_locales")) {
            customer.set("preferred_locales", Json.array(params.texts("preferred_locales")));
        }
        Long balance = params.integer("balance");
        if (balance != null) {
            customer.put("balance", balance);
        }
        Params invoices = params.child("invoice_settings");
        if (invoices != null) {
            invoices.copy((ObjectNode) customer.get("invoice_settings"), "footer", "default_payment_method");
        }
    }
}
