package io.tillstream.web.start;

import java.time.Duration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * The first to stop: readiness goes off and requests are still taken for some seconds, until load balancers have
 * noticed. After that the web server drains, then everything else stops.
 */
final class ReadinessShutdownDelay implements SmartLifecycle {

    private final ApplicationContext context;
    private final Duration delay;
    private volatile boolean running;
    private volatile Disposable waiting = Disposables.disposed();

    ReadinessShutdownDelay(ApplicationContext context, Duration delay) {
        this.context = context;
        this.delay = delay;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        waiting.dispose();
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        waiting = Mono.delay(delay).doFinally(end -> callback.run()).subscribe();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A pause of the context is no shutdown: what goes on afterwards would stay unready, as Spring Boot says it once only. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE; // phases stop from high to low; the web server has MAX_VALUE - 1024
    }
}
