package io.tillstream.web.problem;

import io.tillstream.web.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Hooks;
import reactor.netty.channel.AbortedException;

/** A client that goes away while its answer is on the way is no fault of ours: one quiet line instead of a stack trace. */
final class DisconnectedClients implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DisconnectedClients.class);

    private static final int INTERNAL_ERROR = 500;

    private volatile boolean running;

    @Override
    public void start() {
        Hooks.onErrorDropped(DisconnectedClients::note);
        running = true;
    }

    /** Errors that nobody is left to hear of; all but a client's end and what was to be answered deserve to be looked at. */
    private static void note(Throwable dropped) {
        if (dropped instanceof Problem answer && answer.status() != INTERNAL_ERROR) {
            LOG.info(
                    "A client went away before its answer: {} {}: {}",
                    answer.status(),
                    answer.code(),
                    String.valueOf(answer.getCause()));
        } else if (AbortedException.isConnectionReset(dropped)) {
            LOG.info("A client went away before its answer: {}", dropped.getMessage());
        } else {
            LOG.error("An error came after the end", dropped);
        }
    }

    @Override
    public void stop() {
        Hooks.resetOnErrorDropped();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
