package io.tillstream.payment.drift;

import com.stripe.param.RefundListParams;
import com.stripe.param.RefundRetrieveParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripeevents.RefundState;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Refunds of our payments beside Stripe's. */
@Component
@Order(2)
class RefundDrift extends StripeDriftKind {

    /** What of ours is a status at Stripe too. */
    private static final Set<String> STRIPES = Set.of("pending", "requires_action", "canceled", "succeeded", "failed");

    private static final String OURS = """
            select id::text as our_id, stripe_refund_id, status, amount, currency from refunds
            where stripe_refund_id = any(:ids)
            """;

    private static final String DUE = """
            select stripe_refund_id as id from refunds
            where stripe_refund_id is not null
              and (created_at between :from and :until or status in ('pending', 'requires_action'))
            """;

    private final DriftRows rows;

    RefundDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows) {
        super("refunds", "refund", calls, retrievals);
        this.rows = rows;
    }

    @Override
    public List<String> lists() {
        return List.of("created");
    }

    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        var created = RefundListParams.Created.builder()
                .setGte(DriftRows.seconds(span.from()))
                .setLte(DriftRows.seconds(span.until()))
                .build();
        var params = RefundListParams.builder()
                .setCreated(created)
                .setLimit(PAGE)
                .setStartingAfter(place(after))
                .addExpand("data." + PaymentIds.CHARGE)
                .build();
        return page((stripe, options) -> stripe.v1().refunds().list(params, options));
    }

    @Override
    public Mono<JsonNode> retrieve(String stripeId) {
        var params = RefundRetrieveParams.builder().addExpand(PaymentIds.CHARGE).build();
        return one("refund.retrieve", (stripe, options) -> stripe.v1().refunds().retrieve(stripeId, params, options));
    }

    @Override
    public Optional<Side> theirs(JsonNode object) {
        RefundState refund = RefundState.read(object);
        return Optional.of(new Side(
                refund.id(),
                null,
                fields("status", refund.status(), "amount", refund.amount(), "currency", refund.currency())));
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, RefundDrift::side);
    }

    private static Side side(Readable row) {
        String status = String.valueOf(DriftRows.text(row, "status"));
        return new Side(
                String.valueOf(DriftRows.text(row, "stripe_refund_id")),
                DriftRows.text(row, "our_id"),
                fields(
                        "status", STRIPES.contains(status) ? status : null,
                        "amount", DriftRows.number(row, "amount"),
                        "currency", DriftRows.text(row, "currency")));
    }

    /** Those of our payments, whoever made them. */
    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        return PaymentIds.ofOurs(rows, unknown);
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    @Override
    public List<Update> updates(JsonNode refund) {
        return List.of(new Update("refund.updated", refund));
    }
}
