package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /_simulator/deliveries}: what was sent, what goes wrong, what is held back and let go in which order. */
@Configuration(proxyBeanMethods = false)
class DeliveryControl {
    private static final int LONGEST_PAGE = 10_000; // a checker reads the whole journal in a few pages

    private final Timeline timeline;
    private final Deliveries deliveries;
    private final Detours detours;
    private final DeliveryFaults faults;
    private final DeliveryJournal journal;
    private final WebhookEndpoints endpoints;

    DeliveryControl(
            Timeline timeline,
            Deliveries deliveries,
            Detours detours,
            DeliveryFaults faults,
            DeliveryJournal journal,
            WebhookEndpoints endpoints) {
        this.timeline = timeline;
        this.deliveries = deliveries;
        this.detours = detours;
        this.faults = faults;
        this.journal = journal;
        this.endpoints = endpoints;
    }

    @Bean
    RouterFunction<ServerResponse> deliveryRoutes() {
        return RouterFunctions.route()
                .GET("/_simulator/deliveries", request -> turn(() -> attempts(request)))
                .GET("/_simulator/deliveries/state", request -> turn(deliveries::state))
                .GET("/_simulator/deliveries/faults", request -> turn(this::allFaults))
                .POST("/_simulator/deliveries/faults", request -> body(request, json -> turn(() -> plant(json))))
                .DELETE("/_simulator/deliveries/faults", request -> turn(this::removeFaults))
                .DELETE(
                        "/_simulator/deliveries/faults/{id}",
                        request -> turn(() -> Json.object().put("deleted", faults.remove(request.pathVariable("id")))))
                .POST("/_simulator/deliveries/hold", request -> body(request, json -> turn(() -> hold(json))))
                .GET(
                        "/_simulator/deliveries/held",
                        request -> turn(() -> held(request.queryParam("hold").orElse(null))))
                .POST("/_simulator/deliveries/release", request -> body(request, this::release))
                .POST(
                        "/_simulator/deliveries/retry",
                        request -> turn(() -> Json.object().put("retried", deliveries.retryNow())))
                .POST(
                        "/_simulator/events/{id}/resend",
                        request -> body(
                                request,
                                json -> answer(deliveries
                                        .resend(request.pathVariable("id"), Json.text(json, "endpoint"))
                                        .map(DeliveryControl::listed))))
                .PUT(
                        "/_simulator/webhook_endpoints",
                        request -> body(
                                request,
                                json -> turn(() ->
                                        endpoints.register(Json.textOf(json, "url"), Json.textOf(json, "secret")))))
                .onError(RuntimeException.class, (error, request) -> ServerResponse.badRequest()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Json.bytes(Json.object().put("error", error.getMessage()))))
                .build();
    }

    private Mono<ServerResponse> turn(Supplier<ObjectNode> work) {
        return answer(timeline.call(work));
    }

    private static Mono<ServerResponse> answer(Mono<ObjectNode> work) {
        return work.flatMap(answer ->
                ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(Json.bytes(answer)));
    }

    private static Mono<ServerResponse> body(ServerRequest request, Function<ObjectNode, Mono<ServerResponse>> work) {
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[] {'{', '}'})
                .flatMap(body -> work.apply(Json.parse(body)));
    }

    private ObjectNode attempts(ServerRequest request) {
        long after = Long.parseLong(request.queryParam("after").orElse("0"));
        int limit = Integer.parseInt(request.queryParam("limit").orElse("1000"));
        @Nullable String event = request.queryParam("event").orElse(null);
        @Nullable String object = request.queryParam("object").orElse(null);
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("deliveries");
        journal.after(
                        after,
                        Math.min(limit, LONGEST_PAGE),
                        attempt -> (event == null || event.equals(attempt.event()))
                                && (object == null || object.equals(attempt.object())))
                .forEach(list::add);
        return answer;
    }

    private ObjectNode allFaults() {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("faults");
        faults.all().forEach(fault -> list.add(fault.json()));
        return answer;
    }

    private ObjectNode plant(ObjectNode json) {
        DeliveryFault fault = DeliveryFault.read(json);
        faults.plant(fault);
        return fault.json();
    }

    private ObjectNode removeFaults() {
        faults.reset();
        return allFaults();
    }

    /**
     * {@code {"types": "charge.*", "object": "pi_…", "metadata": {"user_id": "…"}}}, all optional: such deliveries stay
     * until released. Holds add up; the answer names this one.
     */
    private ObjectNode hold(ObjectNode json) {
        ObjectNode metadata = json.path("metadata") instanceof ObjectNode given ? given : Json.object();
        String hold = detours.hold(Json.text(json, "types"), Json.text(json, "object"), metadata);
        return held(hold).put("hold", hold);
    }

    private ObjectNode held(@Nullable String hold) {
        ObjectNode answer = Json.object().put("holding", detours.isHolding());
        ArrayNode list = answer.putArray("held");
        detours.held(hold).forEach(delivery -> list.add(delivery.json()));
        return answer;
    }

    /**
     * {@code {"events": ["evt_…", …]}} in that order, an id named twice is sent twice; or {@code {"order": "recorded" |
     * "reverse" | "shuffled"}} for all; {@code "hold"} is the one it is about, else it is about every one. Holding ends unless {@code
     * "keep_holding": true}. Answers when all are sent.
     */
    private Mono<ServerResponse> release(ObjectNode json) {
        return answer(
                timeline.call(() -> chosen(json)).flatMap(deliveries::inTurn).map(DeliveryControl::listed));
    }

    private List<Delivery> chosen(ObjectNode json) {
        String hold = Json.text(json, "hold");
        if (!Json.isTrue(json, "keep_holding")) {
            detours.holdNoMore(hold);
        }
        if (!json.has("events")) {
            List<Delivery> all = new ArrayList<>(detours.takeHeld(hold, any -> true));
            String order = Json.text(json, "order");
            if ("reverse".equals(order)) {
                Collections.reverse(all);
            } else if ("shuffled".equals(order)) {
                Collections.shuffle(all);
            }
            return all;
        }
        List<Delivery> inOrder = new ArrayList<>();
        List<Delivery> known = detours.held(hold);
        for (JsonNode id : json.path("events")) {
            for (Delivery delivery : known) {
                if (delivery.event.equals(id.asString())) {
                    inOrder.add(inOrder.contains(delivery) ? delivery.copied() : delivery);
                }
            }
        }
        List<Delivery> gone = detours.takeHeld(hold, inOrder::contains);
        if (gone.isEmpty() && !json.path("events").isEmpty()) {
            throw new IllegalArgumentException("none of these events is held");
        }
        return inOrder;
    }

    private static ObjectNode listed(List<Attempt> attempts) {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("deliveries");
        attempts.forEach(attempt -> list.add(attempt.json()));
        return answer;
    }
}
