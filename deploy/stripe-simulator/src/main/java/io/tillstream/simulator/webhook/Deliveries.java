package io.tillstream.simulator.webhook;

import io.tillstream.simulator.event.EventDelivery;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Resettable;
import io.tillstream.simulator.state.Resumable;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings events to endpoints: each in the order in which things happened, several at a time, so that they may well
 * arrive in another. What is not answered with 2xx is sent again after growing waits. All methods are for the timeline.
 */
@Component
class Deliveries implements EventDelivery, Resettable, Resumable {
    private final Timeline timeline;
    private final Events events;
    private final WebhookEndpoints endpoints;
    private final DeliverySettings settings;
    private final Sender sender;
    private final OlderVersions versions;
    private final DeliveryJournal journal;
    private final Detours detours;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Map<String, Delivery> waiting = new LinkedHashMap<>();
    private final StateMap<Delivery.Open> open; // for the next process; copies end with this one
    private final Work retry;
    private final Work drop;
    private int underway;
    private int generation;

    Deliveries(
            Timeline timeline,
            Events events,
            WebhookEndpoints endpoints,
            DeliverySettings settings,
            Sender sender,
            OlderVersions versions,
            DeliveryJournal journal,
            Detours detours,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.endpoints = endpoints;
        this.settings = settings;
        this.sender = sender;
        this.versions = versions;
        this.journal = journal;
        this.detours = detours;
        this.open = stores.map("webhook.deliveries", Delivery.Open.class);
        this.retry = timeline.work("webhook.retry", this::due);
        this.drop = timeline.work("webhook.drop", with -> events.delivered(with.get(0), false));
        events.deliverTo(this);
    }

    @Override
    public int accept(ObjectNode event) {
        List<Endpoint> wanting = endpoints.wanting(Json.textOf(event, "type"));
        for (Endpoint endpoint : wanting) {
            Delivery delivery = Delivery.of(event, endpoint.id());
            open.put(delivery.id, delivery.open(false));
            detours.dispatch(delivery, this::setOut, this::drop);
        }
        return wanting.size();
    }

    void setOut(Delivery delivery) {
        underway++;
        lanes.computeIfAbsent(delivery.endpoint, unseen -> new Lane(settings.parallel(), this::attempt))
                .add(delivery);
    }

    /** Sends once, and says what came of it; empty if there is nothing left to send or nobody to send to. */
    private Mono<Attempt> attempt(Delivery delivery) {
        int startedIn = generation;
        return timeline.call(() -> prepare(delivery))
                .flatMap(prepared -> prepared.map(sending -> sender.send(sending.endpoint(), sending.event()))
                        .orElseGet(() -> Mono.just(Answer.notSent("the endpoint is gone or disabled"))))
                .flatMap(answer -> timeline.call(
                        () -> Optional.ofNullable(startedIn == generation ? conclude(delivery, answer) : null)))
                .flatMap(Mono::justOrEmpty);
    }

    private record Sending(Endpoint endpoint, ObjectNode event) {}

    private Optional<Sending> prepare(Delivery delivery) {
        Optional<Endpoint> endpoint = endpoints.enabled(delivery.endpoint);
        Optional<ObjectNode> event = events.find(delivery.event);
        if (endpoint.isEmpty() || event.isEmpty()) {
            return Optional.empty();
        }
        delivery.attempts++;
        String version = delivery.version == null ? endpoint.get().apiVersion() : delivery.version;
        return Optional.of(new Sending(endpoint.get(), versions.renderEvent(event.get(), version)));
    }

    private Attempt conclude(Delivery delivery, Answer answer) {
        underway--;
        boolean delivered = answer.isGood() && !delivery.answerIsLost;
        delivery.answerIsLost = false;
        boolean sent = endpoints.enabled(delivery.endpoint).isPresent();
        int failures = Math.max(0, delivery.attempts - 1);
        if (!delivered
                && sent
                && !delivery.copy
                && failures < settings.retries().size()) {
            Duration wait = settings.retries().get(failures);
            waiting.put(delivery.id, delivery);
            open.put(delivery.id, delivery.open(true));
            timeline.in(wait, retry, delivery.id, Integer.toString(delivery.attempts));
            return written(Attempt.of(delivery, answer, "failed", wait.toSeconds()));
        }
        open.remove(delivery.id);
        count(delivery, delivered);
        return written(Attempt.of(delivery, answer, delivered ? "delivered" : "given_up", null));
    }

    private void count(Delivery delivery, boolean success) {
        if (!delivery.counted) {
            delivery.counted = true;
            events.delivered(delivery.event, success);
        }
    }

    private Attempt written(Attempt attempt) {
        journal.write(attempt);
        return attempt;
    }

    /** The wait after an attempt is over, unless it was cut short on request; an older state kept no number of attempts. */
    private void due(List<String> with) {
        Delivery delivery = waiting.get(with.get(0));
        if (delivery != null && (with.size() == 1 || with.get(1).equals(Integer.toString(delivery.attempts)))) {
            setOutAgain(with.get(0));
        }
    }

    private void setOutAgain(String id) {
        Delivery delivery = waiting.remove(id);
        if (delivery != null) {
            open.put(id, delivery.open(false));
            setOut(delivery);
        }
    }

    private void drop(Delivery delivery) {
        journal.write(Attempt.of(delivery, Answer.notSent("dropped on request"), "dropped", null));
        // Not now: the event learns how many endpoints want it only after all were asked.
        open.remove(delivery.id);
        timeline.in(Duration.ZERO, drop, delivery.event);
    }

    /** Everything that waits for its next attempt sets out now. */
    int retryNow() {
        List<String> ids = List.copyOf(waiting.keySet());
        ids.forEach(this::setOutAgain);
        return ids.size();
    }

    /** Sends an event once more to all enabled endpoints, or to one. */
    Mono<List<Attempt>> resend(String event, @Nullable String endpoint) {
        return timeline.call(() -> again(event, endpoint))
                .flatMap(this::inTurn)
                .flatMap(sent -> timeline.call(() -> {
                    if (sent.stream().allMatch(Attempt::isDelivered)) {
                        events.deliveredAfterAll(event);
                    }
                    return sent;
                }));
    }

    private List<Delivery> again(String id, @Nullable String endpoint) {
        ObjectNode event = events.find(id).orElseThrow(() -> new IllegalArgumentException("no event " + id));
        List<Endpoint> targets = endpoint == null
                ? endpoints.wanting(Json.textOf(event, "type"))
                : List.of(endpoints
                        .enabled(endpoint)
                        .orElseThrow(() -> new IllegalArgumentException("no endpoint " + endpoint)));
        List<Delivery> deliveries = new ArrayList<>();
        for (Endpoint target : targets) {
            deliveries.add(Delivery.of(event, target.id()).copied());
        }
        return deliveries;
    }

    /** Sends one after the other, each answered before the next sets out. */
    Mono<List<Attempt>> inTurn(List<Delivery> deliveries) {
        return timeline.call(() -> underway += deliveries.size())
                .thenMany(Flux.fromIterable(deliveries).concatMap(this::attempt, 1))
                .collectList();
    }

    /** What the last process did not bring to its end: at worst something arrives twice, as with Stripe. */
    @Override
    public void resume() {
        for (String id : open.keys()) {
            Delivery.Open left = Objects.requireNonNull(open.get(id));
            Delivery delivery = Delivery.of(id, left);
            if (left.waits()) {
                waiting.put(id, delivery);
            } else {
                setOut(delivery);
            }
        }
    }

    ObjectNode state() {
        return Json.object()
                .put("underway", underway)
                .put("held", detours.held(null).size())
                .put("delayed", detours.delayed())
                .put("waiting_for_retry", waiting.size());
    }

    @Override
    public void reset() {
        generation++;
        underway = 0;
        waiting.clear();
        closeLanes();
    }

    @PreDestroy
    void closeLanes() {
        lanes.values().forEach(Lane::close);
        lanes.clear();
    }
}
