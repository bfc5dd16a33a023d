package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tillstream.events.DomainEvent;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.events.OrderEvent;
import io.tillstream.events.PaymentEvent;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PublishedEventCountersTest {

    private static final Money TWENTY = new Money(2000, "usd");
    private static final Money FIVE = new Money(500, "usd");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PublishedEventCounters counters = new PublishedEventCounters(meters);

    @Test
    void moneyIsCountedByWhatBecameOfItAndByCurrency() {
        count(new PaymentEvent.Succeeded("order", "alice", "payment", "pi_1", TWENTY));
        count(new InvoiceEvent.Paid("in_1", "sub_1", "alice", new Money(900, "jpy"), null));
        count(new PaymentEvent.Refunded("order", "alice", "payment", "re_1", FIVE, TWENTY));
        count(new InvoiceEvent.Refunded("in_1", "sub_1", "alice", "re_2", new Money(100, "jpy"), TWENTY, false, null));

        assertThat(money("received", "usd")).isEqualTo(2000);
        assertThat(money("received", "jpy")).isEqualTo(900);
        assertThat(money("refunded", "usd")).isEqualTo(500);
        assertThat(money("refunded", "jpy")).isEqualTo(100);
    }

    /** No event tells that such money came: as a refund it would make the shop look poorer than it is. */
    @Test
    void moneyThatCameTwiceOrLateIsNeitherIncomeNorARefundOfIt() {
        count(new PaymentEvent.DuplicateRefunded("order", "alice", "payment", "re_1", TWENTY));
        count(new PaymentEvent.LateRefunded("order", "alice", "payment", "re_2", FIVE));

        assertThat(money("returned", "usd")).isEqualTo(2500);
        assertThat(money("received", "usd")).isZero();
        assertThat(money("refunded", "usd")).isZero();
    }

    @Test
    void everyEventIsCountedByItsPublishedName() {
        count(new PaymentEvent.Failed("order", "alice", "payment", "card_declined", null, true));
        count(new OrderEvent.Paid("order", "alice", "payment", "pi_1", TWENTY, List.of()));

        assertThat(events("payment.failed")).isEqualTo(1);
        assertThat(events("order.paid")).isEqualTo(1);
        assertThat(meters.find("tillstream.money").counters()).isEmpty();
    }

    private void count(DomainEvent event) {
        counters.count(new OutboxRow(
                1,
                0,
                "id",
                event.topic(),
                event.aggregateId(),
                event.type(),
                new JsonMapper().writeValueAsString(event),
                null,
                OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
    }

    private double money(String kind, String currency) {
        return of(meters.find("tillstream.money")
                .tags("kind", kind, "currency", currency)
                .counter());
    }

    private double events(String type) {
        return of(meters.find("tillstream.domain.events").tag("type", type).counter());
    }

    private static double of(@Nullable Counter counter) {
        return counter == null ? 0 : counter.count();
    }
}
