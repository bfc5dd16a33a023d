package io.tillstream.chaos.fault;

import io.tillstream.chaos.machine.Instance;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that can be broken, by the name that {@code --faults} takes. */
public enum FaultKind {
    KILL("kill -9 of a service's process, and its start", Targets.SERVICES),
    PAUSE("SIGSTOP of a service's process, then SIGCONT", Targets.SERVICES),
    ROLLING_RESTART("every instance of a service is stopped and started, one after the other", Targets.DOUBLED),
    REBALANCE("a second instance of a consumer leaves and comes back, others stay", Targets.SECOND),
    IDENTITY_KILL("kill -9 of the identity provider, and its start", Targets.ONE),
    KAFKA_KILL("kill -9 of the Kafka broker, and its start", Targets.ONE),
    KAFKA_RESTART("the Kafka broker is stopped and started", Targets.ONE),
    KAFKA_PAUSE("SIGSTOP of the Kafka broker, then SIGCONT", Targets.ONE),
    POSTGRES_KILL("kill -9 of PostgreSQL, and its start", Targets.ONE),
    POSTGRES_RESTART("PostgreSQL is stopped and started", Targets.ONE),
    DATABASE_CUT("a service's connections to its database are cut, new ones refused", Targets.DATABASES),
    DATABASE_SLOW("each packet between a service and its database waits 150 ms", Targets.DATABASES),
    STRIPE_PAUSE("SIGSTOP of the Stripe simulator, then SIGCONT", Targets.ONE),
    STRIPE_ERRORS("Stripe answers 500 and has done nothing", Targets.OPERATIONS),
    STRIPE_LATE_ERRORS("Stripe answers 500 and has done it", Targets.OPERATIONS),
    STRIPE_TIMEOUTS("Stripe does it and never answers", Targets.OPERATIONS),
    STRIPE_BUSY("Stripe answers 429", Targets.OPERATIONS),
    STRIPE_LOCKED("Stripe answers 429, as somebody else works on the object", Targets.OPERATIONS),
    STRIPE_SLOW("Stripe's answers take two seconds more", Targets.OPERATIONS),
    STRIPE_HANGS_UP("Stripe closes the connection before it did anything", Targets.OPERATIONS),
    STRIPE_LOSES_ANSWERS("Stripe does it and closes the connection", Targets.OPERATIONS),
    DELIVERIES_DOUBLED("each of Stripe's events comes three times", Targets.ONE),
    DELIVERIES_REORDERED("Stripe's events come newest first", Targets.ONE),
    DELIVERIES_DELAYED("Stripe's events come seconds later", Targets.ONE),
    DELIVERIES_DROPPED("Stripe's events never come, and stay marked as not delivered", Targets.ONE),
    DELIVERIES_UNHEARD("Stripe does not hear our answer, and sends each event again", Targets.ONE),
    DELIVERIES_OLDER("Stripe's events have the shape of an older API version", Targets.ONE),
    POISON("records that nobody can read lie on stripe.events", Targets.ONE);

    /** What kinds of faults may hit. */
    private enum Targets {
        ONE,
        SERVICES,
        DOUBLED,
        SECOND,
        DATABASES,
        OPERATIONS;

        List<String> all() {
            return switch (this) {
                case ONE -> List.of("");
                case SERVICES ->
                    Stream.of(Stream.of("gateway"), DOUBLED.all().stream(), SECOND.all().stream())
                            .flatMap(each -> each)
                            .toList();
                case DOUBLED ->
                    Instance.DOUBLED.stream().map(part -> part.label()).toList();
                case SECOND -> DOUBLED.all().stream().map(label -> label + "-2").toList();
                case DATABASES -> List.of("order-service", "payment-service", "subscription-service");
                case OPERATIONS -> List.of("* /v1/**", "POST /v1/payment_intents/**", "POST /v1/**", "GET /v1/**");
            };
        }
    }

    private final String meaning;
    private final Targets targets;

    FaultKind(String meaning, Targets targets) {
        this.meaning = meaning;
        this.targets = targets;
    }

    /** As {@code --faults} has it, for example {@code kafka-kill}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String meaning() {
        return meaning;
    }

    /**
     * What it may hit; one empty word if there is no choice.
     *
     * @param doubled whether second instances run
     */
    List<String> targets(boolean doubled) {
        return targets.all().stream()
                .filter(target -> doubled || !target.endsWith("-2"))
                .toList();
    }

    /** Fails with {@link IllegalArgumentException}, which lists all names, for one that is none. */
    public static FaultKind labeled(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no fault '" + label + "'; there are "
                        + Arrays.stream(values()).map(FaultKind::label).collect(Collectors.joining(", "))));
    }
}
