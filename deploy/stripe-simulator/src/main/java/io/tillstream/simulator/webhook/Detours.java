package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Resettable;
import io.tillstream.simulator.state.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What happens to deliveries before they set out: held back, gathered, delayed, doubled or lost. For the timeline. */
@Component
class Detours implements Resettable {
    private final Timeline timeline;
    private final DeliveryFaults faults;
    private final Owners owners;
    private final Map<String, Predicate<Delivery>> holds = new LinkedHashMap<>();
    private final List<Held> held = new ArrayList<>();
    private final Map<String, List<Delivery>> gathered = new HashMap<>(); // by the fault that gathers
    private int delayed;

    /** @param by the hold that keeps it */
    private record Held(String by, Delivery delivery) {}

    Detours(Timeline timeline, DeliveryFaults faults, Owners owners) {
        this.timeline = timeline;
        this.faults = faults;
        this.owners = owners;
    }

    void dispatch(Delivery delivery, Consumer<Delivery> onward, Consumer<Delivery> drop) {
        for (Map.Entry<String, Predicate<Delivery>> hold : holds.entrySet()) {
            if (hold.getValue().test(delivery)) {
                held.add(new Held(hold.getKey(), delivery));
                return;
            }
        }
        DeliveryFault fault = faults.take(delivery);
        if (fault == null) {
            onward.accept(delivery);
            return;
        }
        switch (fault.kind()) {
            case DUPLICATE -> {
                onward.accept(delivery);
                for (int i = 0; i < fault.copies(); i++) {
                    onward.accept(delivery.copied());
                }
            }
            case DELAY -> {
                delayed++;
                timeline.inThisProcess(Duration.ofMillis(fault.delayMillis()), () -> {
                    delayed--;
                    onward.accept(delivery);
                });
            }
            case REORDER -> gather(fault, delivery, onward);
            case DROP -> drop.accept(delivery);
            case LOST_ANSWER -> {
                delivery.answerIsLost = true;
                onward.accept(delivery);
            }
            case OLDER_VERSION -> {
                delivery.version = fault.apiVersion();
                onward.accept(delivery);
            }
        }
    }

    private void gather(DeliveryFault fault, Delivery delivery, Consumer<Delivery> onward) {
        List<Delivery> group = gathered.computeIfAbsent(fault.id(), unseen -> new ArrayList<>());
        if (group.isEmpty()) {
            timeline.inThisProcess(
                    Duration.ofMillis(fault.delayMillis()), () -> releaseGathered(fault.id(), group, onward));
        }
        group.add(delivery);
        delayed++;
        if (group.size() >= fault.window()) {
            releaseGathered(fault.id(), group, onward);
        }
    }

    private void releaseGathered(String fault, List<Delivery> group, Consumer<Delivery> onward) {
        if (!gathered.remove(fault, group)) {
            return; // it was full before its time was up
        }
        delayed -= group.size();
        for (int i = group.size() - 1; i >= 0; i--) {
            onward.accept(group.get(i));
        }
    }

    /** Keeps what is of these types, of this object and of this owner, as far as they are said; gives the hold's id. */
    String hold(@Nullable String types, @Nullable String object, ObjectNode metadata) {
        String id = Ids.nextShort("hold");
        holds.put(
                id,
                delivery -> (types == null || RecordedEvents.matches(types, delivery.type))
                        && (object == null || object.equals(delivery.object))
                        && owners.bear(metadata, delivery));
        return id;
    }

    /** Ends one hold, or all; what was held stays so until it is taken. */
    void holdNoMore(@Nullable String hold) {
        if (hold == null) {
            holds.clear();
        } else {
            holds.remove(hold);
        }
    }

    boolean isHolding() {
        return !holds.isEmpty();
    }

    /** What one hold keeps, or all of them do. */
    List<Delivery> held(@Nullable String hold) {
        return held.stream()
                .filter(each -> hold == null || hold.equals(each.by()))
                .map(Held::delivery)
                .toList();
    }

    int delayed() {
        return delayed;
    }

    /** Gives what one hold, or all of them, keep and is wanted, and forgets it. */
    List<Delivery> takeHeld(@Nullable String hold, Predicate<Delivery> wanted) {
        List<Delivery> taken = held(hold).stream().filter(wanted).toList();
        held.removeIf(each -> taken.contains(each.delivery()));
        return taken;
    }

    @Override
    public void reset() {
        held.clear();
        gathered.clear();
        holds.clear();
        delayed = 0;
    }
}
