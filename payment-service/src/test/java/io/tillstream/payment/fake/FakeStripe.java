package io.tillstream.payment.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * As much of Stripe's API as taking money needs, with idempotency keys, over real HTTP. Faults are asked for by hand:
 * the answer lost after the effect, an error before it, a delay.
 */
public final class FakeStripe implements AutoCloseable {

    private static final long LONGEST_HELD = 60; // seconds; a test that forgets it fails

    /** What goes wrong with one request. */
    public enum Fault {
        NONE,
        /** Done, but the answer is an unreadable 502; not kept for the key. */
        ANSWER_LOST,
        /** Not done, and 500 is what the key answers from now on. */
        FAILED_FOR_GOOD,
        /** As that, but every repeat says that it is one. */
        FAILURE_KEPT,
        /** Refused: our balance is empty. */
        NO_BALANCE,
        /** Refused: the bank is at it. */
        CHARGE_DISPUTED,
        /** Refused for a reason that only a person can mend. */
        NOT_REFUNDABLE,
        /** Not done, as the service is away. */
        AWAY,
        /** Not done: an address where nobody knows any, and 404 without a body. */
        NOWHERE,
        /** Done, and answered when the test says {@link #goOn}. */
        SLOW
    }

    /** One request as it came. */
    public record Request(String method, String path, String key, Map<String, String> form) {}

    /** {@code kept}: said again for its key, it says that it was said before. */
    record Reply(int status, String body, boolean kept) {
        Reply(int status, String body) {
            this(status, body, false);
        }
    }

    private static final int NO_BODY = -1; // the server's own word for it

    public final List<Request> requests = new CopyOnWriteArrayList<>();
    public final StripeObjects objects = new StripeObjects();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final Map<String, Fault> refusedRefunds = new ConcurrentHashMap<>();
    private final AtomicReference<Runnable> beforeAnswer = new AtomicReference<>(() -> {});
    private final Map<String, Reply> byKey = new ConcurrentHashMap<>();
    private final AtomicReference<CountDownLatch> held = new AtomicReference<>(new CountDownLatch(1));
    private final AtomicInteger refusedLists = new AtomicInteger();
    private final HttpServer server;

    public FakeStripe() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next writes of money (not of customers) meet these, one each; not one that is in {@link #requests} already. */
    public synchronized void next(Fault... wrong) {
        faults.clear();
        faults.addAll(List.of(wrong));
    }

    /** The next refund of this intent meets it, whatever else is given back meanwhile. */
    public void nextRefund(String intent, Fault wrong) {
        refusedRefunds.put(intent, wrong);
    }

    public long count(String method, String path) {
        return requests.stream()
                .filter(request ->
                        request.method().equals(method) && request.path().equals(path))
                .count();
    }

    /** So many questions for the refunds of an intent are refused, for whatever reason. */
    public void refuseLists(int times) {
        refusedLists.set(times);
    }

    /** Happens after the next write of money was done, before it is answered. */
    public synchronized void beforeAnswer(Runnable work) {
        beforeAnswer.set(work);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        String query = exchange.getRequestURI().getRawQuery();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Request request = new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                key == null ? "" : key,
                form(query == null ? body : query));
        Handled handled = handled(request);
        if (handled.fault() == Fault.SLOW) {
            hold();
        }
        handled.beforeAnswer().run();
        if (handled.repeat() && handled.reply().kept()) {
            exchange.getResponseHeaders().add("Idempotent-Replayed", "true");
        }
        send(exchange, handled.reply());
    }

    private record Handled(Reply reply, Fault fault, boolean repeat, Runnable beforeAnswer) {}

    /** One at a time: a test that sees a request knows that it met what was planned for it. */
    private synchronized Handled handled(Request request) {
        requests.add(request);
        boolean money = !request.method().equals("GET") && !request.path().startsWith("/v1/customers");
        Fault fault = money ? faultOf(request) : Fault.NONE;
        boolean repeat = byKey.containsKey(request.key());
        Reply reply = isRefusedList(request)
                ? new Reply(400, StripeObjects.error("invalid_request_error", "parameter_invalid_integer"))
                : answer(request, fault);
        return new Handled(reply, fault, repeat, money ? beforeAnswer.getAndSet(() -> {}) : () -> {});
    }

    private boolean isRefusedList(Request request) {
        return request.method().equals("GET")
                && request.path().equals("/v1/refunds")
                && refusedLists.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private Fault faultOf(Request request) {
        Fault aimed = request.path().equals("/v1/refunds")
                ? refusedRefunds.remove(request.form().getOrDefault("payment_intent", ""))
                : null;
        if (aimed != null) {
            return aimed;
        }
        Fault next = faults.poll();
        return next == null ? Fault.NONE : next;
    }

    private Reply answer(Request request, Fault fault) {
        if (fault == Fault.AWAY) {
            return new Reply(429, StripeObjects.error("rate_limit_error", "rate_limit"));
        }
        if (fault == Fault.NOWHERE) {
            return new Reply(404, "");
        }
        if (fault == Fault.FAILED_FOR_GOOD) {
            return byKey.computeIfAbsent(
                    request.key(), key -> new Reply(500, StripeObjects.error("api_error", "api_error")));
        }
        if (fault == Fault.FAILURE_KEPT) {
            return byKey.computeIfAbsent(
                    request.key(), key -> new Reply(500, StripeObjects.error("api_error", "api_error"), true));
        }
        String refusal =
                switch (fault) {
                    case NO_BALANCE -> "balance_insufficient";
                    case CHARGE_DISPUTED -> "charge_disputed";
                    case NOT_REFUNDABLE -> "charge_not_refundable";
                    default -> null;
                };
        if (refusal != null) {
            return byKey.computeIfAbsent(
                    request.key(), key -> new Reply(400, StripeObjects.error("invalid_request_error", refusal)));
        }
        Reply reply = request.key().isEmpty()
                ? objects.answer(request)
                : byKey.computeIfAbsent(request.key(), key -> objects.answer(request));
        return fault == Fault.ANSWER_LOST ? new Reply(502, "<html>Bad Gateway</html>") : reply;
    }

    /** A day is over. */
    public void forgetsKeys() {
        byKey.clear();
    }

    /** What is held is answered now. */
    public void goOn() {
        held.getAndSet(new CountDownLatch(1)).countDown();
    }

    private void hold() {
        try {
            if (!held.get().await(LONGEST_HELD, TimeUnit.SECONDS)) {
                throw new IllegalStateException("held, and nobody said goOn");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? NO_BODY : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new TreeMap<>();
        for (String pair : text.split("&")) {
            int at = pair.indexOf('=');
            if (at > 0) {
                form.put(decode(pair.substring(0, at)), decode(pair.substring(at + 1)));
            }
        }
        return form;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
