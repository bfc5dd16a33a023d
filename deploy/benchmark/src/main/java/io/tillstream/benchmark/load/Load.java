package io.tillstream.benchmark.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Some clients, each of which sends its next request when it has the answer to the last. */
public final class Load {
    private Load() {}

    /**
     * Does the work so many times in all.
     *
     * @param worker the work of client 0, 1, …
     * @return how long each took; the first failure ends the run with an exception
     */
    public static Latencies run(int clients, int times, IntFunction<Work> worker) {
        AtomicInteger left = new AtomicInteger(times);
        List<Callable<List<Long>>> tasks = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            Work work = worker.apply(client);
            tasks.add(() -> asOftenAsLeft(work, left));
        }
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        long begin = System.nanoTime();
        try {
            List<Long> nanos = new ArrayList<>();
            for (Future<List<Long>> task : threads.invokeAll(tasks)) {
                nanos.addAll(task.get());
            }
            return new Latencies(nanos, System.nanoTime() - begin);
        } catch (ExecutionException failure) {
            throw new IllegalStateException("a request failed: " + failure.getCause(), failure.getCause());
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Long> asOftenAsLeft(Work work, AtomicInteger left) throws IOException {
        List<Long> nanos = new ArrayList<>();
        try (work) {
            while (left.getAndDecrement() > 0) {
                long begin = System.nanoTime();
                work.once();
                nanos.add(System.nanoTime() - begin);
            }
        } catch (IOException | RuntimeException failure) {
            left.set(0);
            throw failure;
        }
        return nanos;
    }
}
