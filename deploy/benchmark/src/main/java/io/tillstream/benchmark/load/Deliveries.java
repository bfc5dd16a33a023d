package io.tillstream.benchmark.load;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Delivers one event after the other as Stripe does, each signed; of a type that nobody follows, so that only taking it counts. */
public final class Deliveries implements Work {
    private static final String BEFORE = "{\"id\":\"evt_";
    private static final String AFTER =
            "\",\"object\":\"event\",\"api_version\":\"2026-07-29.dahlia\",\"type\":\"radar.early_fraud_warning.updated\","
                    + "\"created\":1786000000,\"livemode\":false,\"pending_webhooks\":1,\"data\":{\"object\":{\"id\":\"issfr_";
    /** As long as a PaymentIntent with its charge is. */
    private static final String REST =
            "\",\"object\":\"radar.early_fraud_warning\",\"padding\":\"" + "x".repeat(2_500) + "\"}}}";

    private final HttpConnection connection;
    private final String path;
    private final Mac mac;

    public Deliveries(URI server, String path, String secret) {
        this.connection = new HttpConnection(server);
        this.path = path;
        try {
            this.mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void once() throws IOException {
        String id = UUID.randomUUID().toString().replace("-", "");
        String body = BEFORE + id + AFTER + id + REST;
        long now = Instant.now().getEpochSecond();
        String signature = HexFormat.of().formatHex(mac.doFinal((now + "." + body).getBytes(StandardCharsets.UTF_8)));
        String headers = "Content-Type: application/json; charset=utf-8\r\nStripe-Signature: t=" + now + ",v1="
                + signature + "\r\n";
        HttpConnection.Answer answer = connection.send("POST", path, headers, body);
        if (answer.status() != 200) {
            throw new WrongAnswer("POST " + path, answer);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
