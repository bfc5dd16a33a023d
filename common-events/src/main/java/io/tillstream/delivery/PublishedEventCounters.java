package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.events.DomainEvent;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.PaymentEvent;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Domain events by type, and the money that they tell of by currency, in its smallest unit. Money that came twice or late and
 * goes back was never {@code received}: it is {@code returned}. What is sent again after a crash is counted again, so these are
 * for pictures and alerts; the books are the database's.
 */
final class PublishedEventCounters {

    private static final Map<String, String> MONEY = Map.of(
            DomainEvent.type(PaymentEvent.Succeeded.class), "received",
            DomainEvent.type(InvoiceEvent.Paid.class), "received",
            DomainEvent.type(PaymentEvent.Refunded.class), "refunded",
            DomainEvent.type(InvoiceEvent.Refunded.class), "refunded",
            DomainEvent.type(PaymentEvent.DuplicateRefunded.class), "returned",
            DomainEvent.type(PaymentEvent.LateRefunded.class), "returned");

    private static final JsonMapper JSON = new JsonMapper();

    private final MeterRegistry meters;

    PublishedEventCounters(MeterRegistry meters) {
        this.meters = meters;
    }

    void count(OutboxRow row) {
        meters.counter("tillstream.domain.events", "type", DomainEvent.shortName(row.type()))
                .increment();
        String kind = MONEY.get(row.type());
        if (kind != null) {
            JsonNode amount = JSON.readTree(row.payload()).path("amount");
            meters.counter(
                            "tillstream.money",
                            "kind",
                            kind,
                            "currency",
                            amount.path("currency").asString(""))
                    .increment(amount.path("amount").asDouble(0));
        }
    }
}
