package io.tillstream.web.limits;

import io.tillstream.web.Problem;
import io.tillstream.web.WebSettings;
import io.tillstream.web.problem.ProblemExceptionHandler;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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
 * and is not looked into: it is passed on byte for byte. Where nothing takes a body none is read. What all bodies may take
 * of the memory at once is bounded by {@link BodyMemory}: half of it is for deliveries to the webhook, which anybody can begin
 * without a token, and half for all else, so that neither takes the other's. What does not come in time is let go.
 */
public final class RequestBodyFilter implements WebFilter {

    /** Attribute of the exchange: the address a request comes from, where one instance serves many; set by the gateway. */
    public static final String ADDRESS = RequestBodyFilter.class.getName() + ".address";

    private static final String ATTRIBUTE = RequestBodyFilter.class.getName();
    private static final String WEBHOOK = "/webhooks/stripe";
    private static final List<String> TAKERS = List.of("/api/", "/internal/");

    /** Here a service tells what the identity provider says of a user: typed by nobody here, and masked by what takes it. */
    private static final String FROM_IDENTITY = "/internal/customers/";

    private static final Set<String> NAMES_OF_USERS = Set.of("name", "email");

    /** Bytes that a request has before its first one came; the rest as it comes: to announce a large body costs nothing. */
    private static final long UP_FRONT = 64 * 1024;

    /** One address has a quarter of what deliveries may take, as anybody can begin one: two must not keep Stripe's out. */
    private static final int SHARES_OF_DELIVERIES = 4;

    private final long limit;
    private final long webhookLimit;
    private final Duration wait;
    private final BodyMemory memory;
    private final BodyMemory webhookMemory;

    public RequestBodyFilter(WebSettings settings) {
        this.limit = settings.bodyLimit().toBytes();
        this.webhookLimit = settings.webhookBodyLimit().toBytes();
        this.wait = settings.bodyTimeout();
        long half = settings.bodyMemory().toBytes() / 2;
        long perAddress = settings.bodyMemoryPerAddress().toBytes();
        long ofDeliveries = Math.min(perAddress, Math.max(half / SHARES_OF_DELIVERIES, webhookLimit));
        Duration held = settings.bodyTimeout().plus(settings.writeTimeout()); // read, and answered
        this.memory = new BodyMemory(limits(half, perAddress, held), System::nanoTime);
        this.webhookMemory = new BodyMemory(limits(half, ofDeliveries, held), System::nanoTime);
    }

    private static BodyMemory.Limits limits(long most, long perAddress, Duration held) {
        return new BodyMemory.Limits(most, perAddress, Math.min(UP_FRONT, perAddress), held);
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
        if (!hasBody(request.getHeaders()) || !(webhook || takesBody(request))) {
            return chain.filter(exchange);
        }
        return Mono.using(
                () -> (webhook ? webhookMemory : memory).share(exchange.getAttribute(ADDRESS)),
                share -> {
                    share.hold(Math.min(UP_FRONT, request.getHeaders().getContentLength()));
                    return read(request, most, share)
                            .timeout(wait)
                            .onErrorMap(TimeoutException.class, late -> tooSlow())
                            .flatMap(body -> passOn(exchange, chain, body, webhook));
                },
                BodyMemory.Share::giveBack);
    }

    private static Mono<Void> passOn(ServerWebExchange exchange, WebFilterChain chain, byte[] body, boolean webhook) {
        if (ProblemExceptionHandler.isAnswered(exchange.getResponse())) {
            return Mono.error(unreadable());
        }
        if (!webhook && body.length > 0) {
            ServerHttpRequest request = exchange.getRequest();
            RequestTextValidator.checkType(request.getHeaders());
            boolean fromIdentity = request.getPath().value().startsWith(FROM_IDENTITY);
            JsonBodyValidator.check(body, fromIdentity ? NAMES_OF_USERS : Set.of());
        }
        exchange.getAttributes().put(ATTRIBUTE, body);
        return chain.filter(exchange.mutate().request(replayed(exchange, body)).build());
    }

    /** Whether the request is one of Stripe's deliveries, which may be larger and are not looked into. */
    public static boolean isWebhook(ServerHttpRequest request) {
        return request.getPath().value().equals(WEBHOOK);
    }

    private static boolean takesBody(ServerHttpRequest request) {
        return TAKERS.stream().anyMatch(request.getPath().value()::startsWith);
    }

    private static Mono<byte[]> read(ServerHttpRequest request, long most, BodyMemory.Share share) {
        return request.getBody()
                .reduceWith(ByteArrayOutputStream::new, (whole, part) -> {
                    try {
                        share.hold(whole.size() + (long) part.readableByteCount());
                        return append(whole, part, most);
                    } finally {
                        DataBufferUtils.release(part);
                    }
                })
                .map(ByteArrayOutputStream::toByteArray)
                // Broken chunks, or a client that went away: whatever keeps a body from coming, it is not ours.
                .onErrorMap(fault -> !(fault instanceof Problem), fault -> unreadable());
    }

    private static Problem tooSlow() {
        return Problem.of(408, "body-timeout", "The body came too slowly.");
    }

    private static Problem unreadable() {
        return Problem.malformed("The body cannot be read.");
    }

    private static ByteArrayOutputStream append(ByteArrayOutputStream whole, DataBuffer part, long most) {
        int size = part.readableByteCount();
        if (whole.size() + (long) size > most) {
            throw tooLarge();
        }
        byte[] bytes = new byte[size];
        part.read(bytes);
        whole.write(bytes, 0, size);
        return whole;
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
