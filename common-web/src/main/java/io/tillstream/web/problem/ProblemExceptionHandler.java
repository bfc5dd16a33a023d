package io.tillstream.web.problem;

import io.tillstream.web.Problem;
import io.tillstream.web.RequestIdAttribute;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** Writes every error of a request as problem JSON. What went wrong inside goes to the log, never to the answer. */
public final class ProblemExceptionHandler implements ErrorWebExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemExceptionHandler.class);

    private final JsonMapper json;

    public ProblemExceptionHandler(JsonMapper json) {
        this.json = json;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(thrown);
        }
        if (isAnswered(response)) {
            LOG.info("A request was no HTTP after its head, and is refused");
            return Mono.empty();
        }
        Problem problem = ProblemMapper.of(thrown);
        log(exchange, problem, thrown);
        HttpHeaders headers = response.getHeaders();
        headers.remove(HttpHeaders.CONTENT_ENCODING);
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setCacheControl("no-store");
        Duration wait = problem.retryAfter();
        if (wait != null) {
            headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, wait.toSeconds())));
        }
        if (problem.status() == 401) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (thrown instanceof MethodNotAllowedException wrong) {
            headers.setAllow(wrong.getSupportedMethods());
        }
        response.setStatusCode(HttpStatusCode.valueOf(problem.status()));
        byte[] body = json.writeValueAsBytes(ProblemJson.of(problem, RequestIdAttribute.of(exchange)));
        headers.setContentLength(body.length);
        return HttpMethod.HEAD.equals(exchange.getRequest().getMethod())
                ? response.setComplete()
                : response.writeWith(
                        Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    /**
     * Whether there is nothing to say any more: a request whose chunks are none has its 400 from the server below, its
     * connection is closed, and its body ends as if it were whole.
     */
    public static boolean isAnswered(ServerHttpResponse response) {
        return ServerHttpResponseDecorator.getNativeResponse(response) instanceof HttpServerResponse sent
                && sent.hasSentHeaders();
    }

    private static void log(ServerWebExchange exchange, Problem problem, Throwable thrown) {
        HttpMethod method = exchange.getRequest().getMethod();
        Throwable cause = problem.getCause();
        // Errors arrive here after they have left the reactor context that carries the id to other log lines.
        MDC.put(RequestIdAttribute.KEY, RequestIdAttribute.of(exchange));
        try {
            if (problem.status() == 500) {
                LOG.error("{} failed: {}", method, problem.code(), thrown);
            } else if (problem.status() > 500 || cause != null) {
                LOG.warn("{} answered {} {}: {}", method, problem.status(), problem.code(), String.valueOf(cause));
            } else {
                LOG.debug("{} answered {} {}", method, problem.status(), problem.code());
            }
        } finally {
            MDC.remove(RequestIdAttribute.KEY);
        }
    }
}
