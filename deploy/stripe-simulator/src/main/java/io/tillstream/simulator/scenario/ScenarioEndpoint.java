package io.tillstream.simulator.scenario;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.dispute.Disputes;
import io.tillstream.simulator.dispute.EarlyFraudWarnings;
import io.tillstream.simulator.paymentintent.PaymentIntents;
import io.tillstream.simulator.price.Prices;
import io.tillstream.simulator.refund.Refunds;
import io.tillstream.simulator.setupintent.SetupIntents;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** {@code /_simulator/…}: authenticate, answer a debit, fail a refund, dispute and warn, each at the moment it is asked. */
@Configuration(proxyBeanMethods = false)
class ScenarioEndpoint {
    private static final String USUAL_FAILURE = "insufficient_funds";

    private final Timeline timeline;
    private final PaymentIntents intents;
    private final SetupIntents setups;
    private final Refunds refunds;
    private final Disputes disputes;

    ScenarioEndpoint(
            Timeline timeline, PaymentIntents intents, SetupIntents setups, Refunds refunds, Disputes disputes) {
        this.timeline = timeline;
        this.intents = intents;
        this.setups = setups;
        this.refunds = refunds;
        this.disputes = disputes;
    }

    @Bean
    RouterFunction<ServerResponse> scenarioRoutes(EarlyFraudWarnings warnings, Prices prices) {
        return RouterFunctions.route()
                .POST(
                        "/_simulator/payment_intents/{id}/authenticate",
                        request -> act(
                                request,
                                body -> intents.authenticate(
                                        known(
                                                request,
                                                intents.store()
                                                        .find(id(request))
                                                        .isPresent()),
                                        Json.isTrue(body, "success"))))
                .POST(
                        "/_simulator/payment_intents/{id}/settle",
                        request -> act(
                                request,
                                body -> intents.settle(
                                        known(
                                                request,
                                                intents.store()
                                                        .find(id(request))
                                                        .isPresent()),
                                        Json.isTrue(body, "success")
                                                ? null
                                                : Objects.requireNonNullElse(
                                                        Json.text(body, "failure"), USUAL_FAILURE))))
                .POST(
                        "/_simulator/setup_intents/{id}/authenticate",
                        request -> act(
                                request,
                                body -> setups.authenticate(
                                        known(
                                                request,
                                                setups.store().find(id(request)).isPresent()),
                                        Json.isTrue(body, "success"))))
                .POST("/_simulator/refunds/{id}/fail", request -> act(request, body -> failRefund(request, body)))
                .POST(
                        "/_simulator/charges/{id}/dispute",
                        request -> act(
                                request,
                                body -> disputes.open(
                                        id(request),
                                        Objects.requireNonNullElse(Json.text(body, "reason"), "fraudulent"),
                                        Json.isTrue(body, "inquiry"))))
                .POST(
                        "/_simulator/disputes/{id}/close",
                        request -> act(request, body -> disputes.decide(id(request), Json.isTrue(body, "won"))))
                .POST(
                        "/_simulator/charges/{id}/fraud_warning",
                        request -> act(request, body -> warnings.warn(id(request))))
                .POST("/_simulator/prices/{id}/delete", request -> act(request, body -> prices.delete(id(request))))
                .onError(StripeError.class, (error, request) -> refused(error))
                .onError(IllegalStateException.class, (error, request) -> refused(error))
                .build();
    }

    private ObjectNode failRefund(ServerRequest request, ObjectNode body) {
        String reason = Objects.requireNonNullElse(Json.text(body, "reason"), "expired_or_canceled_card");
        refunds.fail(id(request), reason);
        return refunds.store().get(id(request));
    }

    private static String id(ServerRequest request) {
        return request.pathVariable("id");
    }

    private static String known(ServerRequest request, boolean known) {
        if (!known) {
            throw new IllegalStateException("no " + id(request));
        }
        return id(request);
    }

    private Mono<ServerResponse> act(ServerRequest request, Function<ObjectNode, ObjectNode> work) {
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[] {'{', '}'})
                .flatMap(body -> timeline.call(() -> work.apply(Json.parse(body))))
                .flatMap(answer -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(answer.toString()));
    }

    private static Mono<ServerResponse> refused(Throwable error) {
        return ServerResponse.badRequest()
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Json.object().put("error", error.getMessage()).toString());
    }
}
