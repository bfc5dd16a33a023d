package io.tillstream.chaos.fault;

import io.tillstream.chaos.check.observation.RelayOutage;
import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.load.RunLog;
import io.tillstream.chaos.machine.Instance;
import io.tillstream.chaos.machine.Machine;
import io.tillstream.local.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Breaks what the plan says, and mends it. */
public final class Faults implements AutoCloseable {
    private static final String TWO_SECONDS = ", \"delay_millis\": 2000";

    private final ExecutorService threads = Executors.newCachedThreadPool(Faults::daemon);
    private final ProcessFaults processes;
    private final StripeFaults stripe;
    private final Poison poison;
    private final RunLog log;
    private final List<RelayOutage> relayOutages = new CopyOnWriteArrayList<>();

    public Faults(Machine machine, Stripe stripe, RunLog log) {
        this.processes = new ProcessFaults(machine);
        this.stripe = new StripeFaults(stripe);
        this.poison = new Poison("127.0.0.1:" + machine.local().port(Part.KAFKA));
        this.log = log;
    }

    /**
     * Begins to break what is planned for a round, each at its time; done when all of it is mended: a process takes requests
     * again, a connection is open again, Stripe answers again.
     */
    public CompletableFuture<Void> run(List<PlannedFault> faults) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (PlannedFault fault : faults) {
            running.add(CompletableFuture.runAsync(() -> run(fault), threads));
        }
        return CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new));
    }

    /**
     * The ids of all poison that was planted.
     *
     * @param isThere whether a record is on {@code stripe.events}
     */
    public Set<String> poison(Predicate<String> isThere) {
        return poison.planted(isThere);
    }

    /** Of all faults until now. */
    public List<RelayOutage> relayOutages() {
        return List.copyOf(relayOutages);
    }

    private void run(PlannedFault fault) {
        pause(fault.atMillis());
        Breakage breakage = breakage(fault);
        log.line("fault begins: " + fault.label() + " for " + fault.lastsMillis() + " ms");
        Instant begin = Instant.now();
        try {
            breakage.begin().run();
            pause(fault.lastsMillis());
        } finally {
            breakage.end().run();
            log.line("fault is mended: " + fault.label());
            relayOutages.add(new RelayOutage(fault.stoppedRelays(), begin, Instant.now()));
        }
    }

    private Breakage breakage(PlannedFault fault) {
        String target = fault.target();
        return switch (fault.kind()) {
            case KILL -> processes.kill(Instance.labeled(target));
            case PAUSE -> processes.pause(Instance.labeled(target));
            case ROLLING_RESTART -> processes.rolling(Instance.labeled(target).part());
            case REBALANCE -> processes.restart(Instance.labeled(target));
            case IDENTITY_KILL -> processes.kill(Instance.labeled(Part.IDENTITY.label()));
            case KAFKA_KILL -> processes.kill(Instance.labeled(Part.KAFKA.label()));
            case KAFKA_RESTART -> processes.restart(Instance.labeled(Part.KAFKA.label()));
            case KAFKA_PAUSE -> processes.pause(Instance.labeled(Part.KAFKA.label()));
            case POSTGRES_KILL -> processes.kill(Instance.labeled(Part.POSTGRESQL.label()));
            case POSTGRES_RESTART -> processes.restart(Instance.labeled(Part.POSTGRESQL.label()));
            case DATABASE_CUT -> processes.cut(Instance.labeled(target).part());
            case DATABASE_SLOW -> processes.slow(Instance.labeled(target).part());
            case STRIPE_PAUSE -> processes.pause(Instance.labeled(Part.STRIPE_SIMULATOR.label()));
            case POISON -> Breakage.atOnce(poison::plant);
            default -> atStripe(fault.kind(), target);
        };
    }

    private Breakage atStripe(FaultKind kind, String operation) {
        return switch (kind) {
            case STRIPE_ERRORS -> stripe.answers(operation, "error_before", "");
            case STRIPE_LATE_ERRORS -> stripe.answers(operation, "error_after", "");
            case STRIPE_TIMEOUTS -> stripe.answers(operation, "timeout_after", "");
            case STRIPE_BUSY -> stripe.answers(operation, "rate_limit", ", \"reason\": \"global-rate\"");
            case STRIPE_LOCKED -> stripe.answers(operation, "rate_limit", "");
            case STRIPE_SLOW -> stripe.answers(operation, "latency", TWO_SECONDS);
            case STRIPE_HANGS_UP -> stripe.answers(operation, "close_before", "");
            case STRIPE_LOSES_ANSWERS -> stripe.answers(operation, "close_after", "");
            case DELIVERIES_DOUBLED -> stripe.deliveries("duplicate", ", \"copies\": 2");
            case DELIVERIES_REORDERED -> stripe.deliveries("reorder", ", \"window\": 6" + TWO_SECONDS);
            case DELIVERIES_DELAYED -> stripe.deliveries("delay", ", \"delay_millis\": 3000");
            case DELIVERIES_DROPPED -> stripe.deliveries("drop", "");
            case DELIVERIES_UNHEARD -> stripe.deliveries("lost_answer", "");
            case DELIVERIES_OLDER -> stripe.deliveries("older_version", ", \"api_version\": \"2022-08-01\"");
            default -> throw new IllegalArgumentException(kind + " is none of Stripe's");
        };
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "fault");
        thread.setDaemon(true);
        return thread;
    }
}
