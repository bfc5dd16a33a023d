package io.tillstream.chaos;

import io.tillstream.chaos.check.Checker;
import io.tillstream.chaos.check.Evidence;
import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.fault.FaultPlan;
import io.tillstream.chaos.fault.Faults;
import io.tillstream.chaos.fault.PlannedFault;
import io.tillstream.chaos.fault.ShortPlan;
import io.tillstream.chaos.load.Load;
import io.tillstream.chaos.load.RunLog;
import io.tillstream.chaos.machine.ConsumerLag;
import io.tillstream.chaos.machine.Machine;
import io.tillstream.chaos.machine.StripeTopic;
import io.tillstream.chaos.plan.LoadPlan;
import io.tillstream.chaos.plan.Step;
import io.tillstream.chaos.user.Users;
import io.tillstream.local.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** One run: rounds of load with faults in them, after each of which all has to settle; then the checks. */
final class ChaosRun {
    static final List<String> USERS = List.of("anna", "boris", "clara", "david", "elena", "felix");
    private static final long ROUND_MILLIS = 15_000;
    private static final double STEPS_PER_SECOND = 4; // of each some three requests: what two cores have to spare
    private static final double SHORT_STEPS_PER_SECOND = 6; // some forty orders in all
    private static final long USUAL_START_MILLIS = 20_000; // on two cores
    private static final double MOST_PACE = 6;
    private static final int STARTS = 6; // as much work as these may take a machine on which a start takes as long

    private static final List<String> CLOCK = List.of("time-passes");

    private final Options options;
    private final Path folder;
    private final RunReport report;
    private final RunFaults happened = new RunFaults();
    private Duration started = Duration.ZERO;
    private final ExecutorService threads = Executors.newCachedThreadPool(ChaosRun::daemon);

    /** @param folder of the run's log and data */
    ChaosRun(Options options, Path folder, RunReport report) {
        this.options = options;
        this.folder = folder;
        this.report = report;
    }

    /** Starts all, breaks it for as long as was asked for, and reports what came of it, also of a run that is cut short. */
    void run() {
        long begin = System.nanoTime();
        try (RunLog log = new RunLog(options.seed(), folder.resolve("operations.log"));
                Machine machine = Machine.start(
                        folder.resolve("data").toAbsolutePath(), USERS, options.doubled(), !options.shortened())) {
            started = Duration.ofNanos(System.nanoTime() - begin);
            report.note("the system was started in " + started.toSeconds() + " s");
            Stripe stripe = new Stripe(machine.local().url(Part.STRIPE_SIMULATOR));
            String broker = "127.0.0.1:" + machine.local().port(Part.KAFKA);
            Evidence evidence = Witness.evidence(machine);
            try (ConsumerLag lag = new ConsumerLag(machine);
                    StripeTopic topic = new StripeTopic(broker);
                    Faults faults = new Faults(machine, stripe, log)) {
                Users users = new Users(machine.local().url(Part.GATEWAY), stripe, USERS, tokens(machine), threads);
                Load load = new Load(users, threads, log);
                part("the warm-up", () -> WarmUp.run(options.seed(), USERS.size(), load, stripe));
                Settling settling = new Settling(machine, lag, new Deliveries(stripe, topic), evidence, log);
                part(
                        "the rounds",
                        () -> rounds(load, faults, machine, settling, log),
                        () -> part("the mending", () -> mend(machine, settling)));
                report.operations(load.done());
                part("the look for what was told", users::lookForWhatWasTold);
                users.unexpected().forEach(text -> report.breach("seen by a client: " + text));
                part(
                        "the check",
                        () -> report.checked(Checker.check(evidence.with(happened.in(evidence.expected())
                                .withRelayOutages(faults.relayOutages())
                                .withPoison(faults.poison(id -> topic.holds(Set.of(id))))))));
            }
        }
    }

    private void part(String name, Runnable work) {
        part(name, work, () -> {});
    }

    /** What fails does not take with it what was found before and may be found after. */
    private void part(String name, Runnable work, Runnable afterFailure) {
        try {
            work.run();
        } catch (RuntimeException failure) {
            report.failed(name, failure);
            afterFailure.run();
        }
    }

    /** So that the checker sees no more than what is wrong. */
    private void mend(Machine machine, Settling settling) {
        boolean unused = machine.mend();
        happened.ended(Instant.now());
        report.note("on its way after the rounds failed: " + settling.after(System.nanoTime(), settled()));
    }

    /** Where every commit is tested, the machine may be any: it is given the time that its start shows it to need. */
    private Duration settled() {
        Duration measured = started.multipliedBy(STARTS);
        return options.shortened() && measured.compareTo(options.settled()) > 0 ? measured : options.settled();
    }

    /** Else a slow machine would be at its first requests when the last fault is over, and no money would move. */
    private double pace() {
        return Math.min(MOST_PACE, Math.max(1, started.toMillis() / (double) USUAL_START_MILLIS));
    }

    private Supplier<List<PlannedFault>> plan() {
        return options.shortened()
                ? () -> ShortPlan.of(options.seed(), pace())
                : new FaultPlan(options.seed(), options.faults(), options.doubled(), ROUND_MILLIS)::nextRound;
    }

    private List<Step> steps(int round) {
        return options.shortened()
                ? LoadPlan.of(
                                options.seed(),
                                round,
                                ShortPlan.millis(pace()),
                                USERS.size(),
                                SHORT_STEPS_PER_SECOND / pace())
                        .stream()
                        .filter(step -> !step.isAlone())
                        .toList()
                : LoadPlan.of(options.seed(), round, ROUND_MILLIS, USERS.size(), STEPS_PER_SECOND);
    }

    private void rounds(Load load, Faults faults, Machine machine, Settling settling, RunLog log) {
        Supplier<List<PlannedFault>> plan = plan();
        long end = System.nanoTime() + options.time().toNanos();
        for (int round = 1; round == 1 || System.nanoTime() < end; round++) {
            List<PlannedFault> broken = plan.get();
            List<Step> steps = steps(round);
            log.line("round " + round + ": " + broken);
            for (Step step : steps.stream().filter(Step::isAlone).toList()) {
                load.runNow(step);
                settle(round, CLOCK, System.nanoTime(), settling);
            }
            happened.begin();
            CompletableFuture<Void> breaking = faults.run(broken);
            try {
                load.run(steps.stream().filter(step -> !step.isAlone()).toList());
            } finally {
                join(breaking, round);
            }
            if (!machine.local().isRunning(Part.STRIPE_SIMULATOR)) {
                report.breach("the Stripe simulator died in round " + round + ": nobody judges what its journals had");
            }
            long quiet = System.nanoTime(); // of the load and the faults, whichever was longer
            long since = machine.mend() ? System.nanoTime() : quiet;
            happened.ended(Instant.now());
            settle(round, broken.stream().map(PlannedFault::label).toList(), since, settling);
        }
    }

    private void join(CompletableFuture<Void> breaking, int round) {
        try {
            breaking.join();
        } catch (CompletionException failure) {
            report.note("round " + round + ": a fault could not be made: " + failure.getCause());
        }
    }

    /** @param since nothing is broken and nobody does anything, by {@link System#nanoTime()} */
    private void settle(int round, List<String> broken, long since, Settling settling) {
        List<String> left = settling.after(since, settled());
        long millis = (System.nanoTime() - since) / 1_000_000;
        report.recovery(new Recovery(round, broken, millis, left));
        System.out.println(report.lastRound());
    }

    private static Map<String, String> tokens(Machine machine) {
        Map<String, String> tokens = new HashMap<>();
        USERS.forEach(user -> tokens.put(user, machine.local().token(user)));
        tokens.put("operator", machine.local().token("operator"));
        return tokens;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "user");
        thread.setDaemon(true);
        return thread;
    }
}
