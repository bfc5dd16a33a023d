package io.tillstream.payment.webhookendpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.Stripe;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.testing.DatabaseTextSearch;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Our webhook endpoint at Stripe, found as it is and mended. */
@ExtendWith(OutputCaptureExtension.class)
class StripeEndpointIT extends SimulatedStripe {

    private static final String ENDPOINTS = "/v1/webhook_endpoints";
    private static final String DOOR = "/api/admin/stripe-endpoint";

    @Autowired
    private WebhookEndpointSweep sweep;

    @Autowired
    private MeterRegistry meters;

    /** Its own first look, at once after each start of the context, would meet the faults that are meant for others. */
    @BeforeEach
    void nobodyLooksUnasked() {
        sweep.stop();
    }

    @AfterEach
    void noFaultStays() {
        STRIPE.delete("/_simulator/faults");
        noEndpointStays();
    }

    private static void noEndpointStays() {
        STRIPE.get(ENDPOINTS).path("data").forEach(endpoint -> STRIPE.delete(ENDPOINTS + "/" + id(endpoint)));
    }

    private static String id(JsonNode object) {
        return object.path("id").asString();
    }

    private static String registered(String url, String more) {
        JsonNode made = STRIPE.post(ENDPOINTS, "url=" + url + "&api_version=" + Stripe.API_VERSION + "&" + more);
        assertThat(made.path("object").asString()).as(made.toString()).isEqualTo("webhook_endpoint");
        return id(made);
    }

    private JsonNode look() {
        return json(as("operator").get().uri(DOOR).exchange().expectStatus().isOk());
    }

    private JsonNode repair() {
        return json(post("operator", DOOR + "/repair", "{}").expectStatus().isOk());
    }

    private static List<String> codes(JsonNode look) {
        return look.path("problems")
                .valueStream()
                .map(problem -> problem.path("code").asString())
                .toList();
    }

    @Test
    void whereStripeHasNoneItIsRegisteredWithAllThatIsFollowed() {
        assertThat(codes(look())).containsExactly("missing");

        JsonNode repaired = repair();

        assertThat(repaired.path("action").asString()).isEqualTo("registered");
        assertThat(repaired.path("secret").asString()).startsWith("whsec_");
        assertThat(repaired.at("/endpoint/status").asString()).isEqualTo("ok");
        JsonNode made = STRIPE.get(ENDPOINTS).at("/data/0");
        assertThat(made.path("url").asString()).isEqualTo(WEBHOOKS);
        assertThat(made.path("api_version").asString()).isEqualTo(Stripe.API_VERSION);
        assertThat(made.path("enabled_events").valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(StripeEventConsumer.allTypes());
    }

    @Test
    void theSecretIsShownOnceAndKeptNowhere(CapturedOutput output) {
        String secret = repair().path("secret").asString();

        assertThat(repair().has("secret")).isFalse();
        assertThat(look().toString()).doesNotContain(secret);
        assertThat(DatabaseTextSearch.with(DATABASE, secret)).isEmpty();
        assertThat(output.getAll()).doesNotContain(secret);
    }

    /** Stripe does not show it again, and the next repair finds nothing to do. */
    @Test
    void theSecretIsShownThoughStripeDoesNotAnswerAnyMoreAfterTheRegistration() {
        STRIPE.control(
                "/_simulator/faults",
                "{'operation': 'GET /v1/webhook_endpoints', 'kind': 'error_before', 'skip': 1, 'times': 20}"
                        .replace('\'', '"'));

        JsonNode repaired = repair();

        STRIPE.delete("/_simulator/faults");
        assertThat(repaired.path("action").asString()).isEqualTo("registered");
        assertThat(repaired.path("secret").asString()).startsWith("whsec_");
        assertThat(repaired.at("/endpoint/endpoint/url").asString()).isEqualTo(WEBHOOKS);
        assertThat(repaired.at("/endpoint/pending").isMissingNode()).isTrue();
        assertThat(STRIPE.get(ENDPOINTS).path("data")).hasSize(1);
    }

    @Test
    void aGaugeTellsHowLongStripeHasNotSaid() {
        sweep.round().block(WAIT);
        assertThat(secondsSinceLook()).isLessThan(WAIT.toSeconds());
        STRIPE.control(
                "/_simulator/faults", "{'operation': 'GET /v1/events', 'kind': 'error_before'}".replace('\'', '"'));

        await().atMost(WAIT).until(() -> {
            sweep.round().block(WAIT);
            return secondsSinceLook() >= 1;
        });

        STRIPE.delete("/_simulator/faults");
        await().atMost(WAIT).until(() -> {
            sweep.round().block(WAIT);
            return secondsSinceLook() < 1;
        });
    }

    private double secondsSinceLook() {
        return meters.get("tillstream.stripe.endpoint.last.look.seconds")
                .gauge()
                .value();
    }

    @Test
    void whatWasDeletedByHandIsRegisteredAnewThoughStripeRemembersTheFirstRequest() {
        String first = repair().path("secret").asString();
        noEndpointStays();

        JsonNode again = repair();

        assertThat(again.path("secret").asString()).startsWith("whsec_").isNotEqualTo(first);
        assertThat(STRIPE.get(ENDPOINTS).path("data")).hasSize(1);
    }

    @Test
    void oneThatIsTurnedOffAndLacksEventsIsMendedAndKeepsWhatItHas() {
        String id = registered(WEBHOOKS, "enabled_events[]=charge.refunded&enabled_events[]=payout.paid");
        STRIPE.post(ENDPOINTS + "/" + id, "disabled=true");
        assertThat(codes(look())).containsExactly("disabled", "events_missing");
        assertThat(look().path("missingEvents").valueStream().map(JsonNode::asString))
                .contains("payment_intent.succeeded", "invoice.paid")
                .doesNotContain("charge.refunded");

        JsonNode repaired = repair();

        assertThat(repaired.path("action").asString()).isEqualTo("updated");
        assertThat(repaired.has("secret")).isFalse();
        JsonNode now = STRIPE.get(ENDPOINTS + "/" + id);
        assertThat(now.path("status").asString()).isEqualTo("enabled");
        assertThat(now.path("enabled_events").valueStream().map(JsonNode::asString))
                .contains("payout.paid", "charge.refunded")
                .containsAll(StripeEventConsumer.allTypes());
        assertThat(codes(look())).isEmpty();
    }

    @Test
    void oursThatLeadsElsewhereIsTurnedToOurDoor() {
        String id = registered(WEBHOOKS + "/old", "enabled_events[]=*&metadata[env]=test");
        assertThat(codes(look())).containsExactly("wrong_url");

        repair();

        assertThat(STRIPE.get(ENDPOINTS + "/" + id).path("url").asString()).isEqualTo(WEBHOOKS);
        assertThat(codes(look())).isEmpty();
    }

    @Test
    void anotherVersionTakesANewEndpointAndTheOldOneIsNamed() {
        JsonNode old = STRIPE.post(ENDPOINTS, "url=" + WEBHOOKS + "&enabled_events[]=*");
        assertThat(codes(look())).containsExactly("api_version_differs");

        JsonNode repaired = repair();

        assertThat(repaired.path("secret").asString()).startsWith("whsec_");
        assertThat(repaired.at("/endpoint/endpoint/id").asString()).isNotEqualTo(id(old));
        assertThat(repaired.at("/endpoint/others/0/id").asString()).isEqualTo(id(old));
        assertThat(repaired.path("nextSteps")).hasSize(2);
        assertThat(STRIPE.get(ENDPOINTS + "/" + id(old)).path("status").asString())
                .isEqualTo("enabled");
    }

    @Test
    void whatWaitsForADeliveryIsCounted() {
        registered(WEBHOOKS, "enabled_events[]=*"); // nobody listens there
        JsonNode customer = STRIPE.post("/v1/customers", "name=Pending");

        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode pending = look().path("pending");
            assertThat(pending.path("events").asInt()).isPositive();
            assertThat(pending.path("deliveries").asInt()).isPositive();
            assertThat(pending.has("oldestAt")).isTrue();
        });
        assertThat(id(customer)).isNotEmpty();
    }

    @Test
    void aGaugeTellsEachFlaw() {
        sweep.round().block(WAIT);
        assertThat(flaw("missing")).isEqualTo(1);
        assertThat(flaw("disabled")).isZero();
        String id = registered(WEBHOOKS, "enabled_events[]=*");
        STRIPE.post(ENDPOINTS + "/" + id, "disabled=true");

        sweep.round().block(WAIT);

        assertThat(flaw("missing")).isZero();
        assertThat(flaw("disabled")).isEqualTo(1);
    }

    private double flaw(String flaw) {
        return meters.get("tillstream.stripe.endpoint.flaws")
                .tag("flaw", flaw)
                .gauge()
                .value();
    }

    @Test
    void onlyOperatorsLookAndMend() {
        as(user).get().uri(DOOR).exchange().expectStatus().isForbidden();
        post(user, DOOR + "/repair", "{}").expectStatus().isForbidden();
    }
}
