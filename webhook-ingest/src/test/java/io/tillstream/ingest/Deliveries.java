package io.tillstream.ingest;

import com.stripe.net.Webhook;
import io.tillstream.testing.TestWebClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Delivers events as Stripe does. */
final class Deliveries {

    static final String SECRET = "whsec_current";
    static final String PREVIOUS = "whsec_previous";

    private final String url;

    Deliveries(int port) {
        this.url = "http://127.0.0.1:" + port;
    }

    static String event(String id) {
        return "{\"id\":\"" + id
                + "\",\"object\":\"event\",\"type\":\"payment_intent.succeeded\",\"created\":1785585600,"
                + "\"livemode\":false,  \"data\":{\"object\":{\"id\":\"pi_1\",\"customer\":\"cus_1\",\"note\":\"é\"}}}";
    }

    static String header(String body, String secret, long offset) {
        try {
            return Webhook.Signature.generateSignatureHeader(
                    body, secret, Instant.now().getEpochSecond() + offset);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    WebTestClient web() {
        return TestWebClient.to(url).responseTimeout(Duration.ofSeconds(60)).build();
    }

    WebTestClient.ResponseSpec send(String body) {
        return send(body, header(body, SECRET, 0));
    }

    WebTestClient.ResponseSpec send(String body, String header) {
        return web().post()
                .uri("/webhooks/stripe")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Stripe-Signature", header)
                .bodyValue(body.getBytes(StandardCharsets.UTF_8))
                .exchange();
    }
}
