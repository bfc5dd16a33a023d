package io.tillstream.chaos.check;

import io.tillstream.chaos.check.delivery.DeadLettersArePoison;
import io.tillstream.chaos.check.delivery.HistoriesAreWhole;
import io.tillstream.chaos.check.delivery.MovesArePublished;
import io.tillstream.chaos.check.delivery.MovesHaveCauses;
import io.tillstream.chaos.check.delivery.NothingIsPending;
import io.tillstream.chaos.check.delivery.OutboxMatchesKafka;
import io.tillstream.chaos.check.delivery.RecoveryIsFast;
import io.tillstream.chaos.check.delivery.WebhooksAreHandled;
import io.tillstream.chaos.check.money.CanceledOrdersAreClosed;
import io.tillstream.chaos.check.money.OneEffectPerKey;
import io.tillstream.chaos.check.money.OrdersAreChargedOnce;
import io.tillstream.chaos.check.money.PaidOrdersHoldTheirMoney;
import io.tillstream.chaos.check.money.RefundsMatchStripe;
import io.tillstream.chaos.check.money.SucceededIntentsBelongToPayments;
import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.KafkaTopics;
import io.tillstream.chaos.check.observation.Metrics;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase;
import io.tillstream.chaos.check.observation.StripeApi;
import io.tillstream.chaos.check.observation.Topics;
import io.tillstream.chaos.check.secrecy.NoSecretAtRest;
import io.tillstream.chaos.check.subscription.EndedStartsAreGivenBack;
import io.tillstream.chaos.check.subscription.EntitlementsAreEarned;
import io.tillstream.chaos.check.subscription.InvoicesMatchStripe;
import io.tillstream.chaos.check.subscription.OneLiveSubscriptionPerPlan;
import io.tillstream.chaos.check.subscription.PaidSubscriptionsGiveAccess;
import io.tillstream.chaos.check.subscription.SubscriptionsMatchStripe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Holds what the services stored and told against Stripe's own state, after a run and when all is quiet, and names every breach of
 * the invariants of docs/reliability.md. It asks no service for anything but its metrics.
 */
public final class Checker implements AutoCloseable {

    private static final int PLACES = 5; // of a stack: from what failed to the invariant
    private static final int LOOKS = 120; // a minute of them, until nothing is pending

    private final Evidence evidence;
    private final StripeApi stripe;
    private final Map<Service, ServiceDatabase> databases;
    private final Topics topics;
    private final List<Metrics> services;

    /** By their short names in docs/reliability.md, in the order of a report. */
    private final Map<String, List<Function<Observation, List<Breach>>>> invariants;

    /** Connects to the databases at once, to all else when it is read. */
    public Checker(Evidence evidence) {
        this(evidence, LOOKS);
    }

    Checker(Evidence evidence, int looks) {
        this(
                evidence,
                connected(evidence.databases()),
                new KafkaTopics(
                        evidence.kafka().bootstrapServers(), evidence.kafka().prefix()),
                evidence.metrics().stream().map(Metrics::new).toList(),
                looks);
    }

    /**
     * Looks at these in place of the evidence's own.
     *
     * @param looks so often something has to be pending to be so for good
     */
    Checker(
            Evidence evidence,
            Map<Service, ServiceDatabase> databases,
            Topics topics,
            List<Metrics> services,
            int looks) {
        this.evidence = evidence;
        this.stripe =
                new StripeApi(evidence.stripe().address(), evidence.stripe().secretKey());
        this.databases = databases;
        this.topics = topics;
        this.services = services;
        this.invariants = invariants(evidence.logs(), looks);
    }

    private Map<String, List<Function<Observation, List<Breach>>>> invariants(List<Path> logs, int looks) {
        Map<String, List<Function<Observation, List<Breach>>>> invariants = new LinkedHashMap<>();
        invariants.put("M1", List.of(SucceededIntentsBelongToPayments::breaches));
        invariants.put("M2", List.of(PaidOrdersHoldTheirMoney::breaches));
        invariants.put("M3", List.of(OrdersAreChargedOnce::breaches));
        invariants.put("M4", List.of(RefundsMatchStripe::breaches));
        invariants.put("M5", List.of(OneEffectPerKey::breaches));
        invariants.put("M6", List.of(CanceledOrdersAreClosed::breaches));
        invariants.put(
                "S1",
                List.of(
                        SubscriptionsMatchStripe::breaches,
                        InvoicesMatchStripe::breaches,
                        EntitlementsAreEarned::breaches,
                        PaidSubscriptionsGiveAccess::breaches,
                        EndedStartsAreGivenBack::breaches,
                        OneLiveSubscriptionPerPlan::breaches));
        invariants.put("T1", List.of(HistoriesAreWhole::breaches, MovesHaveCauses::breaches));
        invariants.put("E1", List.of(MovesArePublished::breaches, OutboxMatchesKafka::breaches));
        invariants.put("W1", List.of(WebhooksAreHandled::breaches, DeadLettersArePoison::breaches));
        invariants.put(
                "L1",
                List.of(
                        RecoveryIsFast::breaches,
                        seen -> NothingIsPending.breaches(seen, this::observation, services, looks)));
        invariants.put("X1", List.of(seen -> NoSecretAtRest.breaches(seen, logs)));
        return invariants;
    }

    private static Map<Service, ServiceDatabase> connected(Map<Service, Evidence.Database> databases) {
        Map<Service, ServiceDatabase> connected = new EnumMap<>(Service.class);
        databases.forEach(
                (service, at) -> connected.put(service, new ServiceDatabase(at.jdbcUrl(), at.user(), at.password())));
        return connected;
    }

    /** All invariants, once. */
    public static Report check(Evidence evidence) {
        try (Checker checker = new Checker(evidence)) {
            return checker.check();
        }
    }

    /** As {@link #check(Evidence)}, of the evidence as it is now. */
    public Report check() {
        Observation seen = observation();
        List<Breach> breaches = new ArrayList<>();
        invariants.keySet().forEach(name -> breaches.addAll(breaches(name, seen)));
        List<String> notes = new ArrayList<>();
        Map<String, Integer> looked = looked(seen, notes);
        return new Report(breaches, looked, notes);
    }

    /** What is against one invariant, by its short name. One that fails has a breach for that, and what else was found. */
    List<Breach> breaches(String invariant, Observation seen) {
        List<Breach> breaches = new ArrayList<>();
        for (var each : Objects.requireNonNull(invariants.get(invariant), invariant)) {
            try {
                breaches.addAll(each.apply(seen));
            } catch (RuntimeException failure) {
                breaches.add(notJudged(invariant, failure));
            }
        }
        return breaches;
    }

    /** A breach: what nobody judged is not right. Its ids are where in the checker it failed. */
    private static Breach notJudged(String invariant, RuntimeException failure) {
        List<String> places = Arrays.stream(failure.getStackTrace())
                .filter(place -> place.getClassName().startsWith(Checker.class.getPackageName() + "."))
                .map(place -> place.getFileName() + ":" + place.getLineNumber())
                .limit(PLACES)
                .toList();
        return new Breach(invariant, "it cannot be judged: " + why(failure), places);
    }

    private static String why(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure.toString() : failure + ", by " + why(cause);
    }

    /** What is left to do now, for those who wait until nothing is. */
    public List<Breach> pending() {
        return NothingIsPending.breaches(observation(), services);
    }

    /** What is seen from now on, for those who ask for a part of it. */
    public Observation observation() {
        return new Observation(stripe, databases, topics, evidence.expected());
    }

    /** What cannot be counted is noted. */
    private static Map<String, Integer> looked(Observation seen, List<String> notes) {
        Map<String, Supplier<List<?>>> lists = new LinkedHashMap<>();
        lists.put("payment intents of orders", seen::orderIntents);
        lists.put("refunds", seen::refunds);
        lists.put("subscriptions", seen::subscriptions);
        lists.put("invoices", seen::invoices);
        lists.put("requests of Stripe", seen::requests);
        lists.put("deliveries", seen::deliveries);
        lists.put("events of Stripe", seen::stripeRecords);
        lists.put("domain events", seen::published);
        lists.put("orders", () -> seen.rows(Service.ORDERS, "select 1 from orders"));
        lists.put("dead letters", seen::deadLetters);
        Map<String, Integer> looked = new HashMap<>();
        lists.forEach((what, list) -> {
            try {
                looked.put(what, list.get().size());
            } catch (RuntimeException failure) {
                notes.add(what + " could not be counted: " + why(failure));
            }
        });
        if (looked.containsKey("requests of Stripe")) {
            noteLostRequests(seen, notes);
        }
        return looked;
    }

    private static void noteLostRequests(Observation seen, List<String> notes) {
        long first = seen.requests().isEmpty() ? 1 : seen.requests().get(0).number();
        if (first > 1) {
            notes.add("Stripe's journal has lost its first " + (first - 1)
                    + " requests: M5 is judged of the others. SIMULATOR_JOURNAL_SIZE keeps more.");
        }
    }

    @Override
    public void close() {
        databases.values().forEach(ServiceDatabase::close);
        topics.close();
    }
}
