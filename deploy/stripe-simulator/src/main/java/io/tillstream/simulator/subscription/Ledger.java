package io.tillstream.simulator.subscription;

import io.tillstream.simulator.proration.Charged;
import io.tillstream.simulator.state.Resettable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What each item was charged for the time it has now. */
@Component
class Ledger implements Resettable {
    private final Map<String, Charged> byItem = new HashMap<>();

    @Nullable
    Charged of(String item) {
        return byItem.get(item);
    }

    void keep(Map<String, Charged> charged) {
        byItem.putAll(charged);
    }

    void forget(String item) {
        byItem.remove(item);
    }

    @Override
    public void reset() {
        byItem.clear();
    }
}
