package io.tillstream.payment.drift;

import com.stripe.param.PaymentMethodListParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.payment.card.CardState;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
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

/**
 * Saved cards beside Stripe's. Stripe lists cards by customer and by no time, so those of customers are compared that changed here,
 * or were made, in the span: a call for each.
 */
@Component
@Order(5)
class CardDrift extends StripeDriftKind {

    /** What is on the card: reports outlive its erasure. */
    private static final Set<String> PRIVATE = Set.of("brand", "last4", "exp_month", "exp_year");

    private static final String OURS = """
            select payment_method_id, stripe_customer_id, brand, last_four, exp_month::bigint as exp_month,
                exp_year::bigint as exp_year
            from cards where payment_method_id = any(:ids)
            """;

    private static final String CUSTOMERS = """
            with due as materialized (
                select stripe_customer_id as id from customers
                where stripe_customer_id is not null and not leaving and updated_at between :from and :until
                union
                select cards.stripe_customer_id from cards
                join customers on customers.stripe_customer_id = cards.stripe_customer_id and not leaving
                where cards.updated_at between :from and :until)
            select id from due where id > :after order by id limit 2
            """;

    private static final String DUE = """
            select payment_method_id as id from cards where updated_at between :from and :until
            """;

    private final DriftRows rows;

    CardDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows) {
        super("cards", "payment_method", calls, retrievals);
        this.rows = rows;
    }

    @Override
    public List<String> lists() {
        return List.of("customers");
    }

    /** Goes from customer to customer; more than a hundred cards of one are asked for one by one. */
    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        return rows.next(CUSTOMERS, span, after).collectList().flatMap(next -> {
            if (next.isEmpty()) {
                return Mono.just(ListPage.NOTHING);
            }
            String customer = next.get(0);
            var params = PaymentMethodListParams.builder()
                    .setCustomer(customer)
                    .setType(PaymentMethodListParams.Type.CARD)
                    .setLimit(PAGE)
                    .build();
            return page((stripe, options) -> stripe.v1().paymentMethods().list(params, options))
                    .map(page -> new ListPage(page.objects(), next.size() > 1 ? customer : null));
        });
    }

    /** A card that is attached to nobody is none that is saved. */
    @Override
    public Optional<Side> theirs(JsonNode object) {
        CardState card = CardState.read(object);
        CardState.Face face = card.face();
        return card.customerId() == null || face == null
                ? Optional.empty()
                : Optional.of(new Side(
                        card.id(),
                        null,
                        fields(
                                "customer", card.customerId(),
                                "brand", face.brand(),
                                "last4", face.lastFour(),
                                "exp_month", face.expMonth(),
                                "exp_year", face.expYear())));
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, CardDrift::side);
    }

    private static Side side(Readable row) {
        String id = String.valueOf(DriftRows.text(row, "payment_method_id"));
        return new Side(
                id,
                id,
                fields(
                        "customer", DriftRows.text(row, "stripe_customer_id"),
                        "brand", DriftRows.text(row, "brand"),
                        "last4", DriftRows.text(row, "last_four"),
                        "exp_month", DriftRows.number(row, "exp_month"),
                        "exp_year", DriftRows.number(row, "exp_year")));
    }

    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        List<CardState> cards = unknown.stream()
                .map(CardState::read)
                .filter(card -> card.face() != null)
                .toList();
        return rows.texts(
                        "select stripe_customer_id from customers where stripe_customer_id = any(:ids) and not leaving",
                        cards.stream()
                                .map(CardState::customerId)
                                .filter(Objects::nonNull)
                                .distinct()
                                .toList())
                .collect(Collectors.toSet())
                .flatMapIterable(known -> cards.stream()
                        .filter(card -> known.contains(String.valueOf(card.customerId())))
                        .map(CardState::id)
                        .toList());
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    @Override
    public List<Update> updates(JsonNode object) {
        CardState card = CardState.read(object);
        return List.of(
                new Update(card.customerId() == null ? "payment_method.detached" : "payment_method.updated", object));
    }

    @Override
    public boolean isPrivate(String field) {
        return PRIVATE.contains(field);
    }
}
