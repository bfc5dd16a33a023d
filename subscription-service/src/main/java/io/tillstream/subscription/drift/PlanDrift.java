package io.tillstream.subscription.drift;

import com.stripe.param.PriceListParams;
import com.stripe.param.PriceRetrieveParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Plans beside Stripe's prices and their products: all of them, as they are few. What Stripe is still to be told is left alone. */
@Component
@Order(1)
class PlanDrift extends StripeDriftKind {

    private static final String PRODUCT = "product";
    private static final String CURRENCIES = "currency_options";

    private static final String OURS = """
            select id, stripe_price_id, sync_due_at is not null as due, currency, (amounts->>currency)::bigint as amount,
                (select string_agg(key || ' ' || value, ', ' order by key collate "C") from jsonb_each_text(amounts)) as amounts,
                billing_interval, interval_count::bigint as interval_count, offered, product_active, name, description
            from plans where stripe_price_id = any(:ids)
            """;

    private static final String DUE = """
            select stripe_price_id as id from plans
            where stripe_price_id is not null and sync_due_at is null
              and cast(:from as timestamptz) < cast(:until as timestamptz)
            """;

    private final DriftRows rows;
    private final String prefix;

    PlanDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows, StripeSettings settings) {
        super("plans", "price", calls, retrievals);
        this.rows = rows;
        this.prefix = "tillstream_" + settings.environment() + "_";
    }

    @Override
    public List<String> lists() {
        return List.of("active");
    }

    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        var params = PriceListParams.builder()
                .setActive(true)
                .setType(PriceListParams.Type.RECURRING)
                .addExpand("data." + PRODUCT)
                .addExpand("data." + CURRENCIES)
                .setLimit(PAGE)
                .setStartingAfter(place(after))
                .build();
        return page((stripe, options) -> stripe.v1().prices().list(params, options));
    }

    /** With its product, and what it costs in other currencies. */
    @Override
    public Mono<JsonNode> retrieve(String stripeId) {
        var params = PriceRetrieveParams.builder()
                .addExpand(PRODUCT)
                .addExpand(CURRENCIES)
                .build();
        return one("price.retrieve", (stripe, options) -> stripe.v1().prices().retrieve(stripeId, params, options));
    }

    @Override
    public Optional<Side> theirs(JsonNode price) {
        JsonNode product = price.path(PRODUCT);
        JsonNode recurring = price.path("recurring");
        boolean told = product.isObject();
        return price.path("deleted").asBoolean(false)
                ? Optional.empty()
                : Optional.of(new Side(
                        String.valueOf(StripeJson.text(price, "id")),
                        plan(price),
                        fields(
                                "active",
                                price.path("active").asBoolean(false),
                                "currency",
                                StripeJson.text(price, "currency"),
                                "unit_amount",
                                StripeJson.number(price, "unit_amount"),
                                CURRENCIES,
                                amounts(price.path(CURRENCIES)),
                                "recurring.interval",
                                StripeJson.text(recurring, "interval"),
                                "recurring.interval_count",
                                StripeJson.number(recurring, "interval_count"),
                                "product.active",
                                told ? product.path("active").asBoolean(false) : null,
                                "product.name",
                                told ? StripeJson.text(product, "name") : null,
                                "product.description",
                                told ? orNone(StripeJson.text(product, "description")) : null)));
    }

    /** The amount of each, the price's own among them; null where they were not asked for. */
    private static @Nullable String amounts(JsonNode currencies) {
        return currencies.isObject()
                ? currencies
                        .propertyStream()
                        .map(option -> option.getKey() + " " + StripeJson.number(option.getValue(), "unit_amount"))
                        .sorted()
                        .collect(Collectors.joining(", "))
                : null;
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, PlanDrift::side);
    }

    private static Side side(Readable row) {
        String description = DriftRows.text(row, "description");
        Map<String, String> fields = Boolean.TRUE.equals(row.get("due", Boolean.class))
                ? Map.of()
                : fields(
                        "active",
                        row.get("offered", Boolean.class),
                        "currency",
                        DriftRows.text(row, "currency"),
                        "unit_amount",
                        DriftRows.number(row, "amount"),
                        CURRENCIES,
                        DriftRows.text(row, "amounts"),
                        "recurring.interval",
                        DriftRows.text(row, "billing_interval"),
                        "recurring.interval_count",
                        DriftRows.number(row, "interval_count"),
                        "product.active",
                        row.get("product_active", Boolean.class),
                        "product.name",
                        DriftRows.text(row, "name"),
                        "product.description",
                        orNone(description == null || description.isEmpty() ? null : description));
        return new Side(String.valueOf(DriftRows.text(row, "stripe_price_id")), DriftRows.text(row, "id"), fields);
    }

    /** A price that has a plan's lookup key is the plan's. */
    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        List<String> plans =
                unknown.stream().map(this::plan).filter(Objects::nonNull).toList();
        return rows.texts("select id from plans where id = any(:ids) and sync_due_at is null", plans)
                .collect(Collectors.toSet())
                .flatMapIterable(known -> unknown.stream()
                        .filter(price -> known.contains(String.valueOf(plan(price))))
                        .map(price -> String.valueOf(StripeJson.text(price, "id")))
                        .toList());
    }

    private @Nullable String plan(JsonNode price) {
        String key = StripeJson.text(price, "lookup_key");
        return key != null && key.startsWith(prefix) ? key.substring(prefix.length()) : null;
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    @Override
    public List<Update> updates(JsonNode price) {
        List<Update> updates = new ArrayList<>(List.of(new Update("price.updated", price)));
        JsonNode product = price.path(PRODUCT);
        if (product.isObject()) {
            updates.add(new Update("product.updated", product));
        }
        return updates;
    }
}
