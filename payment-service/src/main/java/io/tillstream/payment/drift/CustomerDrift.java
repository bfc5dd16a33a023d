package io.tillstream.payment.drift;

import com.stripe.param.CustomerListParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.payment.customer.Address;
import io.tillstream.payment.payable.StoredJson;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Customers beside Stripe's: what of them differs is said, and never what it is. */
@Component
@Order(4)
class CustomerDrift extends StripeDriftKind {

    private static final Set<String> PRIVATE = Set.of("email", "name", "address");

    /** What Stripe does not have yet is sent by a sweep, and no difference. */
    private static final String OURS = """
            select user_id, stripe_customer_id, 'false' as deleted, leaving, details_due, email, name, address::text as address,
                default_payment_method, default_due is not null as default_due
            from customers where stripe_customer_id = any(:ids)
            union all
            select user_id, stripe_customer_id, 'true', true, true, null, null, null, null, true
            from former_customers where stripe_customer_id = any(:ids)
            """;

    private static final String DUE = """
            select stripe_customer_id as id from customers
            where stripe_customer_id is not null and not leaving and updated_at between :from and :until
            union all
            select stripe_customer_id from former_customers where ended_at between :from and :until
            """;

    private final DriftRows rows;
    private final String environment;

    CustomerDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows, StripeSettings settings) {
        super("customers", "customer", calls, retrievals);
        this.rows = rows;
        this.environment = settings.environment();
    }

    @Override
    public List<String> lists() {
        return List.of("created");
    }

    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        var created = CustomerListParams.Created.builder()
                .setGte(DriftRows.seconds(span.from()))
                .setLte(DriftRows.seconds(span.until()))
                .build();
        var params = CustomerListParams.builder()
                .setCreated(created)
                .setLimit(PAGE)
                .setStartingAfter(place(after))
                .build();
        return page((stripe, options) -> stripe.v1().customers().list(params, options));
    }

    @Override
    public Optional<Side> theirs(JsonNode customer) {
        String id = String.valueOf(StripeJson.text(customer, "id"));
        String user = user(customer);
        if (customer.path("deleted").asBoolean(false)) {
            return Optional.of(new Side(id, user, fields("deleted", true)));
        }
        return Optional.of(new Side(
                id,
                user,
                fields(
                        "deleted", false,
                        "email", orNone(StripeJson.text(customer, "email")),
                        "name", orNone(StripeJson.text(customer, "name")),
                        "address", address(customer.path("address")),
                        "default_payment_method",
                                orNone(StripeJson.id(customer.get("invoice_settings"), "default_payment_method")))));
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, CustomerDrift::side);
    }

    private static Side side(Readable row) {
        boolean leaving = is(row, "leaving");
        boolean details = !leaving && !is(row, "details_due");
        return new Side(
                String.valueOf(DriftRows.text(row, "stripe_customer_id")),
                DriftRows.text(row, "user_id"),
                fields(
                        "deleted", (leaving && !is(row, "deleted")) ? null : is(row, "deleted"),
                        "email", details ? orNone(DriftRows.text(row, "email")) : null,
                        "name", details ? orNone(DriftRows.text(row, "name")) : null,
                        "address", details ? address(DriftRows.text(row, "address")) : null,
                        "default_payment_method",
                                (leaving || is(row, "default_due"))
                                        ? null
                                        : orNone(DriftRows.text(row, "default_payment_method"))));
    }

    private static boolean is(Readable row, String column) {
        return Boolean.parseBoolean(String.valueOf(row.get(column)));
    }

    private static String address(@Nullable String stored) {
        Address address = StoredJson.read(stored, Address.class);
        return address == null
                ? text(null, null, null, null, null, null)
                : text(
                        address.line1(),
                        address.line2(),
                        address.city(),
                        address.state(),
                        address.postalCode(),
                        address.country());
    }

    private static String address(JsonNode address) {
        return text(
                StripeJson.text(address, "line1"),
                StripeJson.text(address, "line2"),
                StripeJson.text(address, "city"),
                StripeJson.text(address, "state"),
                StripeJson.text(address, "postal_code"),
                StripeJson.text(address, "country"));
    }

    private static String text(@Nullable String... parts) {
        return java.util.Arrays.stream(parts)
                .map(part -> part == null ? "" : part)
                .collect(Collectors.joining("\n"));
    }

    /** What carries our marks and belongs to a user whom we know. */
    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        List<String> users = unknown.stream()
                .map(this::user)
                .filter(java.util.Objects::nonNull)
                .toList();
        return rows.texts("select user_id from customers where user_id = any(:ids)", users)
                .collect(Collectors.toSet())
                .flatMapIterable(known -> unknown.stream()
                        .filter(customer -> known.contains(String.valueOf(user(customer))))
                        .map(customer -> String.valueOf(StripeJson.text(customer, "id")))
                        .toList());
    }

    private @Nullable String user(JsonNode customer) {
        return environment.equals(StripeJson.metadata(customer, "env"))
                ? StripeJson.metadata(customer, "user_id")
                : null;
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    @Override
    public List<Update> updates(JsonNode customer) {
        return List.of(new Update("customer.updated", customer));
    }

    @Override
    public boolean isPrivate(String field) {
        return PRIVATE.contains(field);
    }
}
