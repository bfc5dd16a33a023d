package io.tillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.chaos.check.observation.Expectations;
import io.tillstream.chaos.fault.FaultKind;
import io.tillstream.chaos.fault.PlannedFault;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunFaultsTest {
    private final RunFaults faults = new RunFaults();

    private Expectations expected() {
        return faults.in(Expectations.none());
    }

    private static PlannedFault fault(FaultKind kind, String target) {
        return new PlannedFault(kind, target, 2_000, 1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "KILL, order-service",
        "KILL, payment-service-2",
        "PAUSE, subscription-service",
        "DATABASE_CUT, order-service",
        "KAFKA_KILL, ''",
        "KAFKA_RESTART, ''",
        "KAFKA_PAUSE, ''",
        "POSTGRES_KILL, ''",
        "POSTGRES_RESTART, ''",
    })
    void afterAFaultThatStopsARelayARecordMayBePublishedTwice(FaultKind kind, String target) {
        faults.begin(List.of(fault(FaultKind.DELIVERIES_DOUBLED, ""), fault(kind, target)));
        faults.begin(List.of());

        assertThat(expected().relaysDied()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "KILL, gateway",
        "PAUSE, webhook-ingest-2",
        "ROLLING_RESTART, order-service",
        "REBALANCE, order-service-2",
        "DATABASE_SLOW, order-service",
        "IDENTITY_KILL, ''",
        "STRIPE_PAUSE, ''",
        "STRIPE_TIMEOUTS, POST /v1/**",
        "DELIVERIES_DOUBLED, ''",
        "POISON, ''",
    })
    void afterAnyOtherFaultItMayNot(FaultKind kind, String target) {
        faults.begin(List.of(fault(kind, target)));

        assertThat(expected().relaysDied()).isFalse();
    }

    @Test
    void howLongItTookToRecoverIsAskedFromTheEndOfTheLastFault() {
        Instant first = Instant.parse("2026-05-04T10:00:00Z");
        faults.begin(List.of(fault(FaultKind.POISON, "")));
        faults.ended(first);
        faults.begin(List.of(fault(FaultKind.POISON, "")));
        faults.ended(first.plusSeconds(15));

        assertThat(expected().faultsEnded()).isEqualTo(first.plusSeconds(15));
    }

    @Test
    void whileSomethingIsBrokenItIsNotAsked() {
        faults.begin(List.of(fault(FaultKind.POISON, "")));
        faults.ended(Instant.parse("2026-05-04T10:00:00Z"));
        faults.begin(List.of(fault(FaultKind.STRIPE_PAUSE, "")));

        assertThat(expected().faultsEnded()).isNull();
    }
}
