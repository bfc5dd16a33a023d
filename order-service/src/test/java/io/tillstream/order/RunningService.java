package io.tillstream.order;

import static org.awaitility.Awaitility.await;

import io.r2dbc.spi.ConnectionFactory;
import io.tillstream.testing.CountedStatements;
import io.tillstream.testing.ExplainedStatements;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestWebClient;
import io.tillstream.testing.WarmPool;
import io.tillstream.web.calls.ServiceTokens;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on a real database and broker; only payment-service is played. One for all tests of the run. */
@SpringBootTest(
        classes = {OrderServiceApplication.class, RunningService.Tokens.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
public abstract class RunningService {

    protected static final FakePaymentService PAYMENTS = new FakePaymentService();
    protected static final JsonMapper JSON = JsonMapper.builder().build();
    protected static final String PREFIX = TestKafka.newPrefix();
    protected static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();
    private static final KafkaProducer<String, byte[]> PRODUCER = new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());

    private static final Duration WAIT = Duration.ofSeconds(60);

    @Autowired
    protected CountedStatements statements;

    @Value("${local.server.port}")
    private int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("DB_URL", DATABASE::url);
        registry.add("DB_USER", DATABASE::user);
        registry.add("DB_PASSWORD", DATABASE::password);
        registry.add("DB_ACQUIRE_TIMEOUT", () -> "30s"); // a busy machine makes connections slowly
        registry.add("spring.r2dbc.pool.max-create-connection-time", () -> "30s");
        registry.add("KAFKA_PREFIX", () -> PREFIX);
        registry.add("KAFKA_BOOTSTRAP_SERVERS", TestKafka::bootstrapServers);
        registry.add("PAYMENT_SERVICE_URL", PAYMENTS::url);
        registry.add("OIDC_TOKEN_URL", () -> PAYMENTS.url() + "/oauth2/token");
        registry.add("TILLSTREAM_ENV", () -> "test");
        registry.add("SHUTDOWN_DELAY", () -> "0s");
        registry.add("KAFKA_PARTITIONS", () -> "2");
        registry.add("ORDER_PAYMENTS_EVERY", () -> "250ms");
        registry.add("SETTLEMENT_STREAM_READS_AFTER", () -> "500ms");
        registry.add("ORDER_CANCELS_EVERY", () -> "500ms");
        registry.add("EVENT_RETRY_FIRST", () -> "25ms");
        registry.add("EVENT_RETRY_LONGEST", () -> "500ms");
        registry.add("PARKED_EVENTS_FIRST", () -> "250ms");
        registry.add("PARKED_EVENTS_EVERY", () -> "500ms");
    }

    /** A token is {@code name:scope}; checking real ones is tested where it is done. */
    @TestConfiguration
    static class Tokens {
        @Bean
        CountedStatements statements() {
            return new CountedStatements();
        }

        @Bean
        ExplainedStatements explained() {
            return new ExplainedStatements(DATABASE);
        }

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
                    .subject(token.split("\\.")[0])
                    .claim("scope", token.contains("operator") ? "openid operator" : "openid")
                    .issuedAt(Instant.now())
                    .expiresAt(Instant.now().plusSeconds(60))
                    .build());
        }
    }

    @AfterEach
    void paymentServiceIsWellAgain() {
        PAYMENTS.failWith(0);
        PAYMENTS.loseAnswers(false);
        PAYMENTS.refundsWith(0, "");
    }

    protected WebTestClient as(String user) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .defaultHeader("Authorization", "Bearer " + user + ".token")
                .build();
    }

    protected WebTestClient nobody() {
        return TestWebClient.to("http://127.0.0.1:" + port).build();
    }

    protected String url() {
        return "http://127.0.0.1:" + port;
    }

    protected WebTestClient.ResponseSpec post(String user, String path, String key, String body) {
        return as(user).post()
                .uri(path)
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/json")
                .bodyValue(body)
                .exchange();
    }

    protected WebTestClient.ResponseSpec post(String user, String path, String body) {
        return post(user, path, UUID.randomUUID().toString(), body);
    }

    protected static JsonNode json(WebTestClient.ResponseSpec response) {
        byte[] body = response.expectBody().returnResult().getResponseBody();
        return JSON.readTree(body == null ? new byte[0] : body);
    }

    /** An order of two books for 20 dollars that nobody has paid for. */
    protected String placed(String user) {
        return json(post(user, "/api/orders", ONE_ORDER).expectStatus().isCreated())
                .path("id")
                .asString();
    }

    protected static final String ONE_ORDER = """
            {"items":[{"productId":"ten-dollars","quantity":2}]}""";

    protected static String orderPaidBy(String paymentMethodId) {
        return """
                {"items":[{"productId":"ten-dollars","quantity":2}],
                 "payment":{"method":"card","paymentMethodId":"%s"}}""".formatted(paymentMethodId);
    }

    protected JsonNode order(String user, String id) {
        return json(as(user).get()
                .uri("/api/orders/" + id)
                .exchange()
                .expectStatus()
                .isOk());
    }

    protected void stripeSends(byte[] event) {
        stripeSends(UUID.randomUUID().toString(), event);
    }

    /** Those of one key come in their order. */
    protected void stripeSends(String key, byte[] event) {
        send(new ProducerRecord<>(PREFIX + "stripe.events", key, event));
    }

    /** As payment-service publishes it: a CloudEvent in Kafka's binary mode. */
    protected void paymentServiceTells(UUID id, String type, String key, String body) {
        var record = new ProducerRecord<>(PREFIX + "payments.events", key, body.getBytes(StandardCharsets.UTF_8));
        record.headers()
                .add("ce_id", id.toString().getBytes(StandardCharsets.UTF_8))
                .add("ce_type", ("io.tillstream." + type + ".v1").getBytes(StandardCharsets.UTF_8));
        send(record);
    }

    private static void send(ProducerRecord<String, byte[]> record) {
        try {
            PRODUCER.send(record).get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    protected void stripeSends(JsonNode event) {
        stripeSends(event.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** First column of each row, as text. */
    protected static List<String> query(String sql) {
        return DATABASE.texts(sql);
    }

    protected static void execute(String sql) {
        DATABASE.execute(sql);
    }
}
