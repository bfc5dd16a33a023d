package io.tillstream.simulator.subscription;

import io.tillstream.simulator.proration.Charged;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What each item was charged for the time it has now. */
@Component
class Ledger {
    private final StateMap<Charged> byItem;

    Ledger(Stores stores) {
        this.byItem = stores.map("subscription.charged", Charged.class);
    }

    @Nullable
    Charged of(String item) {
        return byItem.get(item);
    }

    void keep(Map<String, Charged> charged) {
        charged.forEach(byItem::put);
    }

    void forget(String item) {
        byItem.remove(item);
    }
}
