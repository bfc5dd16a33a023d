package io.tillstream.subscription.change;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.sweep.StripeRound;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Finds out what became of changes without an answer, of ends that one wrote over, and of those for the period's end that nobody
 * has checked; takes back those that wait for their payment while money of their period went back.
 */
@Component
class ChangeSweep extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(ChangeSweep.class);

    private final Changes changes;
    private final Subscriptions subscriptions;
    private final ChangeSubmitter asking;
    private final EndRestoration ends;
    private final ScheduledChangeCheck checks;
    private final PendingChangeRefundCheck refunded;
    private final UnansweredChangeRevocation withdrawals;
    private final Clock clock;

    ChangeSweep(
            Changes changes,
            Subscriptions subscriptions,
            ChangeSubmitter asking,
            EndRestoration ends,
            ScheduledChangeCheck checks,
            PendingChangeRefundCheck refunded,
            UnansweredChangeRevocation withdrawals,
            Clock clock,
            SweepPeriods periods) {
        super(periods.of("changes"));
        this.changes = changes;
        this.subscriptions = subscriptions;
        this.asking = asking;
        this.ends = ends;
        this.checks = checks;
        this.refunded = refunded;
        this.withdrawals = withdrawals;
        this.clock = clock;
    }

    @Override
    protected Mono<Long> makeDue() {
        return changes.makeDue()
                .zipWith(ends.makeDue(), Long::sum)
                .zipWith(checks.makeDue(), Long::sum)
                .zipWith(refunded.makeDue(), Long::sum);
    }

    /** All that is due, without a rest; a fault with one change does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return StripeRound.of(changes::claim, this::findOut, (change, e) -> {
                    failed(e);
                    log.warn("Change {} is asked for later: {}", change.id(), e.toString());
                })
                .then(ends.round(this::failed))
                .then(checks.round(this::failed))
                .then(refunded.round(this::failed))
                .onErrorResume(e -> {
                    log.warn("Changes are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    /** As it is now: its user may have taken it back since it was claimed. */
    private Mono<Void> findOut(Change claimed) {
        return changes.find(claimed.id())
                .filter(change -> change.status() == Change.Status.ASKED)
                .flatMap(change -> subscriptions
                        .find(change.subscriptionId())
                        .flatMap(subscription -> change.withdrawnAt() == null
                                ? findOut(subscription, change)
                                : withdrawals.conclude(subscription, change)));
    }

    /** Asks again with the same key while the user may wait for it; then only looks, and gives up once nobody else can be asking. */
    private Mono<Void> findOut(Subscription subscription, Change change) {
        Instant now = clock.instant();
        return change.isProvable(now)
                ? asking.conclude(subscription, change)
                : (change.mayBeAskedFor(now)
                                ? asking.askAgain(subscription, change, true)
                                : asking.lookUp(subscription, change))
                        .then()
                        .onErrorComplete(over -> over instanceof Problem no && no.status() < 500);
    }
}
