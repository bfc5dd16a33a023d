package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only what Stripe has signed gets onto the topic, byte for byte. */
class WebhookDoorIT {

    private static String event(String id) {
        return """
            {
              "id": "%s", "object": "event", "api_version": "2026-07-29.dahlia", "created": %d,
              "data": {"object": {"id": "prod_1", "object": "product", "name": "Ünïcode  and   spaces"}},
              "livemode": false, "pending_webhooks": 1, "request": null, "type": "product.created"
            }
            """.formatted(id, Instant.now().getEpochSecond());
    }

    /** An event with this word that was taken. One that was answered 503 may stand on the topic too: the next is another. */
    private static String taken(String word) {
        AtomicReference<String> body = new AtomicReference<>("");
        Web.untilAvailable(() -> {
                    body.set(event(newId()).replace("Ünïcode", word));
                    return Webhook.deliver(body.get());
                })
                .expect(200);
        return body.get();
    }

    private static String idOf(String event) {
        return Answer.JSON.readTree(event).path("id").asString();
    }

    private static String newId() {
        return "evt_" + User.key().replace("-", "");
    }

    private static String signed(String body) {
        return Webhook.signature(body, Instant.now(), Stack.tillstream().webhookSecret());
    }

    @Test
    void aSignedEventStandsOnTheTopicByteForByteBeforeItIsAnswered() {
        String body = taken("Ünïcode");
        String id = idOf(body);

        assertThat(Topic.read(Topic.STRIPE))
                .filteredOn(message -> message.header("ce_id").equals(id))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.value()).isEqualTo(body);
                    assertThat(message.type()).isEqualTo("com.stripe.product.created");
                    assertThat(message.key()).isEqualTo("prod_1");
                });
    }

    @Test
    void anEventThatStripeDidNotSignIsRefused() {
        String id = newId();
        String body = event(id);

        Webhook.deliver(body, Webhook.signature(body, Instant.now(), "whsec_somebodyElses"))
                .expect(400);
        Webhook.deliver(body + " ", signed(body)).expect(400);
        Web.send("POST", Webhook.ADDRESS, Map.of("Content-Type", "application/json"), body)
                .expect(400);

        assertNothingCame(id);
    }

    @Test
    void anOldEventPlayedAgainAndOneFromTheFutureAreRefused() {
        String id = newId();
        String body = event(id);
        String secret = Stack.tillstream().webhookSecret();

        Webhook.deliver(body, Webhook.signature(body, Instant.now().minusSeconds(310), secret))
                .expect(400);
        Webhook.deliver(body, Webhook.signature(body, Instant.now().plusSeconds(3600), secret))
                .expect(400);

        assertNothingCame(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t=",
                "t=,v1=",
                "v1",
                "=",
                ",,,,,,",
                "t=abc,v1=abc",
                "t=99999999999999999999999999,v1=00",
                "t=-1,v1=0",
                "t=1,t=2,v1=a,v1=b",
                "v1=zz,t=1"
            })
    void aHostileSignatureIsRefusedLikeAWrongOne(String header) {
        String id = newId();

        Webhook.deliver(event(id), header).expect(400);

        assertNothingCame(id);
    }

    @Test
    void anEndlessSignatureIsRefused() {
        String id = newId();
        String body = event(id);

        Webhook.deliver(body, signed(body) + ",v1=0".repeat(1_000)).expect(400, 413, 431);

        assertNothingCame(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "[]",
                "null",
                "{}",
                "{\"id\": 1}",
                "{\"id\": \"evt_1\"",
                "",
                "{\"id\":\"evt_\\u0000\",\"type\":\"a.b\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}"
            })
    void whatIsSignedButNoEventIsRefused(String body) {
        Webhook.deliver(body).expect(400);
    }

    @Test
    void anEventAboveOneMebibyteIsRefusedAlsoInPieces() {
        String id = newId();
        String large = event(id).replace("Ünïcode", "x".repeat(2 * 1024 * 1024));
        String signature = signed(large);

        Webhook.deliver(large, signature).expect(413);
        Web.send(
                        "POST",
                        Webhook.ADDRESS,
                        Map.of("Stripe-Signature", signature, "Content-Type", "application/json"),
                        inPieces(large))
                .expect(413);

        assertNothingCame(id);
    }

    @Test
    void theDoorTakesPostsOnly() {
        Web.send("GET", Webhook.ADDRESS, Map.of(), (String) null).expect(405);
    }

    @Test
    void aLargeEventBelowTheLimitComesThrough() {
        String id = idOf(taken("x".repeat(900 * 1024)));

        await().atMost(User.PATIENCE).untilAsserted(() -> assertThat(Topic.read(Topic.STRIPE))
                .filteredOn(message -> message.header("ce_id").equals(id))
                .hasSize(1));
    }

    /** A body whose length is not told beforehand. */
    static HttpRequest.BodyPublisher inPieces(String body) {
        return HttpRequest.BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static void assertNothingCame(String id) {
        assertThat(Topic.read(Topic.STRIPE))
                .noneMatch(message -> message.value().contains(id));
    }
}
