package io.tillstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.KafkaProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Whoever delivers may wait for less long than we wait for Kafka. */
@ExtendWith(OutputCaptureExtension.class)
class CutOffDeliveryIT {

    private static final KafkaProcess KAFKA = KafkaProcess.away();
    private static final Duration WAIT = Duration.ofMinutes(2);
    private static final int AT_ONCE = 4;

    @AfterAll
    static void end() {
        KAFKA.close();
    }

    /** An outage of Kafka would bury the one line that tells of it under traces of nothing. */
    @Test
    void aDeliveryThatIsCutOffWhileKafkaIsAwayIsOneQuietLine(CapturedOutput output) throws IOException {
        try (ConfigurableApplicationContext service = start()) {
            int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            List<Socket> stripe = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                stripe.add(delivered(port, "evt_cut_" + i));
            }
            await().atMost(WAIT).until(() -> waiting() == AT_ONCE);

            for (Socket each : stripe) {
                each.close();
            }
            await().atMost(WAIT).until(() -> waiting() == 0 && linesOf(output, "evt_cut_") >= AT_ONCE);
        }

        assertThat(linesOf(output, "went away")).isEqualTo(AT_ONCE);
        assertThat(linesOf(output, "evt_cut_")).isEqualTo(AT_ONCE);
        assertThat(linesOf(output, " ERROR ")).as(output.getAll()).isZero();
        assertThat(linesOf(output, "\tat ")).isZero();
    }

    private static long linesOf(CapturedOutput output, String word) {
        return output.getAll().lines().filter(line -> line.contains(word)).count();
    }

    /** Threads that Kafka's client holds, as it does not find a broker. */
    private static long waiting() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("kafka-send"))
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().endsWith("KafkaProducer")))
                .count();
    }

    private static Socket delivered(int port, String id) throws IOException {
        String body = Deliveries.event(id);
        Socket socket = new Socket("127.0.0.1", port);
        socket.getOutputStream()
                .write(("POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Stripe-Signature: " + Deliveries.header(body, Deliveries.SECRET, 0)
                                + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n"
                                + body)
                        .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(WebhookIngestApplication.class)
                .run(
                        "--server.port=0",
                        "--KAFKA_BOOTSTRAP_SERVERS=" + KAFKA.bootstrapServers(),
                        "--WEBHOOK_KEEP_WITHIN=20s",
                        "--KAFKA_SEND_BLOCK_MS=15000",
                        "--KAFKA_DELIVERY_TIMEOUT_MS=40000",
                        "--KAFKA_REQUEST_TIMEOUT_MS=10000",
                        "--STRIPE_SECRET_KEY=sk_test_1",
                        "--STRIPE_WEBHOOK_SECRET=" + Deliveries.SECRET,
                        "--tillstream.web.shutdown-delay=0s");
    }
}
