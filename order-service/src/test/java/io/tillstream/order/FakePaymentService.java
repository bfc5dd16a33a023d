package io.tillstream.order;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stands where payment-service and the token provider stand: takes payments by the name of the payment method, once per
 * key.
 */
public final class FakePaymentService implements AutoCloseable {

    /** A card of this name fails with the code that stands behind, and behind {@link #KIND} by whose fault. */
    public static final String FAILS = "pm_fails_";

    public static final String KIND = "__";

    /** A card's id that is declined for the reason behind it. */
    public static final String DECLINES = "pm_card_for_";

    /** To close the payable of such an order fails, as one of its intents is refused to be canceled. */
    public static final String CLOSES_NEVER = "never";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final DisposableServer server;
    private final Map<String, ObjectNode> payments = new ConcurrentHashMap<>();
    private final Map<String, String> closing = new ConcurrentHashMap<>();
    private final Map<String, JsonNode> refunds = new ConcurrentHashMap<>();
    private final Map<String, JsonNode> disputes = new ConcurrentHashMap<>();
    private final Map<String, String> orderedAt = new ConcurrentHashMap<>();
    private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicInteger> questions = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> intentQuestions = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> closeRequests = new ConcurrentHashMap<>();
    private final Map<String, List<String>> closeReasons = new ConcurrentHashMap<>();
    private final AtomicInteger objectQuestions = new AtomicInteger();
    private final AtomicReference<Consumer<ObjectNode>> beforeAnswer = new AtomicReference<>(unused -> {});
    private final Set<String> strangers = ConcurrentHashMap.newKeySet();
    private final Map<String, String> stripeObjects = new ConcurrentHashMap<>();
    private volatile int failWith;
    private final Map<String, Set<String>> refundKeys = new ConcurrentHashMap<>();
    private volatile int refundStatus;
    private volatile String refundAnswer = "";
    private volatile boolean loseAnswers;

    public FakePaymentService() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.post("/oauth2/token", (in, out) -> token(out))
                        .post("/internal/payments", this::pay)
                        .post("/internal/checkout-sessions", this::pay)
                        .post("/internal/payables/{reference}/close", this::close)
                        .post("/internal/payables/{reference}/refunds", this::refund)
                        .get("/internal/payables/{reference}/intents/{intent}", this::intent)
                        .get("/internal/payables/{reference}/claims/{object}", this::claim)
                        .get("/internal/payables/{reference}", this::payable)
                        .get("/internal/stripe-objects/{type}/{id}", this::stripeObject))
                .bindNow(Duration.ofSeconds(10));
    }

    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** From now on every request is answered with this status; 0: as usual. */
    public void failWith(int status) {
        failWith = status;
    }

    /** What refunds are answered from now on; 0: as usual. */
    public void refundsWith(int status, String body) {
        refundStatus = status;
        refundAnswer = body;
    }

    /** Under which keys refunds of the order were asked for. */
    public Set<String> refundKeys(String orderId) {
        return refundKeys.getOrDefault(orderId, Set.of());
    }

    /** Of all other objects it says that it made them. */
    public void didNotMake(String objectId) {
        strangers.add(objectId);
    }

    /** Happens after the next payment was made, before it is answered. */
    public void beforeAnswer(Consumer<ObjectNode> work) {
        beforeAnswer.set(work);
    }

    /** Payments are made, but their answers get lost. */
    public void loseAnswers(boolean lose) {
        loseAnswers = lose;
    }

    /** An object as Stripe has it, in our version. */
    public void atStripe(String id, String json) {
        stripeObjects.put(id, json);
    }

    private Mono<Void> stripeObject(HttpServerRequest in, HttpServerResponse out) {
        objectQuestions.incrementAndGet();
        if (failWith != 0) {
            return json(out, failWith, "{}");
        }
        String json = stripeObjects.get(String.valueOf(in.param("id")));
        return json == null ? missing(out, String.valueOf(in.param("id"))) : json(out, 200, json);
    }

    /** How often it was asked for all of this order; sweeps ask for what other tests left. */
    public int questions(String orderId) {
        return count(questions, orderId).get();
    }

    private static AtomicInteger count(Map<String, AtomicInteger> counts, String orderId) {
        return counts.computeIfAbsent(orderId, none -> new AtomicInteger());
    }

    /** How often it was asked for an object as Stripe has it. */
    public int objectQuestions() {
        return objectQuestions.get();
    }

    /** How often it was asked for one intent of this order alone. */
    public int intentQuestions(String orderId) {
        return count(intentQuestions, orderId).get();
    }

    public List<JsonNode> askedFor(String orderId) {
        return asked.stream()
                .filter(request -> request.path("reference").asString().equals(orderId))
                .toList();
    }

    /** When the order of an attempt was stored, as it was told. */
    public String orderedAt(String attemptId) {
        return orderedAt.getOrDefault(attemptId, "");
    }

    public long paymentsOf(String orderId) {
        return payments.values().stream()
                .filter(payment -> payment.path("reference").asString().equals(orderId))
                .count();
    }

    /** What closing the payable of this order answers; without it {@code closed}. */
    public void closesWith(String orderId, String status) {
        closing.put(orderId, status);
    }

    /** How often it was asked to close the payable of this order. */
    public int closeRequests(String orderId) {
        return count(closeRequests, orderId).get();
    }

    /** Why it was asked to, each time; empty for a reason that is none of its business. */
    public List<String> closeReasons(String orderId) {
        return closeReasons.getOrDefault(orderId, List.of());
    }

    /** What Stripe says of the order's payments from now on. */
    public void stripeSays(String orderId, String status) {
        payments.values().stream()
                .filter(payment -> payment.path("reference").asString().equals(orderId))
                .forEach(payment -> become(payment, status));
    }

    /** A payment that was made, whoever asked for it. */
    public void hasPayment(String attemptId, String orderId, long amount, String status) {
        ObjectNode payment = newPayment(attemptId, orderId, amount, "usd");
        become(payment, status);
        payments.put(attemptId, payment);
    }

    /** A refund of the order's only payment, whoever made it. */
    public void hasRefund(String orderId, String refundId, long amount, String status) {
        refunds.put(
                orderId,
                JSON.createObjectNode()
                        .put("stripeRefundId", refundId)
                        .put("status", status)
                        .put("amount", amount)
                        .put("currency", "usd"));
    }

    /** A dispute of a payment of the order. */
    public void hasDispute(String orderId, String disputeId, String intentId, String status) {
        disputes.put(
                orderId,
                JSON.createObjectNode()
                        .put("id", disputeId)
                        .put("status", status)
                        .put("amount", 2000)
                        .put("currency", "usd")
                        .put("intentId", intentId)
                        .put("reason", "fraudulent")
                        .put("fundsWithdrawn", true)
                        .put("fundsReinstated", false));
    }

    /** What Stripe answers when it is asked for this order's payment intent. */
    public void stripeHas(String orderId, JsonNode intent) {
        ObjectNode payment = newPayment(intent.path("id").asString().substring(3), orderId, 0, "usd");
        payment.put("status", intent.path("status").asString());
        ObjectNode seen = payment.putObject("intent");
        seen.put("id", intent.path("id").asString())
                .put("status", intent.path("status").asString());
        seen.put("amount", intent.path("amount").asLong())
                .put("currency", intent.path("currency").asString());
        seen.put("amountReceived", intent.path("amount_received").asLong());
        JsonNode error = intent.path("last_payment_error");
        if (error.isObject()) {
            payment.putObject("failure")
                    .put("code", error.path("code").asString())
                    .put("retryable", true);
        }
        payments.put(intent.path("id").asString(), payment);
    }

    @Override
    public void close() {
        server.disposeNow();
    }

    private Mono<Void> token(HttpServerResponse out) {
        return json(out, 200, "{\"access_token\":\"service\",\"token_type\":\"Bearer\",\"expires_in\":300}");
    }

    private Mono<Void> pay(HttpServerRequest in, HttpServerResponse out) {
        String key = in.requestHeaders().get("Idempotency-Key");
        Mono<String> body = in.receive().aggregate().asString();
        return body.publishOn(Schedulers.boundedElastic())
                .map(JSON::readTree)
                .flatMap(
                        request -> { // it may wait
                            if (failWith != 0) {
                                return json(out, failWith, "{\"code\":\"unavailable\",\"detail\":\"down\"}");
                            }
                            asked.add(request);
                            orderedAt.put(
                                    key, String.valueOf(in.requestHeaders().get("Ordered-At")));
                            ObjectNode payment = payments.computeIfAbsent(key, id -> take(id, request));
                            beforeAnswer.getAndSet(unused -> {}).accept(payment);
                            if (loseAnswers) {
                                return json(out, 500, "{}");
                            }
                            int status = payment.path("status").asString().equals("processing") ? 202 : 201;
                            return json(out, status, payment.toString());
                        });
    }

    private ObjectNode take(String id, JsonNode request) {
        ObjectNode payment = newPayment(
                id,
                request.path("reference").asString(),
                request.path("amount").asLong(),
                request.path("currency").asString());
        JsonNode way = request.path("payment");
        switch (way.path("paymentMethodId").asString(way.path("method").asString("checkout"))) {
            case "pm_card_visa", "token" -> become(payment, "succeeded");
            case "pm_card_declined" -> {
                become(payment, "failed");
                payment.putObject("failure")
                        .put("code", "card_declined")
                        .put("declineCode", "generic_decline")
                        .put("message", "Your card was declined.")
                        .put("retryable", true);
            }
            case "pm_card_unknown" -> {
                become(payment, "processing");
                payment.remove("stripePaymentIntentId");
            }
            case "checkout" -> {
                become(payment, "action_required");
                payment.put("stripeCheckoutSessionId", "cs_" + id).put("checkoutUrl", "https://pay.example/" + id);
                payment.remove("stripePaymentIntentId");
            }
            default -> {
                if (way.path("paymentMethodId").asString("").startsWith(DECLINES)) {
                    String why = way.path("paymentMethodId").asString().substring(DECLINES.length());
                    become(payment, "failed");
                    payment.putObject("failure")
                            .put("code", "card_declined")
                            .put("declineCode", why)
                            .put("message", "This card: " + why)
                            .put("retryable", false);
                    return payment;
                }
                if (way.path("paymentMethodId").asString("").startsWith(FAILS)) {
                    become(payment, "failed");
                    String[] why = way.path("paymentMethodId")
                            .asString()
                            .substring(FAILS.length())
                            .split(KIND, 2);
                    ObjectNode failure = payment.putObject("failure");
                    failure.put("code", why[0]).put("message", "No.").put("retryable", false);
                    if (why.length > 1) {
                        failure.put("kind", why[1]);
                    }
                    return payment;
                }
                become(payment, "action_required");
                payment.put("clientSecret", "pi_" + id + "_secret_test");
            }
        }
        return payment;
    }

    private static ObjectNode newPayment(String id, String reference, long amount, String currency) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("reference", reference)
                .put("amount", amount)
                .put("currency", currency)
                .put("stripePaymentIntentId", "pi_" + id);
    }

    private static void become(ObjectNode payment, String status) {
        payment.put("status", status);
        long amount = payment.path("amount").asLong();
        payment.put("amountReceived", status.equals("succeeded") ? amount : 0);
        payment.put("stripePaymentIntentId", "pi_" + payment.path("id").asString());
    }

    private Mono<Void> close(HttpServerRequest in, HttpServerResponse out) {
        String reference = in.param("reference");
        closeReasons
                .computeIfAbsent(String.valueOf(reference), none -> new CopyOnWriteArrayList<>())
                .add(in.requestHeaders().get("Close-Reason", ""));
        count(closeRequests, String.valueOf(reference)).incrementAndGet();
        String status = closing.getOrDefault(reference, "closed");
        int fault = status.equals(CLOSES_NEVER) ? 503 : failWith;
        return fault != 0
                ? json(out, fault, "{}")
                : json(out, 200, "{\"reference\":\"%s\",\"status\":\"%s\"}".formatted(reference, status));
    }

    private Mono<Void> claim(HttpServerRequest in, HttpServerResponse out) {
        return failWith != 0
                ? json(out, failWith, "{}")
                : json(out, 200, "{\"ours\":" + !strangers.contains(String.valueOf(in.param("object"))) + "}");
    }

    private Mono<Void> refund(HttpServerRequest in, HttpServerResponse out) {
        return in.receive().aggregate().asString().map(JSON::readTree).flatMap(request -> {
            long amount = request.path("amount").asLong(0);
            refundKeys
                    .computeIfAbsent(String.valueOf(in.param("reference")), none -> ConcurrentHashMap.newKeySet())
                    .add(in.requestHeaders().get("Idempotency-Key"));
            if (refundStatus != 0) {
                return json(out, refundStatus, refundAnswer);
            }
            return amount > 100_000
                    ? json(out, 409, "{\"code\":\"refund-exceeds-paid\",\"detail\":\"More than is left.\"}")
                    : json(
                            out,
                            201,
                            "{\"id\":\"rf_1\",\"status\":\"succeeded\",\"amount\":%d,\"currency\":\"usd\"}"
                                    .formatted(amount));
        });
    }

    private Mono<Void> payable(HttpServerRequest in, HttpServerResponse out) {
        String reference = String.valueOf(in.param("reference"));
        count(questions, reference).incrementAndGet();
        if (failWith != 0) {
            return json(out, failWith, "{}");
        }
        var payable = JSON.createObjectNode().put("reference", reference).put("status", "open");
        var list = payable.putArray("payments");
        payments.values().stream()
                .filter(payment -> payment.path("reference").asString().equals(reference))
                .forEach(payment -> list.add(seen(payment)));
        if (refunds.containsKey(reference)) {
            payable.putArray("refunds").add(refunds.get(reference));
        }
        if (disputes.containsKey(reference)) {
            payable.putArray("disputes").add(disputes.get(reference));
        }
        return list.isEmpty() ? missing(out, reference) : json(out, 200, payable.toString());
    }

    private Mono<Void> intent(HttpServerRequest in, HttpServerResponse out) {
        count(intentQuestions, String.valueOf(in.param("reference"))).incrementAndGet();
        if (failWith != 0) {
            return json(out, failWith, "{}");
        }
        return payments.values().stream()
                .filter(payment -> payment.path("reference").asString().equals(in.param("reference")))
                .map(FakePaymentService::seen)
                .filter(payment -> payment.path("intent").path("id").asString().equals(in.param("intent")))
                .findFirst()
                .map(payment -> json(out, 200, payment.toString()))
                .orElseGet(() -> missing(out, String.valueOf(in.param("intent"))));
    }

    private static Mono<Void> missing(HttpServerResponse out, String id) {
        return json(out, 404, "{\"code\":\"not-found\",\"missing\":\"%s\"}".formatted(id));
    }

    private static ObjectNode seen(ObjectNode payment) {
        ObjectNode copy = payment.deepCopy();
        if (copy.has("intent")) {
            return copy;
        }
        String status = payment.path("status").asString();
        copy.putObject("intent")
                .put(
                        "id",
                        payment.path("stripePaymentIntentId")
                                .asString("pi_" + payment.path("id").asString()))
                .put("status", stripeStatus(status))
                .put("amount", payment.path("amount").asLong())
                .put("amountReceived", payment.path("amountReceived").asLong())
                .put("currency", payment.path("currency").asString())
                .put("created", 1_790_000_000L);
        return copy;
    }

    private static String stripeStatus(String status) {
        return switch (status) {
            case "action_required" -> "requires_action";
            case "failed" -> "requires_payment_method";
            default -> status;
        };
    }

    private static Mono<Void> json(HttpServerResponse out, int status, String body) {
        return out.status(status)
                .header("Content-Type", status < 400 ? "application/json" : "application/problem+json")
                .sendByteArray(Mono.just(body.getBytes(StandardCharsets.UTF_8)))
                .then();
    }
}
