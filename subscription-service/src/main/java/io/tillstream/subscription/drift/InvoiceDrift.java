package io.tillstream.subscription.drift;

import com.stripe.param.InvoiceListParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripeevents.StripeJson;
import java.util.Collection;
import java.util.List;
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

/** Invoices of our subscriptions beside Stripe's: those of the span, and all drafts and open ones. */
@Component
@Order(3)
class InvoiceDrift extends StripeDriftKind {

    private static final String OURS = """
            select stripe_invoice_id, status, number, currency, total, amount_due, amount_paid, amount_remaining
            from invoices where stripe_invoice_id = any(:ids)
            """;

    private static final String DUE = """
            select stripe_invoice_id as id from invoices
            where issued_at between :from and :until or status in ('draft', 'open')
            """;

    private final DriftRows rows;

    InvoiceDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows) {
        super("invoices", "invoice", calls, retrievals);
        this.rows = rows;
    }

    @Override
    public List<String> lists() {
        return List.of("created", "open", "draft");
    }

    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        var params = InvoiceListParams.builder().setLimit(PAGE).setStartingAfter(place(after));
        switch (list) {
            case "open" -> params.setStatus(InvoiceListParams.Status.OPEN);
            case "draft" -> params.setStatus(InvoiceListParams.Status.DRAFT);
            default ->
                params.setCreated(InvoiceListParams.Created.builder()
                        .setGte(DriftRows.seconds(span.from()))
                        .setLte(DriftRows.seconds(span.until()))
                        .build());
        }
        return page((stripe, options) -> stripe.v1().invoices().list(params.build(), options));
    }

    @Override
    public Optional<Side> theirs(JsonNode invoice) {
        return Optional.of(new Side(
                id(invoice),
                null,
                fields(
                        "status", StripeJson.text(invoice, "status"),
                        "number", orNone(StripeJson.text(invoice, "number")),
                        "currency", StripeJson.text(invoice, "currency"),
                        "total", StripeJson.number(invoice, "total"),
                        "amount_due", StripeJson.number(invoice, "amount_due"),
                        "amount_paid", StripeJson.number(invoice, "amount_paid"),
                        "amount_remaining", StripeJson.number(invoice, "amount_remaining"))));
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, InvoiceDrift::side);
    }

    private static Side side(Readable row) {
        String id = String.valueOf(DriftRows.text(row, "stripe_invoice_id"));
        return new Side(
                id,
                id,
                fields(
                        "status", DriftRows.text(row, "status"),
                        "number", orNone(DriftRows.text(row, "number")),
                        "currency", DriftRows.text(row, "currency"),
                        "total", DriftRows.number(row, "total"),
                        "amount_due", DriftRows.number(row, "amount_due"),
                        "amount_paid", DriftRows.number(row, "amount_paid"),
                        "amount_remaining", DriftRows.number(row, "amount_remaining")));
    }

    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        return rows.texts(
                        "select stripe_subscription_id from subscriptions where stripe_subscription_id = any(:ids)",
                        unknown.stream()
                                .map(InvoiceDrift::subscription)
                                .filter(Objects::nonNull)
                                .distinct()
                                .toList())
                .collect(Collectors.toSet())
                .flatMapIterable(known -> unknown.stream()
                        .filter(invoice -> known.contains(String.valueOf(subscription(invoice))))
                        .map(InvoiceDrift::id)
                        .toList());
    }

    private static String id(JsonNode invoice) {
        return String.valueOf(StripeJson.text(invoice, "id"));
    }

    /** As our own version of the API has it. */
    private static @Nullable String subscription(JsonNode invoice) {
        return StripeJson.id(invoice.path("parent").get("subscription_details"), "subscription");
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    /** No event of a failed attempt is made up: when it failed is not known. */
    @Override
    public List<Update> updates(JsonNode invoice) {
        String type =
                switch (String.valueOf(StripeJson.text(invoice, "status"))) {
                    case "paid" -> "invoice.paid";
                    case "void" -> "invoice.voided";
                    case "uncollectible" -> "invoice.marked_uncollectible";
                    default -> "invoice.updated";
                };
        return List.of(new Update(type, invoice));
    }
}
