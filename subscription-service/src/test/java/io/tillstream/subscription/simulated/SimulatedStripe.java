package io.tillstream.subscription.simulated;

import static org.awaitility.Awaitility.await;

import io.r2dbc.spi.ConnectionFactory;
import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.SubscriptionServiceApplication;
import io.tillstream.testing.AlteringProxy;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.testing.WarmPool;
import io.tillstream.web.calls.ServiceTokens;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
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
        classes = {SubscriptionServiceApplication.class, SimulatedStripe.Tokens.class},
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
            // Never by themselves: what a test sees is what it asked for.
            "DRIFT_EVERY=1000h",
            "DRIFT_LOOK_EVERY=1h",
            "DRIFT_CONFIRM_AFTER=1ms",
            "DRIFT_CALLS_PER_SECOND=1000",
            "START_SWEEP_EVERY=1h",
            "TRIAL_SWEEP_EVERY=1h",
            "CHANGE_SWEEP_EVERY=1h",
            "ACCESS_SWEEP_EVERY=1h",
            "INVOICE_REFUND_SWEEP_EVERY=1h",
            "POLICY_SWEEP_EVERY=1h",
            "POLICY_LEAD=0s"
        })
public abstract class SimulatedStripe {

    private static final String PREFIX = TestKafka.newPrefix(); // the broker starts beside the simulator
    protected static final Simulator STRIPE = Simulator.start();
    protected static final AlteringProxy ON_THE_WAY = AlteringProxy.to(STRIPE.url());
    protected static final FakePaymentService PAYMENT_SERVICE = new FakePaymentService(STRIPE);
    protected static final JsonMapper JSON = JsonMapper.builder().build();
    protected static final Duration WAIT = Duration.ofSeconds(60);
    private static final int OVERTAKEN_AT_MOST = 10;
    protected static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();
    private static final KafkaProducer<String, byte[]> PRODUCER = new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
    private static final Set<String> DELIVERED = ConcurrentHashMap.newKeySet();
    private static final Set<String> OF_OTHERS = ConcurrentHashMap.newKeySet();

    @Autowired
    private StripeEventHandler handler;

    @Autowired
    private Transactions transactions;

    @Value("${local.server.port}")
    protected int port;

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
        registry.add("PAYMENT_SERVICE_URL", PAYMENT_SERVICE::url);
        registry.add("OIDC_TOKEN_URL", () -> TestTokens.shared().issuer() + "/oauth2/token");
    }

    /** A token is the user's name, or one of the two other scopes; checking real ones is tested where it is done. */
    @TestConfiguration
    static class Tokens {
        private static final Map<String, String> SCOPES = Map.of("service", "internal", "operator", "openid operator");

        /** What a request waits for a few seconds only, and what may take longer the first time. */
        @Bean
        ApplicationRunner warm(ConnectionFactory pool, ServiceTokens tokens) {
            return args -> {
                WarmPool.fill(pool);
                await().atMost(WAIT)
                        .ignoreExceptions()
                        .until(() -> tokens.token().block(WAIT) != null);
            };
        }

        @Bean
        ReactiveJwtDecoder decoder() {
            return token -> Mono.just(Jwt.withTokenValue(token)
                    .header("alg", "none")
                    .subject(token)
                    .claim("email", addressOf(token))
                    .claim("scope", SCOPES.getOrDefault(token, "openid"))
                    .issuedAt(Instant.now())
                    .expiresAt(Instant.now().plusSeconds(60))
                    .build());
        }
    }

    /** As the token says. */
    protected static String addressOf(String user) {
        return user + "@example.com";
    }

    @BeforeAll
    static void newsOfOtherClassesAreOld() {
        var unused = news();
    }

    /**
     * One clock at Stripe for all tests: who let time pass leaves none of it to the next. Subscriptions end with their
     * test, or they would renew as often as any other test lets time pass; and as it goes back here, which real time does
     * not, what became of them is nothing that the others could deliver.
     */
    @AfterEach
    void nothingGoesOnAtStripe() {
        STRIPE.delete("/_simulator/faults"); // what was not needed meets no other test
        for (JsonNode subscription : all("/v1/subscriptions")) {
            OF_OTHERS.add(subscription.path("customer").asString());
            STRIPE.delete("/v1/subscriptions/" + subscription.path("id").asString());
        }
        if (STRIPE.isAhead()) {
            STRIPE.presentTime();
        }
    }

    protected WebTestClient as(String user) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(60))
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

    protected WebTestClient.ResponseSpec post(String who, String path, String body, String key) {
        return as(who).post()
                .uri(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
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

    /** The ids of a list, on all its pages: tests before this one left more than one holds. */
    protected List<String> idsOf(String list) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get(list + "?limit=100" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.path("data").forEach(one -> ids.add(one.path("id").asString()));
            cursor = page.path("nextCursor").asString("");
        } while (!cursor.isEmpty());
        return ids;
    }

    protected JsonNode get(String path) {
        return json(as(user).get().uri(path).exchange().expectStatus().isOk());
    }

    protected static JsonNode json(WebTestClient.ResponseSpec response) {
        byte[] body = response.expectBody().returnResult().getResponseBody();
        return JSON.readTree(body == null ? new byte[] {'{', '}'} : body);
    }

    /** A POST with an idempotency key of its own. */
    protected WebTestClient.ResponseSpec ask(String path, String body) {
        return ask(UUID.randomUUID().toString(), path, body);
    }

    protected WebTestClient.ResponseSpec ask(String key, String path, String body) {
        return as(user).post()
                .uri(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .bodyValue(body.replace('\'', '"'))
                .exchange();
    }

    /** The user's customer at Stripe. */
    protected String customer() {
        return customerOf(user);
    }

    /** payment-service has asked Stripe for the user's customer, and does not know yet which it is. */
    protected static void isBeingMade(String somebody, String customer) {
        PAYMENT_SERVICE.isBeingMade(somebody, customer);
    }

    protected static void isAskedWhoseAndAnswers(String somebody, int status) {
        PAYMENT_SERVICE.answersWith(somebody, status);
    }

    protected static boolean wasAskedWhose(String customer) {
        return PAYMENT_SERVICE.wasAskedWhose(customer);
    }

    protected static void isMade(String somebody, String customer) {
        PAYMENT_SERVICE.isMade(somebody, customer);
    }

    protected static String customerOf(String somebody) {
        return PAYMENT_SERVICE.customerOf(somebody);
    }

    /** Saves one of Stripe's ready cards with the user; gives its id. */
    protected String savedCard(String ready) {
        return STRIPE.post("/v1/payment_methods/" + ready + "/attach", "customer=" + customer())
                .path("id")
                .asString();
    }

    /** The user's subscriptions as Stripe has them, newest first. */
    protected JsonNode atStripe() {
        return STRIPE.get("/v1/subscriptions?status=all&limit=100&customer=" + customer())
                .path("data");
    }

    /** What other systems were told of the user, oldest first. */
    protected List<String> told() {
        return texts("select replace(replace(type, 'io.tillstream.', ''), '.v1', '') from outbox where aggregate_id = '"
                + user + "' order by seq");
    }

    /** What Stripe has told of our customers since it was asked last, oldest first. */
    protected static List<StripeEvent> news() {
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
        events.removeIf(event -> OF_OTHERS.contains(customerIn(event)));
        Collections.reverse(events);
        return events;
    }

    private static String customerIn(StripeEvent event) {
        String id = event.object().path("id").asString("");
        return id.startsWith("cus_") ? id : event.object().path("customer").asString("");
    }

    private static List<JsonNode> all(String list) {
        List<JsonNode> found = new ArrayList<>();
        String after = "";
        JsonNode page;
        do {
            page = STRIPE.get(list + "?limit=100" + after);
            for (JsonNode one : page.path("data")) {
                found.add(one);
                after = "&starting_after=" + one.path("id").asString();
            }
        } while (page.path("has_more").asBoolean());
        return found;
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

    /** An event on its way from Stripe, through the broker. */
    protected static void stripeSends(String event) {
        try {
            PRODUCER.send(new ProducerRecord<>(
                            PREFIX + "stripe.events",
                            UUID.randomUUID().toString(),
                            event.getBytes(StandardCharsets.UTF_8)))
                    .get(WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** First column of each row, as text. */
    protected static List<String> texts(String sql) {
        return DATABASE.texts(sql);
    }

    /** A round of the starts' sweep is of this user's: another's would meet the refusal that is planned for them. */
    protected void onlyOurStartsAreDue() {
        execute("update subscriptions set next_ask_at = now() + interval '1 day' where status = 'starting'"
                + " and next_ask_at is not null and user_id not like '" + user + "%'");
    }

    protected static void execute(String sql) {
        DATABASE.execute(sql);
    }
}
