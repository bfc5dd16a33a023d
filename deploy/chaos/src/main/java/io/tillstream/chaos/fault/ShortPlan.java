package io.tillstream.chaos.fault;

import java.util.List;
import java.util.Random;

/**
 * One round of a quarter of a minute, on a slow machine of longer, in which the three things fail that fail most: Stripe's connections, a service, and what
 * it stores or publishes by. What hits whom follows from the seed.
 */
public final class ShortPlan {
    private static final long MILLIS = 14_000;

    /** All that may come. */
    public static final List<FaultKind> KINDS = List.of(
            FaultKind.STRIPE_HANGS_UP,
            FaultKind.STRIPE_LOSES_ANSWERS,
            FaultKind.KILL,
            FaultKind.KAFKA_KILL,
            FaultKind.POSTGRES_KILL);

    private static final List<String> SERVICES = List.of("order-service", "payment-service", "subscription-service");

    private ShortPlan() {}

    /**
     * How long the load lasts.
     *
     * @param pace how many times as long the machine takes for all as one that has nothing else to do
     */
    public static long millis(double pace) {
        return (long) (MILLIS * pace);
    }

    /**
     * In the order of their time; money moves before, between and after.
     *
     * @param pace as of {@link #millis}
     */
    public static List<PlannedFault> of(long seed, double pace) {
        Random random = new Random(seed ^ 0x5407);
        FaultKind cut = random.nextBoolean() ? FaultKind.STRIPE_HANGS_UP : FaultKind.STRIPE_LOSES_ANSWERS;
        FaultKind server = random.nextBoolean() ? FaultKind.KAFKA_KILL : FaultKind.POSTGRES_KILL;
        return List.of(
                fault(cut, "* /v1/**", 4_000, 2_000, pace),
                fault(FaultKind.KILL, SERVICES.get(random.nextInt(SERVICES.size())), 8_000, 1_000, pace),
                fault(server, "", 11_000, 1_500, pace));
    }

    private static PlannedFault fault(FaultKind kind, String target, long at, long lasts, double pace) {
        return new PlannedFault(kind, target, (long) (at * pace), (long) (lasts * pace));
    }
}
