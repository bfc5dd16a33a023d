package io.tillstream.simulator.storage;

import io.tillstream.simulator.state.Kept;
import io.tillstream.simulator.state.Resumable;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;

/** Before the first request everything is read back; from then on each turn is written. Without a folder it does nothing. */
@Component
class Storage implements SmartInitializingSingleton {
    private static final Duration LAST_TURN = Duration.ofSeconds(10); // for what is still under way at a stop

    private final StorageSettings settings;
    private final Stores stores;
    private final Timeline timeline;
    private final List<Resumable> resumables;
    private @Nullable StateLog turns;

    Storage(StorageSettings settings, Stores stores, Timeline timeline, List<Resumable> resumables) {
        this.settings = settings;
        this.stores = stores;
        this.timeline = timeline;
        this.resumables = resumables;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!settings.folder().isEmpty()) {
            turns = timeline.call(this::start).block();
        }
    }

    private StateLog start() {
        List<Kept> state = new ArrayList<>(stores.kept());
        state.add(timeline);
        try {
            StateFolder folder = new StateFolder(Path.of(settings.folder()));
            Restoration.Position position = new Restoration(folder, state).restore();
            LogFile file = new LogFile(folder.log(position.number()), position.end());
            Compaction compaction =
                    new Compaction(folder, state, settings.compactAfter().toBytes(), position.number());
            state.forEach(Kept::keep);
            StateLog log = new StateLog(state, compaction, file, position.sequence());
            timeline.writeTo(log);
            resumables.forEach(Resumable::resume);
            timeline.catchUp(position.time());
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the state cannot be read from " + settings.folder() + ": " + e.getMessage(), e);
        }
    }

    @PreDestroy
    void stop() {
        StateLog log = turns;
        if (log != null) {
            Boolean unused = timeline.call(() -> closed(log)).block(LAST_TURN);
        }
    }

    private static boolean closed(StateLog log) {
        try {
            log.close();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
