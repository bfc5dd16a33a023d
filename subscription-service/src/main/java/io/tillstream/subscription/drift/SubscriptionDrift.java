package io.tillstream.subscription.drift;

import com.stripe.param.SubscriptionListParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
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

/** Subscriptions beside Stripe's: those of the span, and all that are not over. */
@Component
@Order(2)
class SubscriptionDrift extends StripeDriftKind {

    private static final String CREATED = "created";

    private static final String OURS = """
            select id::text as our_id, stripe_subscription_id, status, stripe_price_id, quantity::bigint as quantity,
                cancel_at_period_end, extract(epoch from cancel_at)::bigint as cancel_at,
                extract(epoch from current_period_end)::bigint as period_end, pause_behavior, default_payment_method
            from subscriptions where stripe_subscription_id = any(:ids)
            """;

    private static final String DUE = """
            select stripe_subscription_id as id from subscriptions
            where stripe_subscription_id is not null
              and (created_at between :from and :until
                or status in ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused'))
            """;

    /** Begun here, and Stripe's answer is not known. */
    private static final String BEGUN = """
            select id::text from subscriptions where id = any(cast(:ids as uuid[])) and stripe_subscription_id is null
            """;

    private final DriftRows rows;
    private final String environment;

    SubscriptionDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows, StripeSettings settings) {
        super("subscriptions", "subscription", calls, retrievals);
        this.rows = rows;
        this.environment = settings.environment();
    }

    @Override
    public List<String> lists() {
        return List.of(CREATED, "live");
    }

    /** Without a status Stripe lists all that are not canceled. */
    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        var params = SubscriptionListParams.builder().setLimit(PAGE).setStartingAfter(place(after));
        if (list.equals(CREATED)) {
            params.setStatus(SubscriptionListParams.Status.ALL)
                    .setCreated(SubscriptionListParams.Created.builder()
                            .setGte(DriftRows.seconds(span.from()))
                            .setLte(DriftRows.seconds(span.until()))
                            .build());
        }
        return page((stripe, options) -> stripe.v1().subscriptions().list(params.build(), options));
    }

    @Override
    public Optional<Side> theirs(JsonNode object) {
        StripeSubscriptionState state = StripeSubscriptionState.of(object);
        boolean over = isOver(state);
        StripeSubscriptionState.Item item =
                over || state.items().size() != 1 ? null : state.items().get(0);
        return Optional.of(new Side(
                state.id(),
                state.ownId(),
                fields(
                        "status", StripeJson.text(object, "status"),
                        "price", item == null ? null : item.priceId(),
                        "quantity", item == null ? null : item.quantity(),
                        "current_period_end", item == null ? null : seconds(item.periodEnd()),
                        "cancel_at_period_end", over ? null : state.ending().cancelAtPeriodEnd(),
                        "cancel_at", over ? null : orNone(seconds(state.ending().cancelAt())),
                        "pause_collection",
                                over
                                        ? null
                                        : orNone(
                                                state.pause() == null
                                                        ? null
                                                        : state.pause().behavior()),
                        "default_payment_method", over ? null : orNone(state.defaultPaymentMethod()))));
    }

    private static boolean isOver(StripeSubscriptionState state) {
        SubscriptionStatus status = state.status();
        return status != null && status.isOver();
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, SubscriptionDrift::side);
    }

    private static Side side(Readable row) {
        return new Side(
                String.valueOf(DriftRows.text(row, "stripe_subscription_id")),
                DriftRows.text(row, "our_id"),
                fields(
                        "status", DriftRows.text(row, "status"),
                        "price", DriftRows.text(row, "stripe_price_id"),
                        "quantity", DriftRows.number(row, "quantity"),
                        "current_period_end", DriftRows.number(row, "period_end"),
                        "cancel_at_period_end", row.get("cancel_at_period_end", Boolean.class),
                        "cancel_at", orNone(DriftRows.number(row, "cancel_at")),
                        "pause_collection", orNone(DriftRows.text(row, "pause_behavior")),
                        "default_payment_method", orNone(DriftRows.text(row, "default_payment_method"))));
    }

    /** Live ones that we began, or that somebody made for one of our customers by one of our plans. */
    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        List<StripeSubscriptionState> live = unknown.stream()
                .map(StripeSubscriptionState::of)
                .filter(state -> !isOver(state) && isOfOurEnvironment(state))
                .toList();
        return Mono.zip(begun(live), customers(live), prices(live)).flatMapIterable(known -> live.stream()
                .filter(state -> known.getT1().contains(String.valueOf(state.ownId()))
                        || (known.getT2().contains(String.valueOf(state.customerId()))
                                && state.items().stream()
                                        .anyMatch(item -> known.getT3().contains(String.valueOf(item.priceId())))))
                .map(StripeSubscriptionState::id)
                .toList());
    }

    private boolean isOfOurEnvironment(StripeSubscriptionState state) {
        String env = state.metadata().get("env");
        return env == null || env.equals(environment);
    }

    private Mono<Set<String>> begun(List<StripeSubscriptionState> states) {
        return rows.texts(
                        BEGUN,
                        states.stream()
                                .map(StripeSubscriptionState::ownId)
                                .filter(DriftRows::isUuid)
                                .map(String::valueOf)
                                .toList())
                .collect(Collectors.toSet());
    }

    private Mono<Set<String>> customers(List<StripeSubscriptionState> states) {
        return rows.texts(
                        "select stripe_customer_id from customers where stripe_customer_id = any(:ids)",
                        states.stream()
                                .map(StripeSubscriptionState::customerId)
                                .filter(Objects::nonNull)
                                .toList())
                .collect(Collectors.toSet());
    }

    private Mono<Set<String>> prices(List<StripeSubscriptionState> states) {
        return rows.texts(
                        "select stripe_price_id from plan_prices where stripe_price_id = any(:ids)",
                        states.stream()
                                .flatMap(state -> state.items().stream())
                                .map(StripeSubscriptionState.Item::priceId)
                                .filter(Objects::nonNull)
                                .toList())
                .collect(Collectors.toSet());
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    @Override
    public List<Update> updates(JsonNode subscription) {
        return List.of(new Update("customer.subscription.updated", subscription));
    }
}
