package io.tillstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tillstream.ingest.kafka.StripeEventPublisher;
import io.tillstream.ingest.kafka.VerifiedEvent;
import io.tillstream.testing.FreePort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.Disposable;
import tools.jackson.databind.json.JsonMapper;

/** While Kafka is away Stripe repeats what it has: with a stack trace for each, nobody finds the line that says why. */
class CutOffDeliveryIT {

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Duration SEND_BLOCK = Duration.ofSeconds(2);
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger("ROOT");

    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
    private static ConfigurableApplicationContext service;
    private static int port;

    @BeforeAll
    static void startWithoutKafka() {
        service = new SpringApplicationBuilder(WebhookIngestApplication.class)
                .run(
                        "--server.port=0",
                        "--KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:" + FreePort.any(),
                        "--WEBHOOK_KEEP_WITHIN=" + SEND_BLOCK.plusMillis(500).toMillis() + "ms",
                        "--KAFKA_SEND_BLOCK_MS=" + SEND_BLOCK.toMillis(),
                        "--STRIPE_SECRET_KEY=sk_test_1",
                        "--STRIPE_WEBHOOK_SECRET=" + Deliveries.SECRET,
                        "--tillstream.web.shutdown-delay=0s");
        port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        LOG.start();
        ROOT.addAppender(LOG);
    }

    @AfterAll
    static void end() {
        ROOT.detachAppender(LOG);
        service.close();
    }

    @BeforeEach
    void forget() {
        LOG.list.clear();
    }

    private static List<ILoggingEvent> log() {
        return List.copyOf(LOG.list);
    }

    /** What Kafka's own clients say of brokers that are away is theirs. */
    private static List<ILoggingEvent> ofOurs() {
        return log().stream()
                .filter(line -> !line.getLoggerName().startsWith("org.apache.kafka.clients"))
                .toList();
    }

    private static List<ILoggingEvent> about(String id) {
        return log().stream()
                .filter(line -> line.getFormattedMessage().contains(id))
                .toList();
    }

    private static void isToldInOneLine(String id) {
        await().atMost(WAIT).until(() -> !about(id).isEmpty());
        Deliveries stripe = new Deliveries(port);
        stripe.send(Deliveries.event("evt_next_" + id))
                .expectStatus()
                .isEqualTo(503); // as long again as one is waited for
        assertThat(about(id).stream().filter(line -> !line.getFormattedMessage().contains("evt_next_")))
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage()).doesNotContain("\n"));
        assertThat(ofOurs()).allSatisfy(line -> {
            assertThat(line.getThrowableProxy()).as(line.getFormattedMessage()).isNull();
            assertThat(line.getLevel()).as(line.getFormattedMessage()).isNotEqualTo(Level.ERROR);
        });
    }

    @Test
    void aDeliveryThatKafkaDoesNotTakeIsOneLine() {
        new Deliveries(port)
                .send(Deliveries.event("evt_refused"))
                .expectStatus()
                .isEqualTo(503);
        isToldInOneLine("evt_refused");
    }

    @Test
    void aDeliveryWhoseClientGoesAwayIsOneLine() throws IOException {
        String body = Deliveries.event("evt_cut_off");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (Socket client = new Socket("127.0.0.1", port)) {
            String head = "POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Stripe-Signature: " + Deliveries.header(body, Deliveries.SECRET, 0) + "\r\nContent-Length: "
                    + bytes.length + "\r\n\r\n";
            client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(bytes);
            client.getOutputStream().flush();
            await().atMost(WAIT).until(CutOffDeliveryIT::isSending);
        }
        isToldInOneLine("evt_cut_off");
    }

    @Test
    void aDeliveryThatIsCancelledWhileItIsSentIsOneLine() {
        String body = Deliveries.event("evt_cancelled");
        VerifiedEvent event = VerifiedEvent.read(JsonMapper.shared().readTree(body));
        Disposable waiting = service.getBean(StripeEventPublisher.class)
                .keep(event, body.getBytes(StandardCharsets.UTF_8))
                .subscribe();
        await().atMost(WAIT).until(CutOffDeliveryIT::isSending);
        waiting.dispose();
        isToldInOneLine("evt_cancelled");
    }

    /** Some thread waits in Kafka's client for where the topic is, or for the cluster's name. */
    private static boolean isSending() {
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        return threads.stream()
                .filter(thread -> thread.getName().startsWith("kafka-send"))
                .anyMatch(thread -> List.of(thread.getStackTrace()).stream()
                        .anyMatch(frame -> frame.getClassName().startsWith("org.apache.kafka")
                                || frame.getClassName().startsWith("org.springframework.kafka")));
    }
}
