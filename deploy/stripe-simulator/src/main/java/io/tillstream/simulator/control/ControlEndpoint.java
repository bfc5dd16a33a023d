package io.tillstream.simulator.control;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Resettable;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
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

/** {@code /_simulator}: clock, faults, journal, counts and reset. JSON in and out, no key needed. */
@Configuration(proxyBeanMethods = false)
class ControlEndpoint {
    private static final int LONGEST_PAGE = 10_000; // a checker reads the whole journal in a few pages

    private final Timeline timeline;
    private final Stores stores;
    private final Journal journal;
    private final Faults faults;
    private final Events events;

    ControlEndpoint(Timeline timeline, Stores stores, Journal journal, Faults faults, Events events) {
        this.timeline = timeline;
        this.stores = stores;
        this.journal = journal;
        this.faults = faults;
        this.events = events;
    }

    @Bean
    RouterFunction<ServerResponse> controlRoutes(List<Resettable> resettables) {
        return RouterFunctions.route()
                .GET("/_simulator/clock", request -> turn(this::clock))
                .PUT("/_simulator/clock", request -> turn(request, this::setClock))
                .GET("/_simulator/state", request -> turn(this::state))
                .POST("/_simulator/reset", request -> turn(() -> reset(resettables)))
                .GET("/_simulator/journal", request -> turn(() -> readJournal(request)))
                .GET("/_simulator/events", request -> turn(() -> eventsOf(request)))
                .GET("/_simulator/faults", request -> turn(this::allFaults))
                .POST("/_simulator/faults", request -> turn(request, this::plant))
                .DELETE(
                        "/_simulator/faults/{id}",
                        request -> turn(() -> Json.object().put("deleted", faults.remove(request.pathVariable("id")))))
                .DELETE("/_simulator/faults", request -> turn(this::removeFaults))
                .onError(IllegalArgumentException.class, (error, request) -> refused(error))
                .onError(DateTimeException.class, (error, request) -> refused(error))
                .build();
    }

    private Mono<ServerResponse> turn(Supplier<ObjectNode> work) {
        return timeline.call(work).flatMap(answer -> ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Json.bytes(answer)));
    }

    private Mono<ServerResponse> turn(ServerRequest request, Function<ObjectNode, ObjectNode> work) {
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[] {'{', '}'})
                .flatMap(body -> turn(() -> work.apply(Json.parse(body))));
    }

    private static Mono<ServerResponse> refused(Throwable error) {
        return ServerResponse.badRequest()
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Json.bytes(Json.object().put("error", error.getMessage())));
    }

    private ObjectNode clock() {
        return Json.object()
                .put("now", timeline.instant().toString())
                .put("epoch", timeline.now())
                .put("upcoming", timeline.upcoming());
    }

    /** {@code {"now": "2030-01-01T00:00:00Z"}}, {@code {"advance": "PT24H"}} or {@code {"reset": true}}. */
    private ObjectNode setClock(ObjectNode wanted) {
        String now = Json.text(wanted, "now");
        String advance = Json.text(wanted, "advance");
        if (now != null) {
            timeline.set(Instant.parse(now));
        } else if (advance != null) {
            timeline.set(timeline.instant().plus(Duration.parse(advance)));
        } else if (Json.isTrue(wanted, "reset")) {
            timeline.set(Instant.now());
        } else {
            throw new IllegalArgumentException("the clock takes now, advance or reset");
        }
        return clock();
    }

    private ObjectNode state() {
        ObjectNode state = Json.object();
        ObjectNode counts = state.putObject("objects");
        stores.counts().forEach(counts::put);
        Runtime runtime = Runtime.getRuntime();
        return state.put("heap_used", runtime.totalMemory() - runtime.freeMemory())
                .put("heap_max", runtime.maxMemory());
    }

    private ObjectNode reset(List<Resettable> resettables) {
        stores.clear();
        timeline.reset();
        resettables.forEach(Resettable::reset);
        return clock();
    }

    private ObjectNode readJournal(ServerRequest request) {
        long after = Long.parseLong(request.queryParam("after").orElse("0"));
        int limit = Integer.parseInt(request.queryParam("limit").orElse("1000"));
        ObjectNode answer = Json.object();
        ArrayNode entries = answer.putArray("requests");
        journal.after(after, Math.min(limit, LONGEST_PAGE)).forEach(entries::add);
        answer.set("ignored", Json.array(journal.ignored()));
        return answer;
    }

    /** All events of one object, or of all that is one customer's, oldest first. */
    private ObjectNode eventsOf(ServerRequest request) {
        String id = request.queryParam("object")
                .or(() -> request.queryParam("customer"))
                .orElseThrow(() -> new IllegalArgumentException("which object, or which customer?"));
        boolean wide = request.queryParam("object").isEmpty();
        List<ObjectNode> found = events.query()
                .where(event -> {
                    JsonNode object = event.path("data").path("object");
                    return Json.is(object, "id", id) || (wide && Json.is(object, "customer", id));
                })
                .all();
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("events");
        for (int i = found.size() - 1; i >= 0; i--) {
            list.add(found.get(i));
        }
        return answer;
    }

    private ObjectNode allFaults() {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("faults");
        faults.all().forEach(fault -> list.add(fault.json()));
        return answer;
    }

    private ObjectNode plant(ObjectNode json) {
        JsonNode kind = json.path("kind");
        try {
            Fault fault = Fault.read(json);
            faults.plant(fault);
            return fault.json();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a fault (kind " + kind + "): " + e.getMessage(), e);
        }
    }

    private ObjectNode removeFaults() {
        faults.reset();
        return allFaults();
    }
}
