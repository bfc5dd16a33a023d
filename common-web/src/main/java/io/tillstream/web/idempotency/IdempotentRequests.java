package io.tillstream.web.idempotency;

import io.tillstream.web.CancellationShield;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Problem;
import io.tillstream.web.limits.RequestBodyFilter;
import io.tillstream.web.problem.ProblemExceptionHandler;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Runs everything but reads shielded from a client that goes away, and what is {@link Idempotent} once per key: claim
 * the key, run, keep the answer, answer. A crash between any two leaves a lease that ends, and an id
 * ({@link IdempotencyKey}) by which the next run finds what was made.
 */
final class IdempotentRequests implements WebFilter {

    static final String ATTRIBUTE = IdempotencyKey.class.getName();

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final String HEADER = "Idempotency-Key";
    private static final int LONGEST = 255;

    private final RequestMappingHandlerMapping handlers;
    private final ProblemExceptionHandler problems;
    private final @Nullable IdempotencyKeys keys;

    IdempotentRequests(
            RequestMappingHandlerMapping handlers, ProblemExceptionHandler problems, @Nullable IdempotencyKeys keys) {
        this.handlers = handlers;
        this.problems = problems;
        this.keys = keys;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (READS.contains(exchange.getRequest().getMethod())) {
            return chain.filter(exchange);
        }
        return handlers.getHandler(exchange)
                .onErrorComplete() // no such method or media type: the dispatcher says so
                .ofType(HandlerMethod.class)
                .filter(handler -> handler.hasMethodAnnotation(Idempotent.class))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(handler -> CancellationShield.around(
                        handler.isPresent() ? keyed(exchange, chain, handler.get()) : chain.filter(exchange)));
    }

    private Mono<Void> keyed(ServerWebExchange exchange, WebFilterChain chain, HandlerMethod handler) {
        Idempotent rule = Objects.requireNonNull(handler.getMethodAnnotation(Idempotent.class));
        Optional<String> key = key(exchange, rule);
        if (key.isEmpty()) {
            return chain.filter(exchange);
        }
        IdempotencyKeys kept = keys;
        if (kept == null) {
            return Mono.error(new IllegalStateException("@Idempotent needs a database"));
        }
        return exchange.getPrincipal()
                .map(Principal::getName)
                .defaultIfEmpty("")
                .flatMap(user -> endpoint(kept, exchange, handler, user, key.get())
                        .flatMap(endpoint -> {
                            IdempotencyKey argument = IdempotencyKey.of(user, endpoint, key.get());
                            exchange.getAttributes().put(ATTRIBUTE, argument);
                            var derived =
                                    derivesId(handler) ? new KeyedRequest.DerivedId(argument.id(), rule.idIn()) : null;
                            KeyedRequest request =
                                    new KeyedRequest(user, endpoint, key.get(), requestOf(exchange), derived);
                            return kept.claim(request)
                                    .flatMap(before -> before.isPresent()
                                            ? replay(exchange, before.get())
                                            : run(kept, request, rule, exchange, chain));
                        }));
    }

    /**
     * Older releases kept a key by the path as it was spelled. One that is kept so stays there: else what was refunded before the
     * upgrade, say, is refunded once more after it.
     */
    private static Mono<String> endpoint(
            IdempotencyKeys kept, ServerWebExchange exchange, HandlerMethod handler, String user, String key) {
        String endpoint = KeyedEndpoint.of(exchange, handler);
        String spelled = KeyedEndpoint.asSpelled(exchange);
        return spelled.equals(endpoint)
                ? Mono.just(endpoint)
                : kept.isKept(KeyedRequest.keyHash(user, spelled, key)).map(there -> there ? spelled : endpoint);
    }

    /** What is in the query is asked for too. */
    private static byte[] requestOf(ServerWebExchange exchange) {
        byte[] body = RequestBodyFilter.of(exchange);
        String query = exchange.getRequest().getURI().getRawQuery();
        if (query == null || query.isEmpty()) {
            return body;
        }
        byte[] before = (query + "\n").getBytes(StandardCharsets.UTF_8); // no query has a line end
        byte[] all = Arrays.copyOf(before, before.length + body.length);
        System.arraycopy(body, 0, all, before.length, body.length);
        return all;
    }

    private static boolean derivesId(HandlerMethod handler) {
        return Arrays.asList(handler.getMethod().getParameterTypes()).contains(IdempotencyKey.class);
    }

    private Mono<Void> run(
            IdempotencyKeys kept,
            KeyedRequest request,
            Idempotent rule,
            ServerWebExchange exchange,
            WebFilterChain chain) {
        CapturedResponse captured = new CapturedResponse(exchange.getResponse());
        ServerWebExchange held = exchange.mutate().response(captured).build();
        Mono<StoredResponse> answered = chain.filter(held)
                .onErrorResume(thrown -> problems.handle(held, thrown))
                .then(Mono.fromSupplier(captured::kept))
                .flatMap(answer -> kept.finish(request, answer, rule).thenReturn(answer));
        return kept.during(request, answered).flatMap(answer -> answer.writeTo(exchange.getResponse()));
    }

    private static Mono<Void> replay(ServerWebExchange exchange, StoredResponse answer) {
        exchange.getResponse().getHeaders().set("Idempotency-Replayed", "true");
        return answer.writeTo(exchange.getResponse());
    }

    private static Optional<String> key(ServerWebExchange exchange, Idempotent rule) {
        List<String> given = exchange.getRequest().getHeaders().getOrDefault(HEADER, List.of());
        if (given.isEmpty()) {
            if (rule.required()) {
                throw Problem.of(400, "idempotency-key-missing", "This request needs an Idempotency-Key header.");
            }
            return Optional.empty();
        }
        String key = given.get(0);
        boolean visible = key.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (given.size() > 1 || key.isEmpty() || key.length() > LONGEST || !visible) {
            throw Problem.of(400, "idempotency-key-invalid", "An Idempotency-Key has 1 to 255 visible characters.");
        }
        return Optional.of(key);
    }
}
