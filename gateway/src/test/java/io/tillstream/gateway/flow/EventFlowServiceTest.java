package io.tillstream.gateway.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventFlowServiceTest {

    /** A service that is not ready yet, or is stopping, says so with 503: that is no failure of a request. */
    @Test
    void theAnswersOfProbesAreNoServerErrors() {
        String errors =
                "http_server_requests_seconds_count{method=\"GET\",outcome=\"SERVER_ERROR\",status=\"503\",uri=";
        MetricSamples samples = MetricSamples.read(errors + "\"/actuator/health/readiness\"} 4\n"
                + errors + "\"/actuator/health/**\"} 3\n"
                + errors + "\"/readyz\"} 2\n"
                + errors + "\"/livez\"} 1\n"
                + errors + "\"/orders/{id}\"} 5\n"
                + errors + "\"UNKNOWN\"} 6\n");

        EventFlowController.Service service = EventFlowController.Service.of("order-service", Optional.of(samples));

        assertThat(service.serverErrors()).isEqualTo(11);
    }
}
