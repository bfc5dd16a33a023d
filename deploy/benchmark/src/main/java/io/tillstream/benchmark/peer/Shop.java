package io.tillstream.benchmark.peer;

import io.tillstream.benchmark.load.Work;
import io.tillstream.benchmark.measure.ProcessorTime;
import java.util.Map;

/** Something that takes orders, and Stripe's events about them. */
public interface Shop extends AutoCloseable {
    /** The stand-in for Stripe among the processes: its work is not the shop's. */
    String SIMULATOR = "stripe-simulator";

    String name();

    /** Who buys one book after the other, each paid by card with the order. */
    Work buyer(int number);

    /**
     * Waits until all orders are paid by the word of Stripe's events, and nothing is left to do.
     *
     * @throws IllegalStateException when that does not come: something was lost
     */
    void awaitSettled(int orders);

    /** Of each of its processes. */
    ProcessorTime processorTime();

    /** So many statements each of its databases has had. */
    Map<String, Long> statements();

    @Override
    void close();
}
