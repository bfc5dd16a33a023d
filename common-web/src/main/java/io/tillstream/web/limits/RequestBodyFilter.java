package io.tillstream.web.limits;

import io.tillstream.web.Problem;
import io.tillstream.web.WebSettings;
import io.tillstream.web.problem.ProblemExceptionHandler;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a request's body whole, within the limit, before anything acts on it, and refuses a request that carries what
 * must not be kept: a card number in its texts, or characters that no database takes. Stripe's webhook has its own limit
 * and is not looked into: it is passed on byte for byte.
 */
public final class RequestBodyFilter implements WebFilter {

    private static final String ATTRIBUTE = RequestBodyFilter.class.getName();
    private static final String WEBHOOKS = "/webhooks/";

    private final long limit;
    private final long webhookLimit;
    private final Duration wait;

    public RequestBodyFilter(WebSettings settings) {
        this.limit = settings.bodyLimit().toBytes();
        this.webhookLimit = settings.webhookBodyLimit().toBytes();
        this.wait = settings.bodyTimeout();
    }

    /** The bytes of the body, when it was read; none if the request has no body. */
    public static byte[] of(ServerWebExchange exchange) {
        byte[] body = exchange.getAttribute(ATTRIBUTE);
        return body == null ? new byte[0] : body;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        boolean webhook = isWebhook(request);
        long most = webhook ? webhookLimit : limit;
        if (request.getHeaders().getContentLength() > most) {
            return Mono.error(tooLarge());
        }
        if (!hasBody(request.getHeaders())) {
            return chain.filter(exchange);
        }
        return read(request, most)
                .timeout(wait)
                .onErrorMap(
                        TimeoutException.class, late -> Problem.of(408, "body-timeout", "The body came too slowly."))
                .flatMap(body -> {
                    if (ProblemExceptionHandler.isAnswered(exchange.getResponse())) {
                        return Mono.error(unreadable());
                    }
                    if (!webhook && body.length > 0) {
                        RequestTextValidator.checkType(request.getHeaders());
                        JsonBodyValidator.check(body);
                    }
                    exchange.getAttributes().put(ATTRIBUTE, body);
                    return chain.filter(
                            exchange.mutate().request(replayed(exchange, body)).build());
                });
    }

    static boolean isWebhook(ServerHttpRequest request) {
        return request.getPath().value().startsWith(WEBHOOKS);
    }

    private static Mono<byte[]> read(ServerHttpRequest request, long most) {
        return request.getBody()
                .reduceWith(ByteArrayOutputStream::new, (whole, part) -> append(whole, part, most))
                .map(ByteArrayOutputStream::toByteArray)
                // Broken chunks, or a client that went away: whatever keeps a body from coming, it is not ours.
                .onErrorMap(fault -> !(fault instanceof Problem), fault -> unreadable());
    }

    private static Problem unreadable() {
        return Problem.malformed("The body cannot be read.");
    }

    private static ByteArrayOutputStream append(ByteArrayOutputStream whole, DataBuffer part, long most) {
        try {
            int size = part.readableByteCount();
            if (whole.size() + (long) size > most) {
                throw tooLarge();
            }
            byte[] bytes = new byte[size];
            part.read(bytes);
            whole.write(bytes, 0, size);
            return whole;
        } finally {
            DataBufferUtils.release(part);
        }
    }

    private static ServerHttpRequest replayed(ServerWebExchange exchange, byte[] body) {
        return new ServerHttpRequestDecorator(exchange.getRequest()) {
            @Override
            public Flux<DataBuffer> getBody() {
                return body.length == 0
                        ? Flux.empty()
                        : Flux.defer(() ->
                                Flux.just(exchange.getResponse().bufferFactory().wrap(body.clone())));
            }
        };
    }

    private static boolean hasBody(HttpHeaders headers) {
        return headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
    }

    private static Problem tooLarge() {
        return Problem.of(413, "body-too-large", "The request body is too large.");
    }
}
