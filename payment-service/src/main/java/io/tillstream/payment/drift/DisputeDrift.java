package io.tillstream.payment.drift;

import com.stripe.param.DisputeListParams;
import com.stripe.param.DisputeRetrieveParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripeevents.DisputeState;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Disputes about our payments beside Stripe's. */
@Component
@Order(3)
class DisputeDrift extends StripeDriftKind {

    private static final String UPDATED = "charge.dispute.updated";

    private static final String OURS = """
            select payment_id::text as our_id, stripe_dispute_id, fact->>'status' as status,
                (fact->>'amount')::bigint as amount, fact->>'currency' as currency
            from disputes where stripe_dispute_id = any(:ids)
            """;

    private static final String DUE = """
            select stripe_dispute_id as id from disputes
            where created_at between :from and :until
               or fact->>'status' not in ('warning_closed', 'prevented', 'lost', 'won')
            """;

    private final DriftRows rows;

    DisputeDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows) {
        super("disputes", "dispute", calls, retrievals);
        this.rows = rows;
    }

    @Override
    public List<String> lists() {
        return List.of("created");
    }

    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        var created = DisputeListParams.Created.builder()
                .setGte(DriftRows.seconds(span.from()))
                .setLte(DriftRows.seconds(span.until()))
                .build();
        var params = DisputeListParams.builder()
                .setCreated(created)
                .setLimit(PAGE)
                .setStartingAfter(place(after))
                .addExpand("data." + PaymentIds.CHARGE)
                .build();
        return page((stripe, options) -> stripe.v1().disputes().list(params, options));
    }

    @Override
    public Mono<JsonNode> retrieve(String stripeId) {
        var params =
                DisputeRetrieveParams.builder().addExpand(PaymentIds.CHARGE).build();
        return one(
                "dispute.retrieve", (stripe, options) -> stripe.v1().disputes().retrieve(stripeId, params, options));
    }

    /** An appeal against what was lost changes nothing here until it is won: see {@link DisputeState}. */
    @Override
    public Optional<Side> theirs(JsonNode object) {
        DisputeState dispute = DisputeState.read(object, UPDATED);
        return Optional.of(new Side(
                dispute.id(),
                null,
                fields(
                        "status", dispute.status().startsWith("appeal_") ? null : dispute.status(),
                        "amount", dispute.amount(),
                        "currency", dispute.currency())));
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, DisputeDrift::side);
    }

    private static Side side(Readable row) {
        return new Side(
                String.valueOf(DriftRows.text(row, "stripe_dispute_id")),
                DriftRows.text(row, "our_id"),
                fields(
                        "status", DriftRows.text(row, "status"),
                        "amount", DriftRows.number(row, "amount"),
                        "currency", DriftRows.text(row, "currency")));
    }

    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        return PaymentIds.ofOurs(rows, unknown);
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    @Override
    public List<Update> updates(JsonNode dispute) {
        return List.of(new Update(UPDATED, dispute));
    }
}
