package io.tillstream.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.chaos.check.observation.Service;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannedFaultTest {

    private static PlannedFault fault(FaultKind kind, String target) {
        return new PlannedFault(kind, target, 2_000, 1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "KILL, order-service, ORDERS",
        "KILL, payment-service-2, PAYMENTS",
        "PAUSE, subscription-service, SUBSCRIPTIONS",
        "DATABASE_CUT, order-service, ORDERS",
    })
    void aFaultOfOneServiceMayStopItsRelayAndNoOther(FaultKind kind, String target, Service service) {
        assertThat(fault(kind, target).stoppedRelays()).containsExactly(service);
    }

    @ParameterizedTest
    @CsvSource({"KAFKA_KILL", "KAFKA_RESTART", "KAFKA_PAUSE", "POSTGRES_KILL", "POSTGRES_RESTART"})
    void aFaultOfWhatAllNeedMayStopEachRelay(FaultKind kind) {
        assertThat(fault(kind, "").stoppedRelays()).containsExactlyInAnyOrder(Service.values());
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
    void anyOtherFaultStopsNone(FaultKind kind, String target) {
        assertThat(fault(kind, target).stoppedRelays()).isEmpty();
    }
}
