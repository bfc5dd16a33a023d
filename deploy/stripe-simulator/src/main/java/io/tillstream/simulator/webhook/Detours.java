package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Resettable;
import io.tillstream.simulator.state.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What happens to deliveries before they set out: held back, gathered, delayed, doubled or lost. For the timeline. */
@Component
class Detours implements Resettable {
    private final Timeline timeline;
    private final DeliveryFaults faults;
    private final List<Delivery> held = new ArrayList<>();
    private final Map<String, List<Delivery>> gathered = new HashMap<>(); // by the fault that gathers
    private @Nullable Predicate<Delivery> holding;
    private int delayed;

    Detours(Timeline timeline, DeliveryFaults faults) {
        this.timeline = timeline;
        this.faults = faults;
    }

    void dispatch(Delivery delivery, Consumer<Delivery> onward, Consumer<Delivery> drop) {
        if (holding != null && holding.test(delivery)) {
            held.add(delivery);
            return;
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

    void hold(Predicate<Delivery> which) {
        holding = which;
    }

    void holdNoMore() {
        holding = null;
    }

    boolean isHolding() {
        return holding != null;
    }

    List<Delivery> held() {
        return List.copyOf(held);
    }

    int delayed() {
        return delayed;
    }

    /** Gives the held deliveries that are wanted, and forgets them. */
    List<Delivery> takeHeld(Predicate<Delivery> wanted) {
        List<Delivery> taken = held.stream().filter(wanted).toList();
        held.removeAll(taken);
        return taken;
    }

    @Override
    public void reset() {
        held.clear();
        gathered.clear();
        holding = null;
        delayed = 0;
    }
}
