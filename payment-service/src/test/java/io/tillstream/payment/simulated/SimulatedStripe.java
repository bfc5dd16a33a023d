package io.tillstream.payment.simulated;

import io.r2dbc.spi.ConnectionFactory;
import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.payment.PaymentServiceApplication;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.AlteringProxy;
import io.tillstream.testing.CountedStatements;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestWebClient;
import io.tillstream.testing.WarmPool;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service over HTTP with a real database and broker, and the simulator for Stripe. One context for all tests. */
@SpringBootTest(
        classes = {PaymentServiceApplication.class, SimulatedStripe.Tokens.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_SECRET_KEY=" + Simulator.KEY,
            "TILLSTREAM_ENV=test",
            "SHUTDOWN_DELAY=0s",
            "KAFKA_PARTITIONS=2",
            "tillstream.stripe.calls-per-second=1000",
            "EVENT_RETRY_FIRST=25ms",
            "EVENT_RETRY_LONGEST=500ms",
            "PARKED_EVENTS_FIRST=250ms",
            "PARKED_EVENTS_EVERY=500ms",
            "STRIPE_RETRY_FIRST=25ms",
            "STRIPE_PROBE_EVERY=1h", // it would meet the faults that a test plants
            "WEBHOOK_PUBLIC_URL=" + SimulatedStripe.WEBHOOKS,
            // Never by themselves: what a test sees is what it asked for.
            "DRIFT_EVERY=1000h",
            "DRIFT_LOOK_EVERY=1h",
            "DRIFT_CONFIRM_AFTER=1ms",
            "DRIFT_CALLS_PER_SECOND=1000",
            "PAYMENT_SWEEP_EVERY=1h",
            "REFUND_SWEEP_EVERY=1h",
            "DEFAULT_CARD_SWEEP_EVERY=1h",
            "DUPLICATE_CARD_SWEEP_EVERY=1h",
            "CUSTOMER_DELETION_SWEEP_EVERY=1h"
        })
public abstract class SimulatedStripe {

    /** Where nobody listens: what Stripe sends there comes to the tests by its list of events. */
    protected static final String WEBHOOKS = "http://127.0.0.1:9/webhooks/stripe";

    private static final String PREFIX = TestKafka.newPrefix(); // the broker starts beside the simulator
    protected static final Simulator STRIPE = Simulator.start();
    protected static final AlteringProxy ON_THE_WAY = AlteringProxy.to(STRIPE.url());
    protected static final JsonMapper JSON = JsonMapper.builder().build();
    protected static final Duration WAIT = Duration.ofSeconds(60);
    private static final int OVERTAKEN_AT_MOST = 10;
    protected static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();
    private static final KafkaProducer<String, byte[]> PRODUCER = new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
    private static final Set<String> DELIVERED = ConcurrentHashMap.newKeySet();

    @Autowired
    private StripeEventHandler handler;

    @Autowired
    private Transactions transactions;

    @Value("${local.server.port}")
    private int port;

    protected final String user = "user-" + UUID.randomUUID();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("DB_URL", DATABASE::url);
        registry.add("DB_USER", DATABASE::user);
        registry.add("DB_PASSWORD", DATABASE::password);
        registry.add("DB_ACQUIRE_TIMEOUT", () -> "30s"); // a busy machine makes connections slowly
        registry.add("KAFKA_PREFIX", () -> PREFIX);
        registry.add("KAFKA_BOOTSTRAP_SERVERS", TestKafka::bootstrapServers);
        registry.add("STRIPE_API_BASE", ON_THE_WAY::url);
    }

    /** A token is the user's name; checking real ones is tested where it is done. */
    @TestConfiguration
    static class Tokens {
        private static final Map<String, String> SCOPES = Map.of("service", "internal", "operator", "openid operator");

        @Bean
        CountedStatements statements() {
            return new CountedStatements();
        }

        @Bean
        ApplicationRunner warm(ConnectionFactory pool) {
            return args -> WarmPool.fill(pool);
        }

        @Bean
        ReactiveJwtDecoder decoder() {
            return token -> Mono.just(Jwt.withTokenValue(token)
                    .header("alg", "none")
                    .subject(token)
                    .claim("scope", SCOPES.getOrDefault(token, "openid"))
                    .issuedAt(Instant.now())
                    .expiresAt(Instant.now().plusSeconds(60))
                    .build());
        }
    }

    protected WebTestClient as(String user) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .defaultHeader("Authorization", "Bearer " + user)
                .build();
    }

    protected WebTestClient.ResponseSpec post(String path, String body) {
        return post(user, path, body);
    }

    protected WebTestClient.ResponseSpec post(String who, String path, String body) {
        return as(who).post()
                .uri(path)
                .header("Content-Type", "application/json")
                .bodyValue(body.replace('\'', '"'))
                .exchange();
    }

    protected WebTestClient.ResponseSpec put(String who, String path, String body) {
        return as(who).put()
                .uri(path)
                .header("Content-Type", "application/json")
                .bodyValue(body.replace('\'', '"'))
                .exchange();
    }

    protected JsonNode get(String path) {
        return json(as(user).get().uri(path).exchange().expectStatus().isOk());
    }

    protected static JsonNode json(WebTestClient.ResponseSpec response) {
        byte[] body = response.expectBody().returnResult().getResponseBody();
        return JSON.readTree(body == null ? new byte[] {'{', '}'} : body);
    }

    /** Saves one of Stripe's ready cards; gives the id. */
    protected String saved(String paymentMethodId) {
        return json(post("/api/payment-methods", "{'paymentMethodId':'" + paymentMethodId + "'}")
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
    }

    /** What Stripe has told since it was asked last, oldest first. */
    protected List<StripeEvent> news() {
        List<StripeEvent> events = new ArrayList<>();
        while (true) { // Stripe lists the newest first: behind one that was listed before, all were
            String after = events.isEmpty()
                    ? ""
                    : "&starting_after=" + events.get(events.size() - 1).id();
            JsonNode page = STRIPE.get("/v1/events?limit=25" + after);
            boolean allNew = true;
            for (JsonNode listed : page.path("data")) {
                StripeEvent event = StripeEvent.read(listed);
                allNew = DELIVERED.add(event.id());
                if (!allNew) {
                    break;
                }
                events.add(event);
            }
            if (!allNew || !page.path("has_more").asBoolean()) {
                break;
            }
        }
        Collections.reverse(events);
        return events;
    }

    /** That of this object; what others did may be told late, and before it. */
    protected StripeEvent news(String type, String objectId) {
        return news().stream()
                .filter(event -> event.type().equals(type) && objectId.equals(event.objectId()))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Applies an event as the consumer does, without its inbox: a repeat reaches the rules. What was overtaken while Stripe was
     * read, by a job in the background say, is tried again.
     */
    protected EventOutcome deliver(StripeEvent event) {
        return transactions
                .run(handler.apply(event, Optional.empty()))
                .flatMap(outcome -> outcome instanceof EventOutcome.NeedsRefetch
                        ? handler.refetch(event)
                                .flatMap(refetched -> transactions.run(handler.apply(event, Optional.of(refetched))))
                        : Mono.just(outcome))
                .retryWhen(Retry.max(OVERTAKEN_AT_MOST)
                        .filter(fault -> fault instanceof TransientFault
                                && "Stripe's answer was overtaken".equals(fault.getMessage()))
                        .onRetryExhaustedThrow((retry, last) -> last.failure()))
                .block(WAIT);
    }

    protected void deliverAll() {
        news().forEach(this::deliver);
    }

    /** Customers at Stripe that were made for a user. */
    protected List<JsonNode> customersOf(String userId) {
        List<JsonNode> found = new ArrayList<>();
        String after = "";
        JsonNode page;
        do {
            page = STRIPE.get("/v1/customers?limit=100" + after);
            for (JsonNode customer : page.path("data")) {
                after = "&starting_after=" + customer.path("id").asString();
                if (customer.path("metadata").path("user_id").asString("").equals(userId)) {
                    found.add(customer);
                }
            }
        } while (page.path("has_more").asBoolean());
        return found;
    }

    protected String customerId() {
        return texts("select stripe_customer_id from customers where user_id = '" + user + "'")
                .get(0);
    }

    protected List<String> told() {
        return texts("select replace(type, 'io.tillstream.', '') from outbox where aggregate_id = '" + user
                + "' order by seq");
    }

    /** An event on its way from Stripe, through the broker, which keeps the order of those of one key. */
    protected static void stripeSends(String key, String event) {
        try {
            PRODUCER.send(new ProducerRecord<>(PREFIX + "stripe.events", key, event.getBytes(StandardCharsets.UTF_8)))
                    .get(WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** First column of each row, as text. */
    protected static List<String> texts(String sql) {
        return DATABASE.texts(sql);
    }

    protected static void execute(String sql) {
        DATABASE.execute(sql);
    }
}
