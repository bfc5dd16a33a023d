package io.tillstream.payment.fake;

import static org.awaitility.Awaitility.await;

import io.r2dbc.spi.ConnectionFactory;
import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.payment.PaymentServiceApplication;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.testing.WarmPool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The service with a real database and broker; Stripe alone is a stand-in. One context for all tests. */
@SpringBootTest(
        classes = {PaymentServiceApplication.class, RealPayments.Warm.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "tillstream.stripe.secret-key=sk_test_1",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.stripe.calls-per-second=1000",
            "tillstream.stripe.retry-first=25ms",
            "tillstream.stripe.probe-every=1h" // it would meet the faults that a test plants
        })
public abstract class RealPayments {

    protected static final FakeStripe STRIPE = new FakeStripe();
    protected static final Duration WAIT = Duration.ofSeconds(60);
    private static final int OVERTAKEN_AT_MOST = 10;
    protected static final String PREFIX = TestKafka.newPrefix();
    protected static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();

    @Autowired
    protected DatabaseClient database;

    @Autowired
    private StripeEventHandler handler;

    @Autowired
    private Transactions transactions;

    protected final String reference = "ord_" + UUID.randomUUID();
    protected final String user = "user-" + UUID.randomUUID();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("DB_URL", DATABASE::url);
        registry.add("DB_USER", DATABASE::user);
        registry.add("DB_PASSWORD", DATABASE::password);
        registry.add("DB_ACQUIRE_TIMEOUT", () -> "30s"); // a busy machine makes connections slowly
        registry.add("KAFKA_PREFIX", () -> PREFIX);
        registry.add("KAFKA_BOOTSTRAP_SERVERS", TestKafka::bootstrapServers);
        registry.add("tillstream.stripe.api-base", STRIPE::url);
        registry.add("PAYMENT_ANSWER_WITHIN", () -> "8s"); // a fake answers in milliseconds, or is held
        registry.add("OIDC_ISSUER", TestTokens.shared()::issuer);
    }

    /** A payment waits for some seconds only, also for the provider's keys: the first one takes its time before all tests. */
    @TestConfiguration
    static class Warm {
        @Bean
        ApplicationRunner warm(ConnectionFactory pool, Environment settings) {
            return args -> {
                WarmPool.fill(pool);
                var http = TestWebClient.to("http://127.0.0.1:" + settings.getRequiredProperty("local.server.port"))
                        .build();
                await().atMost(WAIT.multipliedBy(5))
                        .ignoreExceptions()
                        .untilAsserted(() -> pays(http).expectStatus().isOk());
            };
        }

        private static WebTestClient.ResponseSpec pays(WebTestClient http) {
            return http.post()
                    .uri("/internal/payments")
                    .header("Authorization", "Bearer " + TestTokens.shared().service("order-service"))
                    .header("Idempotency-Key", UUID.randomUUID().toString())
                    .header("Content-Type", "application/json")
                    .bodyValue("""
                            {"reference":"%s","userId":"first","amount":1999,"currency":"usd","description":"Books",
                             "payment":{"method":"card","paymentMethodId":"pm_card_visa"}}""".formatted(UUID.randomUUID()))
                    .exchange();
        }
    }

    @AfterEach
    void noFaultStays() {
        STRIPE.next();
        STRIPE.goOn();
    }

    /** What a test leaves behind is not asked for in the next one, whose planted faults it would meet. */
    @AfterEach
    void nothingIsDue() {
        for (String table : List.of("payments", "refunds")) {
            database.sql("update " + table + " set next_ask_at = null where id = any(array(select id from " + table
                            + " where next_ask_at is not null for update skip locked))")
                    .fetch()
                    .rowsUpdated()
                    .block(WAIT);
        }
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

    protected List<String> told() {
        return texts("select type from outbox where aggregate_id = :reference order by seq");
    }

    protected List<String> history(UUID payment) {
        return database.sql(
                        "select to_status || ' by ' || split_part(cause, ':', 1) as move from payment_history where payment_id = :id order by version")
                .bind("id", payment)
                .map(row -> row.get("move", String.class))
                .all()
                .collectList()
                .block(WAIT);
    }

    protected List<String> texts(String sql) {
        return database.sql(sql)
                .bind("reference", reference)
                .map(row -> String.valueOf(row.get(0)))
                .all()
                .collectList()
                .block(WAIT);
    }
}
