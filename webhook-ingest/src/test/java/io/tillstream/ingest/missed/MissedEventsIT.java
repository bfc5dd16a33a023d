package io.tillstream.ingest.missed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.ingest.WebhookIngestApplication;
import io.tillstream.testing.TestKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;

class MissedEventsIT {

    private static final String PREFIX = TestKafka.newPrefix();

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer stripe;
    private volatile int many;

    @BeforeEach
    void startStripe() throws IOException {
        stripe = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stripe.createContext("/v1/events", exchange -> {
            String query = exchange.getRequestURI().getQuery();
            asked.add(query);
            boolean first = !query.contains("starting_after");
            byte[] body = (many > 0
                            ? pageOfMany(query)
                            : first
                                    ? page(true, event("evt_m3", false), event("evt_m2", false))
                                    : page(false, event("evt_live", true), large("evt_large"), event("evt_m1", false)))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        stripe.start();
    }

    @AfterEach
    void stopStripe() {
        stripe.stop(0);
    }

    /** Newest first, as Stripe lists them. */
    private String pageOfMany(String query) {
        int from = many;
        int at = query.indexOf("starting_after=evt_lots");
        if (at >= 0) {
            from = Integer.parseInt(query.substring(at + "starting_after=evt_lots".length())
                            .split("&")[0])
                    - 1;
        }
        int last = Math.max(1, from - 99);
        List<String> events = new java.util.ArrayList<>();
        for (int i = from; i >= last; i--) {
            events.add(event("evt_lots" + i, false));
        }
        return page(last > 1, events.toArray(String[]::new));
    }

    private org.springframework.context.ConfigurableApplicationContext service(String... more) {
        return new SpringApplicationBuilder(WebhookIngestApplication.class)
                .run(Stream.concat(
                                Stream.of(more),
                                Stream.of(
                                        "--server.port=0",
                                        "--KAFKA_PREFIX=" + PREFIX,
                                        "--KAFKA_BOOTSTRAP_SERVERS=" + TestKafka.bootstrapServers(),
                                        "--STRIPE_API_BASE=http://127.0.0.1:"
                                                + stripe.getAddress().getPort(),
                                        "--STRIPE_SECRET_KEY=sk_test_1",
                                        "--STRIPE_WEBHOOK_SECRET=whsec_1",
                                        // The broker is that of all modules' tests.
                                        "--WEBHOOK_KEEP_WITHIN=30s",
                                        "--KAFKA_SEND_BLOCK_MS=25000",
                                        "--KAFKA_DELIVERY_TIMEOUT_MS=30000",
                                        "--KAFKA_REQUEST_TIMEOUT_MS=25000",
                                        "--tillstream.ingest.missed-events-every=1h",
                                        "--tillstream.web.shutdown-delay=0s"))
                        .toArray(String[]::new));
    }

    /** Stripe's clock may be ahead of ours. */
    @Test
    void withoutAMarginWhatIsOfATimeThatIsYetToComeIsFetchedToo() {
        many = 1;
        try (var service = service("--MISSED_EVENTS_MARGIN=0s")) {
            MissedEvents missed = service.getBean(MissedEvents.class);
            await().atMost(Duration.ofMinutes(4)).ignoreExceptions().untilAsserted(() -> assertThat(
                            missed.catchUp().block(Duration.ofMinutes(4)))
                    .isNotNegative());
        }
        assertThat(asked)
                .isNotEmpty()
                .allSatisfy(query -> assertThat(query).contains("created[gte]=").doesNotContain("created[lte]="));
    }

    /** The period is an hour: for so long nobody would hear of what Stripe could not deliver. */
    @Test
    void aBreakerThatClosesHasMissedEventsAskedFor() {
        many = 1;
        try (var service = service()) {
            CircuitBreaker breaker = service.getBean(CircuitBreaker.class);
            assertThat(asked).isEmpty();
            breaker.transitionToOpenState();
            breaker.transitionToClosedState();
            await().atMost(Duration.ofMinutes(4)).untilAsserted(() -> assertThat(asked)
                    .anySatisfy(query -> assertThat(query).contains("delivery_success=false")));
        }
    }

    @Test
    void theOldestAreReachedHoweverManyWereMissedAndAlsoAfterARestart() {
        many = 2_150;
        try (var first = service()) {
            MissedEvents missed = first.getBean(MissedEvents.class);
            MissedEvents.Round round = await().atMost(Duration.ofMinutes(4))
                    .ignoreExceptions()
                    .until(() -> missed.round().block(Duration.ofMinutes(4)), MissedEvents.Round::more);
            assertThat(round.kept()).isPositive();
        }
        int before = asked.size();
        try (var second = service()) {
            MissedEvents missed = second.getBean(MissedEvents.class);
            assertThat(missed.catchUp().block(Duration.ofMinutes(4))).isEqualTo(150);
            assertThat(asked.get(before)).contains("starting_after=evt_lots151");
        }
        long keptIds = TestKafka.records(PREFIX + "stripe.events").stream()
                .map(one -> new String(one.headers().lastHeader("ce_id").value(), StandardCharsets.US_ASCII))
                .filter(id -> id.startsWith("evt_lots"))
                .distinct()
                .count();
        assertThat(keptIds).isEqualTo(2_150);
    }

    @Test
    void whatStripeCouldNotDeliverIsKeptOnceOldestFirst() {
        try (var service = service()) {
            MissedEvents missed = service.getBean(MissedEvents.class);
            await().atMost(Duration.ofMinutes(4)).ignoreExceptions().untilAsserted(() -> assertThat(
                            missed.catchUp().block(Duration.ofMinutes(4)))
                    .isNotNegative());
            assertThat(missed.catchUp().block(Duration.ofMinutes(4))).isZero();
            assertThat(service.getBean(MeterRegistry.class)
                            .get("tillstream.webhook.missed.too.large")
                            .counter()
                            .count())
                    .isPositive();
        }
        List<String> kept = TestKafka.records(PREFIX + "stripe.events").stream()
                .map(one -> new String(one.headers().lastHeader("ce_id").value(), StandardCharsets.US_ASCII))
                .filter(id -> id.startsWith("evt_m") || id.equals("evt_live") || id.equals("evt_large"))
                .toList();
        assertThat(kept).containsExactly("evt_m1", "evt_m2", "evt_m3");
        assertThat(asked.get(0)).contains("delivery_success=false", "created[gte]=", "created[lte]=", "limit=100");
        assertThat(asked.get(1)).contains("starting_after=evt_m2");
    }

    /** More than the topic takes: it must not keep all others from being kept. */
    private static String large(String id) {
        return event(id, false).replace("\"livemode\"", "\"large\":\"" + "x".repeat(3_200_000) + "\",\"livemode\"");
    }

    private static String page(boolean more, String... events) {
        return "{\"object\":\"list\",\"url\":\"/v1/events\",\"has_more\":" + more + ",\"data\":["
                + String.join(",", events) + "]}";
    }

    private static String event(String id, boolean live) {
        return "{\"id\":\"" + id
                + "\",\"object\":\"event\",\"type\":\"charge.succeeded\",\"created\":1785585600,\"livemode\":" + live
                + ",\"data\":{\"object\":{\"id\":\"ch_1\",\"object\":\"charge\",\"customer\":\"cus_missed\"}}}";
    }
}
