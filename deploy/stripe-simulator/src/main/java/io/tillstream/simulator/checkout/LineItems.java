package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.price.Prices;
import io.tillstream.simulator.product.Products;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What a session sells. */
@Component
public class LineItems {
    private static final int MOST_LINES = 100; // Stripe's limit
    private static final int MOST_OF_SUBSCRIPTION =
            20; // of each kind of price, docs.stripe.com/api/checkout/sessions/create
    private static final int LINES_SHOWN = 10; // how many an expanded session holds
    private static final String SESSION = "checkout_session"; // which session a line belongs to; never shown

    private final Prices prices;
    private final Products products;
    private final Store lines;

    LineItems(Prices prices, Products products, Stores stores) {
        this.prices = prices;
        this.products = products;
        this.lines = stores.open("item", "li", SESSION);
    }

    /** Reads {@code line_items}; all have the same currency. */
    List<ObjectNode> read(Params params, long now) {
        if (params.children("line_items").size() > MOST_LINES) {
            throw StripeError.malformed(null, "You can only have up to 100 line items.", "line_items");
        }
        boolean subscription = "subscription".equals(params.text("mode"));
        List<ObjectNode> read = read(params, now, subscription);
        if (subscription) {
            refuseMore(read, "recurring");
            refuseMore(read, "one_time");
        }
        return read;
    }

    private static void refuseMore(List<ObjectNode> lines, String type) {
        long count =
                lines.stream().filter(line -> Json.is(line, "price.type", type)).count();
        if (count > MOST_OF_SUBSCRIPTION) {
            throw StripeError.malformed(
                    null,
                    "You can only have up to 20 line items with " + type + " prices in `subscription` mode.",
                    "line_items");
        }
    }

    /** The same; whether there may be recurring prices among them. */
    public List<ObjectNode> read(Params params, long now, boolean subscription) {
        List<Params> given = params.children("line_items");
        String currency = params.has("currency") ? Currencies.read(params) : null;
        List<ObjectNode> read = new ArrayList<>();
        for (Params line : given) {
            read.add(line(line, subscription, currency, now));
        }
        if (read.stream().map(line -> Json.textOf(line, "currency")).distinct().count() > 1) {
            throw StripeError.malformed(
                    null, "The line items of a Checkout Session must all have the same currency.", "line_items");
        }
        return read;
    }

    private ObjectNode line(Params params, boolean subscription, @Nullable String wanted, long now) {
        params.refuseBoth("price", "price_data");
        Params data = params.child("price_data");
        ObjectNode known = data == null ? known(params) : null;
        boolean metered = known != null && Json.is(known.path("recurring"), "usage_type", "metered");
        Long asked = params.integer("quantity");
        if (metered && asked != null) {
            throw StripeError.invalid(
                    null, "You cannot set the quantity of a metered price.", params.param("quantity"));
        }
        Long quantity = metered ? Long.valueOf(1) : asked;
        if (quantity == null || quantity < 1) {
            throw StripeError.malformed(
                    quantity == null ? "parameter_missing" : "parameter_invalid_integer",
                    quantity == null
                            ? "Quantity is required. Add `quantity` to `" + params.param("quantity") + "`"
                            : "This value must be greater than or equal to 1.",
                    params.param("quantity"));
        }
        ObjectNode price = known != null || data == null
                ? Objects.requireNonNull(known)
                : subscription ? prices.inline(data) : inline(data, now);
        if (!subscription && Json.is(price, "type", "recurring")) {
            throw recurring();
        }
        String currency = wanted == null ? Json.textOf(price, "currency") : wanted;
        BigDecimal many = new BigDecimal(quantity);
        BigDecimal total = data == null
                ? prices.gross(price, currency, many).orElseThrow(() -> otherCurrency(price, currency))
                : new BigDecimal(Json.textOf(price, "unit_amount_decimal")).multiply(many);
        long amount = metered ? 0 : total.setScale(0, RoundingMode.HALF_UP).longValueExact();
        ObjectNode line = Json.object("item", Ids.next("li")).putNull("adjustable_quantity");
        line.put("amount_discount", 0).put("amount_subtotal", amount).put("amount_tax", 0);
        line.put("amount_total", amount).put("currency", data == null ? currency : Json.textOf(price, "currency"));
        line.put("description", prices.name(price));
        line.putObject("metadata");
        line.set("price", price);
        return metered ? line.putNull("quantity") : line.put("quantity", quantity);
    }

    private static StripeError otherCurrency(ObjectNode price, String currency) {
        return StripeError.invalid(
                null,
                "The price specified only supports `" + Json.textOf(price, "currency")
                        + "`. This doesn't match the expected currency: `" + currency + "`.",
                "line_items");
    }

    private ObjectNode known(Params params) {
        return prices.purchasable(params.required("price"), params.param("price"));
    }

    private static StripeError recurring() {
        return StripeError.malformed(
                null,
                "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only"
                        + " one-time prices.",
                "mode");
    }

    /** A price of its own, for this session only: Stripe makes it inactive. */
    private ObjectNode inline(Params data, long now) {
        String currency = Currencies.read(data);
        if (data.child("recurring") != null) {
            throw recurring();
        }
        data.refuseBoth("product", "product_data");
        data.refuseBoth("unit_amount", "unit_amount_decimal");
        String decimal = data.text("unit_amount_decimal");
        String amount = decimal == null ? Long.toString(data.requiredInteger("unit_amount")) : decimal;
        if (amount.startsWith("-")) {
            throw StripeError.malformed(
                    "parameter_invalid_integer", "Invalid non-negative integer", data.param("unit_amount"));
        }
        ObjectNode price = Json.object("price", Ids.next("price")).put("active", false);
        price.put("billing_scheme", "per_unit").put("created", now).put("currency", currency);
        price.putNull("custom_unit_amount")
                .put("livemode", false)
                .putNull("lookup_key")
                .putObject("metadata");
        price.putNull("nickname");
        price.put("product", Json.textOf(product(data), "id"));
        price.putNull("recurring");
        price.put("tax_behavior", Objects.requireNonNullElse(data.text("tax_behavior"), "unspecified"));
        price.putNull("tiers_mode").putNull("transform_quantity").put("type", "one_time");
        if (decimal == null) {
            price.put("unit_amount", Long.parseLong(amount));
        } else {
            price.putNull("unit_amount");
        }
        return price.put("unit_amount_decimal", amount);
    }

    private ObjectNode product(Params data) {
        Params made = data.child("product_data");
        return made == null
                ? products.living(data.required("product"), data.param("product"))
                : products.archived(made);
    }

    /** What a subscription is asked for that is to have these lines. */
    public static void subscribe(List<ObjectNode> lines, ObjectNode wanted) {
        ObjectNode recurring = wanted.putObject("items");
        ObjectNode once = Json.object();
        for (ObjectNode line : lines) {
            ObjectNode group = Json.is(line, "price.type", "recurring") ? recurring : once;
            ObjectNode item =
                    group.putObject(Integer.toString(group.size())).put("price", Json.textOf(line.path("price"), "id"));
            if (Json.present(line, "quantity")) { // what is metered has none
                item.put("quantity", Long.toString(Json.number(line, "quantity")));
            }
        }
        if (!once.isEmpty()) {
            wanted.set("add_invoice_items", once);
        }
    }

    /** Changes the lines of a session, which then say what the change made of them. */
    void change(List<ObjectNode> to) {
        for (ObjectNode line : to) {
            lines.update(Json.textOf(line, "id"), each -> each.setAll(line));
        }
    }

    /** What a quote is for now, in the place of what it was for. */
    public void replace(String of, List<ObjectNode> sold) {
        query(of).all().forEach(line -> lines.delete(Json.textOf(line, "id"), null));
        keep(of, sold);
    }

    void keep(String session, List<ObjectNode> of) {
        for (ObjectNode line : of) {
            lines.add(line.deepCopy().put(SESSION, session));
        }
    }

    Store store() {
        return lines;
    }

    /** Newest line first by their store, so the last one read is the first one sold. */
    Query query(String session) {
        return new Query(lines).where(SESSION, session);
    }

    public List<ObjectNode> of(String session) {
        List<ObjectNode> found = new ArrayList<>();
        for (ObjectNode line : query(session).all()) {
            found.add(0, shown(line));
        }
        return found;
    }

    /** One page of them. */
    public ObjectNode page(Call call, String of) {
        List<ObjectNode> all = of(of);
        String after = call.params().text("starting_after");
        int from = 0;
        for (int i = 0; i < all.size(); i++) {
            if (Json.is(all.get(i), "id", after == null ? "" : after)) {
                from = i + 1;
            }
        }
        int to = Math.min(all.size(), from + call.limit());
        return Call.list(call.url(), new Query.Slice(all.subList(from, to), to < all.size()));
    }

    /** As many as an expanded object holds. */
    public ObjectNode first(String url, String of) {
        List<ObjectNode> all = of(of);
        int shown = Math.min(LINES_SHOWN, all.size());
        return Call.list(url, new Query.Slice(all.subList(0, shown), shown < all.size()));
    }

    static ObjectNode shown(ObjectNode line) {
        line.remove(SESSION);
        return line;
    }
}
