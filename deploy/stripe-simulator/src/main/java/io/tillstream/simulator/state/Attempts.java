package io.tillstream.simulator.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** What is refused changes nothing: all that it changed until then is taken back. */
@Component
public final class Attempts {
    private final Stores stores;
    private final Timeline timeline;

    Attempts(Stores stores, Timeline timeline) {
        this.stores = stores;
        this.timeline = timeline;
    }

    /**
     * Within a turn, and not within another attempt.
     *
     * @param leavesSomething whether what was changed until this failure stays, as a declined payment does
     */
    public <T> T make(Supplier<T> work, Predicate<RuntimeException> leavesSomething) {
        each(Kept::attempt);
        try {
            T done = work.get();
            each(Kept::settle);
            return done;
        } catch (RuntimeException failure) {
            each(leavesSomething.test(failure) ? Kept::settle : Kept::takeBack);
            throw failure;
        }
    }

    private void each(Consumer<Kept> does) {
        List<Kept> parts = new ArrayList<>(stores.kept());
        parts.add(timeline);
        parts.forEach(does);
    }
}
