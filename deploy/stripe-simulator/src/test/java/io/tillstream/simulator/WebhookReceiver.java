package io.tillstream.simulator;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.model.Event;
import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Takes webhooks as a service would: checks each signature, then answers as it was told to. */
public final class WebhookReceiver implements AutoCloseable {
    private final DisposableServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();
    private volatile String secret = "";
    private volatile Duration pause = Duration.ZERO;

    /** One request whose signature was good. */
    public record Received(Event event, String body, String userAgent) {}

    public WebhookReceiver() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .asByteArray()
                        .defaultIfEmpty(new byte[0])
                        .delayElement(pause)
                        .flatMap(body -> answer(request, response, new String(body, StandardCharsets.UTF_8))))
                .bindNow();
    }

    private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response, String body) {
        try {
            Event event = Webhook.constructEvent(body, request.requestHeaders().get("Stripe-Signature"), secret);
            received.add(new Received(event, body, request.requestHeaders().get("User-Agent")));
        } catch (SignatureVerificationException e) {
            return response.status(400).send();
        }
        Integer status = answers.poll();
        if (status != null && status >= 300 && status < 400) {
            response.header("Location", url());
        }
        return response.status(status == null ? 200 : status).send();
    }

    public String url() {
        return "http://127.0.0.1:" + server.port() + "/webhooks/stripe";
    }

    public WebhookReceiver trusting(String webhookSecret) {
        secret = webhookSecret;
        return this;
    }

    /** The next requests are answered with these, later ones with 200. */
    public void answerNext(Integer... statuses) {
        answers.addAll(List.of(statuses));
    }

    public void pauseBeforeAnswers(Duration length) {
        pause = length;
    }

    public List<Received> received() {
        return List.copyOf(received);
    }

    /** Those about one object, by its id, in the order they came. */
    public List<String> typesOf(String objectId) {
        return received.stream()
                .filter(each -> each.body().contains("\"" + objectId + "\""))
                .map(each -> each.event().getType())
                .toList();
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(10));
    }
}
