package io.tillstream.subscription.access;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.subscription.sql.ObjectVersionRepository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Takes the newest summary of what Stripe gives a customer; an older one changes nothing. */
@Component
class ActiveEntitlementSummaryTransition {

    private static final String SEEN = """
            select as_of, fingerprint from stripe_objects where object_id = :id
            """;

    private final DatabaseClient database;
    private final EntitlementRepository entitlements;
    private final EntitlementGrantWriter sharing;
    private final ObjectVersionRepository objects;

    ActiveEntitlementSummaryTransition(
            DatabaseClient database,
            EntitlementRepository entitlements,
            EntitlementGrantWriter sharing,
            ObjectVersionRepository objects) {
        this.database = database;
        this.entitlements = entitlements;
        this.sharing = sharing;
        this.objects = objects;
    }

    /**
     * All features of one customer.
     *
     * @param created on Stripe's clock, whole seconds
     */
    record Summary(String customer, long created, SortedSet<String> features) {
        String id() {
            return EntitlementGrant.STRIPE + customer;
        }

        Instant at() {
            return Instant.ofEpochSecond(created);
        }
    }

    private record SummaryVersion(long asOf, String fingerprint) {
        static final SummaryVersion NOTHING = new SummaryVersion(0, "");
    }

    /** {@code read}: null for what an event says. */
    Mono<EventOutcome> take(String userId, Summary summary, @Nullable RefetchedObject read, String cause) {
        return entitlements
                .lock(userId)
                .then(Mono.defer(() -> seen(summary.id())))
                .flatMap(seen -> {
                    Mono<EventOutcome> taken = take(userId, summary, seen, read != null, cause);
                    return read == null ? taken : read.unlessOvertaken(Mono.just(seen.toString()), () -> taken);
                });
    }

    /** What was applied last of a customer's. */
    Mono<String> known(String customer) {
        return seen(EntitlementGrant.STRIPE + customer).map(SummaryVersion::toString);
    }

    private Mono<EventOutcome> take(String userId, Summary summary, SummaryVersion seen, boolean asked, String cause) {
        boolean another = !summary.features().toString().equals(seen.fingerprint());
        if (!asked && summary.created() < seen.asOf()) {
            return Mono.just(new EventOutcome.Ignored("older than what is known"));
        }
        if (!asked && summary.created() == seen.asOf() && another) {
            return Mono.just(new EventOutcome.NeedsRefetch());
        }
        var moment = new EntitlementGrantWriter.Moment(summary.at(), cause);
        return sharing.change(userId, summary.id(), moment, had -> next(userId, summary, had))
                .then(objects.keep(
                        summary.id(), summary.created(), summary.features().toString()))
                .thenReturn(new EventOutcome.Applied());
    }

    private static List<EntitlementGrant> next(String userId, Summary summary, List<EntitlementGrant> had) {
        Map<String, EntitlementGrant> before =
                had.stream().collect(Collectors.toMap(EntitlementGrant::feature, old -> old));
        var all = new TreeSet<>(before.keySet());
        all.addAll(summary.features());
        List<EntitlementGrant> next = new ArrayList<>();
        for (String feature : all) {
            EntitlementGrant old = before.get(feature);
            if (summary.features().contains(feature)) {
                Instant since = old != null && old.isGiven() ? old.since() : summary.at();
                next.add(new EntitlementGrant(userId, summary.id(), feature, AccessLevel.FULL, since, null, null));
            } else if (old != null) {
                next.add(old.isGiven() ? old.taken(summary.at()) : old);
            }
        }
        return next;
    }

    private Mono<SummaryVersion> seen(String id) {
        return database.sql(SEEN)
                .bind("id", id)
                .map(row -> new SummaryVersion(
                        Objects.requireNonNull(row.get("as_of", Long.class)),
                        Objects.requireNonNull(row.get("fingerprint", String.class))))
                .one()
                .defaultIfEmpty(SummaryVersion.NOTHING);
    }
}
