package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.ApiConnectionException;
import com.stripe.net.ApiMode;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeRequest;
import com.stripe.param.PaymentIntentCreateParams;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tillstream.stripe.StripeErrors.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nobody takes the connection, as behind a firewall that drops what it does not let through. Nothing was sent then: a payment that
 * was told as unknown would hold its order until the sweep has asked Stripe about it.
 */
class JdkHttpConnectTest {

    private static final Duration SHORT = Duration.ofMillis(200);

    /** Far above the connect time-out, so that only that one can have ended the try. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private static final int MOST_WAITING = 1_000; // a system that lets more wait has no such port

    private final List<Socket> waiting = new ArrayList<>();
    private final ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    JdkHttpConnectTest() throws IOException {}

    /** As many wait to be taken as the system lets wait; it answers no further ones. */
    @BeforeEach
    void fill() throws IOException {
        while (waiting.size() < MOST_WAITING) {
            Socket next = new Socket();
            waiting.add(next);
            try {
                next.connect(new InetSocketAddress(full.getInetAddress(), full.getLocalPort()), (int) SHORT.toMillis());
            } catch (SocketTimeoutException isFull) {
                return;
            }
        }
        throw new IllegalStateException("the port takes any number of connections");
    }

    @AfterEach
    void close() throws IOException {
        for (Socket each : waiting) {
            each.close();
        }
        full.close();
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + full.getLocalPort());
    }

    @Test
    void aConnectionThatNobodyTakesEndsAfterItsOwnTimeAndNothingWasSent() throws Exception {
        RequestOptions options = RequestOptions.builder()
                .setApiKey("sk_test_1")
                .setConnectTimeout((int) SHORT.toMillis())
                .setReadTimeout((int) LONG.toMillis())
                .build();
        StripeRequest request = StripeRequest.create(
                RequestMethod.POST, base() + "/v1/payment_intents", Map.of("amount", 1), options, ApiMode.V1);
        long start = System.nanoTime();

        assertThatThrownBy(() -> new JdkHttp().request(request))
                .isInstanceOfSatisfying(ApiConnectionException.class, failed -> assertThat(StripeErrors.verdict(failed))
                        .isEqualTo(Verdict.NOT_SENT))
                .hasCauseInstanceOf(HttpConnectTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
    }

    @Test
    void aPaymentOfWhichNoByteWasSentIsToldAsNotMade() {
        var settings = new StripeSettings(
                base(), "sk_test_1", "local", SHORT, LONG, 20, Duration.ofMillis(25), Duration.ofHours(1));
        var meters = new SimpleMeterRegistry();
        var beans = new StripeAutoConfiguration();
        var amount = PaymentIntentCreateParams.builder()
                .setAmount(1999L)
                .setCurrency("usd")
                .build();
        try (var calls = beans.stripeCalls(
                beans.stripeClient(settings),
                settings,
                beans.stripeBreaker(beans.stripeCircuitBreaker(meters), settings),
                meters)) {

            assertThatThrownBy(() -> calls.write("payment_intent.create", "a1", (stripe, options) -> stripe.v1()
                                    .paymentIntents()
                                    .create(amount, options))
                            .block(LONG))
                    .isInstanceOf(StripeUnavailable.class);

            assertThat(meters.timer(
                                    "tillstream.stripe.calls",
                                    "operation",
                                    "payment_intent.create",
                                    "outcome",
                                    "unavailable")
                            .count())
                    .isEqualTo(1);
        }
    }
}
