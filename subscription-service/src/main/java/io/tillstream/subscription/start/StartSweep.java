package io.tillstream.subscription.start;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.sweep.StripeRound;
import java.time.Clock;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Finds out what became of starts without an answer: the process had gone, Stripe was silent, a page is long over. */
@Component
class StartSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(StartSweep.class);

    private static final int BATCH = 20; // what becomes due meanwhile waits for no more than these calls to Stripe
    private static final int PAGES = 10; // they wait for what is unknown, but not for ever

    private final Subscriptions subscriptions;
    private final StartSubmitter asking;
    private final CheckoutFlow checkout;
    private final UnansweredStartGauges unanswered;
    private final Clock clock;

    StartSweep(
            Subscriptions subscriptions,
            StartSubmitter asking,
            CheckoutFlow checkout,
            UnansweredStartGauges unanswered,
            Clock clock,
            SweepPeriods periods) {
        super(periods.of("starts"));
        this.subscriptions = subscriptions;
        this.asking = asking;
        this.checkout = checkout;
        this.unanswered = unanswered;
        this.clock = clock;
    }

    @Override
    protected Mono<Long> makeDue() {
        return subscriptions.makeDue();
    }

    /** One round; what is shown does not wait for Stripe. */
    @Override
    protected Mono<Void> round() {
        return unanswered
                .measure()
                .then(StripeRound.of(
                        () -> subscriptions.claimDue(BATCH, PAGES, StartParameters.PROOF), this::findOut, (id, e) -> {
                            failed(e);
                            LOG.warn("Start {} is asked about later: {}", id, e.toString());
                        }))
                .then(unanswered.measure())
                .onErrorResume(e -> {
                    LOG.warn("Starts are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    private Mono<Subscription> findOut(UUID id) {
        return subscriptions
                .find(id)
                .filter(row -> row.status() == SubscriptionStatus.STARTING)
                .flatMap(this::findOut)
                .doOnNext(row -> LOG.info("Start {} was asked about: {}", id, row.status()));
    }

    private Mono<Subscription> findOut(Subscription row) {
        if (StartParameters.of(row).page() != null) {
            return checkout.findOut(row);
        }
        return StartParameters.mayBeAskedFor(row, clock.instant())
                ? asking.findOut(row, true).map(StartResult::subscription)
                : asking.lookUpOrNotTaken(row);
    }
}
