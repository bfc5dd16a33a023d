package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiMode;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpURLConnectionClient;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import io.tillstream.stripe.StripeErrors.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What our transport makes of an answer is what stripe-java's own makes of it; what differs is a test of its own. */
class JdkHttpAnswerTest {
    /** Milliseconds in which a request leaves on a connection that is there. */
    private static final int TIME_TO_SEND = 2_000;

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String OBJECT = "{\"id\":\"pi_1\",\"description\":\"ü €\uD83D\uDE00\"}";
    private static final String ERROR = "{\"error\":{\"type\":\"api_error\",\"message\":\"No.\"}}";

    private final RawServer server = new RawServer();
    private final HttpClient ours = new JdkHttp();

    enum Reply {
        OK("HTTP/1.1 200 OK|Content-Type: application/json|Request-Id: req_1"),
        OTHER_CASE("HTTP/1.1 200 OK|REQUEST-ID: req_1|idempotent-replayed: true"),
        TWICE_THE_SAME_HEADER("HTTP/1.1 200 OK|Vary: Origin|Stripe-Notice: a note"),
        ANOTHER_CHARSET("HTTP/1.1 200 OK|Content-Type: application/json;charset=iso-8859-1"),
        CREATED("HTTP/1.1 201 Created"),
        BAD_REQUEST("HTTP/1.1 400 Bad Request|Request-Id: req_1"),
        UNAUTHORIZED("HTTP/1.1 401 Unauthorized"),
        UNAUTHORIZED_BASIC("HTTP/1.1 401 Unauthorized|WWW-Authenticate: Basic realm=\"Stripe\""),
        DECLINED("HTTP/1.1 402 Payment Required"),
        FORBIDDEN("HTTP/1.1 403 Forbidden"),
        NOT_FOUND("HTTP/1.1 404 Not Found"),
        CONFLICT("HTTP/1.1 409 Conflict|Stripe-Should-Retry: true"),
        TOO_MANY("HTTP/1.1 429 Too Many Requests|Retry-After: 1|Stripe-Rate-Limited-Reason: global-rate"),
        SERVER_ERROR("HTTP/1.1 500 Internal Server Error|Stripe-Should-Retry: false"),
        UNAVAILABLE("HTTP/1.1 503 Service Unavailable"),
        CHUNKED("HTTP/1.1 200 OK|Transfer-Encoding: chunked"),
        UNTIL_THE_END("HTTP/1.1 200 OK|Connection: close"),
        NO_CONTENT("HTTP/1.1 204 No Content"),
        EMPTY("HTTP/1.1 200 OK"),
        GZIP_NOBODY_ASKED_FOR("HTTP/1.1 200 OK|Content-Encoding: gzip");

        private final String head;

        Reply(String head) {
            this.head = head;
        }

        private void on(RawServer server) {
            switch (this) {
                case CHUNKED -> server.then(head, chunks());
                case UNTIL_THE_END ->
                    server.then(socket -> {
                        RawServer.write(socket, head, OBJECT.getBytes(StandardCharsets.UTF_8));
                        return false;
                    });
                case NO_CONTENT -> server.then(head, new byte[0]);
                case EMPTY -> server.then(head, "");
                case GZIP_NOBODY_ASKED_FOR -> server.then(head + "|Content-Length: " + gzip().length, gzip());
                default -> server.then(head, head.contains(" 20") ? OBJECT : ERROR);
            }
        }

        private static byte[] chunks() {
            byte[] body = OBJECT.getBytes(StandardCharsets.UTF_8);
            var out = new ByteArrayOutputStream();
            for (byte one : body) { // a character of several bytes is torn
                out.writeBytes(new byte[] {'1', '\r', '\n', one, '\r', '\n'});
            }
            out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return out.toByteArray();
        }

        private static byte[] gzip() {
            var out = new ByteArrayOutputStream();
            try (var zip = new GZIPOutputStream(out)) {
                zip.write(OBJECT.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return out.toByteArray();
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static RequestOptions.RequestOptionsBuilder options() {
        return RequestOptions.builder()
                .setApiKey("sk_test_1")
                .setIdempotencyKey("v1:local:test:1")
                .setConnectTimeout(30_000)
                .setReadTimeout(30_000);
    }

    private StripeRequest request(RequestMethod method, RequestOptions options) {
        return request(method, server.url(), options);
    }

    private static StripeRequest request(RequestMethod method, String base, RequestOptions options) {
        try {
            return StripeRequest.create(method, base + "/v1/payment_intents", Map.of("amount", 1), options, ApiMode.V1);
        } catch (StripeException e) {
            throw new IllegalStateException(e);
        }
    }

    private StripeResponse post(HttpClient transport) throws StripeException {
        return transport.request(request(RequestMethod.POST, options().build()));
    }

    private static Map<String, List<String>> headers(StripeResponse response) {
        Map<String, List<String>> headers = new TreeMap<>();
        response.headers().map().forEach((name, values) -> {
            if (name != null) { // HttpURLConnection keeps the status line as a header without a name
                headers.put(name.toLowerCase(java.util.Locale.ROOT), List.copyOf(values));
            }
        });
        return headers;
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerIsReadAsStripeJavasOwnTransportReadsIt(Reply reply) throws StripeException {
        reply.on(server);
        StripeResponse own = post(new HttpURLConnectionClient());
        reply.on(server);
        StripeResponse response = post(ours);
        assertThat(response.code()).isEqualTo(own.code());
        assertThat(response.body()).isEqualTo(own.body());
        assertThat(response.requestId()).isEqualTo(own.requestId());
        assertThat(headers(response)).isEqualTo(headers(own));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectedPaymentIsNotTurnedIntoAQuestionAndNotSentElsewhere(int status) throws StripeException {
        String head = "HTTP/1.1 " + status + " Moved|Location: " + server.url() + "/elsewhere";
        server.then(head, "");
        assertThat(post(ours).code()).isEqualTo(status);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void anErrorWithoutABodyKeepsItsStatus() throws StripeException {
        server.then("HTTP/1.1 404 Not Found|Request-Id: req_1", "");
        assertThat(post(ours).code()).isEqualTo(404);
        server.then("HTTP/1.1 404 Not Found|Request-Id: req_1", "");
        assertThatThrownBy(() -> post(new HttpURLConnectionClient())).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aPaymentIsSentOnceWhenItsKeptConnectionBreaks() throws StripeException {
        server.then("HTTP/1.1 200 OK", OBJECT).then(socket -> false);
        post(ours);
        assertThatThrownBy(() -> post(ours))
                .isInstanceOfSatisfying(ApiConnectionException.class, e -> assertThat(StripeErrors.verdict(e))
                        .isEqualTo(Verdict.UNKNOWN));
        assertThat(server.requests)
                .extracting(RawServer.Recorded::connection)
                .as("both on one connection, and no third request")
                .containsExactly(1, 1);
    }

    @Test
    void stripeJavasOwnTransportSendsItAgainUnasked() throws StripeException {
        server.then("HTTP/1.1 200 OK", OBJECT).then(socket -> false).then("HTTP/1.1 200 OK", OBJECT);
        HttpClient own = new HttpURLConnectionClient();
        post(own);
        assertThat(post(own).code()).isEqualTo(200);
        assertThat(server.requests).as("why our transport is there").hasSize(3);
    }

    @Test
    void callsAfterOneAnotherShareAConnection() throws StripeException {
        for (Reply reply : List.of(Reply.OK, Reply.CHUNKED, Reply.NO_CONTENT, Reply.DECLINED, Reply.OK)) {
            reply.on(server);
            post(ours);
        }
        assertThat(server.requests).extracting(RawServer.Recorded::connection).containsOnly(1);
        assertThat(System.getProperty("jdk.httpclient.keepalive.timeout"))
                .as("seconds that an idle connection is kept")
                .isEqualTo("30");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK|Content-Length: 100", "HTTP/1.1 200 OK|Transfer-Encoding: chunked"})
    void anAnswerThatBreaksOffIsUnknown(String head) {
        server.then(socket -> {
            RawServer.write(socket, head, "64\r\n{".getBytes(StandardCharsets.US_ASCII));
            return false;
        });
        assertUnknown(options().build());
    }

    @Test
    void aSilentServerIsUnknownAfterTheReadTimeOutOfTheCall() throws StripeException {
        post(ours); // the connection is there
        assertUnknownInTime(socket -> silence(), options());
    }

    @Test
    void anAnswerThatTricklesHasNoMoreTimeThanAnother() throws StripeException {
        post(ours); // what a first call loads is there
        var options = options().setConnectTimeout(TIME_TO_SEND);
        RawServer.Answering trickle = socket -> {
            RawServer.write(socket, "HTTP/1.1 200 OK|Content-Length: 3000", new byte[0]);
            for (int i = 0; i < 3000; i++) {
                socket.getOutputStream().write(' ');
                Thread.sleep(20);
            }
            return true;
        };
        StripeRequest first = request(RequestMethod.POST, options.build());
        await().ignoreExceptions() // so is the connection
                .pollDelay(Duration.ZERO)
                .until(() -> ours.request(first).code() == 200);
        assertUnknownInTime(trickle, options);
    }

    /** Once more where a busy machine had not even sent the request when its time was over. */
    private void assertUnknownInTime(RawServer.Answering answer, RequestOptions.RequestOptionsBuilder options) {
        RequestOptions little = options.setReadTimeout(TIME_TO_SEND).build();
        int before = server.requests.size();
        int times = 0;
        Verdict verdict;
        do {
            times++;
            server.then(answer);
            verdict = verdict(server.url(), little);
        } while (server.requests.size() == before && times < 10);
        assertThat(verdict).isEqualTo(Verdict.UNKNOWN);
        assertThat(server.requests).hasSizeBetween(before + 1, before + times);
    }

    private static boolean silence() throws InterruptedException {
        Thread.sleep(Duration.ofMinutes(1).toMillis()); // until the test closes the server
        return false;
    }

    private void assertUnknown(RequestOptions options) {
        int before = server.requests.size();
        assertThat(verdict(server.url(), options)).isEqualTo(Verdict.UNKNOWN);
        await().atMost(WAIT).untilAsserted(() -> assertThat(server.requests).hasSize(before + 1));
    }

    private Verdict verdict(String base, RequestOptions options) {
        try {
            ours.request(request(RequestMethod.POST, base, options));
        } catch (StripeException e) {
            assertThat(e).isInstanceOf(ApiConnectionException.class);
            return StripeErrors.verdict(e);
        }
        return Verdict.ANSWERED;
    }

    @Test
    void theProxyOfTheSystemIsUsed() throws StripeException {
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("127.0.0.1", server.port())));
        try {
            Reply.OK.on(server);
            ours.request(request(
                    RequestMethod.POST, "http://api.stripe.invalid", options().build()));
        } finally {
            ProxySelector.setDefault(before);
        }
        assertThat(server.requests.get(0).line())
                .isEqualTo("POST http://api.stripe.invalid/v1/payment_intents HTTP/1.1");
    }

    @Test
    void theProxyOfACallGetsItsCredentialsAndStripeStillGetsOurKey() throws StripeException {
        var options = options()
                .setConnectionProxy(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", server.port())))
                .setProxyCredential(new PasswordAuthentication("shop", "secret".toCharArray()))
                .build();
        Reply.OK.on(server);
        StripeRequest request = request(RequestMethod.POST, "http://api.stripe.invalid", options);
        assertThat(ours.request(request).code()).isEqualTo(200);
        assertThat(server.requests.get(0).header("Proxy-Authorization")).isEqualTo("Basic c2hvcDpzZWNyZXQ=");
        assertThat(server.requests.get(0).header("Authorization")).isEqualTo("Bearer sk_test_1");
    }

    @Test
    void aProxyThatLetsNobodyThroughMeansNothingWasSent() {
        var proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", server.port()));
        server.then("HTTP/1.1 407 Proxy Authentication Required|Proxy-Authenticate: Basic realm=\"proxy\"", "");
        var options = options().setConnectionProxy(proxy).build();
        assertThat(verdict("http://api.stripe.invalid", options)).isEqualTo(Verdict.NOT_SENT);
        server.then("HTTP/1.1 407 Proxy Authentication Required|Proxy-Authenticate: Basic realm=\"proxy\"", "");
        assertThat(verdict("https://api.stripe.invalid", options)).isEqualTo(Verdict.NOT_SENT);
        assertThat(server.requests.get(1).line()).isEqualTo("CONNECT api.stripe.invalid:443 HTTP/1.1");
        assertThat(server.requests.get(1).header("Authorization")).isNull();
    }

    @Test
    void aSocksProxyIsRefusedAndNotGoneAround() {
        var proxy = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("127.0.0.1", server.port()));
        assertThat(verdict(server.url(), options().setConnectionProxy(proxy).build()))
                .isEqualTo(Verdict.NOT_SENT);
        assertThat(server.requests).isEmpty();
    }
}
