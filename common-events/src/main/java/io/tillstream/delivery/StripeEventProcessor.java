package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripeevents.ApiVersions;
import io.tillstream.stripeevents.StripeEvent;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** One event, one transaction: inbox row, then what the service makes of it, then parking where it has to wait. */
final class StripeEventProcessor {

    private static final String REPEAT = "repeat";
    private static final String NOT_FOLLOWED = "not followed";
    private static final String NO_CONCERN = "of no concern";

    private final Transactions transactions;
    private final Inbox inbox;
    private final ParkedEvents parked;
    private final StripeEventHandler handler;
    private final boolean livemode;
    private final String account;
    private final MeterRegistry meters;

    StripeEventProcessor(
            Transactions transactions,
            Inbox inbox,
            ParkedEvents parked,
            StripeEventHandler handler,
            boolean livemode,
            String account,
            MeterRegistry meters) {
        this.transactions = transactions;
        this.inbox = inbox;
        this.parked = parked;
        this.handler = handler;
        this.livemode = livemode;
        this.account = account;
        this.meters = meters;
    }

    /** An event that nobody here follows: told apart by its type, it is counted and never gets to the database. */
    boolean follows(String type) {
        boolean follows = handler.follows(type);
        if (!follows) {
            count(type, new EventOutcome.Ignored(NOT_FOLLOWED));
        }
        return follows;
    }

    /** Completes after the transaction; fails, having changed nothing, where that is not possible now. */
    Mono<EventOutcome> settle(StripeEvent event) {
        return settle(event, null);
    }

    /** As above; fails with {@link KeyIsSetAside} where an earlier record of {@code key} waits. */
    Mono<EventOutcome> settle(StripeEvent event, @Nullable String key) {
        if (!follows(event.type())) {
            return Mono.just(new EventOutcome.Ignored(NOT_FOLLOWED));
        }
        String stranger = handler.concerns(event) ? stranger(event) : NO_CONCERN;
        Mono<EventOutcome> outcome =
                stranger == null ? settleOurs(event, key) : Mono.just(new EventOutcome.Ignored(stranger));
        return outcome.doOnNext(done -> count(event.type(), done));
    }

    /** Why the event is none of ours, whatever its object says: its metadata is the other's to write. */
    private @Nullable String stranger(StripeEvent event) {
        String from = event.account();
        if (from != null && !from.equals(account)) {
            return "another account";
        }
        return event.livemode() == livemode ? null : livemode ? "test mode" : "live mode";
    }

    private Mono<EventOutcome> settleOurs(StripeEvent event, @Nullable String key) {
        if (!ApiVersions.isKnown(event.apiVersion())) {
            meters.counter("tillstream_events_unknown_version", "type", event.type())
                    .increment();
            return handler.reread(event).map(event::with).defaultIfEmpty(event).flatMap(told -> readTwice(told, key));
        }
        return inTransaction(event, key, Optional.empty())
                .onErrorResume(RefetchNeeded.class, needed -> readTwice(event, key));
    }

    /** Once more where what the first reading was to tell is still not told: something came between the two. */
    private Mono<EventOutcome> readTwice(StripeEvent event, @Nullable String key) {
        return asStripeHasIt(event, key).onErrorResume(RefetchNeeded.class, needed -> asStripeHasIt(event, key));
    }

    private Mono<EventOutcome> asStripeHasIt(StripeEvent event, @Nullable String key) {
        return handler.refetch(event).flatMap(refetched -> inTransaction(event, key, Optional.of(refetched)));
    }

    private Mono<EventOutcome> inTransaction(StripeEvent event, @Nullable String key, Optional<JsonNode> refetched) {
        return transactions.run(inbox.enter(event, key)
                .flatMap(entry -> entry.isNew() ? apply(event, refetched, entry) : repeated(event)));
    }

    private Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched, Inbox.Entry entry) {
        return handler.apply(event, refetched).flatMap(outcome -> {
            if (outcome instanceof EventOutcome.NeedsRefetch) {
                return Mono.error(new RefetchNeeded());
            }
            Mono<Void> kept = outcome instanceof EventOutcome.Parked waiting
                    ? inbox.leave(event).then(parked.park(event, waiting.key()))
                    : entry.isParked() ? parked.remove(event.id()) : Mono.empty();
            return kept.thenReturn(outcome);
        });
    }

    private Mono<EventOutcome> repeated(StripeEvent event) {
        return parked.remove(event.id()).thenReturn(new EventOutcome.Ignored(REPEAT));
    }

    /** What was read from Stripe without an event: changes what it can now, or nothing. */
    Mono<EventOutcome> takeIn(StripeEvent read) {
        return handler.refetch(read)
                .flatMap(refetched -> transactions.run(inbox.enter(read, null)
                        .flatMap(entry -> entry.isNew()
                                ? handler.apply(read, Optional.of(refetched)).flatMap(StripeEventProcessor::orNothing)
                                : Mono.just(new EventOutcome.Ignored(REPEAT)))))
                .onErrorResume(NothingChanged.class, nothing -> Mono.just(nothing.outcome))
                .doOnNext(done -> count(read.type(), done));
    }

    private static Mono<EventOutcome> orNothing(EventOutcome outcome) {
        return outcome instanceof EventOutcome.Applied || outcome instanceof EventOutcome.Ignored
                ? Mono.just(outcome)
                : Mono.error(new NothingChanged(outcome));
    }

    /** How long an event took from its place on Kafka to its effect here. */
    void measure(long sentAtMillis, EventOutcome outcome) {
        if (outcome instanceof EventOutcome.Applied) {
            long millis = Math.max(0, meters.config().clock().wallTime() - sentAtMillis);
            meters.timer("tillstream_events_delay").record(Duration.ofMillis(millis));
        }
    }

    private void count(String type, EventOutcome outcome) {
        String name = outcome.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        meters.counter("tillstream_events", "type", type, "outcome", name).increment();
    }

    /** Rolls back what only an event can wait for. */
    private static final class NothingChanged extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient EventOutcome outcome;

        NothingChanged(EventOutcome outcome) {
            super("Nothing was changed", null, false, false);
            this.outcome = outcome;
        }
    }

    /** Rolls the transaction back; without a stack trace, as it is a signal and not a fault. */
    private static final class RefetchNeeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefetchNeeded() {
            super("Stripe has to be asked", null, false, false);
        }
    }
}
