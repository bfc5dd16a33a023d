package io.tillstream.chaos.machine;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Which of a service's instances take requests, asked every second as a cluster asks: those that do come first, in turn. */
final class Readiness implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, Readiness::daemon);
    private final Map<Integer, Boolean> ready = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    /** From now on this port is asked. */
    void watch(int port) {
        if (ready.putIfAbsent(port, false) == null) {
            var unused = clock.scheduleWithFixedDelay(
                    () -> ready.put(port, isReady(port)), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** These ports, those that are ready first, and of them another one first each time. */
    List<Integer> inOrder(List<Integer> ports) {
        int first = turn.getAndIncrement();
        List<Integer> best = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            int port = ports.get(Math.floorMod(first + i, ports.size()));
            (ready.getOrDefault(port, false) ? best : others).add(port);
        }
        best.addAll(others);
        return best;
    }

    boolean isReady(int port) {
        try {
            URI address = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
            HttpRequest request = HttpRequest.newBuilder(address).timeout(EVERY).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException away) {
            return false;
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "readiness");
        thread.setDaemon(true);
        return thread;
    }
}
