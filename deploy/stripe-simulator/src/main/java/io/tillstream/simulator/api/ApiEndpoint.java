package io.tillstream.simulator.api;

import io.tillstream.simulator.control.Fault;
import io.tillstream.simulator.control.FaultKind;
import io.tillstream.simulator.control.Faults;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.TurnLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;

/** {@code /v1}, and {@code /v2} to refuse it: takes a request, lets faults have their way with it, and answers. */
@Configuration(proxyBeanMethods = false)
class ApiEndpoint {
    private static final int LARGEST_FILE = 6 << 20; // bytes; more than Stripe takes, so that it can be said
    private static final int LONGEST_BODY = 1 << 20; // bytes; no request of the API comes near it

    private final Timeline timeline;
    private final Faults faults;
    private final Execution execution;

    ApiEndpoint(Timeline timeline, Faults faults, Execution execution) {
        this.timeline = timeline;
        this.faults = faults;
        this.execution = execution;
    }

    @Bean
    RouterFunction<ServerResponse> apiRoutes() {
        return RouterFunctions.route(
                RequestPredicates.path("/v1/**").or(RequestPredicates.path("/v2/**")), this::handle);
    }

    private Mono<ServerResponse> handle(ServerRequest request) {
        return body(request).map(body -> arrival(request, body)).flatMap(arrival -> answer(request, arrival));
    }

    /** Whatever type it says to be of: that is for the API to judge, in its own words. */
    private static Mono<String> body(ServerRequest request) {
        boolean file = Multipart.is(request.headers().asHttpHeaders().getFirst("Content-Type"));
        return DataBufferUtils.join(request.exchange().getRequest().getBody(), file ? LARGEST_FILE : LONGEST_BODY)
                .map(buffer -> {
                    String text = buffer.toString(file ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
                    DataBufferUtils.release(buffer);
                    return text;
                })
                .defaultIfEmpty("");
    }

    private static Arrival arrival(ServerRequest request, String body) {
        return new Arrival(
                Ids.nextShort("req"),
                request.method().name(),
                request.path(),
                request.uri().getRawQuery(),
                body,
                request.headers().asHttpHeaders());
    }

    private Mono<ServerResponse> answer(ServerRequest request, Arrival arrival) {
        Fault fault = faults.take(arrival.method(), arrival.path(), arrival::brings);
        Journaling journaling = execution.journaling(arrival, fault);
        if (fault != null && fault.kind() == FaultKind.RATE_LIMIT) {
            Reply limited = execution.rateLimited(arrival, fault);
            journaling.answered(limited);
            return respond(arrival, limited);
        }
        if (fault != null && fault.kind() == FaultKind.CLOSE_BEFORE) {
            journaling.unanswered();
            return closed(request, Duration.ZERO);
        }
        Mono<Reply> effect = effect(arrival, fault).doOnNext(reply -> {
            if (isAnswered(fault)) {
                journaling.answered(reply);
            } else {
                journaling.unanswered();
            }
        });
        return shielded(effect)
                .flatMap(reply -> afterEffect(request, arrival, fault, reply))
                .doOnCancel(journaling::clientGone);
    }

    private static boolean isAnswered(@Nullable Fault fault) {
        return fault == null || (fault.kind() != FaultKind.TIMEOUT_AFTER && fault.kind() != FaultKind.CLOSE_AFTER);
    }

    /** A caller who goes away does not undo what they asked for: the work goes on without them, into the journal too. */
    private static Mono<Reply> shielded(Mono<Reply> work) {
        return Mono.fromFuture(work::toFuture, true);
    }

    private Mono<Reply> effect(Arrival arrival, @Nullable Fault fault) {
        FaultKind kind = fault == null ? null : fault.kind();
        Duration delay = fault != null && fault.kind() == FaultKind.LATENCY
                ? Duration.ofMillis(fault.delayMillis())
                : Duration.ZERO;
        return timeline.call(() -> execution.admit(arrival))
                .delayElement(delay)
                .flatMap(admitted -> timeline.call(() -> execution.execute(arrival, admitted, kind)))
                .onErrorResume(TurnLog.NotWritten.class, error -> Mono.just(execution.unwritten(arrival)));
    }

    private Mono<ServerResponse> afterEffect(
            ServerRequest request, Arrival arrival, @Nullable Fault fault, Reply reply) {
        if (fault != null && fault.kind() == FaultKind.TIMEOUT_AFTER) {
            return closed(request, Duration.ofMillis(fault.delayMillis()));
        }
        if (fault != null && fault.kind() == FaultKind.CLOSE_AFTER) {
            return closed(request, Duration.ZERO);
        }
        return respond(arrival, reply);
    }

    private static Mono<ServerResponse> respond(Arrival arrival, Reply reply) {
        ServerResponse.BodyBuilder response = ServerResponse.status(reply.status())
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> {
                    headers.set("Request-Id", arrival.requestId());
                    headers.set("Cache-Control", "no-cache, no-store");
                    reply.headers().forEach(headers::set);
                });
        byte[] bytes = reply.bytes();
        return bytes == null ? response.bodyValue(reply.body()) : response.bodyValue(bytes);
    }

    private static Mono<ServerResponse> closed(ServerRequest request, Duration wait) {
        return Mono.delay(wait).then(Mono.defer(() -> {
            if (request.exchange().getResponse() instanceof AbstractServerHttpResponse response) {
                HttpServerResponse netty = response.getNativeResponse();
                netty.withConnection(Connection::dispose);
            }
            return Mono.never();
        }));
    }
}
