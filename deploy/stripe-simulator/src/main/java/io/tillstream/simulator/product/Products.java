package io.tillstream.simulator.product;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.StatementDescriptor;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/products}: create with an id of one's own or not, retrieve, update, list, delete. */
@Component
public class Products implements Resource {
    private static final int MOST_FEATURES = 15; // Stripe's limit of marketing_features
    private static final int MOST_IMAGES = 8; // Stripe's limit
    private static final String[] PARAMS = {
        "active",
        "description",
        "images",
        "marketing_features.name",
        "metadata.*",
        "name",
        "package_dimensions.*",
        "shippable",
        "statement_descriptor",
        "tax_code",
        "unit_label",
        "url"
    };
    private static final String[] TEXTS = {
        "description", "shippable", "statement_descriptor", "tax_code", "unit_label", "url"
    };

    private final Timeline timeline;
    private final Events events;
    private final Store products;
    private final List<Consumer<String>> beforeDeletion = new ArrayList<>();
    private final List<Consumer<Params>> beforeCreation = new ArrayList<>();
    private final List<BiConsumer<String, Params>> uponCreation = new ArrayList<>();
    private final List<BiConsumer<String, Params>> beforeUpdate = new ArrayList<>();

    Products(Timeline timeline, Events events, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.products = stores.openToOwnIds("product", "prod");
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/products", this::list).paged().takes("active", "ids", "shippable", "url", "type");
        routes.post("/v1/products", this::create)
                .takesAnyOf(PARAMS)
                .takes("id", "type")
                .takes("default_price_data.currency", "default_price_data.currency_options.tax_behavior")
                .takes("default_price_data.currency_options.unit_amount")
                .takes("default_price_data.currency_options.unit_amount_decimal", "default_price_data.metadata.*")
                .takes("default_price_data.recurring.interval", "default_price_data.recurring.interval_count")
                .takes("default_price_data.tax_behavior", "default_price_data.unit_amount")
                .takes("default_price_data.unit_amount_decimal");
        routes.get("/v1/products/{id}", call -> call.object(products));
        routes.post("/v1/products/{id}", this::update).takesAnyOf(PARAMS).takes("default_price");
        routes.delete("/v1/products/{id}", this::delete);
    }

    public Store store() {
        return products;
    }

    /** Called with the parameters of a new product, and may refuse it. */
    public void beforeCreation(Consumer<Params> listener) {
        beforeCreation.add(listener);
    }

    /** Called with the id of a new product, after its event. */
    public void uponCreation(BiConsumer<String, Params> listener) {
        uponCreation.add(listener);
    }

    /** Called with the id and the parameters of an update, and may refuse it. */
    public void beforeUpdate(BiConsumer<String, Params> listener) {
        beforeUpdate.add(listener);
    }

    /** Called with the id of a product that is about to be deleted, and may refuse it. */
    public void beforeDeletion(Consumer<String> listener) {
        beforeDeletion.add(listener);
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = new Query(products);
        Boolean active = params.flag("active");
        if (active != null) {
            query.where(product -> Json.isTrue(product, "active") == active);
        }
        List<String> ids = params.texts("ids");
        if (!ids.isEmpty()) {
            query.where(product -> ids.contains(Json.textOf(product, "id")));
        }
        Boolean shippable = params.flag("shippable");
        if (shippable != null) {
            query.where(product -> Json.isTrue(product, "shippable") == shippable);
        }
        return call.list(products, query.where("url", params.text("url")).where("type", params.text("type")));
    }

    private ObjectNode create(Call call) {
        beforeCreation.forEach(listener -> listener.accept(call.params()));
        String id = Json.textOf(make(call.params()), "id");
        uponCreation.forEach(listener -> listener.accept(id, call.params()));
        return products.get(id);
    }

    /** A product by its parameters, stored and told. */
    @CanIgnoreReturnValue
    public ObjectNode make(Params params) {
        ObjectNode product = fresh(params);
        String id = Json.textOf(product, "id");
        if (products.find(id).isPresent()) {
            products.delete(id, null); // what is left of a deleted one gives way to the new one
        }
        products.add(product);
        events.emit("product.created", product);
        return product;
    }

    /** A product for one page: there for whoever looks it up, but archived from birth, and nobody is told. */
    public ObjectNode archived(Params params) {
        ObjectNode product = fresh(params).put("active", false);
        products.add(product);
        return product;
    }

    private ObjectNode fresh(Params params) {
        String given = params.text("id");
        if (given != null && products.find(given).filter(this::isLiving).isPresent()) {
            throw StripeError.invalid("resource_already_exists", "Product already exists.", "id");
        }
        params.required("name");
        ObjectNode product = Json.object("product", given == null ? Ids.nextShort("prod") : given);
        long now = timeline.now();
        product.put("active", true).put("created", now).putNull("default_price").putNull("description");
        product.putArray("images");
        product.put("livemode", false).putArray("marketing_features");
        product.putObject("metadata");
        product.putNull("name").putNull("package_dimensions").putNull("shippable");
        product.putNull("statement_descriptor")
                .putNull("tax_code")
                .put("type", Objects.requireNonNullElse(params.text("type"), "service"));
        product.putNull("unit_label").put("updated", now).putNull("url");
        apply(params, product);
        return product;
    }

    private boolean isLiving(ObjectNode product) {
        return !Json.isTrue(product, "deleted");
    }

    private ObjectNode update(Call call) {
        ObjectNode product = living(call.variable("id"), "id");
        Params params = call.params();
        beforeUpdate.forEach(listener -> listener.accept(call.variable("id"), params));
        apply(params, product); // a refused change must leave nothing behind
        return change(call.variable("id"), each -> {
            apply(params, each);
            params.copy(each, "default_price");
        });
    }

    /** Changes a product and tells it. */
    @CanIgnoreReturnValue
    public ObjectNode change(String id, Consumer<ObjectNode> change) {
        Store.Change changed = products.update(id, change.andThen(product -> product.put("updated", timeline.now())));
        events.changed("product.updated", changed);
        return changed.object();
    }

    private ObjectNode delete(Call call) {
        String id = call.variable("id");
        ObjectNode product = living(id, "id");
        beforeDeletion.forEach(listener -> listener.accept(id));
        products.delete(id, Json.object("product", id).put("deleted", true));
        events.emit("product.deleted", product);
        return products.get(id);
    }

    /** A product that is there and not deleted. */
    @CanIgnoreReturnValue
    public ObjectNode living(String id, String param) {
        return products.find(id)
                .filter(this::isLiving)
                .orElseThrow(() -> StripeError.missingReference("product", id, param));
    }

    private static void apply(Params params, ObjectNode product) {
        if (params.has("name")) {
            product.put("name", params.required("name"));
        }
        EmailAndUrlCheck.refuseBadUrl(params, "url");
        params.copy(product, TEXTS);
        String tax = params.text("tax_code");
        if (tax != null && !tax.matches("txcd_\\d{8}")) { // docs.stripe.com/tax/tax-codes
            throw StripeError.missingReference("tax code", tax, params.param("tax_code"));
        }
        Boolean shippable = params.flag("shippable");
        if (shippable != null) {
            product.put("shippable", shippable);
        }
        Boolean active = params.flag("active");
        if (active != null) {
            product.put("active", active);
        }
        StatementDescriptor.refuseBadWords(params);
        Metadata.apply(params, product);
        limited(params, "images", MOST_IMAGES);
        if (params.has("images")) {
            product.set("images", Json.array(params.texts("images")));
        }
        limited(params, "marketing_features", MOST_FEATURES);
        if (params.has("marketing_features")) {
            ArrayNode features = product.putArray("marketing_features");
            params.children("marketing_features")
                    .forEach(feature -> features.addObject().put("name", feature.required("name")));
        }
        dimensions(params, product);
    }

    private static void limited(Params params, String list, int most) {
        if (!params.unset(list) && params.raw(list).size() > most) {
            throw StripeError.malformed(null, "Array " + list + " exceeded maximum " + most + " elements.", list);
        }
    }

    private static void dimensions(Params params, ObjectNode product) {
        Params given = params.child("package_dimensions");
        if (given != null) {
            ObjectNode dimensions = product.putObject("package_dimensions");
            for (String side : List.of("height", "length", "weight", "width")) {
                dimensions.put(side, Double.parseDouble(given.required(side)));
            }
        } else if (params.unset("package_dimensions")) {
            product.putNull("package_dimensions");
        }
    }
}
