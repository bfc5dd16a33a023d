package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpURLConnectionClient;
import com.stripe.net.RawRequestOptions;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.FileCreateParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.v2.core.EventDestinationCreateParams;
import io.tillstream.stripe.RawServer.Header;
import io.tillstream.stripe.RawServer.Recorded;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What Stripe sees of our transport is what it sees of stripe-java's own: line, headers and body. The order and the case of the
 * headers' names mean nothing in HTTP and are not compared; what else differs is named here.
 */
class JdkHttpRequestTest {

    /** HTTP/1.1 keeps a connection without being asked to. */
    private static final Header ONLY_STRIPE_JAVA_SENDS = new Header("Connection", "keep-alive");

    /** RFC 9110, 8.6, asks not to send it without a body, and gives it no meaning; the JDK's client does up to Java 18. */
    private static final Header ONLY_WE_SEND_WITHOUT_A_BODY = new Header("Content-Length", "0");

    private static final String KEY = "v1:local:test:1";
    private static final RequestOptions OPTIONS =
            RequestOptions.builder().setIdempotencyKey(KEY).build();

    private final RawServer server = new RawServer();

    /** Each kind of request that stripe-java can make. */
    enum Call {
        GET(stripe -> stripe.v1().paymentIntents().retrieve("pi_1", OPTIONS)),
        GET_WITH_EXPAND(stripe -> stripe.v1()
                .paymentIntents()
                .retrieve(
                        "pi_1",
                        PaymentIntentRetrieveParams.builder()
                                .addExpand("latest_charge")
                                .addExpand("customer.default_source")
                                .build(),
                        OPTIONS)),
        GET_OF_AN_ODD_ID(stripe -> stripe.v1().paymentIntents().retrieve("pi 1/ü?&%#", OPTIONS)),
        LIST_WITH_NESTED_FILTERS(stripe -> stripe.v1()
                .paymentIntents()
                .list(
                        PaymentIntentListParams.builder()
                                .setLimit(3L)
                                .setCreated(PaymentIntentListParams.Created.builder()
                                        .setGte(1L)
                                        .setLt(2L)
                                        .build())
                                .addExpand("data.customer")
                                .build(),
                        OPTIONS)),
        POST_FORM(stripe -> stripe.v1()
                .paymentIntents()
                .create(
                        PaymentIntentCreateParams.builder()
                                .setAmount(1999L)
                                .setCurrency("usd")
                                .addPaymentMethodType("card")
                                .addPaymentMethodType("link")
                                .putMetadata("odd", "ü €\uD83D\uDE00 &=+%\r\n[]")
                                .putMetadata("empty", "")
                                .build(),
                        OPTIONS)),
        POST_THAT_UNSETS(stripe -> stripe.v1()
                .customers()
                .create(
                        CustomerCreateParams.builder()
                                .setAddress(com.stripe.param.common.EmptyParam.EMPTY)
                                .setEmail("a+b@example.com")
                                .build(),
                        OPTIONS)),
        POST_WITHOUT_A_BODY(stripe -> stripe.v1().paymentIntents().cancel("pi_1", OPTIONS)),
        POST_WITHOUT_A_KEY(stripe -> stripe.v1().paymentIntents().capture("pi_1")),
        DELETE(stripe -> stripe.v1().customers().delete("cus_1", OPTIONS)),
        DELETE_WITH_PARAMETERS(stripe -> stripe.v1()
                .subscriptions()
                .cancel(
                        "sub_1",
                        SubscriptionCancelParams.builder()
                                .setProrate(true)
                                .setInvoiceNow(false)
                                .build(),
                        OPTIONS)),
        MULTIPART(stripe -> stripe.v1()
                .files()
                .create(
                        FileCreateParams.builder()
                                .setPurpose(FileCreateParams.Purpose.DISPUTE_EVIDENCE)
                                .setFile(new ByteArrayInputStream(new byte[] {0, 1, '\r', '\n', (byte) 0xff, '-', '-'}))
                                .build(),
                        OPTIONS)),
        V2_POST(stripe -> stripe.v2()
                .core()
                .eventDestinations()
                .create(
                        EventDestinationCreateParams.builder()
                                .setName("ü €")
                                .setType(EventDestinationCreateParams.Type.WEBHOOK_ENDPOINT)
                                .setEventPayload(EventDestinationCreateParams.EventPayload.THIN)
                                .addEnabledEvent("v1.billing.meter.error_report_triggered")
                                .build(),
                        OPTIONS)),
        V2_GET(stripe -> stripe.v2().core().events().retrieve("evt_1", OPTIONS)),
        V2_DELETE(stripe -> stripe.v2().core().eventDestinations().delete("ed_1", OPTIONS)),
        V2_POST_WITHOUT_A_BODY(stripe -> stripe.v2().core().eventDestinations().ping("ed_1", OPTIONS)),
        RAW(stripe -> stripe.rawRequest(
                RequestMethod.POST,
                "/v1/anything",
                "a=b",
                RawRequestOptions.builder()
                        .setAdditionalHeaders(Map.of("X-More", "1, 2"))
                        .setIdempotencyKey(KEY)
                        .build())),
        STREAM(stripe -> stripe.v1().quotes().pdf("qt_1", OPTIONS).readAllBytes()),
        AS_A_CONNECTED_ACCOUNT(stripe -> stripe.v1()
                .paymentIntents()
                .retrieve(
                        "pi_1",
                        OPTIONS.toBuilderFullCopy()
                                .setStripeAccount("acct_1")
                                .setStripeContext("ctx_1")
                                .build())),
        WITH_ANOTHER_SECRET_KEY(stripe -> stripe.v1()
                .paymentIntents()
                .retrieve(
                        "pi_1",
                        RequestOptions.builder().setApiKey("sk_test_other").build())),
        IN_ANOTHER_VERSION(stripe -> stripe.v1()
                .paymentIntents()
                .retrieve(
                        "pi_1",
                        RequestOptions.RequestOptionsBuilder.unsafeSetStripeVersionOverride(
                                        OPTIONS.toBuilderFullCopy(), "2022-08-01")
                                .build()));

        private final Run run;

        Call(Run run) {
            this.run = run;
        }
    }

    private interface Run {
        Object on(StripeClient stripe) throws Exception;
    }

    @AfterEach
    void stop() {
        Stripe.enableTelemetry = false;
        server.close();
    }

    private StripeClient client(HttpClient transport) {
        return StripeClient.builder()
                .setApiKey("sk_test_1")
                .setApiBase(server.url())
                .setFilesBase(server.url())
                .setHttpClient(transport)
                .build();
    }

    private static HttpClient ours() {
        return new JdkHttp();
    }

    private List<Recorded> recorded(HttpClient transport, List<Run> runs) throws Exception {
        int before = server.requests.size();
        StripeClient client = client(transport);
        for (Run run : runs) {
            run.on(client);
        }
        return List.copyOf(server.requests.subList(before, server.requests.size()));
    }

    @ParameterizedTest
    @EnumSource
    void aRequestIsTheOneThatStripeJavasOwnTransportSends(Call call) throws Exception {
        compare(List.of(call.run));
    }

    @Test
    void telemetryIsOffAndWhoSwitchesItOnGetsWhatStripeJavaSends() throws Exception {
        assertThat(recorded(ours(), List.of(Call.GET.run, Call.GET.run)))
                .allSatisfy(request ->
                        assertThat(request.header("X-Stripe-Client-Telemetry")).isNull());
        Stripe.enableTelemetry = true;
        String answer = "HTTP/1.1 200 OK|Request-Id: req_1";
        for (int i = 0; i < 5; i++) {
            server.then(answer, "{}");
        }
        recorded(ours(), List.of(Call.GET.run)); // the first has nothing to tell of yet
        List<Recorded> own = recorded(new HttpURLConnectionClient(), List.of(Call.GET.run));
        List<Recorded> ours = recorded(ours(), List.of(Call.GET.run));
        assertThat(shape(ours.get(0))).isEqualTo(shape(own.get(0)));
        assertThat(ours.get(0).header("X-Stripe-Client-Telemetry")).contains("req_1");
    }

    private void compare(List<Run> runs) throws Exception {
        List<Recorded> own = recorded(new HttpURLConnectionClient(), runs);
        List<Recorded> ours = recorded(ours(), runs);
        assertThat(ours).hasSameSizeAs(own);
        for (int i = 0; i < own.size(); i++) {
            assertThat(ours.get(i).line()).isEqualTo(own.get(i).line());
            assertThat(shape(ours.get(i))).isEqualTo(shape(own.get(i)));
            assertThat(body(ours.get(i))).isEqualTo(body(own.get(i)));
        }
    }

    /** The headers by name, without what is random or named above; two of one name stay two. */
    private static Map<String, List<String>> shape(Recorded request) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : request.headers()) {
            boolean named = header.equals(ONLY_STRIPE_JAVA_SENDS)
                    || header.equals(ONLY_WE_SEND_WITHOUT_A_BODY)
                            && !request.line().startsWith("POST");
            if (!named) {
                headers.computeIfAbsent(header.name(), name -> new ArrayList<>())
                        .add(steady(header.value()));
            }
        }
        return headers;
    }

    private static String body(Recorded request) {
        return steady(new String(request.body(), StandardCharsets.ISO_8859_1));
    }

    /** Without the random boundary of a multipart body, a random key, and how long a call took. */
    private static String steady(String value) {
        return value.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "RANDOM")
                .replaceAll("request_duration_ms\":\\d+", "request_duration_ms\":0");
    }

    @Test
    void aPostSaysWhatItsBodyIs() throws StripeException {
        client(ours()).v1().paymentIntents().cancel("pi_1", OPTIONS);
        assertThat(server.requests.get(0).header("Content-Type"))
                .isEqualTo("application/x-www-form-urlencoded;charset=UTF-8");
        assertThat(server.requests.get(0).header("Content-Length")).isEqualTo("0");
    }
}
