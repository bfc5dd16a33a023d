package io.tillstream.simulator.price;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.product.Products;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/prices}: create, retrieve, update, list; and the price of a product at the moment it is made. */
@Component
class PriceResource implements Resource {
    private static final int MOST_KEYS = 10; // Stripe's limit of lookup_keys in one list

    private final Products products;
    private final Prices prices;

    PriceResource(Products products, Prices prices) {
        this.products = products;
        this.prices = prices;
        products.beforeCreation(params -> checkFirstPrice(params.child("default_price_data")));
        products.uponCreation((product, params) -> firstPrice(product, params.child("default_price_data")));
        products.beforeUpdate(this::refuseForeignPrice);
        products.beforeDeletion(this::refuseIfPriced);
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/prices", this::list)
                .paged()
                .takes("active", "currency", "lookup_keys", "product", "type")
                .takes("recurring.interval", "recurring.usage_type", "recurring.meter");
        routes.post("/v1/prices", this::create).takesAnyOf(PriceJson.PARAMS);
        routes.get("/v1/prices/{id}", call -> call.object(prices.store()));
        routes.post("/v1/prices/{id}", this::update)
                .takes("active", "currency_options.unit_amount", "currency_options.unit_amount_decimal")
                .takes("currency_options.tax_behavior", "lookup_key", "metadata.*", "nickname", "tax_behavior")
                .takes("transfer_lookup_key");
    }

    private static void checkFirstPrice(@Nullable Params data) {
        if (data != null) {
            PriceJson.check(data);
        }
    }

    private void firstPrice(String product, @Nullable Params data) {
        if (data != null) {
            String price = Json.textOf(prices.make(product, data, true), "id");
            products.change(product, each -> each.put("default_price", price));
        }
    }

    private void refuseForeignPrice(String product, Params params) {
        String price = params.text("default_price");
        if (price != null
                && prices.store()
                        .find(price)
                        .filter(each -> Json.is(each, "product", product))
                        .isEmpty()) {
            throw StripeError.missingReference("price", price, "default_price");
        }
    }

    private void refuseIfPriced(String product) {
        if (new Query(prices.store()).where("product", product).newest().isPresent()) {
            throw StripeError.invalid(
                    null, "This product cannot be deleted because it has one or more user-created prices.", null);
        }
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = new Query(prices.store())
                .where("product", params.text("product"))
                .where("type", params.oneOf("type", "one_time", "recurring"));
        Boolean active = params.flag("active");
        if (active != null) {
            query.where(price -> Json.isTrue(price, "active") == active);
        }
        String currency = params.text("currency");
        query.where("currency", currency == null ? null : currency.toLowerCase(Locale.ROOT));
        List<String> keys = params.texts("lookup_keys");
        if (keys.size() > MOST_KEYS) {
            throw StripeError.malformed(null, "Array lookup_keys exceeded maximum 10 elements.", "lookup_keys");
        }
        if (!keys.isEmpty()) {
            query.where(price -> {
                String key = Json.text(price, "lookup_key");
                return key != null && keys.contains(key);
            });
        }
        recurring(params.child("recurring"), query);
        return call.list(prices.store(), query);
    }

    private static void recurring(@Nullable Params wanted, Query query) {
        if (wanted == null) {
            return;
        }
        for (String field : List.of("interval", "usage_type", "meter")) {
            String value = wanted.text(field);
            if (value != null) {
                query.where(price -> Json.is(price.path("recurring"), field, value));
            }
        }
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        Params data = params.child("product_data");
        if ((data == null) == !params.has("product")) {
            throw data == null
                    ? StripeError.malformed("parameter_missing", "Missing required param: product.", "product")
                    : StripeError.malformed(
                            null, "You may only specify one of these parameters: product, product_data.", "product");
        }
        PriceJson.check(params);
        prices.refuseTakenKey(params, null);
        if (data == null) {
            products.living(params.required("product"), "product");
        }
        String product = data == null ? params.required("product") : Json.textOf(products.make(data), "id");
        return prices.make(product, params, true);
    }

    private ObjectNode update(Call call) {
        call.object(prices.store());
        return prices.update(call.variable("id"), call.params());
    }
}
