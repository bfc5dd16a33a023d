package io.tillstream.simulator.price;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.meter.Meters;
import io.tillstream.simulator.product.Products;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** All prices, and what they come to. */
@Component
public class Prices {
    private final Timeline timeline;
    private final Events events;
    private final Products products;
    private final CurrencyOptions options;
    private final Tiers tiers;
    private final Meters meters;
    private final Store prices;

    Prices(
            Timeline timeline,
            Events events,
            Products products,
            CurrencyOptions options,
            Tiers tiers,
            Meters meters,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.products = products;
        this.options = options;
        this.tiers = tiers;
        this.meters = meters;
        this.prices = stores.openToOwnIds("price", "price", "product", "lookup_key");
        stores.alias("plan", prices);
        prices.includes("currency_options", options::of);
        prices.includes("tiers", tiers::of);
    }

    public Store store() {
        return prices;
    }

    CurrencyOptions options() {
        return options;
    }

    /** A price that can be bought now: it and its product are active. {@code param} named it. */
    public ObjectNode purchasable(String id, String param) {
        ObjectNode price = prices.find(id)
                .filter(found -> !Json.isTrue(found, "deleted"))
                .orElseThrow(() -> StripeError.missingReference("price", id, param));
        if (!Json.isTrue(price, "active") && !prices.isMarked(id)) {
            throw StripeError.invalid(
                    null, "The price specified is inactive. This field only accepts active prices.", param);
        }
        boolean sold = products.store()
                .find(Json.textOf(price, "product"))
                .filter(product -> Json.isTrue(product, "active"))
                .isPresent();
        if (!sold) {
            throw StripeError.invalid(
                    null, "This price is not available to be purchased because its product is not active.", param);
        }
        return price;
    }

    /** Minor units for one of it, with fractions; empty if it has no amount in this currency. */
    public Optional<BigDecimal> unitAmount(ObjectNode price, String currency) {
        String decimal = Json.is(price, "currency", currency)
                ? Json.text(price, "unit_amount_decimal")
                : options.decimal(Json.textOf(price, "id"), currency);
        return Optional.ofNullable(decimal).map(BigDecimal::new);
    }

    /** Whether it has an amount in this currency. */
    public boolean sellsIn(ObjectNode price, String currency) {
        return gross(price, currency, BigDecimal.ONE).isPresent();
    }

    /** Minor units for so many of it, with fractions: by its tiers, or per unit of what is billed of the quantity. */
    public Optional<BigDecimal> gross(ObjectNode price, String currency, BigDecimal quantity) {
        if (Json.is(price, "billing_scheme", "tiered")) {
            boolean own = Json.is(price, "currency", currency);
            return own ? Optional.of(tiers.amount(price, quantity)) : Optional.empty();
        }
        return unitAmount(price, currency).map(unit -> unit.multiply(billed(price, quantity)));
    }

    /** Of a quantity that is sold in packs, the packs. */
    private static BigDecimal billed(ObjectNode price, BigDecimal quantity) {
        JsonNode transform = price.path("transform_quantity");
        if (!transform.isObject()) {
            return quantity;
        }
        RoundingMode rounding = Json.is(transform, "round", "up") ? RoundingMode.UP : RoundingMode.DOWN;
        return quantity.divide(BigDecimal.valueOf(Json.number(transform, "divide_by")), 0, rounding);
    }

    /** Minor units for so many of it, rounded half up as Stripe does; refused if it has no amount in this currency. */
    public long amount(ObjectNode price, String currency, long quantity) {
        return gross(price, currency, BigDecimal.valueOf(quantity))
                .orElseThrow(() -> StripeError.invalid(
                        null,
                        "The price specified only supports `" + Json.textOf(price, "currency")
                                + "`. This doesn't match the expected currency: `" + currency + "`.",
                        "currency"))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** What is sold by a price, in words: the name of its product. */
    public @Nullable String name(ObjectNode price) {
        return products.store()
                .find(Json.textOf(price, "product"))
                .map(product -> Json.text(product, "name"))
                .orElse(null);
    }

    /**
     * A price by {@code price_data} (with {@code product} or {@code product_data}), as subscriptions and sessions take
     * it: stored, but inactive, so that nobody else buys it.
     */
    public ObjectNode inline(Params data) {
        data.refuseBoth("product", "product_data");
        PriceJson.check(data);
        Params about = data.child("product_data");
        String product = about == null
                ? Json.textOf(products.living(data.required("product"), data.param("product")), "id")
                : Json.textOf(products.make(about), "id");
        ObjectNode price = make(product, data, false);
        prices.mark(Json.textOf(price, "id")); // inactive from birth, but whoever it was made for buys it
        return price;
    }

    /** A price by its parameters, stored and told. */
    @CanIgnoreReturnValue
    ObjectNode make(String product, Params params, boolean active) {
        PriceJson.check(params);
        Params recurring = params.child("recurring");
        String meter = recurring == null ? null : recurring.text("meter");
        if (recurring != null && meter != null) {
            meters.requireActive(meter, recurring.param("meter"));
        }
        ObjectNode price = PriceJson.create(params, product, timeline.now());
        if (!active) {
            price.put("active", false);
        }
        freeKey(params, Json.textOf(price, "id"));
        prices.add(price);
        options.add(Json.textOf(price, "id"), params);
        tiers.keep(Json.textOf(price, "id"), params);
        events.emit("price.created", price);
        return price;
    }

    /** With the parameters of {@code POST /v1/prices/:id}. */
    ObjectNode update(String id, Params params) {
        refuseTakenKey(params, id);
        apply(params, prices.get(id));
        freeKey(params, id);
        Store.Change change = prices.update(id, each -> apply(params, each));
        options.add(id, params);
        events.changed("price.updated", change);
        return change.object();
    }

    private void apply(Params params, ObjectNode price) {
        Boolean active = params.flag("active");
        if (active != null) {
            refuseIfDefault(price, active);
            price.put("active", active);
        }
        Metadata.apply(params, price);
        params.copy(price, "lookup_key", "nickname");
        String tax = params.oneOf("tax_behavior", "exclusive", "inclusive", "unspecified");
        if (tax != null && !Json.is(price, "tax_behavior", tax)) {
            if (!Json.is(price, "tax_behavior", "unspecified")) {
                throw StripeError.invalid(
                        null,
                        "Once a price's tax behavior is set to exclusive or inclusive, it cannot be changed.",
                        "tax_behavior");
            }
            price.put("tax_behavior", tax);
        }
    }

    private void refuseIfDefault(ObjectNode price, boolean active) {
        String product = Json.textOf(price, "product");
        boolean isDefault = products.store()
                .find(product)
                .filter(each -> Json.is(each, "default_price", Json.textOf(price, "id")))
                .isPresent();
        if (!active && isDefault) {
            throw StripeError.invalid(
                    null, "This price cannot be archived because it is the default price of its product.", "active");
        }
    }

    /** A lookup key belongs to one price, unless it is to be transferred. */
    void refuseTakenKey(Params params, @Nullable String self) {
        String key = params.text("lookup_key");
        params.needless("transfer_lookup_key"); // without a key
        if (key == null || params.isTrue("transfer_lookup_key")) {
            return;
        }
        holder(key)
                .filter(holder -> !Json.is(holder, "id", self == null ? "" : self))
                .ifPresent(holder -> {
                    throw StripeError.invalid(
                            null,
                            "A price (`" + Json.textOf(holder, "id") + "`) already uses that lookup key.",
                            "lookup_key");
                });
    }

    private Optional<ObjectNode> holder(String key) {
        return new Query(prices).where("lookup_key", key).newest();
    }

    /** Takes a lookup key that is transferred from the price that had it. */
    void freeKey(Params params, String self) {
        String key = params.text("lookup_key");
        if (key != null && params.isTrue("transfer_lookup_key")) {
            holder(key)
                    .filter(holder -> !Json.is(holder, "id", self))
                    .ifPresent(holder -> events.changed(
                            "price.updated",
                            prices.update(Json.textOf(holder, "id"), each -> each.putNull("lookup_key"))));
        }
    }

    /** Deletes a price that nobody bought yet, as one can in the Dashboard but not by the API. */
    public ObjectNode delete(String id) {
        ObjectNode price = prices.get(id);
        prices.delete(id, Json.object("price", id).put("deleted", true));
        options.forget(id);
        tiers.forget(id);
        events.emit("price.deleted", price);
        return prices.get(id);
    }

    static String lower(String currency) {
        return currency.toLowerCase(Locale.ROOT);
    }
}
