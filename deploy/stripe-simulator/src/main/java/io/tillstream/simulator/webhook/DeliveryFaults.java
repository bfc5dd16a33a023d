package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Resettable;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What is to go wrong on the way. Used on the timeline only. */
@Component
class DeliveryFaults implements Resettable {
    private final Owners owners;
    private final List<DeliveryFault> planted = new ArrayList<>();

    DeliveryFaults(Owners owners) {
        this.owners = owners;
    }

    void plant(DeliveryFault fault) {
        planted.add(fault);
    }

    boolean remove(String id) {
        return planted.removeIf(fault -> fault.id().equals(id));
    }

    List<DeliveryFault> all() {
        return List.copyOf(planted);
    }

    /** The fault that hits this delivery, if any; a counted one is used up by that. */
    @Nullable
    DeliveryFault take(Delivery delivery) {
        ListIterator<DeliveryFault> each = planted.listIterator();
        while (each.hasNext()) {
            DeliveryFault fault = each.next();
            if (!fault.hits(delivery, owners)) {
                continue;
            }
            if (fault.skip() > 0) {
                each.set(fault.left(fault.skip() - 1, fault.times()));
                continue;
            }
            Integer times = fault.times();
            if (times == null) {
                return fault;
            }
            if (times <= 1) {
                each.remove();
            } else {
                each.set(fault.left(0, times - 1));
            }
            return fault;
        }
        return null;
    }

    @Override
    public void reset() {
        planted.clear();
    }
}
