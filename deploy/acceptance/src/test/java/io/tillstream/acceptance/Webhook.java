package io.tillstream.acceptance;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/** An event on its way from Stripe to the gateway. */
final class Webhook {
    static final URI ADDRESS = URI.create(Stack.gateway() + "/webhooks/stripe");

    private Webhook() {}

    /** Delivers an event as Stripe does, signed now. */
    static Answer deliver(JsonNode event) {
        return deliver(event.toString());
    }

    /** As Stripe does: an event that is answered 503 is delivered again. */
    static Answer deliverUntilTaken(JsonNode event) {
        return Web.untilAvailable(() -> deliver(event)).expect(200);
    }

    static Answer deliver(String body) {
        return deliver(body, signature(body, Instant.now(), Stack.tillstream().webhookSecret()));
    }

    static Answer deliver(String body, String signature) {
        return Web.send(
                "POST",
                ADDRESS,
                Map.of("Stripe-Signature", signature, "Content-Type", "application/json; charset=utf-8"),
                body);
    }

    static String signature(String body, Instant at, String secret) {
        String signed = at.getEpochSecond() + "." + body;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] digest = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return "t=" + at.getEpochSecond() + ",v1=" + HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
