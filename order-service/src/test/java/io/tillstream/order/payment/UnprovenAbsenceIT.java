package io.tillstream.order.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tillstream.order.RunningService;
import io.tillstream.web.Problem;
import io.tillstream.web.calls.InternalCalls;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Mono;

/** A 404 of whoever stands in between does not cancel an order whose page is open, nor call its payment never begun. */
class UnprovenAbsenceIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final UUID ORDER = UUID.randomUUID();

    private static final Map<String, Function<PaymentServiceClient, Mono<?>>> QUESTIONS = Map.of(
            "pay", client -> client.pay(UUID.randomUUID(), request()),
            "close", client -> client.close(ORDER, null),
            "refund", client -> client.refund(UUID.randomUUID(), ORDER, new RefundRequest(1L, null, null, null)),
            "payable", client -> client.payable(ORDER),
            "intent", client -> client.intent(ORDER, "pi_1"),
            "owns", client -> client.owns(ORDER, "pi_1", null, null),
            "stripeObject", client -> client.stripeObject("charge", "ch_1"));

    @Autowired
    private InternalCalls calls;

    private HttpServer between;
    private String body = "";

    @BeforeEach
    void start() throws IOException {
        between = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        between.createContext("/", exchange -> {
            byte[] no = body.getBytes(StandardCharsets.UTF_8);
            String type = body.startsWith("<") ? "text/html" : "application/json";
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(404, no.length);
            exchange.getResponseBody().write(no);
            exchange.close();
        });
        between.start();
    }

    @AfterEach
    void stop() {
        between.stop(0);
    }

    private static PaymentRequest request() {
        return new PaymentRequest(
                ORDER.toString(),
                "alice",
                null,
                1,
                "usd",
                "Books",
                List.of(),
                null,
                null,
                null,
                null,
                null,
                Instant.EPOCH);
    }

    private PaymentServiceClient client() {
        return new PaymentServiceClient(
                calls, "http://127.0.0.1:" + between.getAddress().getPort());
    }

    @Test
    void noQuestionIsForgottenHere() {
        assertThat(Arrays.stream(PaymentServiceClient.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(Method::getName))
                .containsExactlyInAnyOrderElementsOf(QUESTIONS.keySet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>nginx</html>",
                "{}",
                "{\"code\":\"not-found\",\"status\":404}",
                "{\"code\":\"not-found\",\"missing\":\"another\"}",
                "{\"error\":\"Not Found\"}"
            })
    void a404ThatDoesNotNameWhatIsMissingIsNoAnswer(String answer) {
        body = answer;
        PaymentServiceClient client = client();
        QUESTIONS.forEach((name, question) -> assertThatThrownBy(
                        () -> question.apply(client).block(SOON))
                .as(name)
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.status()).as(name).isEqualTo(503)));
    }

    @Test
    void whatPaymentServiceItselfDoesNotHaveIsNotThere() {
        PaymentServiceClient client = client();
        body = "{\"code\":\"not-found\",\"missing\":\"" + ORDER + "\"}";
        assertThat(client.payable(ORDER).blockOptional(SOON)).isEmpty();
        body = "{\"code\":\"not-found\",\"missing\":\"ch_1\"}";
        assertThat(client.stripeObject("charge", "ch_1").blockOptional(SOON)).isEmpty();
        body = "{\"code\":\"not-found\",\"missing\":\"pi_1\"}";
        assertThat(client.intent(ORDER, "pi_1").blockOptional(SOON)).isEmpty();
    }
}
