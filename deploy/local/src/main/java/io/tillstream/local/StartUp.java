package io.tillstream.local;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;

/** Brings all parts up: each as soon as what it needs is ready, a few at a time. */
final class StartUp {
    private static final int AT_ONCE =
            3; // a JVM start keeps more than half a core busy: more would only get in each other's way

    private final LocalTillstream tillstream;
    private final BiConsumer<Part, Double> progress;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final Semaphore slots = new Semaphore(AT_ONCE, true);

    /** @param progress is told of each part that is ready, with the seconds it took */
    StartUp(LocalTillstream tillstream, BiConsumer<Part, Double> progress) {
        this.tillstream = tillstream;
        this.progress = progress;
    }

    void run() {
        checkPorts();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Map<Part, CompletableFuture<Void>> starts = new EnumMap<>(Part.class);
            for (Part part : tillstream.parts()) {
                CompletableFuture<?>[] needed = needs(part).stream()
                        .filter(starts::containsKey)
                        .map(starts::get)
                        .toArray(CompletableFuture<?>[]::new);
                starts.put(part, CompletableFuture.allOf(needed).thenRunAsync(() -> start(part), threads));
            }
            CompletableFuture<Void> all =
                    CompletableFuture.allOf(starts.values().toArray(CompletableFuture<?>[]::new));
            CompletableFuture.anyOf(all, failure).join();
            checkAlive();
        } catch (CompletionException cause) {
            if (cause.getCause() instanceof LocalFailure known) {
                throw known;
            }
            throw cause;
        } finally {
            threads.shutdownNow();
        }
    }

    /** What has to be ready before a part is started. The enum's order starts a part after all that it needs. */
    static Set<Part> needs(Part part) {
        return switch (part) {
            case POSTGRESQL, KAFKA, IDENTITY, STRIPE_SIMULATOR, GATEWAY -> EnumSet.noneOf(Part.class);
            case PAYMENT_SERVICE, ORDER_SERVICE, SUBSCRIPTION_SERVICE -> EnumSet.of(Part.POSTGRESQL, Part.KAFKA);
            case WEBHOOK_INGEST -> EnumSet.of(Part.KAFKA);
        };
    }

    private void start(Part part) {
        slots.acquireUninterruptibly();
        try {
            long begin = System.nanoTime();
            tillstream.start(part);
            progress.accept(part, (System.nanoTime() - begin) / 1e9);
        } catch (RuntimeException cause) {
            failure.completeExceptionally(cause);
            throw cause;
        } finally {
            slots.release();
        }
    }

    /** A part may have been ready, and have ended while others were still starting. */
    private void checkAlive() {
        for (Part part : tillstream.parts()) {
            String end = tillstream.endOf(part);
            if (end != null) {
                throw new LocalFailure(end);
            }
        }
    }

    /** All ports before any start: nobody waits a minute to hear of the last one. */
    private void checkPorts() {
        for (Part part : tillstream.parts()) {
            int port = tillstream.port(part);
            if (!FreePorts.isFree(port)) {
                throw new LocalFailure("Port " + port + " for " + part.label()
                        + " is taken by another process: stop that, or choose another: ./run --port " + part.label()
                        + "=" + (port + 1));
            }
        }
    }
}
