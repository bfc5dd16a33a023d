package io.tillstream.subscription.moneyback;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.subscription.sweep.StripeRound;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Makes the refunds of invoices that are owed, and goes on with those without an answer; gives back what was paid for starts that
 * Stripe made otherwise, looks at what banks have not taken yet and at what may still come for voided invoices, and takes back
 * credit that is owed to us.
 */
@Component
class RefundSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(RefundSweep.class);

    private final InvoiceRefunds refunds;
    private final RefundFlow flow;
    private final VoidedInvoiceFlow voided;
    private final StartRefunds starts;
    private final StartRefundChecks givenBack;
    private final PendingRefunds pending;
    private final CreditRecoveryFlow credit;
    private final AtomicLong owed = new AtomicLong();
    private final AtomicLong needPerson = new AtomicLong();
    private final AtomicLong pendingLong = new AtomicLong();
    private final AtomicLong creditGivenUp = new AtomicLong();
    private final AtomicLong creditGivenUpToday = new AtomicLong();

    RefundSweep(
            InvoiceRefunds refunds,
            RefundFlow flow,
            VoidedInvoiceFlow voided,
            StartRefunds starts,
            StartRefundChecks givenBack,
            PendingRefunds pending,
            CreditRecoveryFlow credit,
            MeterRegistry meters,
            SweepPeriods periods) {
        super(periods.of("refunds"));
        this.refunds = refunds;
        this.flow = flow;
        this.voided = voided;
        this.starts = starts;
        this.givenBack = givenBack;
        this.pending = pending;
        this.credit = credit;
        meters.gauge("tillstream.invoices.refunds.owed", owed);
        meters.gauge("tillstream.invoices.refunds.attention", needPerson);
        meters.gauge("tillstream.invoices.refunds.pending.long", pendingLong);
        meters.gauge("tillstream.credit.recoveries", Tags.of("state", "given_up"), creditGivenUp);
        meters.gauge("tillstream.credit.recoveries", Tags.of("state", "given_up_today"), creditGivenUpToday);
    }

    @Override
    protected Mono<Long> makeDue() {
        return refunds.makeDue()
                .zipWith(credit.makeDue(), Long::sum)
                .zipWith(voided.makeDue(), Long::sum)
                .zipWith(givenBack.makeDue(), Long::sum)
                .zipWith(pending.makeDue(), Long::sum);
    }

    /** One round; what is shown does not wait for Stripe. */
    @Override
    protected Mono<Void> round() {
        return measure()
                .then(StripeRound.of(voided::claimDue, voided::look, (invoice, e) -> {
                    failed(e);
                    LOG.warn("Voided invoice {} is looked at later: {}", invoice, e.toString());
                }))
                .then(StripeRound.of(refunds::claimDue, flow::askAgain, (refund, e) -> {
                    failed(e);
                    LOG.warn("Refund {} is asked for later: {}", refund.id(), e.toString());
                }))
                .then(StripeRound.of(starts::claimDue, starts::giveBack, (due, e) -> {
                    failed(e);
                    LOG.warn("What was paid for start {} is given back later: {}", due.start(), e.toString());
                }))
                .then(StripeRound.of(givenBack::claimDue, givenBack::look, (due, e) -> {
                    failed(e);
                    LOG.warn("What was given back of start {} is looked at later: {}", due.start(), e.toString());
                }))
                .then(StripeRound.of(pending::claimDue, pending::look, (due, e) -> {
                    failed(e);
                    LOG.warn("Refund {} is looked at later: {}", due.refund(), e.toString());
                }))
                .then(credit.round(this::failed))
                .then(measure())
                .onErrorResume(e -> {
                    LOG.warn("Refunds of invoices are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> measure() {
        return refunds.owed()
                .doOnNext(this::show)
                .then(pending.countLong()
                        .zipWith(givenBack.countLong(), Long::sum)
                        .doOnNext(pendingLong::set))
                .then(credit.givenUp().doOnNext(this::show))
                .then();
    }

    private void show(CreditRecoveryQueue.GivenUp now) {
        creditGivenUp.set(now.all());
        creditGivenUpToday.set(now.today());
    }

    private void show(InvoiceRefunds.Owed now) {
        owed.set(now.all());
        needPerson.set(now.needPerson());
    }
}
