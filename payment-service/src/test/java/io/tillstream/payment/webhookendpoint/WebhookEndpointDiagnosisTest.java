package io.tillstream.payment.webhookendpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.param.WebhookEndpointCreateParams;
import io.tillstream.payment.webhookendpoint.WebhookEndpointDiagnosis.Flaw;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WebhookEndpointDiagnosisTest {

    private static final String URL = "https://shop.example.com/webhooks/stripe";
    private static final List<String> ALL = List.of("*");

    private static WebhookEndpoint endpoint(
            String id, String url, boolean enabled, @Nullable String version, List<String> events) {
        return new WebhookEndpoint(id, url, enabled, version, events, null, Instant.EPOCH);
    }

    private static WebhookEndpoint healthy(String id) {
        return endpoint(id, URL, true, StripeWebhookEndpoints.API_VERSION, ALL);
    }

    private static WebhookEndpointDiagnosis of(WebhookEndpoint... all) {
        return WebhookEndpointDiagnosis.of(URL, "production", List.of(all));
    }

    @Test
    void anEventOfWhichAllTriesFailedWaitsForNothing() {
        var pending = StripeWebhookEndpoints.pending(StripeJson.read("""
                {"has_more": false, "data": [
                    {"id": "evt_2", "created": 200, "pending_webhooks": 2},
                    {"id": "evt_1", "created": 100, "pending_webhooks": 0}]}
                """.getBytes(StandardCharsets.UTF_8)));

        assertThat(pending).isEqualTo(new StripeWebhookEndpoints.Pending(1, 2, false, Instant.ofEpochSecond(200)));
    }

    @Test
    void anEndpointForAllEventsOfOurVersionIsWell() {
        assertThat(of(healthy("we_1")).flaws()).isEmpty();
    }

    @Test
    void endpointsOfOthersAreNotOurs() {
        assertThat(of(endpoint("we_1", "https://other.example.com", true, null, ALL))
                        .flaws())
                .containsExactly(Flaw.MISSING);
    }

    @Test
    void whatIsWrongIsAllSaid() {
        assertThat(of(endpoint("we_1", URL, false, "2022-08-01", List.of("charge.refunded")))
                        .flaws())
                .containsExactly(Flaw.DISABLED, Flaw.EVENTS_MISSING, Flaw.API_VERSION_DIFFERS);
    }

    @Test
    void theEventsThatAreNotSentAreNamed() {
        var events = new TreeSet<>(StripeEventConsumer.allTypes());
        events.remove("charge.refunded");

        WebhookEndpointDiagnosis found =
                of(endpoint("we_1", URL, true, StripeWebhookEndpoints.API_VERSION, List.copyOf(events)));

        assertThat(found.missingEvents()).containsExactly("charge.refunded");
        assertThat(found.wantedEvents()).isEqualTo(StripeEventConsumer.allTypes());
    }

    @Test
    void oursThatLeadsElsewhereIsMendedAndNotDoubled() {
        var moved = new WebhookEndpoint(
                "we_1",
                "https://old.example.com",
                true,
                StripeWebhookEndpoints.API_VERSION,
                ALL,
                "production",
                Instant.EPOCH);

        assertThat(of(moved).flaws()).containsExactly(Flaw.WRONG_URL);
        assertThat(of(moved).needsNewEndpoint()).isFalse();
    }

    @Test
    void ofSeveralTheBestCountsAndTheOthersAreNamed() {
        WebhookEndpoint old = endpoint("we_1", URL, true, "2022-08-01", ALL);

        WebhookEndpointDiagnosis found = of(old, healthy("we_2"));

        assertThat(Objects.requireNonNull(found.endpoint()).id()).isEqualTo("we_2");
        assertThat(found.others()).containsExactly(old);
        assertThat(found.flaws()).isEmpty();
    }

    /** Or it could not be asked for. */
    @Test
    void everyTypeThatAServiceFollowsIsOneThatStripeSends() {
        assertThat(Arrays.stream(WebhookEndpointCreateParams.EnabledEvent.values())
                        .map(WebhookEndpointCreateParams.EnabledEvent::getValue))
                .containsAll(StripeEventConsumer.allTypes());
    }
}
