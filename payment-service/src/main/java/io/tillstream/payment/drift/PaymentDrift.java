package io.tillstream.payment.drift;

import com.stripe.param.PaymentIntentListParams;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftRows;
import io.tillstream.drift.StripeDriftKind;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Payments beside Stripe's payment intents. */
@Component
@Order(1)
class PaymentDrift extends StripeDriftKind {

    /** Of money that is here, or on its way: what takes none, a second try of one attempt, is left alone. */
    private static final Set<String> OF_MONEY = Set.of("succeeded", "processing", "requires_capture");

    private static final String OURS = """
            select id::text as our_id, stripe_intent_id, status, currency, intent->>'status' as intent_status,
                coalesce((intent->>'amount')::bigint, amount) as amount, (intent->>'amountReceived')::bigint as received
            from payments where stripe_intent_id = any(:ids)
            """;

    /** A payment that waits for its buyer and is not asked about any more is given up: nothing would end it. */
    private static final String DUE = """
            select stripe_intent_id as id from payments
            where stripe_intent_id is not null
              and (created_at between :from and :until
                or status in ('initiated', 'unknown', 'processing') or (status = 'action_required' and next_ask_at is not null))
            """;

    private static final String ATTEMPTS = """
            select id || ' ' || stripe_customer_id from payments where id = any(cast(:ids as uuid[]))
            """;

    private final DriftRows rows;
    private final String environment;

    PaymentDrift(StripeCalls calls, StripeRetrievals retrievals, DriftRows rows, StripeSettings settings) {
        super("payments", "payment_intent", calls, retrievals);
        this.rows = rows;
        this.environment = settings.environment();
    }

    @Override
    public List<String> lists() {
        return List.of("created");
    }

    @Override
    public Mono<ListPage> list(String list, Span span, @Nullable String after) {
        var created = PaymentIntentListParams.Created.builder()
                .setGte(DriftRows.seconds(span.from()))
                .setLte(DriftRows.seconds(span.until()))
                .build();
        var params = PaymentIntentListParams.builder()
                .setCreated(created)
                .setLimit(PAGE)
                .setStartingAfter(place(after))
                .build();
        return page((stripe, options) -> stripe.v1().paymentIntents().list(params, options));
    }

    @Override
    public Optional<Side> theirs(JsonNode intent) {
        String status = String.valueOf(StripeJson.text(intent, "status"));
        return Optional.of(new Side(
                String.valueOf(StripeJson.text(intent, "id")),
                attempt(intent),
                fields(
                        "status", told(status),
                        "amount", StripeJson.number(intent, "amount"),
                        "currency", StripeJson.text(intent, "currency"),
                        "amount_received",
                                status.equals("succeeded") ? StripeJson.number(intent, "amount_received") : null)));
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return rows.sides(OURS, stripeIds, PaymentDrift::side);
    }

    private static Side side(Readable row) {
        Long received = DriftRows.number(row, "received");
        return new Side(
                String.valueOf(DriftRows.text(row, "stripe_intent_id")),
                DriftRows.text(row, "our_id"),
                fields(
                        "status", status(row),
                        "amount", DriftRows.number(row, "amount"),
                        "currency", DriftRows.text(row, "currency"),
                        "amount_received", received != null && received > 0 ? received : null));
    }

    /** A page may have told of the money, or of the end, before its intent did. */
    private static @Nullable String status(Readable row) {
        String intent = DriftRows.text(row, "intent_status");
        return switch (String.valueOf(DriftRows.text(row, "status"))) {
            case "succeeded", "mismatched" -> "succeeded";
            case "canceled" -> "canceled";
            case "processing" -> intent == null ? "processing" : told(intent);
            default -> intent == null ? null : told(intent);
        };
    }

    /** No event tells that a card was put in and is not confirmed yet. */
    private static String told(String status) {
        return status.equals("requires_confirmation") ? "requires_payment_method" : status;
    }

    /** Metadata is anybody's to write: what we made is of its attempt's customer. */
    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        Map<String, JsonNode> claims = new TreeMap<>();
        for (JsonNode intent : unknown) {
            String attempt = attempt(intent);
            if (attempt != null && OF_MONEY.contains(String.valueOf(StripeJson.text(intent, "status")))) {
                claims.put(attempt, intent);
            }
        }
        return rows.texts(ATTEMPTS, claims.keySet())
                .filter(attempt -> claims.entrySet().stream()
                        .anyMatch(claim ->
                                attempt.equals(claim.getKey() + " " + StripeJson.id(claim.getValue(), "customer"))))
                .mapNotNull(attempt -> claims.get(attempt.substring(0, attempt.indexOf(' '))))
                .mapNotNull(intent -> StripeJson.text(intent, "id"));
    }

    private @Nullable String attempt(JsonNode intent) {
        String attempt = StripeJson.metadata(intent, "attempt_id");
        return DriftRows.isUuid(attempt) && environment.equals(StripeJson.metadata(intent, "env")) ? attempt : null;
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int count) {
        return rows.unseen(DUE, reportId, span, after, count);
    }

    @Override
    public List<Update> updates(JsonNode intent) {
        String status = String.valueOf(StripeJson.text(intent, "status"));
        String type =
                switch (status) {
                    case "succeeded", "canceled", "processing", "requires_action" -> "payment_intent." + status;
                    case "requires_capture" -> "payment_intent.amount_capturable_updated";
                    default -> "payment_intent.payment_failed";
                };
        return List.of(new Update(type, intent));
    }
}
